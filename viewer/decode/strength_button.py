"""The toolbar's button for what is done to every estimate: strength, intervals, guard, average."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget, QWidgetAction

from viewer.decode.commands import (
    AVERAGED,
    AVERAGED_TIP,
    EARLIER_TIP,
    GUARD_TIP,
    PROJECTION_TIP,
    averaged,
    no_earlier,
    no_guard,
    no_intervals,
    no_orientations,
)
from viewer.model.session.choices import AS_MEASURED, MOST_STRENGTH
from viewer.model.session.state import Session
from viewer.ui.labelled_slider import LabelledSlider
from viewer.ui.stay_open_menu import StayMenu

_STRENGTH_TIP = f"Share of the network's change that is applied; {AS_MEASURED} % is what is measured"


class StrengthButton(QToolButton):
    """Says how strong the repair is, and opens to change it. States intents only."""

    strength_chosen = Signal(int)
    projection_chosen = Signal(bool)
    guard_chosen = Signal(bool)
    earlier_chosen = Signal(bool)
    averaged_chosen = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.setAccessibleName("Strength of the repair")
        self.slider = LabelledSlider("Strength", 0, MOST_STRENGTH, lambda value: f"{value} %")
        self.slider.slider().setFixedWidth(150)
        self.slider.setToolTip(_STRENGTH_TIP)
        self.projection = QAction("Quantisation intervals", self)
        self.guard = QAction("Guard against harm", self)
        self.earlier = QAction("First of two savings", self)
        self.averaged = QAction(f"Average of {AVERAGED} orientations", self)
        self._fill()
        self.slider.settled.connect(self.strength_chosen)
        self.projection.triggered.connect(self.projection_chosen)
        self.guard.triggered.connect(self.guard_chosen)
        self.earlier.triggered.connect(self.earlier_chosen)
        self.averaged.triggered.connect(self.averaged_chosen)

    def _fill(self) -> None:
        menu, box = StayMenu(self), QWidget()
        menu.setToolTipsVisible(True)
        column = QVBoxLayout(box)
        column.setContentsMargins(12, 8, 12, 8)
        column.addWidget(self.slider)
        holder = QWidgetAction(menu)
        holder.setDefaultWidget(box)
        menu.addAction(holder)
        menu.addSeparator()
        for action in (self.projection, self.guard, self.earlier, self.averaged):
            action.setCheckable(True)
            menu.addAction(action)
        self.setMenu(menu)

    def show_state(self, session: Session) -> None:
        """Show a session's choices without telling anyone."""
        options = session.options
        self.slider.set_value(options.strength)
        why_not = no_intervals(session), no_guard(session), no_earlier(session), no_orientations(session)
        for action, on, why, tip in zip(
            (self.projection, self.guard, self.earlier, self.averaged),
            (options.projection, options.guard, options.earlier, averaged(session)),
            why_not,
            (PROJECTION_TIP, GUARD_TIP, EARLIER_TIP, AVERAGED_TIP),
            strict=True,
        ):
            action.setChecked(on and not why)
            action.setEnabled(not why)
            action.setToolTip(f"Not now: {why}" if why else tip)
        off = [
            word
            for word, on, why in zip(
                ("intervals", "guard", "first saving"),
                (options.projection, options.guard, options.earlier),
                why_not[:3],
                strict=True,
            )
            if not on and not why
        ]
        sweeps = session.card is not None and session.card.kind == "sweep"
        many = f", {options.orientations}×" if averaged(session) and sweeps else ""
        self.setText(f"Strength {options.strength} %{many}" + (f", no {' or '.join(off)}" if off else ""))
        self.setToolTip(
            f"{_STRENGTH_TIP}. Within: quantisation intervals, guard, first saving, average of {AVERAGED} "
            f"orientations ({AVERAGED}×)"
        )
