"""Views of the compare view: tables, heat strips, arrows, and what pane strips add. Pixels are looked at."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.support.widgets import screen
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
from viewer.model.scene.palette import PURPLE, rgb
from viewer.model.scene.picture import OverlayScene, PaneScene, PatchScene, RecallScene
from viewer.model.session.choices import Mode, Overlay
from viewer.panes.canvas.arrows import draw_recalls
from viewer.panes.canvas.ground import Ground
from viewer.panes.canvas.layers import layer
from viewer.panes.canvas.strips import fit_words
from viewer.panes.canvas.view import PanesView
from viewer.patch.views.hidden import HiddenView
from viewer.ui import theme
from viewer.ui.data_table import DataTable

LEFT = Qt.MouseButton.LeftButton
pytestmark = pytest.mark.usefixtures("dark")


def near(picture: np.ndarray, colour: str, tolerance: int = 24) -> np.ndarray:
    return (np.abs(picture.astype(int) - rgb(colour)) <= tolerance).all(axis=-1)


# ---- the table -------------------------------------------------------------------------------------------


def table_scene(sort: tuple[str, bool] = ("", False)) -> TableScene:
    columns = (Column("entry", "Entry", numeric=False), Column("gain", "Step 1", "Gain of step 1"))
    rows = (
        TableRow("#56B4E9", "solid", ("BPTT", 0.5), ("BPTT", "+0.50")),
        TableRow("#D55E00", "dash", ("UORO", 0.25), ("UORO", "+0.25")),
    )
    return TableScene(columns, rows, sort)


def test_a_click_on_a_header_asks_for_its_order(qtbot: QtBot) -> None:
    table = DataTable()
    qtbot.addWidget(table)
    table.resize(400, 200)
    table.set_scene(table_scene(("gain", True)))
    table.show()
    assert [table.text(row, 0) for row in (0, 1)] == ["BPTT", "UORO"]
    header = table.horizontalHeader()
    assert header.sortIndicatorSection() == 1
    assert header.sortIndicatorOrder() is Qt.SortOrder.DescendingOrder
    asked: list[str] = []
    table.sort_chosen.connect(asked.append)
    for section in (1, 0):
        x = header.sectionViewportPosition(section) + header.sectionSize(section) // 2
        qtbot.mouseClick(header.viewport(), LEFT, pos=QPointF(x, header.height() / 2).toPoint())
    assert asked == ["gain", "entry"]
    assert [table.text(row, 0) for row in (0, 1)] == ["BPTT", "UORO"]  # the rows are not its business
    table.setCurrentIndex(table.model().index(0, 1))
    assert table.chosen_column() == "gain"
    assert "Gain of step 1 +0.50" in str(table.model().index(0, 1).data(Qt.ItemDataRole.ToolTipRole))


def test_table_cells_are_never_cut(qtbot: QtBot) -> None:
    table = DataTable()
    qtbot.addWidget(table)
    table.set_scene(table_scene())
    for column, scene in enumerate(table_scene().columns):
        widest = max(row.cells[column] for row in table_scene().rows)
        for words in (scene.title, widest):
            assert table.columnWidth(column) >= table.fontMetrics().horizontalAdvance(words) + 12


def test_rows_show_their_lines(qtbot: QtBot) -> None:
    table = DataTable()
    qtbot.addWidget(table)
    table.resize(400, 200)
    table.set_scene(table_scene())
    table.show()
    picture = screen(table)
    assert near(picture, "#56B4E9").sum() > 20
    assert near(picture, "#D55E00").sum() > 10


# ---- the heat table --------------------------------------------------------------------------------------


def heat_scene(chosen: tuple[int, int] | None = None) -> HeatScene:
    cells = (
        (HeatCell(0.5, 0.02, "+0.50", "BPTT, q75: +0.50 dB"), HeatCell(-0.5, None, "−0.50", "BPTT, q90")),
        (HeatCell(0.0, None, "0.00", "UORO, q75"), HeatCell(None, None, "–", "not measured")),
    )
    rows = (("BPTT", "#56B4E9"), ("UORO", "#D55E00"))
    topics = (("quality", "Qualities"),)
    return HeatScene(topics, "quality", ("q75", "q90"), rows, cells, 0.5, chosen)


@pytest.fixture
def heat(qtbot: QtBot) -> HeatTable:
    table = HeatTable()
    qtbot.addWidget(table)
    table.resize(600, 260)
    table.set_scene(heat_scene())
    table.show()
    return table


def test_cells_are_coloured_by_their_gain(heat: HeatTable) -> None:
    picture = screen(heat)

    def ground(row: int, column: int) -> np.ndarray:
        rect = heat.cell_rect(row, column).toRect()
        return picture[rect.top() + 4, rect.left() + 5].astype(int)

    gain, loss, nothing = ground(0, 0), ground(0, 1), ground(1, 0)
    assert gain[0] > gain[2] + 50
    assert loss[2] > loss[0] + 50
    assert nothing.max() < 60


def test_a_cell_is_picked_by_mouse_and_arrows(heat: HeatTable, qtbot: QtBot) -> None:
    picked: list[tuple[str, str]] = []
    heat.cell_chosen.connect(lambda row, column: picked.append((row, column)))
    qtbot.mouseClick(heat, LEFT, pos=heat.cell_rect(1, 0).center().toPoint())
    heat.set_scene(heat_scene((1, 0)))
    heat.setFocus()
    qtbot.keyClick(heat, Qt.Key.Key_Right)
    qtbot.keyClick(heat, Qt.Key.Key_Up)
    qtbot.keyClick(heat, Qt.Key.Key_Left)
    assert picked == [("UORO", "q75"), ("UORO", "q90"), ("BPTT", "q75"), ("UORO", "q75")]
    qtbot.mouseClick(heat, LEFT, pos=QPointF(5, 5).toPoint())
    assert len(picked) == 4


def test_an_empty_study_says_why(qtbot: QtBot) -> None:
    table = HeatTable()
    qtbot.addWidget(table)
    table.resize(400, 200)
    before = screen(table)
    table.set_scene(HeatScene((), "", (), (), (), 1.0, note="There is no study"))
    assert near(screen(table), theme.DARK.muted).sum() > near(before, theme.DARK.muted).sum() + 50


# ---- hidden states ---------------------------------------------------------------------------------------


def strips(*limits: float) -> InsideScene:
    values = np.array([[-1.0, 0.0, 1.0], [1.0, 0.0, -1.0]], np.float32)
    return InsideScene(
        tuple(StripScene(f"n{at}", "#56B4E9", values, 2, limit) for at, limit in enumerate(limits))
    )


@pytest.mark.parametrize("count", [1, 6])
def test_strips_have_steps_as_rows_and_units_as_columns(qtbot: QtBot, count: int) -> None:
    view = HiddenView()
    qtbot.addWidget(view)
    view.resize(340, 336)
    view.set_scene(strips(*[1.0] * count))
    view.show()
    picture = screen(view)
    assert len(view.strip_rects()) == count
    for box in view.strip_rects():
        assert box.bottom() <= view.height()

        def at(step: int, unit: int, box: object = box) -> np.ndarray:
            x = box.left() + (unit + 0.5) * box.width() / 3  # type: ignore[attr-defined]
            y = box.top() + (step + 0.5) * box.height() / 2  # type: ignore[attr-defined]
            return picture[int(y), int(x)].astype(int)

        assert at(0, 0)[2] > at(0, 0)[0] + 50  # blue: below 0
        assert at(0, 2)[0] > at(0, 2)[2] + 50  # orange: above 0
        assert (at(1, 0) == at(0, 2)).all()
        assert at(0, 1).max() < 60  # the panel's dark: nothing there


def test_a_strip_tells_single_values(qtbot: QtBot) -> None:
    view = HiddenView()
    qtbot.addWidget(view)
    view.resize(340, 200)
    view.set_scene(strips(2.0))
    view.show()
    screen(view)
    box = view.strip_rects()[0]
    tip = view.tooltip_at(QPointF(box.right() - 2, box.top() + 2))
    assert tip == "n0, step 1, unit 3 of 3: 1.000"
    assert view.tooltip_at(QPointF(1, 1)) == ""


def test_strips_follow_the_theme(qtbot: QtBot, qapp: QApplication) -> None:
    view = HiddenView()
    qtbot.addWidget(view)
    view.resize(340, 200)
    view.set_scene(strips(1.0))
    view.show()
    screen(view)
    box = view.strip_rects()[0]
    middle = int(box.center().x()), int(box.top() + box.height() / 4)
    dark = screen(view)[middle[1], middle[0]].max()
    theme.apply(qapp, theme.LIGHT)
    light = screen(view)[middle[1], middle[0]].min()
    assert dark < 60
    assert light > 200


# ---- arrows ----------------------------------------------------------------------------------------------


def drawn(
    recalls: tuple[RecallScene, ...], patch: tuple[int, int] = (5, 10), scale: float = 4.0
) -> np.ndarray:
    """Arrows over a black picture of 128×96 pixels, 16×12 patches."""
    size = (int(128 * scale), int(96 * scale))
    image = QImage(*size, QImage.Format.Format_RGB888)
    image.fill(QColor("#406040"))
    painter = QPainter(image)
    ground = Ground((128, 96), scale, (0, 0), QRect(0, 0, *size), 1.0)
    draw_recalls(painter, ground, patch, recalls)
    painter.end()
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(size[1], image.bytesPerLine())
    return rows[:, : 3 * size[0]].reshape(size[1], size[0], 3).copy()


def test_an_arrow_leads_from_the_patch_to_the_one_recalled() -> None:
    arrow = near(drawn((RecallScene(2, 0.8),)), PURPLE)
    ys, xs = np.nonzero(arrow)
    assert 2 * 32 <= xs.min() <= 3 * 32
    assert 10 * 32 <= xs.max() <= 11 * 32
    assert ys.min() < 5 * 32 - 20  # it rises above the row
    assert ys.max() <= 5 * 32 + 3


def test_heavier_memories_have_thicker_arrows() -> None:
    thin, thick = (near(drawn((RecallScene(2, weight),)), PURPLE).sum() for weight in (0.1, 0.9))
    assert thick > 1.8 * thin
    assert not near(drawn((RecallScene(2, 0.01),)), PURPLE).any()
    assert not near(drawn(()), PURPLE).any()


def test_in_the_first_row_arrows_run_below() -> None:
    ys, _ = np.nonzero(near(drawn((RecallScene(2, 0.8),), (0, 10)), PURPLE))
    assert ys.min() >= 32 - 3


def test_the_start_is_marked_at_the_edge_of_its_patch() -> None:
    arrow = near(drawn((RecallScene(4, 0.8, start=True),)), PURPLE)
    assert arrow[5 * 32 + 4 : 6 * 32 - 4, 4 * 32 - 2 : 4 * 32 + 3].any()
    assert not near(drawn((RecallScene(4, 0.8),)), PURPLE)[5 * 32 + 8 : 6 * 32 - 4].any()


def test_a_patch_that_recalls_itself_has_a_loop() -> None:
    ys, xs = np.nonzero(near(drawn((RecallScene(10, 0.8),)), PURPLE))
    assert 10 * 32 - 16 <= xs.min() < xs.max() <= 11 * 32 + 16
    assert ys.min() < 5 * 32 - 5


# ---- panes -----------------------------------------------------------------------------------------------


def test_recalls_are_drawn_in_their_own_pane_only(qtbot: QtBot) -> None:
    view = PanesView()
    qtbot.addWidget(view)
    view.resize(1000, 420)
    ground = np.full((96, 128, 3), 60, np.uint8)
    panes = tuple(PaneScene(key, key, "", ground) for key in ("a", "b"))
    patch = PatchScene(5, 10, (), (), recalls=(("b", (RecallScene(2, 0.9),)),))
    view.set_scene(panes, Mode.SIDE, patch, OverlayScene(Overlay.NONE, None))
    view.show()
    arrows = near(screen(view), PURPLE)
    half = view.width() // 2
    assert not arrows[:, :half].any()
    assert arrows[:, half:].any()


def test_winners_colour_their_patches(qtbot: QtBot) -> None:
    shades = np.zeros((12, 16, 4), np.uint8)
    shades[:, :8] = (*rgb("#009E73"), 255)
    overlay = OverlayScene(
        Overlay.WINNER, None, classes=(("SAB 50 %", "#009E73"), ("BPTT 50 %", "#56B4E9")), shades=shades
    )
    view = PanesView()
    qtbot.addWidget(view)
    view.resize(640, 540)
    panes = (PaneScene("a", "a", "", np.full((96, 128, 3), 60, np.uint8)),)
    view.set_scene(panes, Mode.SIDE, None, overlay)
    view.show()
    picture = screen(view)
    bar = picture[-32:]
    assert near(bar, "#009E73", 4).sum() > 80
    assert near(bar, "#56B4E9", 4).sum() > 80
    body = near(picture[60:-60], "#009E73", 2)
    half = view.width() // 2
    assert body[:, 10 : half - 4].mean() > 0.8
    assert not body[:, half + 4 :].any()


def test_half_opaque_shades_are_premultiplied() -> None:
    shades = np.array([[[200, 100, 50, 128], [200, 100, 50, 0]]], np.uint8)
    packed = layer(OverlayScene(Overlay.WINNER, None, shades=shades))
    assert packed is not None
    blue, green, red, alpha = packed[0, :1].copy().view(np.uint8).tolist()
    assert (red, green, blue, alpha) == (100, 50, 25, 128)
    assert packed[0, 1] == 0


def test_strips_show_line_mark_and_progress(qtbot: QtBot) -> None:
    view = PanesView()
    qtbot.addWidget(view)
    view.resize(500, 300)
    ground = np.full((60, 100, 3), 60, np.uint8)

    def strip(pane: PaneScene) -> np.ndarray:
        view.set_scene((pane,), Mode.SIDE, None, OverlayScene(Overlay.NONE, None))
        return screen(view)[:28]

    plain = strip(PaneScene("a", "BPTT", "waiting", ground))
    full = strip(PaneScene("a", "BPTT", "waiting", ground, colour="#D55E00", mark="A", progress=0.5))
    assert not near(plain, "#D55E00").any()
    assert near(full[:, :40], "#D55E00").any()
    accent = near(full[-3:], theme.DARK.accent, 6)
    assert accent[:, :245].all()
    assert not accent[:, 255:].any()


def test_narrow_strips_give_up_what_can_be_read_elsewhere() -> None:
    pane = PaneScene("a", "Truncated BPTT", "25.97 dB (+0.61)", None, colour="#0072B2")
    wide, narrow = fit_words(pane, 400), fit_words(pane, 240)
    assert (wide.detail, wide.cut) == ("25.97 dB (+0.61)", False)
    assert (narrow.title, narrow.detail, narrow.cut) == ("Truncated BPTT", "25.97 dB", True)
