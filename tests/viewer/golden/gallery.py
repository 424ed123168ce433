"""Render every widget in typical states to PNG files, to be looked at.

QT_SCALE_FACTOR=1.25 python tests/viewer/golden/gallery.py OUT [dark|light]
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from tests.support import scenes
from viewer.compare.views.heat_table import HeatTable
from viewer.model.scene.compare import (
    Column,
    HeatCell,
    HeatScene,
    InsideScene,
    StripScene,
    TableRow,
    TableScene,
)
from viewer.model.scene.picture import OverlayScene, PaneScene, PatchScene, RecallScene, StatusScene
from viewer.model.session.choices import Mode
from viewer.panes.canvas.view import PanesView
from viewer.patch.views.hidden import HiddenView
from viewer.playback.filmstrip import Filmstrip
from viewer.shell.status_bar import StatusLine
from viewer.ui import icons, theme
from viewer.ui.controls import ElidedLabel, IconButton, SegmentedButtons, inset, panel
from viewer.ui.data_table import DataTable
from viewer.ui.figures_table import Inspector
from viewer.ui.labelled_slider import LabelledSlider
from viewer.ui.plot.column import PlotsView

Shot = tuple[str, QWidget]


def _panes(
    size: tuple[int, int],
    mode: Mode = Mode.SIDE,
    patch: PatchScene | None = None,
    overlay: OverlayScene | None = None,
    pictures: tuple[PaneScene, ...] | None = None,
    then: Callable[[PanesView], None] | None = None,
) -> PanesView:
    view = PanesView()
    view.resize(*size)
    view.set_scene(pictures or scenes.panes(), mode, patch, overlay or scenes.no_overlay())
    if then is not None:
        then(view)
    return view


def _panes_shots() -> Iterator[Shot]:
    size = (1200, 560)
    yield "panes-fit", _panes(size, patch=scenes.patch())
    yield "panes-bits", _panes(size, patch=scenes.patch(), overlay=scenes.bits_overlay())
    yield "panes-gain", _panes(size, overlay=scenes.gain_overlay())
    yield "panes-grid-far", _panes(size, overlay=scenes.grid())
    yield (
        "panes-grid-near",
        _panes(size, patch=scenes.patch(), overlay=scenes.grid(), then=lambda v: v.zoom_to(400)),
    )
    yield (
        "panes-pinned-800",
        _panes(size, patch=scenes.patch(32, 48, pinned=True), then=lambda v: v.zoom_to(800)),
    )
    yield "panes-corner", _panes(size, patch=PatchScene(0, 0, (), ((0, 1), (1, 0), (1, 1))))
    yield "panes-wipe", _panes(size, Mode.WIPE, scenes.patch())
    yield "panes-wipe-bits", _panes((700, 560), Mode.WIPE, overlay=scenes.bits_overlay())
    message = PaneScene("original", "Original", "", None, "Opened as received: there is no original to show.")
    yield "panes-received", _panes(size, pictures=(message, *scenes.panes()[1:]))
    yield "panes-narrow", _panes((420, 640), patch=scenes.patch(), overlay=scenes.bits_overlay())
    yield "panes-six", _panes(size, pictures=scenes.panes() * 2, patch=scenes.patch())
    empty = PanesView()
    empty.resize(600, 300)
    yield "panes-empty", empty


def _filmstrip_shots() -> Iterator[Shot]:
    for name, thumbs, transport in (
        ("filmstrip", scenes.thumbs(), scenes.transport()),
        ("filmstrip-running", scenes.thumbs(3), scenes.transport(2, 3)),
        ("filmstrip-scan", scenes.thumbs(), scenes.transport(scan_total=6144)),
        ("filmstrip-long", scenes.thumbs(17, 16), scenes.transport(14, 17, 16, 6144)),
        ("filmstrip-empty", (), scenes.transport(0, 0, 0)),
    ):
        strip = Filmstrip()
        strip.resize(1000, strip.sizeHint().height())
        strip.set_scene(thumbs, transport)
        yield name, strip


def _plots_shots() -> Iterator[Shot]:
    full = (scenes.psnr_plot(), scenes.rate_plot(), scenes.bits_plot())
    for name, plots, size in (
        ("plots", full, (380, 640)),
        ("plots-running", (scenes.psnr_plot(1, 2), scenes.rate_plot(), scenes.empty_plot()), (380, 640)),
        ("plots-narrow", full, (260, 480)),
    ):
        view = PlotsView()
        view.resize(*size)
        view.set_scene(plots)
        yield name, view
    hovered = PlotsView()
    hovered.resize(380, 640)
    hovered.set_scene(full)
    hovered.show()
    QTest.mouseMove(hovered.plot("rate").figure().viewport(), QPoint(140, 110))
    QTest.mouseMove(hovered.plot("psnr").figure().viewport(), QPoint(340, 80))
    yield "plots-hover", hovered


def _inspector_shots() -> Iterator[Shot]:
    for name, rows, patch in (
        ("inspector", scenes.inspector_rows(), scenes.patch()),
        ("inspector-empty", (), None),
    ):
        view = Inspector()
        view.set_rows(rows)
        view.set_patch(patch)
        view.resize(380, view.sizeHint().height())
        yield name, view


def _status_shots() -> Iterator[Shot]:
    error = "notes.txt: not an image this program can read"
    for name, scene in (
        ("status", scenes.status()),
        ("status-running", scenes.status(0.6)),
        ("status-error", scenes.status(error=error)),
        ("status-idle", StatusScene(zoom="100 %", message="Ready")),
    ):
        line = StatusLine()
        line.set_scene(scene)
        line.resize(1200, 32)
        yield name, line


def _controls() -> QWidget:
    box = panel(QWidget())
    column = QVBoxLayout(box)
    row = QHBoxLayout()
    primary = QPushButton("Decode")
    primary.setProperty("primary", True)
    disabled = QPushButton("Disabled")
    disabled.setEnabled(False)
    combo = QComboBox()
    combo.addItems(["sweep", "raster, LSTM"])
    off = QComboBox()
    off.addItem("context both")
    off.setEnabled(False)
    tool = QToolButton()
    tool.setText("Open")
    tool.setIcon(icons.icon("open"))
    tool.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    tool.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
    check = QCheckBox("carry state")
    check.setChecked(True)
    spin = QSpinBox()
    rate = QDoubleSpinBox()
    rate.setSuffix(" bpp")
    inset(spin)
    inset(rate)
    modes = SegmentedButtons([("side", "Side", ""), ("wipe", "Wipe", ""), ("diff", "Difference", "")])
    modes.set_current("wipe")
    slider = LabelledSlider("Quality", 1, 100)
    slider.set_value(15)
    line = QLineEdit("search")
    for widget in (tool, primary, QPushButton("Plain"), disabled, combo, off, check, QCheckBox("off")):
        row.addWidget(widget)
    row.addStretch()
    column.addLayout(row)
    row = QHBoxLayout()
    for widget in (spin, rate, modes, slider, line, ElidedLabel("A label far too long for its place here")):
        row.addWidget(widget, 1 if isinstance(widget, ElidedLabel) else 0)
    column.addLayout(row)
    grid = QGridLayout()
    for at, name in enumerate(icons.names()):
        grid.addWidget(IconButton(name, name, name), at // 12 * 2, at % 12)
        grid.addWidget(QLabel(name), at // 12 * 2 + 1, at % 12)
    column.addLayout(grid)
    box.resize(960, 240)
    return box


def _whole() -> QWidget:
    box = QWidget()
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    split = QSplitter()
    left, right = QSplitter(Qt.Orientation.Vertical), QSplitter(Qt.Orientation.Vertical)
    strip, plots, inspector, line = Filmstrip(), PlotsView(), Inspector(), StatusLine()
    strip.set_scene(scenes.thumbs(), scenes.transport(scan_total=6144))
    plots.set_scene((scenes.psnr_plot(), scenes.rate_plot(), scenes.bits_plot()))
    inspector.set_rows(scenes.inspector_rows())
    inspector.set_patch(scenes.patch())
    line.set_scene(scenes.status(0.6))
    left.addWidget(_panes((1200, 600), patch=scenes.patch()))
    left.addWidget(strip)
    right.addWidget(plots)
    right.addWidget(inspector)
    split.addWidget(left)
    split.addWidget(right)
    split.setSizes([1212, 380])
    column.addWidget(split, 1)
    column.addWidget(line)
    box.resize(1600, 850)
    return box


def _compare_shots() -> Iterator[Shot]:
    looks = (("BPTT", "#56B4E9", "solid"), ("UORO", "#D55E00", "dash"), ("RTRL", "#E69F00", "solid"))
    columns = (Column("entry", "Entry", numeric=False), Column("seed", "Seed"), Column("gain", "Step 1"))
    rows = tuple(
        TableRow(colour, style, (name, 1.0, 0.5), (name, "1", "+0.50")) for name, colour, style in looks
    )
    table = DataTable()
    table.resize(420, 160)
    table.set_scene(TableScene(columns, rows, ("gain", True)))
    yield "compare-table", table
    heat = HeatTable()
    heat.resize(620, 240)
    cells = tuple(
        tuple(HeatCell(gain, 0.02, f"{gain:+.2f}", "") for gain in (0.5 - k / 4, k / 8, -k / 5))
        for k in range(3)
    )
    titles = tuple((name, colour) for name, colour, _ in looks)
    conditions = ("q15", "q75", "q95, without fade-out")
    heat.set_scene(HeatScene((("quality", "Qualities"),), "quality", conditions, titles, cells, 0.5, (0, 1)))
    yield "compare-heat", heat
    noise = np.random.default_rng(1).normal(0, 0.5, (4, 64)).astype(np.float32)
    for count in (1, 3):
        view = HiddenView()
        view.resize(340, 252)
        strips = tuple(StripScene(name, colour, noise, 4, 1.0) for name, colour, _ in looks[:count])
        view.set_scene(InsideScene(strips))
        yield f"compare-hidden-{count}", view
    patch = PatchScene(32, 54, (), (), recalls=(("step", (RecallScene(44, 0.6), RecallScene(50, 0.3))),))
    yield "compare-recalls", _panes((1200, 420), patch=patch, then=lambda v: v.zoom_to(300))


def shots() -> Iterator[Shot]:
    """Every widget in every state, by name."""
    yield "controls", _controls()
    yield from _panes_shots()
    yield from _filmstrip_shots()
    yield from _plots_shots()
    yield from _inspector_shots()
    yield from _status_shots()
    yield from _compare_shots()
    yield "whole", _whole()


def render(app: QApplication, out: Path, tone: str, only: str) -> None:
    """Write `out`/NAME-`tone`.png for every shot whose name begins with `only`."""
    for name, widget in shots():
        if name.startswith(only):
            widget.show()
            app.processEvents()
            path = out / f"{name}-{tone}.png"
            widget.grab().save(str(path))
            print(path)
            widget.close()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path)
    parser.add_argument("theme", nargs="?", choices=("dark", "light"), default="dark")
    parser.add_argument("--only", default="", help="names that begin with this")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    theme.apply(app, theme.DARK if options.theme == "dark" else theme.LIGHT)
    render(app, options.out, options.theme, options.only)


if __name__ == "__main__":
    main()
