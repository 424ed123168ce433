"""Where the parts of the main window lie."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtWidgets import (
    QMainWindow,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from viewer.compare.views.pages import ComparePages
from viewer.shell.parts import Parts
from viewer.shell.side_split import SideSplit
from viewer.ui.controls import SegmentedButtons, panel, title_label
from viewer.ui.page_room import PageRoom
from viewer.ui.plot.plot import STAGE
from viewer.ui.scrolled import Scrolled

PLOT_HEIGHT, COMPARED_HEIGHT = 196, 208
"""Of a plot, and of one with many names; below this plots are scrolled rather than squeezed."""
FIGURES_HEIGHT, HIDDEN_HEIGHT = 236, 336
"""Of the figures, and of the hidden states of many decoders."""
_SWITCH = (
    ("figures", "Figures", "What was sent, and how near the decoders come"),
    ("inside", "Hidden state", "What the network holds at the patch pointed at, step by step  (H)"),
)


@dataclass(frozen=True)
class WindowPlaces:
    """What holds the window's parts. whole: all but the status, or the Repair or the
    Measure page. middle: pages, or the
    codecs' curves in their place. notices: lines that tell something; lines: the bars above. side: the right
    column; split: between it and the rest."""

    whole: QStackedWidget
    pages: ComparePages
    middle: QStackedWidget
    notices: QWidget
    lines: QWidget
    split: SideSplit
    side: QStackedWidget
    figures: QStackedWidget
    figure_switch: SegmentedButtons


def lay_out(window: QMainWindow, parts: Parts, progress: QWidget) -> WindowPlaces:
    """Put a window's parts into place. progress: the line that says how far an export is."""
    parts.comparebar.hide()
    parts.ratesbar.hide()
    pictures = QWidget()
    pictures.setFocusProxy(parts.panes)
    rows = QVBoxLayout(pictures)
    rows.setContentsMargins(0, 0, 0, 0)
    rows.setSpacing(0)
    rows.addWidget(parts.stage, 1)
    rows.addWidget(parts.schematic)
    rows.addWidget(parts.filmstrip)
    pages = ComparePages(pictures)
    middle = QStackedWidget()
    middle.setObjectName(STAGE)
    middle.addWidget(pages)
    middle.addWidget(parts.curves)
    middle.addWidget(parts.lab)
    column_of_figures, figures, switch = _side_column(parts)
    side = QStackedWidget()
    side.addWidget(column_of_figures)
    split = SideSplit(middle, side)
    lines = QWidget()  # over the whole width: nothing in them moves when the column's width changes
    above = QVBoxLayout(lines)
    above.setContentsMargins(0, 0, 0, 0)
    above.setSpacing(0)
    for bar in (parts.viewbar, parts.comparebar, parts.ratesbar):
        above.addWidget(bar)
    notices = QWidget()
    told = QVBoxLayout(notices)
    told.setContentsMargins(0, 0, 0, 0)
    told.setSpacing(1)
    for line in (parts.error, parts.offer, progress, parts.banner):
        told.addWidget(line)
    central = QWidget()
    rows = QVBoxLayout(central)
    rows.setContentsMargins(0, 0, 0, 0)
    rows.setSpacing(1)
    work = QWidget()
    whole = QStackedWidget()
    whole.addWidget(PageRoom(work, "Pictures and controls"))
    whole.addWidget(_page_room(parts.repair_error, parts.repair, "Repair"))
    whole.addWidget(_page_room(parts.bench_error, parts.bench, "Measure"))
    rows.addWidget(whole, 1)
    rows.addWidget(parts.status)
    rows = QVBoxLayout(work)
    rows.setContentsMargins(0, 0, 0, 0)
    rows.setSpacing(1)
    rows.addWidget(parts.toolbar)
    rows.addWidget(notices)
    rows.addWidget(lines)
    rows.addWidget(split, 1)
    rows.addWidget(parts.caption)
    window.setCentralWidget(central)
    return WindowPlaces(whole, pages, middle, notices, lines, split, side, figures, switch)


def _page_room(error: QWidget, page: QWidget, name: str) -> QWidget:
    """A page that stands in place of all else but the status, under a line for errors."""
    room = QWidget()
    rows = QVBoxLayout(room)
    rows.setContentsMargins(0, 0, 0, 0)
    rows.setSpacing(0)
    rows.addWidget(error)
    rows.addWidget(page, 1)
    return PageRoom(room, name)


def _side_column(parts: Parts) -> tuple[QWidget, QStackedWidget, SegmentedButtons]:
    scroll = Scrolled(parts.plots, "Plots")
    picture = panel(QWidget())
    column = QVBoxLayout(picture)
    column.setContentsMargins(8, 8, 8, 8)
    column.setSpacing(8)
    column.addWidget(title_label("Picture"))
    column.addWidget(parts.summary)
    column.addStretch(1)
    figures = QStackedWidget()
    panel(figures)
    figures.addWidget(Scrolled(picture, "Figures of the picture"))
    figures.addWidget(Scrolled(_at_top(parts.inspector), "Figures of the patch"))
    figures.addWidget(parts.hidden)
    figures.setFixedHeight(FIGURES_HEIGHT)
    figures.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    switch = SegmentedButtons(_SWITCH)
    holder = panel(QWidget())
    below = QVBoxLayout(holder)
    below.setContentsMargins(0, 8, 0, 0)
    below.setSpacing(0)
    line = QVBoxLayout()
    line.setContentsMargins(8, 0, 8, 0)
    line.addWidget(switch)
    below.addLayout(line)
    below.addWidget(figures)
    side = QWidget()
    rows = QVBoxLayout(side)
    rows.setContentsMargins(0, 0, 0, 0)
    rows.setSpacing(4)
    rows.addWidget(scroll, 1)
    rows.addWidget(holder)
    side.setMinimumWidth(264)
    return side, figures, switch


def _at_top(widget: QWidget) -> QWidget:
    """Keep a widget of fixed height at the top of a taller place."""
    holder = panel(QWidget())
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(widget)
    column.addStretch(1)
    return holder
