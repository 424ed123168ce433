"""Rows of widgets that continue on the next line."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QScrollArea, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from viewer.lab.views.lane_rows import LaneRows
from viewer.ui import theme


def test_lines_of_rows_in_a_narrow_column_lie_below_each_other(qtbot: QtBot, qapp: QApplication) -> None:
    theme.apply(qapp, theme.DARK)
    rows, scroll, inner = LaneRows(), QScrollArea(), QWidget()
    column = QVBoxLayout(inner)
    column.addWidget(rows)
    column.addStretch(1)
    scroll.setWidgetResizable(True)
    scroll.setWidget(inner)
    qtbot.addWidget(scroll)
    scroll.resize(420, 300)
    rows.show_lanes(("sab:4", "bptt"))
    scroll.show()
    first, second = rows.rows
    qtbot.waitUntil(lambda: 0 < first.geometry().bottom() < second.y())
    assert first.rate.y() > first.learner.geometry().bottom()  # it takes two lines
    qtbot.waitUntil(lambda: first.rate.geometry().bottom() < first.height())
    assert first.drop.y() == first.learner.y()
