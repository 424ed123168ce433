"""The panel that explains a patch, as it is drawn and pointed at."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from engine.analysis.block_coding import basis_functions
from viewer.model.scene.compare import InsideScene, StripScene
from viewer.model.scene.palette import PURPLE
from viewer.model.scene.patch import ChipScene, DockScene, ErrorScene, GridScene, PartScene, TileScene
from viewer.model.scene.picture import PatchScene
from viewer.model.scene.plots import InspectorRow, PlotScene
from viewer.panes.canvas.ground import Ground
from viewer.panes.canvas.patch_marks import draw_explained
from viewer.patch.views.codes import CodesView
from viewer.patch.views.dock import PatchDock
from viewer.patch.views.errors import ErrorsView, PatchBasis
from viewer.patch.views.grids import GridsView, cell_colours
from viewer.patch.views.hidden import HiddenView
from viewer.patch.views.tiles import TilesView
from viewer.ui import theme

LEFT = Qt.MouseButton.LeftButton
pytestmark = pytest.mark.usefixtures("dark")


def grid(key: str = "symbols", value: float = 0.0, colours: str = "diverging") -> GridScene:
    values = np.full((8, 8), value, np.float32)
    values[1, 2] = -5
    left = np.zeros((8, 8), bool)
    left[3, 4] = True
    texts = tuple(f"{each:.0f}".replace("-", "−") for each in values.ravel())
    return GridScene(key, key.title(), values, texts, colours, 5.0, "In levels", left)


def tiles(row: int = 4, column: int = 6) -> tuple[TileScene, ...]:
    found = []
    for number in range(9):
        dy, dx = divmod(number, 3)
        role = "self" if number == 4 else "causal" if number < 4 else "non-causal"
        pixels = np.full((8, 8, 3), 20 * number, np.uint8)
        found.append(TileScene(row + dy - 1, column + dx - 1, pixels, role, "refined", f"tile {number}"))
    found[8] = replace(found[8], pixels=None, role="", caption="", tip="Outside the picture")
    return tuple(found)


CHIPS = (
    ChipScene("DC +3", "100", "11", frozenset({(0, 0)}), (0, 0), "DC: difference +3"),
    ChipScene("1/3 −5", "11011", "010", frozenset({(0, 1), (1, 0)}), (1, 0), "one zero, then −5"),
    ChipScene("0/0 EOB", "00", "", frozenset({(7, 7)}), (1, 1), "End of block"),
)


def part(title: str = "Patch 4, 6") -> PartScene:
    values = np.linspace(-8, 8, 24 * 24, dtype=np.float32).reshape(24, 24)
    errors = tuple(ErrorScene(name, values, 8.0, (8, 8, 8, 8)) for name in ("JPEG", "Step 2"))
    strip = StripScene("raster", theme.SELF, np.zeros((2, 16), np.float32), 2, 1.0)
    return PartScene(
        title, theme.SELF, "solid", (InspectorRow("Bits", "41"),), tiles(),
        (grid(), grid("steps", 3, "sequential"), grid("bits", 1, "sequential")), "", CHIPS, "3 codes",
        (grid("original"), grid("standard"), grid("refined")), "Step 2: 1 of 64 left its interval",
        (grid("estimate"),), "Step 2: projected", errors, "",
        InsideScene((strip,)),
    )  # fmt: skip


def scene(two: bool = False, **changes: object) -> DockScene:
    parts = (part(), part("Patch 9, 9")) if two else (part(),)
    plain = DockScene(
        "Step 2", False, ("Y", "Cb", "Cr"), 0, "", parts, PlotScene("patch", "PSNR", "step", "dB", ())
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def shown(qtbot: QtBot, view: QWidget, width: int, height: int = 0) -> QWidget:
    qtbot.addWidget(view)
    view.resize(width, height or view.height())
    view.show()
    QApplication.processEvents()
    return view


def image_of(view: QWidget) -> QImage:
    return view.grab().toImage()


# ---- grids -----------------------------------------------------------------------------------------------


def grids(qtbot: QtBot, width: int = 480) -> GridsView:
    view = GridsView("Symbols")
    view.set_scene(part().symbols, None)
    shown(qtbot, view, width)
    return view


def test_cells_have_the_colours_of_their_values(qtbot: QtBot) -> None:
    view = grids(qtbot)
    image = image_of(view)
    colours = cell_colours(part().symbols[0], True)
    for place in ((1, 2), (5, 5)):
        box = view.cell(0, place).toRect()
        expected = QColor(*(int(each) for each in colours[place]))
        assert image.pixelColor(box.left() + 1, box.bottom() - 1) == expected
    assert (colours[1, 2] != colours[5, 5]).any()
    nothing = cell_colours(replace(part().symbols[1], values=np.zeros((8, 8), np.float32)), True)
    assert QColor(*(int(each) for each in nothing[0, 0])) == QColor(theme.DARK.panel)


@pytest.mark.parametrize("width", [216, 330, 480, 900])
def test_grids_fit_their_width(qtbot: QtBot, width: int) -> None:
    view = grids(qtbot, width)
    assert view.cell(2, (7, 7)).right() <= width
    assert view.cell(0, (7, 7)).bottom() <= view.height()
    image_of(view)


@pytest.mark.parametrize("percent", [100, 125, 150])
def test_the_mean_of_a_block_is_written_in_small_cells(
    qtbot: QtBot, qapp: QApplication, percent: int
) -> None:
    theme.apply(qapp, theme.DARK, percent)
    try:
        pictures = []
        for text in ("−306", ""):
            view = GridsView("Symbols")
            qtbot.addWidget(view)
            view.resize(3 * 8 * 17 + 2 * 12, 200)
            numbers = grid(value=-306)
            view.set_scene((replace(numbers, texts=(text, *numbers.texts[1:])),), None)
            assert view.side() == (17 if percent == 100 else 26)  # larger text: fewer beside each other
            cell = view.cell(0, (0, 0)).toRect()
            pictures.append(view.grab().toImage().copy(cell))
        assert pictures[0] != pictures[1]
    finally:
        theme.apply(qapp, theme.DARK)


def test_a_cell_is_told_and_lit_in_all_grids(qtbot: QtBot) -> None:
    view = grids(qtbot)
    for number in range(3):
        with qtbot.waitSignal(view.pointed) as told:
            QTest.mouseMove(view, view.cell(number, (3, 4)).center().toPoint())
        assert told.args == [(3, 4)]
    before = image_of(view)
    view.set_scene(part().symbols, (3, 4))
    view.set_scene(view._grids, (3, 4))
    after = image_of(view)
    for number in range(3):
        edge = view.cell(number, (3, 4)).toRect()
        assert before.pixelColor(edge.left(), edge.top() - 2) != after.pixelColor(edge.left(), edge.top() - 2)
    assert view.place_at(QPointF(2, 2)) is None
    assert view.tooltip_at(view.cell(0, (1, 2)).center().toPoint()) == "Symbols, v 1, u 2: −5\nIn levels"
    assert "outside its interval" in view.tooltip_at(view.cell(0, (3, 4)).center().toPoint())
    assert view.tooltip_at(QPoint(5, 5)) == "In levels"


def test_a_corner_marks_what_left_its_cell(qtbot: QtBot) -> None:
    view = grids(qtbot)
    image = image_of(view)

    def corner(place: tuple[int, int]) -> QColor:
        box = view.cell(0, place).toRect()
        return image.pixelColor(box.right() - 1, box.top() + 2)

    assert corner((3, 4)) != corner((3, 5))
    assert corner((3, 5)) == corner((4, 4))


def test_arrows_move_the_lit_cell(qtbot: QtBot) -> None:
    view = grids(qtbot)
    heard: list[object] = []
    view.pointed.connect(heard.append)
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Right)
    view.set_scene(part().symbols, (0, 0))
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down):
        QTest.keyClick(view, key)
    assert heard == [(0, 0), (0, 1), (0, 0), (1, 0)]


# ---- tiles -----------------------------------------------------------------------------------------------


def test_tiles_have_frames_in_the_colour_of_their_role(qtbot: QtBot) -> None:
    view = TilesView()
    view.set_scene(tiles(), None)
    shown(qtbot, view, view.width())
    image = image_of(view)

    def edge(number: int) -> QColor:
        box = view.tile_rect(number).toRect()
        return image.pixelColor(box.left() + 1, box.center().y())

    assert edge(0) == edge(3) == QColor(theme.CAUSAL)
    assert edge(5) == edge(7) == QColor(theme.NONCAUSAL)
    assert edge(4) == QColor(theme.SELF)
    assert edge(8) not in (QColor(theme.CAUSAL), QColor(theme.NONCAUSAL))
    assert image.pixelColor(view.tile_rect(2).center().toPoint()) == QColor(40, 40, 40)


def test_a_tile_is_told_lit_and_chosen(qtbot: QtBot) -> None:
    view = TilesView()
    view.set_scene(tiles(), None)
    shown(qtbot, view, view.width())
    at = view.tile_rect(1).center().toPoint()
    with qtbot.waitSignal(view.pointed) as told:
        QTest.mouseMove(view, at)
    assert told.args == [(3, 6)]
    with qtbot.waitSignal(view.chosen) as chosen:
        QTest.mouseClick(view, LEFT, pos=at)
    assert chosen.args == [3, 6]
    before = image_of(view)
    view.set_scene(tiles(), (3, 6))
    assert image_of(view) != before
    with qtbot.assertNotEmitted(view.chosen):
        QTest.mouseClick(view, LEFT, pos=view.tile_rect(8).center().toPoint())
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Left)
    with qtbot.waitSignal(view.chosen) as by_key:
        QTest.keyClick(view, Qt.Key.Key_Return)
    assert by_key.args == [4, 5]


# ---- codes, errors, basis --------------------------------------------------------------------------------


def test_codes_break_into_lines_and_tell_their_coefficient(qtbot: QtBot) -> None:
    view = CodesView()
    view.set_scene(CHIPS * 4, None)
    shown(qtbot, view, 300)
    boxes = [view.chip_rect(number) for number in range(12)]
    assert max(box.right() for box in boxes) <= 300
    assert max(box.bottom() for box in boxes) <= view.height()
    assert len({box.top() for box in boxes}) > 1
    with qtbot.waitSignal(view.pointed) as told:
        QTest.mouseMove(view, boxes[1].center().toPoint())
    assert told.args == [(1, 0)]
    assert view.tooltip_at(boxes[1].center().toPoint()) == "one zero, then −5"
    assert view.tooltip_at(QPoint(299, 0)) == ""
    before = image_of(view)
    view.set_scene(view._chips, (0, 1))
    assert image_of(view) != before
    view.set_scene((), None)
    assert view.height() == 0


def test_errors_tell_their_values(qtbot: QtBot) -> None:
    view = ErrorsView()
    view.set_scene(part().errors)
    shown(qtbot, view, 330)
    image_of(view)
    box = view.picture_rect(1)
    assert box.right() <= 330
    assert view.tooltip_at((box.topLeft() + QPointF(2, 2)).toPoint()) == "Step 2: −8.0 levels of luma"
    assert view.tooltip_at(QPoint(2, 2)) == ""


def test_the_basis_function_is_drawn(qtbot: QtBot) -> None:
    view = PatchBasis()
    shown(qtbot, view, 58)
    empty = image_of(view)
    view.set_scene(basis_functions()[0, 1].astype(np.float32))
    image = image_of(view)
    assert image != empty
    assert image.pixelColor(6, 30).lightness() > 150 > 100 > image.pixelColor(50, 30).lightness()


def test_rows_of_the_hidden_state_tell_their_step(qtbot: QtBot) -> None:
    view = HiddenView()
    view.set_scene(part().inside)
    shown(qtbot, view, 300, 116)
    image_of(view)
    (box,) = view.strip_rects()
    with qtbot.waitSignal(view.step_pointed) as told:
        QTest.mouseMove(view, QPoint(round(box.center().x()), round(box.top() + 3)))
    assert told.args == [1]
    assert view.step_at(box.bottomLeft() + QPointF(5, -2)) == 2
    assert view.step_at(QPointF(1, 1)) is None


# ---- the panel -------------------------------------------------------------------------------------------


@pytest.fixture
def dock(qtbot: QtBot) -> PatchDock:
    view = PatchDock()
    view.set_scene(scene())
    shown(qtbot, view, 496, 620)
    return view


def test_everything_is_there_and_can_be_scrolled_to(dock: PatchDock) -> None:
    first = dock.parts[0]
    for view in (first.tiles, first.symbols, first.codes, first.coefficients, first.errors, first.hidden):
        assert view.isVisible()
    assert not dock.columns[1].isVisible()
    assert dock.area.verticalScrollBar().maximum() > 0
    assert dock.area.horizontalScrollBar().maximum() == 0
    assert dock.title.text() == "Patch 4, 6"
    dock.grab()


def test_two_patches_stand_beside_each_other(dock: PatchDock) -> None:
    dock.set_scene(scene(two=True, lit=(1, 2), readouts=("first", "second")))
    QApplication.processEvents()
    above, below = (part.mapTo(dock, QPoint()) for part in dock.parts)
    assert above.x() == below.x()
    assert above.y() < below.y()
    dock.resize(800, 620)
    QApplication.processEvents()
    assert dock.columns[1].isVisible()
    assert [part.readout.text() for part in dock.parts] == ["first", "second"]
    left, right = (part.mapTo(dock, QPoint()) for part in dock.parts)
    assert left.x() + dock.parts[0].width() <= right.x()
    assert left.y() == right.y()
    assert abs(dock.parts[0].width() - dock.parts[1].width()) <= 1
    many = replace(part(), chips=CHIPS * 9)
    dock.set_scene(scene(parts=(many, part("Patch 9, 9"))))
    QApplication.processEvents()
    QApplication.processEvents()
    assert dock.parts[0].codes.height() == dock.parts[1].codes.height() == dock.parts[0].codes.needed()
    assert dock.parts[1].codes.needed() < dock.parts[0].codes.needed()
    tops = [each.coefficients.mapTo(dock, QPoint()).y() for each in dock.parts]
    assert tops[0] == tops[1]
    dock.set_scene(scene())
    assert dock.parts[0].codes.height() == dock.parts[0].codes.needed()
    dock.set_scene(scene(two=True, lit=(1, 2), readouts=("first", "second")))
    for shown_part in dock.parts:
        shown_part.grab()


def test_what_is_pointed_at_is_passed_on(dock: PatchDock, qtbot: QtBot) -> None:
    first = dock.parts[0]
    with qtbot.waitSignal(dock.coefficient_pointed) as told:
        first.coefficients.pointed.emit((2, 2))
    assert told.args == [(2, 2)]
    with qtbot.waitSignal(dock.neighbour_pointed) as told:
        first.tiles.pointed.emit((3, 6))
    assert told.args == [(3, 6)]
    with qtbot.waitSignal(dock.component_chosen) as told:
        QTest.mouseClick(dock.components.button("1"), LEFT)
    assert told.args == [1]
    with qtbot.waitSignal(dock.close_requested):
        QTest.mouseClick(dock.close_button, LEFT)


def test_notes_stand_where_something_is_missing(dock: PatchDock) -> None:
    bare = replace(
        part(), symbols=(), symbols_note="No blocks", chips=(), codes_words="", errors=(),
        errors_note="No original", inside=InsideScene((), "No state"),
    )  # fmt: skip
    dock.set_scene(scene(parts=(bare,), components=("Y",)))
    first = dock.parts[0]
    for view in (first.symbols, first.codes, first.errors, first.hidden, first.codes_words):
        assert not view.isVisible()
    for label, text in (
        (first.symbols_note, "No blocks"), (first.errors_note, "No original"),
        (first.hidden_note, "No state"),
    ):  # fmt: skip
        assert label.isVisible()
        assert label.text() == text
    assert not dock.components.button("2").isEnabled()


def test_every_control_has_a_name(dock: PatchDock) -> None:
    named = (*dock.findChildren(GridsView), *dock.findChildren(TilesView), *dock.findChildren(CodesView))
    assert len(named) == 10
    assert all(view.accessibleName() for view in named)


def test_the_second_patch_and_the_neighbour_are_framed_in_pictures(qapp: QApplication) -> None:
    image = QImage(320, 320, QImage.Format.Format_RGB32)
    image.fill(QColor(90, 90, 90))
    painter = QPainter(image)
    ground = Ground((64, 64), 5.0, (0, 0), QRect(0, 0, 320, 320), 1.0)
    draw_explained(painter, ground, PatchScene(0, 0, (), (), True, (), (2, 3), (4, 4)))
    painter.end()
    assert image.pixelColor(120 + 1, 80 + 20) == QColor(PURPLE)
    assert image.pixelColor(160 + 1, 160 + 20) == QColor(255, 255, 255)
    assert image.pixelColor(140, 100) == QColor(90, 90, 90)
