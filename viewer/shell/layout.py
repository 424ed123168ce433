"""Where the parts of the main window lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QScrollArea,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from viewer.compare.views.pages import ComparePages
from viewer.ui.controls import SegmentedButtons, panel, title_label

if TYPE_CHECKING:
    from viewer.shell.window import MainWindow

PLOT_HEIGHT, COMPARED_HEIGHT = 136, 164
"""Of a plot, and of one with many names; below this plots are scrolled rather than squeezed."""
FIGURES_HEIGHT, HIDDEN_HEIGHT = 252, 336
"""Of the figures, and of the hidden states of many decoders."""
_SWITCH = (
    ("figures", "Figures", "What was sent, and how near the decoders come"),
    ("inside", "Hidden state", "What the network holds at the patch pointed at, step by step  (H)"),
)


@dataclass(frozen=True)
class Places:
    """What holds the window's parts. middle: pages, or the codecs' curves in their place. side: the right
    column; split: between it and the rest."""

    pages: ComparePages
    middle: QStackedWidget
    split: QSplitter
    side: QStackedWidget
    figures: QStackedWidget
    figure_switch: SegmentedButtons


def lay_out(window: MainWindow) -> Places:
    """Put the widgets that `window` has made into place."""
    left = QWidget()
    column = QVBoxLayout(left)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    for widget in (
        window.error,
        window.offer,
        window.exports.exporter.line,
        window.banner,
        window.viewbar,
        window.comparebar,
        window.ratesbar,
    ):
        column.addWidget(widget)
    window.comparebar.hide()
    window.ratesbar.hide()
    pictures = QWidget()
    pictures.setFocusProxy(window.panes)
    rows = QVBoxLayout(pictures)
    rows.setContentsMargins(0, 0, 0, 0)
    rows.setSpacing(0)
    rows.addWidget(window.panes, 1)
    rows.addWidget(window.filmstrip)
    pages = ComparePages(pictures)
    middle = QStackedWidget()
    middle.addWidget(pages)
    middle.addWidget(window.curves)
    column.addWidget(middle, 1)
    column_of_figures, figures, switch = _side_column(window)
    side = QStackedWidget()
    side.addWidget(column_of_figures)
    split = QSplitter(Qt.Orientation.Horizontal)
    split.addWidget(left)
    split.addWidget(side)
    split.setStretchFactor(0, 1)
    split.setStretchFactor(1, 0)
    split.setCollapsible(0, False)
    split.setSizes([1200, 360])
    central = QWidget()
    rows = QVBoxLayout(central)
    rows.setContentsMargins(0, 0, 0, 0)
    rows.setSpacing(1)
    rows.addWidget(window.toolbar)
    rows.addWidget(split, 1)
    rows.addWidget(window.status)
    window.setCentralWidget(central)
    if window.menuBar().isNativeMenuBar():
        window.toolbar.flow.add_right(window.toolbar.tools)
    else:  # the menus leave room, the toolbar has none to spare
        window.menuBar().setCornerWidget(window.toolbar.tools)
    return Places(pages, middle, split, side, figures, switch)


def _side_column(window: MainWindow) -> tuple[QWidget, QStackedWidget, SegmentedButtons]:
    scroll = QScrollArea()
    scroll.setWidgetResizable(True)
    scroll.setWidget(window.plots)
    scroll.setAccessibleName("Plots")
    scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    picture = panel(QWidget())
    column = QVBoxLayout(picture)
    column.setContentsMargins(8, 8, 8, 8)
    column.setSpacing(8)
    column.addWidget(title_label("Picture"))
    column.addWidget(window.summary)
    column.addStretch(1)
    figures = QStackedWidget()
    panel(figures)
    figures.addWidget(_scrolled(picture))
    figures.addWidget(_at_top(window.inspector))
    figures.addWidget(window.hidden)
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


def _scrolled(page: QWidget) -> QScrollArea:
    """A page that may be higher than its place."""
    scroll = QScrollArea()
    scroll.setWidgetResizable(True)
    scroll.setWidget(page)
    scroll.setFrameShape(QFrame.Shape.NoFrame)
    scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    scroll.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    scroll.setAccessibleName("Figures of the picture")
    return scroll


def _at_top(widget: QWidget) -> QWidget:
    """Keep a widget of fixed height at the top of a taller place."""
    holder = panel(QWidget())
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(widget)
    column.addStretch(1)
    return holder
