"""What every area beside the pictures is: it draws its part of a `LabScene` and states intents."""

from __future__ import annotations

from abc import abstractmethod

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from viewer.model.scene.lab import LabScene
from viewer.model.session.lab import Lab
from viewer.ui.controls import panel


class AreaView(QWidget):
    """changed: carries which choice of the lab, its new value, and what undoing it is called ("": what it
    says itself), see `viewer.lab.desk.CHOICES`. asked: carries the name of something that is to be done, as
    `LabDesk.do` knows it. made: there are new widgets. pointed: carries x of
    a place in the curves."""

    changed = Signal(str, object, str)
    asked = Signal(str)
    made = Signal()
    pointed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        panel(self)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(8, 8, 8, 8)
        self.column.setSpacing(8)

    @abstractmethod
    def set_scene(self, scene: LabScene) -> None:
        """Show this; called only while the area is in sight."""

    def show_choice(self, lab: Lab, picture: bool) -> None:
        """Show what is chosen beside the run's settings, without telling anyone; most areas hold nothing.
        picture: one is open."""
