"""Settings of a run: task, network, lanes, optimiser, pictures. States intents only."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from engine.lab.settings import FAIR, MOST_LANES, LabSettings
from engine.registry import CELLS
from viewer.lab.views.area import AreaView
from viewer.lab.views.fields import CHOICES, box_of, put
from viewer.lab.views.lane_rows import LaneRows
from viewer.model.scene.lab import LabScene
from viewer.model.session.lab import Lab, preset_names, preset_settings
from viewer.ui.controls import ElidedLabel, choose_data, panel, show_if, title_label
from viewer.ui.flow_layout import FlowPanel
from viewer.ui.scrolled import Scrolled
from viewer.ui.steady_label import SteadyLabel
from viewer.ui.toolbar_parts import choice_box, tell_choice

_NETWORK = (
    ("units", "Units", "Width of the state"),
    ("steps", "K", "Steps on every patch"),
    ("embed", "Embedding", "Width of the embedding; 0: as many as units"),
    ("gain", "Gain", "Factor on the recurrent weights' start: near-orthogonal ones remember by themselves"),
    ("density", "Density", "Share of the recurrent weights that exist"),
    ("k_top", "Recalls", "States that attention recalls; 0: no attention"),
)
_OPTIMISER = (
    ("muon_rate", "Muon rate", "Step size of weight matrices"),
    ("adam_rate", "Adam rate", "Step size of everything else; of SGD"),
    ("warmup", "Warm-up", "Updates over which the step sizes rise"),
    ("ema", "Average", "Decay of the averaged weights that answer"),
    ("clip", "Clip", "Largest norm of a gradient; 0: any"),
    ("rows", "Batch", "Spans an update"),
)
_RUN = (
    ("measure_every", "Measure every", "Updates between two measurements"),
    ("pictures", "Measure on", "How many pictures to measure on"),
)


class SettingsArea(AreaView):
    """Draws a `LabSettings`; a change makes another one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings: LabSettings | None = None
        self._forms: tuple[QFormLayout, ...] = ()
        self._fields: dict[str, QWidget] = {}
        self._option_keys: tuple[str, ...] = ()
        self.task = choice_box("Task", [(each, "", each) for each in _tasks()], "What has to be learned")
        self.cell = choice_box(
            "Cell", [(name, "", name) for name in CELLS], "The recurrent unit of every lane"
        )
        self.fair = choice_box("Same of", [(each, "", each) for each in FAIR], "What lanes get the same of")
        self.lanes = LaneRows()
        self.add = QPushButton("Add a lane")
        self.cosines = QCheckBox("Measure cosines")
        self.cosines.setToolTip("Of every lane's gradient to the exact one, now and then; takes time")
        self.seeds = QLineEdit()
        self.seeds.setAccessibleName("Seeds")
        self.seeds.setToolTip("Every lane runs with each: of data, order, first weights and random signs")
        self.paint = QCheckBox("Decode the open picture")
        self.learn = QCheckBox("Learn from the open picture")
        self.data = ElidedLabel()
        self.folder, self.bundled = QPushButton("Folder…"), QPushButton("Bundled")
        self.reset, self.open, self.save = (
            QPushButton("As the preset"), QPushButton("Open…"), QPushButton("Save…"),
        )  # fmt: skip
        self._lay_out()
        self._connect()

    # ---- making -----------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        inner = panel(QWidget())
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(8)
        self._options = QFormLayout()
        network, optimiser, run = QFormLayout(), QFormLayout(), QFormLayout()
        first = QFormLayout()
        first.addRow(_name("Task"), self.task)
        column.addWidget(title_label("Task"))
        column.addLayout(first)
        column.addLayout(self._options)
        column.addWidget(title_label("Lanes"))
        column.addWidget(self.lanes)
        column.addLayout(_line(self.add))
        column.addWidget(title_label("Network"))
        network.addRow(_name("Cell"), self.cell)
        self._numbers(network, "network", _NETWORK)
        column.addLayout(network)
        column.addWidget(title_label("Optimiser"))
        kinds = [(each, "", each) for each in CHOICES["kind"]]
        self.kind = choice_box("Optimiser", kinds, "Muon with Adam, or plain gradient descent")
        optimiser.addRow(_name("Kind"), self.kind)
        self._numbers(optimiser, "optimiser", _OPTIMISER)
        column.addLayout(optimiser)
        column.addWidget(title_label("Run"))
        run.addRow(_name("Same of"), self.fair)
        run.addRow(_name("Seeds"), self.seeds)
        self._numbers(run, "", _RUN)
        column.addLayout(run)
        column.addWidget(self.cosines)
        self._title_pictures = title_label("Pictures")
        column.addWidget(self._title_pictures)
        self._pictures = QWidget()
        lines = QVBoxLayout(self._pictures)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(8)
        lines.addWidget(self.paint)
        lines.addWidget(self.learn)
        lines.addLayout(_line(self.folder, self.bundled, words=self.data))
        column.addWidget(self._pictures)
        column.addStretch(1)
        self._forms = first, self._options, network, optimiser, run
        for form in self._forms:
            form.setHorizontalSpacing(12)
            form.setVerticalSpacing(4)
        self.column.addWidget(Scrolled(inner, "Settings of the run"), 1)
        last = FlowPanel(gap=8)
        last.flow.setContentsMargins(0, 0, 0, 0)
        for button in (self.reset, self.open, self.save):
            last.flow.addWidget(button)
        self.column.addWidget(last)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's names
        super().showEvent(event)
        QTimer.singleShot(0, self, self._align)  # fields have their looks only now

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            QTimer.singleShot(0, self, self._align)  # once the fields have changed, too

    def _align(self) -> None:
        """Fields of all groups begin at one line, and are as high as their text needs."""
        label = QFormLayout.ItemRole.LabelRole
        items = [form.itemAt(row, label) for form in self._forms for row in range(form.rowCount())]
        names = [name for item in items if item and isinstance(name := item.widget(), SteadyLabel)]
        titles = [name.text() for name in names]
        for name in names:
            name.show_text(name.text(), *titles)
        for field in (self.task, self.cell, self.kind, self.fair, self.seeds, *self._fields.values()):
            field.setMinimumHeight(field.sizeHint().height())

    def _numbers(self, form: QFormLayout, table: str, rows: tuple[tuple[str, str, str], ...]) -> None:
        base: object = LabSettings("", "")
        if table:
            base = getattr(base, table)
        for key, title, tip in rows:
            self._field(form, f"{table}.{key}" if table else key, title, tip, getattr(base, key))

    def _field(self, form: QFormLayout, path: str, title: str, tip: str, like: object) -> None:
        box = box_of(like, path.rpartition(".")[2])
        box.setAccessibleName(title)
        box.setToolTip(tip)
        change = partial(self._change, path, title)
        if isinstance(box, QComboBox):
            tell_choice(box, change)
        elif isinstance(box, QSpinBox | QDoubleSpinBox):
            box.valueChanged.connect(change)
        elif isinstance(box, QLineEdit):
            box.editingFinished.connect(lambda: change(box.text()))
        self._fields[path] = box
        form.addRow(_name(title), box)

    def _connect(self) -> None:
        tell_choice(self.task, self._choose_task)
        tell_choice(self.cell, partial(self._change, "network.cell", "cell"))
        tell_choice(self.kind, partial(self._change, "optimiser.kind", "optimiser"))
        tell_choice(self.fair, partial(self._change, "fair", "same of"))
        self.lanes.made.connect(self.made)
        self.lanes.changed.connect(partial(self._change, "lanes", "lanes"))
        self.add.clicked.connect(self.lanes.add_lane)
        self.cosines.clicked.connect(lambda on: self._change("cosines", "cosines", on))
        self.seeds.editingFinished.connect(self._take_seeds)
        self.paint.clicked.connect(lambda on: self.changed.emit("paint_open", on, ""))
        self.learn.clicked.connect(lambda on: self.changed.emit("learn_open", on, ""))
        for button, name in (
            (self.folder, "data.folder"), (self.bundled, "data.bundled"), (self.reset, "settings.reset"),
            (self.open, "settings.open"), (self.save, "settings.save"),
        ):  # fmt: skip
            button.clicked.connect(lambda _=False, name=name: self.asked.emit(name))

    # ---- stating ----------------------------------------------------------------------------------

    def _change(self, path: str, title: str, value: Any) -> None:
        """Take another value, if there can be such settings; else show again what is."""
        now = self._settings
        if now is None:
            return
        table, _, name = path.rpartition(".")
        try:
            if table == "options":
                after = replace(now, options={**now.options, name: value})
            elif table:
                after = replace(now, **{table: replace(getattr(now, table), **{name: value})})
            else:
                after = replace(now, **{name: value})
        except ValueError:
            self._show(now)
            return
        if after != now:
            before = now.options.get(name) if table == "options" else getattr(getattr(now, table, now), name)
            words = "" if isinstance(value, tuple | bool) else f" {_said(before)} → {_said(value)}"
            self.changed.emit("settings", after, f"{title.lower()}{words}")

    def _choose_task(self, task: str) -> None:
        """Another task comes with the options of the first preset that has it."""
        now = self._settings
        if now is None or now.task == task:
            return
        like = next(each for each in map(preset_settings, preset_names()) if each.task == task)
        after = replace(
            now, task=task, options=dict(like.options), network=like.network, optimiser=like.optimiser
        )
        self.changed.emit("settings", after, f"task {now.task} → {task}")

    def _take_seeds(self) -> None:
        words = self.seeds.text().replace(",", " ").split()
        seeds = tuple(int(each) for each in words if each.isdigit())
        if len(seeds) == len(words) and seeds:
            self._change("seeds", "seeds", seeds)
        elif self._settings is not None:
            self._show(self._settings)

    # ---- showing ----------------------------------------------------------------------------------

    def set_scene(self, scene: LabScene) -> None:
        """Show this without telling anyone."""
        self._show(scene.settings)
        self.reset.setEnabled(scene.own)
        show_if(self._pictures, scene.pictures)
        show_if(self._title_pictures, scene.pictures)

    def show_choice(self, lab: Lab, picture: bool) -> None:
        """What is chosen beside the settings, without telling anyone."""
        self.paint.setChecked(lab.paint_open)
        self.learn.setChecked(lab.learn_open)
        self.learn.setEnabled(picture)

    def _show(self, settings: LabSettings) -> None:
        if settings is not self._settings:
            self._settings = settings
            self._show_options(settings)
        choose_data(self.task, settings.task)
        choose_data(self.cell, settings.network.cell)
        choose_data(self.kind, settings.optimiser.kind)
        choose_data(self.fair, settings.fair)
        self.lanes.show_lanes(settings.lanes)
        self.add.setEnabled(len(settings.lanes) < MOST_LANES)
        self.cosines.setChecked(settings.cosines)
        if not self.seeds.hasFocus():
            self.seeds.setText(" ".join(map(str, settings.seeds)))
        self.data.setText(", ".join(settings.data) or "learns from the pictures that come with the program")
        for path, box in self._fields.items():
            table, _, name = path.rpartition(".")
            value = settings.options[name] if table == "options" else getattr(
                getattr(settings, table, settings), name
            )  # fmt: skip
            put(box, value)

    def _show_options(self, settings: LabSettings) -> None:
        """The task's own options: those that its presets name."""
        keys = tuple(settings.options)
        if keys == self._option_keys:
            return
        self._option_keys = keys
        for path in [path for path in self._fields if path.startswith("options.")]:
            self._options.removeRow(self._fields.pop(path))
        for key, value in settings.options.items():
            title = key.replace("_", " ").capitalize()
            self._field(self._options, f"options.{key}", title, f"Option of the task: {title.lower()}", value)
        self._align()
        self.made.emit()


def _name(title: str) -> SteadyLabel:
    """Of a field."""
    label = SteadyLabel()
    label.setProperty("role", "muted")
    label.show_text(title)
    return label


def _tasks() -> list[str]:
    return list(dict.fromkeys(preset_settings(name).task for name in preset_names()))


def _said(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _line(*buttons: QWidget, words: QWidget | None = None) -> QHBoxLayout:
    line = QHBoxLayout()
    line.setSpacing(8)
    if words is not None:
        line.addWidget(words, 1)
    else:
        line.addStretch(1)
    for button in buttons:
        line.addWidget(button)
    return line
