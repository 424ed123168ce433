"""The Measure page: what is measured, table and plots of results, how far it is. States intents only."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QModelIndex, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from viewer.bench.views.choices import ChoicesButton
from viewer.model.scene.bench import BenchScene
from viewer.model.session.bench import Bench, BenchView
from viewer.ui.clipboard import offered_files
from viewer.ui.controls import (
    ElidedLabel,
    IconButton,
    SegmentedButtons,
    choose_data,
    panel,
    show_if,
    title_label,
    wrapping_label,
)
from viewer.ui.data_table import DataTable
from viewer.ui.flow_layout import FlowPanel
from viewer.ui.plot.column import PlotsView
from viewer.ui.scrolled import Scrolled
from viewer.ui.theme import scaled
from viewer.ui.toolbar_parts import group, muted, tell_choice

_VIEWS = (
    (BenchView.MEANS.value, "Means", "A line a codec, quality and decoder, over all pictures  (Alt+M)"),
    (BenchView.PICTURES.value, "Pictures", "A line a picture, each leads to it  (Alt+M)"),
)
_FINE, _LETTERS, _PLOT = 1000, 22, 216
_BESIDE, _LEAST = 300, 120
"""Pixels across that plots need beside the table, and the least height of either."""


class BenchPage(QWidget):
    """Draws a `BenchScene`. Made when it is first shown; made: its widgets are there now."""

    made = Signal()
    folder_requested = Signal()
    output_requested = Signal()
    table_requested = Signal()
    codec_toggled = Signal(str)
    decoder_toggled = Signal(str)
    qualities_chosen = Signal(str)
    start_requested = Signal()
    cancel_requested = Signal()
    view_chosen = Signal(object)
    baseline_chosen = Signal(str)
    sort_chosen = Signal(str)
    line_opened = Signal(int)
    copy_requested = Signal()
    close_requested = Signal()
    dropped = Signal(object)
    """Path that was let go of: of a folder, or of a table of results."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAcceptDrops(True)
        self._scene: BenchScene | None = None
        self._built = False

    # ---- making ---------------------------------------------------------------------------------

    def build(self) -> None:
        """Make the widgets, once."""
        if self._built:
            return
        self._built = True
        self.folder = _button("Folder…", "Folder of pictures to measure, with those below it  (Alt+D)")
        self.output = _button(
            "Table…", "CSV file that rows are written to; one that is there is gone on with"
        )
        self.open = _button("Open table…", "Results that the window or nrc bench has written  (Alt+O)")
        self.codecs = ChoicesButton("Codecs to measure", "Codecs that encode every picture")
        self.decoders = ChoicesButton("Decoders to measure", "Decoders that refine every stream they serve")
        self.qualities = QLineEdit()
        self.qualities.setAccessibleName("Qualities to measure")
        self.qualities.setToolTip("Qualities of the encoders, with spaces between: four or more make a curve")
        self.start = _button("Measure", "")
        self.start.setProperty("primary", True)
        self.cancel = _button(
            "Cancel", "Stop; the table keeps what was measured, Measure goes on from it  (Esc)"
        )
        self.close_button = IconButton(
            "close", "Close the Measure page", "Back to the pictures  (Ctrl+Shift+M)"
        )
        self.view = SegmentedButtons(_VIEWS)
        self.baseline = QComboBox()
        self.baseline.setAccessibleName("Baseline")
        self.baseline.setToolTip("Differences and Bjøntegaard deltas are to this one")
        self.baseline.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.lead = _button(
            "Open picture", "The line's picture with its codec, quality and decoder  (Return)"
        )
        self.copy = _button("Copy", "The lines with tabs between the columns, for a spreadsheet")
        self.table = DataTable()
        self.table.setAccessibleName("Results")
        self.plots = PlotsView()
        self.name, self.status = ElidedLabel(), ElidedLabel()
        self.fault = wrapping_label()
        self.fault.setProperty("role", "error")
        self.seen = wrapping_label()
        self.seen.setProperty("role", "muted")
        self.progress = QProgressBar()
        self.progress.setRange(0, _FINE)
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(8)
        self.progress.setAccessibleName("How much is measured")
        self.notes = _button("", "")
        self._lay_out()
        self._connect()
        self._fit()
        self.setFocusProxy(self.folder)
        self.made.emit()

    def _lay_out(self) -> None:
        head = FlowPanel()
        head.flow.addWidget(title_label("Measure"))
        for part in (
            self.folder, group(muted("Codecs"), self.codecs), group(muted("Quality"), self.qualities),
            group(muted("Decoders"), self.decoders), self.output, group(self.start, self.cancel),
        ):  # fmt: skip
            head.flow.addWidget(part)
        head.flow.add_right(group(self.close_button))
        shown = FlowPanel()
        for part in (
            self.open, self.view, group(muted("Baseline"), self.baseline), self.lead, self.copy,
        ):  # fmt: skip
            shown.flow.addWidget(part)
        self.plot_room = Scrolled(self.plots, "Plots of the results")
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self.split.addWidget(self.table)
        self.split.addWidget(self.plot_room)
        self.split.setStretchFactor(0, 3)
        self.split.setStretchFactor(1, 2)
        self.split.setSizes([760, 520])
        self.split.setCollapsible(0, False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(1)
        self.told = self._words(self.name, self.seen)
        self.wrong = self._words(self.fault)
        for part in (head, self.wrong, shown, self.told):
            column.addWidget(part)
        column.addWidget(self.split, 1)
        self.room = QLabel()
        self.room.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.room.setWordWrap(True)
        self.room.setProperty("role", "muted")
        column.addWidget(self.room, 1)
        column.addWidget(self._foot())

    def _words(self, *labels: QLabel) -> QWidget:
        holder = panel(QWidget())
        rows = QVBoxLayout(holder)
        rows.setContentsMargins(12, 4, 12, 4)
        rows.setSpacing(2)
        for label in labels:
            rows.addWidget(label)
        return holder

    def _foot(self) -> QWidget:
        foot = panel(QWidget())
        row = QHBoxLayout(foot)
        row.setContentsMargins(12, 6, 12, 8)
        row.setSpacing(8)
        row.addWidget(self.status, 2)
        row.addWidget(self.progress, 1, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.notes)
        return foot

    def _connect(self) -> None:
        for button, signal in (
            (self.folder, self.folder_requested), (self.output, self.output_requested),
            (self.open, self.table_requested), (self.start, self.start_requested),
            (self.cancel, self.cancel_requested), (self.copy, self.copy_requested),
            (self.close_button, self.close_requested),
        ):  # fmt: skip
            button.clicked.connect(lambda _=False, signal=signal: signal.emit())
        self.codecs.toggled_key.connect(self.codec_toggled)
        self.decoders.toggled_key.connect(self.decoder_toggled)
        self.qualities.editingFinished.connect(lambda: self.qualities_chosen.emit(self.qualities.text()))
        self.view.chosen.connect(lambda key: self.view_chosen.emit(BenchView(key)))
        tell_choice(self.baseline, self.baseline_chosen.emit)
        self.table.sort_chosen.connect(self.sort_chosen)
        self.table.activated.connect(self._activated)
        self.lead.clicked.connect(lambda: self._activated(self.table.currentIndex()))
        self.plots.clicked.connect(self._point)

    def _activated(self, index: QModelIndex) -> None:
        if index.isValid():
            self.line_opened.emit(index.row())

    def _point(self, key: str, x: float) -> None:
        """A picture's point chooses its first line."""
        if key == "bench-pictures" and self._scene is not None:
            at = round(x) - 1
            image = self._scene.images[at] if 0 <= at < len(self._scene.images) else ""
            rows = [row for row, lead in enumerate(self._scene.leads) if lead.image == image]
            if rows:
                self.table.selectRow(rows[0])

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's names
        if len(offered_files(event.mimeData())) == 1:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        paths = offered_files(event.mimeData())
        if len(paths) == 1:
            self.dropped.emit(paths[0])
            event.acceptProposedAction()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    def _fit(self) -> None:
        if self._built:
            self.qualities.setFixedWidth(scaled(132))
            self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        if self._built:
            self._arrange()

    def _arrange(self) -> None:
        """Plots stand beside the table, or below it where it would lose columns."""
        below = self.table.needed_width() + scaled(_BESIDE) > self.width()
        across = Qt.Orientation.Vertical if below else Qt.Orientation.Horizontal
        self.plot_room.setMinimumSize(0 if below else scaled(_BESIDE), scaled(_LEAST))
        self.table.setMinimumHeight(scaled(_LEAST))
        if across != self.split.orientation():
            self.split.setOrientation(across)
            self.split.setSizes([500, 500] if below else [760, 520])

    # ---- showing --------------------------------------------------------------------------------

    def set_scene(self, scene: BenchScene, chosen: Bench) -> None:
        """Show this state without telling anyone."""
        self.build()
        old, self._scene = self._scene, scene
        if scene is old:
            return
        self.folder.setText(f"Folder: {_short(scene.folder)}" if scene.folder else "Folder…")
        self.folder.setToolTip(f"{scene.folder or 'Folder of pictures to measure'}  (Alt+D)")
        self.output.setText(f"Table: {_short(scene.output)}" if scene.output else "Table…")
        self.output.setToolTip(
            f"{scene.output}\nRows are written here; a table that is there is gone on with"
        )
        self.output.setEnabled(bool(scene.folder))
        self.codecs.set_choices(scene.codec_words, scene.codecs)
        self.decoders.set_choices(scene.decoder_words, scene.decoders)
        if self.qualities.text() != chosen.qualities and not self.qualities.hasFocus():
            self.qualities.setText(chosen.qualities)
        self.fault.setText(scene.fault[:1].upper() + scene.fault[1:])
        show_if(self.wrong, bool(scene.fault))
        running = scene.progress is not None
        self.start.setEnabled(not scene.why_not)
        self.start.setToolTip(
            f"Not now: {scene.why_not}" if scene.why_not else "In the background  (Alt+Return)"
        )
        show_if(self.start, not running)
        show_if(self.cancel, running)
        show_if(self.progress, running)
        self.progress.setValue(round(_FINE * (scene.progress or 0.0)))
        self.status.setText(scene.status)
        self._show_notes(scene.notes)
        self._show_results(scene, chosen, old)

    def _show_notes(self, notes: str) -> None:
        count = len(notes.splitlines())
        self.notes.setText(f"{count} left out")
        self.notes.setToolTip(notes)
        self.notes.setAccessibleDescription(notes)
        show_if(self.notes, count > 0)

    def _show_results(self, scene: BenchScene, chosen: Bench, old: BenchScene | None) -> None:
        there = bool(scene.table.columns)
        self.view.set_current(chosen.view.value)
        if old is None or scene.baselines != old.baselines:
            with QSignalBlocker(self.baseline):
                self.baseline.clear()
                for key, title in scene.baselines:
                    self.baseline.addItem(title, key)
        choose_data(self.baseline, scene.baseline)
        for part in (self.view, self.baseline, self.copy):
            part.setEnabled(there)
        self.lead.setEnabled(there and any(lead.image for lead in scene.leads))
        self.name.setText(scene.title)
        show_if(self.name, bool(scene.title))
        self.seen.setText(scene.seen)
        self.room.setText(scene.seen)
        show_if(self.told, there)
        self.table.set_scene(scene.table)
        self._arrange()
        show_if(self.split, there)
        show_if(self.room, not there)
        if old is None or scene.plots is not old.plots:
            self.plots.set_scene(scene.plots)
            self.plots.setMinimumHeight(len(scene.plots) * scaled(_PLOT))
            for scene_of in scene.plots:
                self.plots.plot(scene_of.key).setMinimumHeight(scaled(_PLOT) - 16)


def _button(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tip)
    button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return button


def _short(path: str) -> str:
    """The last part of a path, as long as a button bears."""
    name = Path(path).name or path
    return name if len(name) <= _LETTERS else f"{name[: _LETTERS - 1]}…"
