"""A plot as a file or on the clipboard; loaded with `figure`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pyqtgraph.exporters import CSVExporter, ImageExporter
from PySide6.QtCore import QMimeData
from PySide6.QtGui import QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QApplication, QMessageBox

from viewer.ui.save_dialog import ask_file

if TYPE_CHECKING:
    from viewer.ui.plot.figure import Figure

KINDS = "SVG", "PNG", "CSV"


def save(figure: Figure, kind: str) -> None:
    """Ask where to, and write it there; one of `KINDS`."""
    ending, exporter = f".{kind.lower()}", ImageExporter(figure.plotItem)
    name = Path(figure.shown.key + ending)
    path, _ = ask_file(figure, f"Save the plot as {kind}", name, [f"{kind} (*{ending})"], ending, only=True)
    if path is None:
        return
    exporter.parameters()["width"] = 2 * figure.width()
    write = {"PNG": exporter.export, "CSV": CSVExporter(figure.plotItem).export}.get(kind)
    try:
        done = _write_svg(figure, path) if write is None else write(str(path))
        if done is False:
            raise OSError(f"{path} can't be written")
    except OSError as error:
        QMessageBox.warning(figure, "Not saved", str(error))


def _write_svg(figure: Figure, path: Path) -> bool:
    generator = QSvgGenerator()  # pyqtgraph's exporter fails on round symbols
    generator.setFileName(str(path))
    generator.setResolution(figure.logicalDpiX())  # else axes, as they are kept, would be scaled
    generator.setSize(figure.size())
    generator.setViewBox(figure.rect())
    painter = QPainter()
    if begun := painter.begin(generator):
        figure.render(painter)
        painter.end()
    return begun


def copy(figure: Figure) -> None:
    """To the clipboard: the drawing, and its numbers for whoever pastes text."""
    scene, data = figure.shown, QMimeData()
    data.setImageData(ImageExporter(figure.plotItem).export(toBytes=True))
    points = [f"{c.name}\t{x}\t{y}" for c in scene.curves for x, y in zip(c.x, c.y, strict=True)]
    data.setText("\n".join([f"curve\t{scene.x_label}\t{scene.y_label}", *points]))
    QApplication.clipboard().setMimeData(data)
