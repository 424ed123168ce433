"""The line above the lab: which preset, and the transport. States intents only."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QMenu, QPushButton, QSpinBox, QToolButton, QWidget

from viewer.lab.views.fields import put
from viewer.model.scene.lab import LabScene, LaneItem, PresetItem
from viewer.ui.controls import IconButton, choose_data, inset
from viewer.ui.flow_layout import FlowPanel
from viewer.ui.toolbar_parts import MenuButton, group, muted, tell_choice

FORKS = (
    "bptt", "tbptt:1", "tbptt:2", "tbptt:5", "uoro", "rtrl", "snap1", "rflo", "kf-rtrl", "immediate",
)  # fmt: skip
"""Learners that a fork goes on with, as lanes are written."""


class LabBar(FlowPanel):
    """preset_chosen: a name. asked: what is to be done. limits_chosen: seconds, updates and target.
    fork_chosen: a lane's number and what goes on, as lanes are written."""

    preset_chosen = Signal(str)
    asked = Signal(str)
    limits_chosen = Signal(float, int, float)
    fork_chosen = Signal(int, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.preset = QComboBox()
        self.rewind = IconButton(
            "first", "Rewind", "Back to the beginning, with the same weights  (Shift+Home)"
        )
        self.play = QPushButton("Play")
        self.update_once = QPushButton("1 update")
        self.span = QPushButton("1 span")
        self.seed = QPushButton("New seed")
        self.fork = QToolButton()
        self.seconds, self.updates, self.target = QDoubleSpinBox(), QSpinBox(), QDoubleSpinBox()
        self.save = MenuButton("export", "Save", "Curves, settings, pictures and the replay of this run")
        self.leave = IconButton("close", "Close the lab", "Back to the pictures; a run goes on  (T)")
        self._presets: tuple[PresetItem, ...] = ()
        self._lanes: tuple[LaneItem, ...] = ()
        self._unit = ""
        self._set_up()
        self._connect()
        self._lay_out()

    def _set_up(self) -> None:
        self.preset.setAccessibleName("Preset")
        self.preset.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.preset.setToolTip("Runs that show something, well or badly")
        self.play.setProperty("primary", True)
        self.play.setToolTip("Let the lanes learn, or pause  (Space)")
        widest = max(self.fontMetrics().horizontalAdvance(word) for word in ("Play", "Pause", "Wait …"))
        self.play.setMinimumWidth(widest + 40)
        self.update_once.setToolTip("One update of the weights in every lane  (→)")
        self.span.setToolTip("One whole span in every lane: several updates where these come on the way")
        self.seed.setToolTip("Begin anew with other data, order, first weights and random signs")
        self.fork.setText("Fork")
        self.fork.setToolTip("Go on from the moment shown with another learner, in a lane of its own")
        self.fork.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.fork.setMenu(QMenu(self))
        for box, name, tip in (
            (self.seconds, "Stop at seconds", "CPU seconds of every lane's own updates after which it stops"),
            (self.updates, "Stop at updates", "Updates of every lane after which it stops"),
            (self.target, "Stop at target", "A lane that reaches this stops: its finish line in the curves"),
        ):
            box.setAccessibleName(name)
            box.setToolTip(tip)
            box.setKeyboardTracking(False)
            inset(box)
        self.seconds.setRange(0, 36_000)
        self.seconds.setDecimals(0)
        self.seconds.setSuffix(" s")
        self.updates.setRange(0, 9_999_999)
        self.updates.setSingleStep(100)
        self.target.setRange(0, 1000)
        self.target.setDecimals(2)
        self.updates.setSuffix(" updates")
        for box, none in (
            (self.seconds, "no time"), (self.updates, "no count"), (self.target, "no target")
        ):  # fmt: skip
            box.setSpecialValueText(none)

    def _connect(self) -> None:
        tell_choice(self.preset, self.preset_chosen.emit)
        for button, name in (
            (self.rewind, "rewind"), (self.play, "toggle"), (self.update_once, "update"), (self.span, "span"),
            (self.seed, "seed"), (self.leave, "close"),
        ):  # fmt: skip
            button.clicked.connect(lambda _=False, name=name: self.asked.emit(name))
        for box in (self.seconds, self.updates, self.target):
            box.valueChanged.connect(lambda _: self._tell_limits())

    def _lay_out(self) -> None:
        flow = self.flow
        flow.addWidget(self.preset)
        flow.addWidget(group(self.rewind, self.play))
        flow.addWidget(group(self.update_once, self.span))
        flow.addWidget(group(self.seed, self.fork))
        flow.addWidget(group(muted("Stop at"), self.seconds))
        flow.addWidget(self.updates)
        flow.addWidget(self.target)
        flow.add_right(group(self.save, self.leave))

    def _tell_limits(self) -> None:
        self.limits_chosen.emit(self.seconds.value(), self.updates.value(), self.target.value())

    def set_scene(self, scene: LabScene) -> None:
        """Show this without telling anyone."""
        if scene.presets != self._presets:
            self._presets = scene.presets
            self._fill(scene.presets)
        choose_data(self.preset, scene.preset)
        transport = scene.transport
        text = "Wait …" if transport.busy else "Pause" if transport.playing else "Play"
        if self.play.text() != text:
            self.play.setText(text)
        self.rewind.setEnabled(transport.there)
        if scene.lanes != self._lanes or self.fork.isEnabled() != transport.there:
            self._lanes = scene.lanes
            self.fork.setEnabled(transport.there)
            self._fill_forks()
        self._show_limits(scene)

    def _show_limits(self, scene: LabScene) -> None:
        unit = "dB" if scene.pictures else "error"
        if unit != self._unit:
            self._unit = unit
            self.target.setSuffix(" dB" if unit == "dB" else " error")
            self.target.setSingleStep(0.5 if unit == "dB" else 0.01)
        values = (scene.settings.seconds, scene.settings.updates, scene.settings.target)
        for box, value in zip((self.seconds, self.updates, self.target), values, strict=True):
            put(box, value)

    def _fill(self, presets: tuple[PresetItem, ...]) -> None:
        with QSignalBlocker(self.preset):
            self.preset.clear()
            for at, each in enumerate(presets):
                if each.bad and at and not presets[at - 1].bad:
                    self.preset.insertSeparator(self.preset.count())
                self.preset.addItem(each.title + ("  (goes wrong)" if each.bad else ""), each.name)
                self.preset.setItemData(self.preset.count() - 1, each.see, Qt.ItemDataRole.ToolTipRole)

    def _fill_forks(self) -> None:
        from engine.lab.settings import lane

        menu = self.fork.menu()
        menu.clear()
        for each in menu.findChildren(QMenu):  # clearing leaves them
            each.deleteLater()
        for item in self._lanes:
            inner = menu.addMenu(f"From {item.label}")
            for text in FORKS:
                action = inner.addAction(lane(text).title)
                action.triggered.connect(
                    lambda _=False, number=item.number, text=text: self.fork_chosen.emit(number, text)
                )
