"""How repaired files are made and saved: strength, format, quality, names, folder. States intents only."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QWidget,
)

from engine.repair.names import PLACEHOLDERS
from viewer.model.scene.repair import RepairScene
from viewer.model.session.repair import KINDS, STRONGEST, Repair
from viewer.ui.controls import ElidedLabel, LabelledSlider, choose_data, inset, panel
from viewer.ui.toolbar_parts import choice_box, muted, tell_choice

_PATTERN_TIP = "Name of each file; these are filled in:\n" + "\n".join(
    f"{{{key}}}  {words}" for key, words in PLACEHOLDERS.items()
)


class RepairOptions(QWidget):
    """Draws a session's choices."""

    strength_chosen = Signal(int)
    kind_chosen = Signal(str)
    quality_chosen = Signal(int)
    pattern_chosen = Signal(str)
    folder_requested = Signal()
    overwrite_chosen = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        panel(self)
        self.strength = LabelledSlider("Strength", 0, STRONGEST, lambda value: f"{value} %")
        self.strength.setToolTip(
            "How much of the repair is applied; 100 % is what the decoder was trained for"
        )
        self.kind = choice_box(
            "Format of repaired files",
            [(kind.title, kind.tip, key) for key, kind in KINDS.items()],
            "How repaired files are saved",
        )
        self.quality = QSpinBox()
        self.quality.setRange(1, 100)
        self.quality.setAccessibleName("Quality of repaired files")
        self.quality.setToolTip("1 (smallest file) to 100; 95 keeps nearly all of the repair")
        inset(self.quality)
        self.pattern = QLineEdit()
        self.pattern.setAccessibleName("Name pattern")
        self.pattern.setToolTip(_PATTERN_TIP)
        self.example = ElidedLabel()
        self.example.setAccessibleName("Example of a name")
        self.folder = ElidedLabel()
        self.folder.setAccessibleName("Folder of repaired files")
        self.choose = QPushButton("Choose…")
        self.choose.setAccessibleName("Choose the folder of repaired files")
        self.choose.setToolTip("Where repaired files go; it is made if it isn't there")
        self.overwrite = QCheckBox("Replace files that are there already")
        self.overwrite.setToolTip(
            "Files in the folder of the same names; the files to repair are never replaced"
        )
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(12, 8, 12, 8)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        grid.addWidget(self.strength, 0, 0, 1, 2)
        saved = QHBoxLayout()
        saved.setSpacing(8)
        saved.addWidget(self.kind)
        self.quality_name = muted("Quality")
        saved.addWidget(self.quality_name)
        saved.addWidget(self.quality)
        saved.addStretch(1)
        grid.addWidget(self._name("Save as"), 0, 2)
        grid.addLayout(saved, 0, 3)
        grid.addWidget(self._name("Name"), 1, 0)
        named = QHBoxLayout()
        named.setSpacing(8)
        named.addWidget(self.pattern, 2)
        named.addWidget(self.example, 3)
        grid.addLayout(named, 1, 1)
        placed = QHBoxLayout()
        placed.setSpacing(8)
        placed.addWidget(self.folder, 1)
        placed.addWidget(self.choose)
        grid.addWidget(self._name("Folder"), 1, 2)
        grid.addLayout(placed, 1, 3)
        grid.addWidget(self.overwrite, 2, 3)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        self.grid = grid

    def _name(self, text: str) -> QLabel:
        return muted(text)

    def _connect(self) -> None:
        self.strength.settled.connect(self.strength_chosen)
        tell_choice(self.kind, self.kind_chosen.emit)
        self.quality.valueChanged.connect(self.quality_chosen)
        self.pattern.textEdited.connect(self.pattern_chosen)
        self.choose.clicked.connect(lambda: self.folder_requested.emit())
        self.overwrite.clicked.connect(self.overwrite_chosen)

    def show_state(self, chosen: Repair, scene: RepairScene) -> None:
        """Show a session's choices without telling anyone."""
        self.strength.set_value(chosen.strength)
        choose_data(self.kind, chosen.kind)
        lossy = KINDS[chosen.kind].lossy
        self.quality.setVisible(lossy)
        self.quality_name.setVisible(lossy)
        if self.quality.value() != chosen.quality:
            with QSignalBlocker(self.quality):
                self.quality.setValue(chosen.quality)
        if self.pattern.text() != chosen.pattern:
            self.pattern.setText(chosen.pattern)
        role = "error" if scene.fault else "muted"
        if self.example.property("role") != role:
            self.example.setProperty("role", role)
            self.example.style().unpolish(self.example)
            self.example.style().polish(self.example)
        self.example.setText(scene.fault or scene.example)
        self.folder.setText(scene.folder or "beside the first file")
        self.overwrite.setChecked(chosen.overwrite)
