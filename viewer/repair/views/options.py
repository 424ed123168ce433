"""How repaired files are made and saved: strength, format, quality, names, folder. States intents only."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from engine.choices import ORIENTATIONS
from engine.repair.names import PLACEHOLDERS
from viewer.model.scene.repair import RepairScene
from viewer.model.session.repair import KINDS, STRONGEST, Repair
from viewer.ui.controls import ElidedLabel, choose_data, inset, panel, show_if
from viewer.ui.flow_layout import FlowPanel
from viewer.ui.labelled_slider import LabelledSlider
from viewer.ui.theme import scaled
from viewer.ui.toolbar_parts import choice_box, group, muted, tell_choice

_MOST = max(ORIENTATIONS)
_PATTERN_TIP = "Name of each file; these are filled in:\n" + "\n".join(
    f"{{{key}}}  {words}" for key, words in PLACEHOLDERS.items()
)


class RepairOptions(QWidget):
    """Draws a session's choices."""

    strength_chosen = Signal(int)
    thorough_chosen = Signal(bool)
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
        self.thorough = QCheckBox("Thorough")
        self.thorough.setToolTip(
            f"Average over {_MOST} orientations of the picture: better, but takes {_MOST} times as long"
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
        self.example = ElidedLabel(mode=Qt.TextElideMode.ElideMiddle)
        self.example.setAccessibleName("Where the chosen file goes")
        self.choose = QPushButton("Folder…")
        self.choose.setAccessibleName("Choose the folder of repaired files")
        self.choose.setToolTip("Where repaired files go; it is made if it isn't there")
        self.overwrite = QCheckBox("Replace files that are there already")
        self.overwrite.setToolTip(
            "Files in the folder of the same names; the files to repair are never replaced"
        )
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        self._asked = group(muted("Quality"), self.quality)
        self.choose.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        choices = FlowPanel()
        for part in (
            group(self.strength),
            group(self.thorough),
            group(muted("Save as"), self.kind),
            self._asked,
            group(muted("Name"), self.pattern),
            group(self.choose),
            group(self.overwrite),
        ):
            choices.flow.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 4, 4, 4)
        column.setSpacing(0)
        column.addWidget(choices)
        line = QHBoxLayout()
        line.setContentsMargins(8, 0, 8, 2)
        line.addWidget(self.example)
        column.addLayout(line)
        self._fit()

    def _fit(self) -> None:
        """Room for what is typed and dragged, at any size of text."""
        self.strength.setMinimumWidth(scaled(280))
        self.pattern.setMinimumWidth(scaled(180))
        self.quality.setMinimumWidth(scaled(64))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.FontChange:
            self._fit()
        super().changeEvent(event)

    def _connect(self) -> None:
        self.strength.settled.connect(self.strength_chosen)
        self.thorough.clicked.connect(self.thorough_chosen)
        tell_choice(self.kind, self.kind_chosen.emit)
        self.quality.valueChanged.connect(self.quality_chosen)
        self.pattern.textEdited.connect(self.pattern_chosen)
        self.choose.clicked.connect(lambda: self.folder_requested.emit())
        self.overwrite.clicked.connect(self.overwrite_chosen)

    def show_state(self, chosen: Repair, scene: RepairScene) -> None:
        """Show a session's choices without telling anyone."""
        self.strength.set_value(chosen.strength)
        self.thorough.setChecked(chosen.thorough)
        choose_data(self.kind, chosen.kind)
        lossy = KINDS[chosen.kind].lossy
        show_if(self._asked, lossy)
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
        self.overwrite.setChecked(chosen.overwrite)
