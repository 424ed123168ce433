"""What can be done with a plot: its context menu, and the files it is written to."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QBuffer, QMimeData, QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication, QMenu, QMessageBox

from engine.errors import UserError
from engine.io.atomic import write_atomically
from viewer.ui.plot.canvas import Canvas
from viewer.ui.save_dialog import ask_file


def plot_menu(plot: Canvas, enlarge: Callable[[], object]) -> QMenu:
    """Everything that can be done with a plot; it goes when it closes."""
    menu, there = QMenu(plot), plot.frame() is not None
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    entries: list[tuple[str, Callable[[], object], bool | None] | None] = [
        *((f"Save as {kind}…", lambda kind=kind: save(plot, kind), None) for kind in WRITERS),
        ("Copy", lambda: copy(plot), None),
        None,
        *((f"Logarithmic {name} axis", lambda axis=axis: plot.set_log(axis, not plot.log(axis)),
           plot.log(axis)) for axis, name in ((1, "y"), (0, "x"))),
        ("Reset the view", plot.reset, None),
        ("Enlarge, or back", enlarge, None),
    ]  # fmt: skip
    for entry in entries:
        if entry is None:
            menu.addSeparator()
            continue
        action = menu.addAction(entry[0])
        action.triggered.connect(lambda _=False, run=entry[1]: run())
        action.setEnabled(there)
        if entry[2] is not None:
            action.setCheckable(True)
            action.setChecked(entry[2])
    return menu


def save(plot: Canvas, kind: str) -> None:
    """Ask where to, and write it there: SVG, PNG or CSV."""
    ending = f".{kind.lower()}"
    path, _ = ask_file(plot, f"Save the plot as {kind}", Path(plot.scene.key + ending),
                       [f"{kind} (*{ending})"], ending, only=True)  # fmt: skip
    try:
        if path is not None:
            write_atomically(path, lambda file: file.write(WRITERS[kind](plot)))
    except UserError as error:
        QMessageBox.warning(plot, "Not saved", str(error))


def copy(plot: Canvas) -> None:
    """To the clipboard: the drawing, and its numbers for whoever pastes text."""
    data = QMimeData()
    data.setImageData(_image(plot))
    data.setText(_table(plot, "\t"))
    QApplication.clipboard().setMimeData(data)


def _image(plot: Canvas) -> QImage:
    image = QImage(plot.size() * 2, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(2)
    plot.draw(QPainter(image))
    return image


def _png(plot: Canvas) -> bytes:
    buffer = QBuffer()
    _image(plot).save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())


def _svg(plot: Canvas) -> bytes:
    from PySide6.QtSvg import QSvgGenerator

    buffer, generator = QBuffer(), QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(plot.size())
    generator.setViewBox(QRectF(plot.rect()))
    generator.setTitle(plot.scene.title)
    plot.draw(QPainter(generator))
    return bytes(buffer.data().data())


def _table(plot: Canvas, between: str = ",") -> str:
    """A line a point: curve, x, y, as exact as they are known."""
    text = io.StringIO()
    lines = csv.writer(text, delimiter=between, lineterminator="\n")
    lines.writerow(["curve", plot.scene.x_label, plot.scene.y_label])
    for curve in plot.scene.curves:
        known = zip(curve.x, curve.y, strict=True)
        lines.writerows((curve.name, float(x), float(y)) for x, y in known if math.isfinite(y))
    return text.getvalue()


WRITERS: dict[str, Callable[[Canvas], bytes]] = {
    "SVG": _svg, "PNG": _png, "CSV": lambda plot: _table(plot).encode("utf-8"),
}  # fmt: skip
