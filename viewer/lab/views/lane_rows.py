"""Lanes of a run, a row each: learner, window, updates on the way, rate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QSpinBox, QVBoxLayout, QWidget

from engine.lab.settings import MOST_LANES, WHOLE_ROWS, WINDOWED, LaneSettings, lane
from engine.registry import LEARNER_TITLES, LEARNERS
from viewer.lab.views.fields import put
from viewer.ui.controls import IconButton, choose_data, inset
from viewer.ui.flow_layout import FlowPanel
from viewer.ui.toolbar_parts import choice_box, tell_choice


class LaneRow(QWidget):
    """One lane. changed: carries its text; dropped: it is to go."""

    changed = Signal(str)
    dropped = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lane = LaneSettings()
        entries = [(LEARNER_TITLES[name], "", name) for name in LEARNERS]
        self.learner = choice_box("Learner", entries, "What gives the gradients")
        self.reach = _whole("Window", 1, 4096, "w ", "Steps after which truncated BPTT and SAB cut")
        self.every = _whole("Updates on the way", 0, 4096, "every ",
                            "Steps between two updates; none: one at the end of the row")  # fmt: skip
        self.every.setSpecialValueText("row's end")
        self.rate = QDoubleSpinBox()
        self.rate.setAccessibleName("Rate")
        self.rate.setToolTip("Factor on the step sizes of this lane")
        self.rate.setRange(0.001, 99.999)
        self.rate.setDecimals(3)
        self.rate.setSingleStep(0.1)
        self.rate.setPrefix("× ")
        self.rate.setKeyboardTracking(False)
        inset(self.rate)
        self.drop = IconButton("close", "Remove the lane", "Let the others run without this lane")
        boxes = FlowPanel(gap=4, least_gap=4)
        boxes.flow.setContentsMargins(0, 0, 0, 0)
        for box in (self.learner, self.reach, self.every, self.rate):
            boxes.flow.addWidget(box)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(4)
        line.addWidget(boxes, 1)
        line.addWidget(self.drop, 0, Qt.AlignmentFlag.AlignTop)
        tell_choice(self.learner, lambda name: self._tell(_of_learner(self._lane, name)))
        self.reach.valueChanged.connect(lambda n: self._tell(_moved(self._lane, window=n)))
        self.every.valueChanged.connect(lambda n: self._tell(_moved(self._lane, every=n)))
        self.rate.valueChanged.connect(lambda r: self._tell(lambda: replace(self._lane, rate=round(r, 6))))
        self.drop.clicked.connect(self.dropped)

    def _tell(self, make: Callable[[], LaneSettings]) -> None:
        try:
            self.changed.emit(make().text)
        except ValueError:  # what can't be is not taken: the row shows again what is
            self.show_lane(self._lane.text)

    def show_lane(self, text: str) -> None:
        """Show a lane without telling anyone."""
        self._lane = one = lane(text)
        choose_data(self.learner, one.learner)
        for box, value in ((self.reach, one.window), (self.every, one.every), (self.rate, one.rate)):
            put(box, value)
        self.reach.setEnabled(one.learner in WINDOWED)
        self.every.setEnabled(one.learner not in WHOLE_ROWS)


def _whole(name: str, low: int, high: int, prefix: str, tip: str) -> QSpinBox:
    box = QSpinBox()
    box.setAccessibleName(name)
    box.setToolTip(tip)
    box.setRange(low, high)
    box.setPrefix(prefix)
    box.setKeyboardTracking(False)
    inset(box)
    return box


def _of_learner(one: LaneSettings, name: str) -> Callable[[], LaneSettings]:
    """With another learner, as far as the rest fits it."""
    every = 0 if name in WHOLE_ROWS else one.every
    if name == "tbptt" and every:
        every = one.window
    return lambda: replace(one, learner=name, every=every)


def _moved(one: LaneSettings, **values: int) -> Callable[[], LaneSettings]:
    """Window or updates moved; of truncated BPTT updates come at the ends of windows."""

    def make() -> LaneSettings:
        moved: dict[str, Any] = {"window": one.window, "every": one.every, **values}
        if one.learner == "tbptt" and moved["every"] % moved["window"]:
            more = "every" in values and values["every"] > one.every
            moved["every"] = moved["window"] * (moved["every"] // moved["window"] + more)
        return replace(one, **moved)

    return make


class LaneRows(QWidget):
    """All lanes, and a button for one more. changed: carries them."""

    changed = Signal(tuple)
    made = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[LaneRow] = []
        self._lanes: tuple[str, ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)

    def show_lanes(self, lanes: tuple[str, ...]) -> None:
        """Show these without telling anyone."""
        if lanes == self._lanes:
            return
        self._lanes = lanes
        while len(self.rows) > len(lanes):
            gone = self.rows.pop()
            self._column.removeWidget(gone)
            gone.setParent(None)
            gone.deleteLater()
        while len(self.rows) < len(lanes):
            self._add_row()
        for row, text in zip(self.rows, lanes, strict=True):
            row.show_lane(text)
            row.drop.setEnabled(len(lanes) > 1)

    def _add_row(self) -> None:
        row, at = LaneRow(), len(self.rows)
        row.changed.connect(lambda text: self._change(at, text))
        row.dropped.connect(lambda: self.changed.emit((*self._lanes[:at], *self._lanes[at + 1 :])))
        self.rows.append(row)
        self._column.addWidget(row)
        self.made.emit()

    def _change(self, at: int, text: str) -> None:
        self.changed.emit((*self._lanes[:at], text, *self._lanes[at + 1 :]))

    def add_lane(self) -> None:
        """One lane more, of a learner that isn't there yet."""
        known = {lane(text).learner for text in self._lanes}
        name = next(
            (name for name in ("bptt", "tbptt", "uoro", "rflo", "snap1", "rtrl") if name not in known), "bptt"
        )
        if len(self._lanes) < MOST_LANES:
            self.changed.emit((*self._lanes, LaneSettings(learner=name, window=1).text))
