"""The Repair page: files, before and after, how they are saved, and what came of it. States intents only."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from viewer.model.scene.repair import RepairScene
from viewer.model.session.repair import Repair, RepairView
from viewer.repair.views.before_after import BeforeAfterView
from viewer.repair.views.file_list import FileList
from viewer.repair.views.options import RepairOptions
from viewer.ui.clipboard import offered_files
from viewer.ui.controls import ElidedLabel, IconButton, SegmentedButtons, panel, title_label, wrapping_label
from viewer.ui.flow_layout import FlowPanel
from viewer.ui.toolbar_parts import group

_VIEWS = (
    (RepairView.SIDE.value, "Side by side", "The same place before and after  (Alt+W)"),
    (RepairView.WIPE.value, "Wipe", "One place with a divider to drag  (Alt+W; Shift with ← → moves it)"),
)
_HINT = (
    "Drop JPEG files or folders here\n\n"
    "or add them with the buttons above. Nothing happens to the files themselves:\n"
    "repaired copies are saved, with their dates, EXIF data and colour profiles."
)
_FINE = 1000


class RepairPage(QWidget):
    """Draws a `RepairScene`."""

    dropped = Signal(object)
    """Paths of files and folders."""
    add_requested = Signal()
    folder_requested = Signal()
    remove_requested = Signal()
    clear_requested = Signal()
    view_chosen = Signal(object)
    start_requested = Signal()
    cancel_requested = Signal()
    copy_requested = Signal()
    close_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAcceptDrops(True)
        self.add, self.add_folder = QPushButton("Add files…"), QPushButton("Add folder…")
        self.add.setToolTip("JPEG files, also JPEG 2000, WebP and AVIF  (Ctrl+Shift+A)")
        self.add_folder.setToolTip("All files of a folder and of those in it  (Ctrl+Shift+D)")
        self.remove, self.clear = QPushButton("Remove"), QPushButton("Clear list")
        self.remove.setToolTip("Take the chosen file off the list; it stays on the disk  (Del)")
        self.clear.setToolTip("Take all files off the list; they stay on the disk")
        self.close_button = IconButton(
            "close", "Close the Repair page", "Back to the pictures  (Ctrl+Shift+R)"
        )
        self.files = FileList()
        self.hint = QLabel(_HINT)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.hint.setWordWrap(True)
        self.hint.setProperty("role", "muted")
        self.picture = BeforeAfterView()
        self.view = SegmentedButtons(_VIEWS)
        self.caption, self.findings = ElidedLabel(), wrapping_label()
        self.caption.setAccessibleName("Chosen file")
        self.findings.setAccessibleName("What the file tells")
        self.findings.setProperty("role", "muted")
        self.options = RepairOptions()
        self.start = QPushButton("Repair and save")
        self.start.setProperty("primary", True)
        self.start.setToolTip("Repair every file of the list and save it; the files themselves stay")
        self.cancel = QPushButton("Cancel")
        self.cancel.setToolTip("Stop after what has been saved; nothing half done stays  (Esc)")
        self.progress = QProgressBar()
        self.progress.setRange(0, _FINE)
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(8)
        self.progress.setAccessibleName("How much is repaired")
        self.summary = ElidedLabel()
        self.summary.setAccessibleName("What was done")
        self.copy = QPushButton("Copy list")
        self.copy.setToolTip("What was done and what failed, a line a file, for a spreadsheet or a letter")
        self._scene: RepairScene | None = None
        self._lay_out()
        self._connect()

    # ---- layout ---------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(1)
        column.addWidget(self._head())
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self.files)
        split.addWidget(self._looked_at())
        split.setStretchFactor(0, 0)
        split.setStretchFactor(1, 1)
        split.setSizes([300, 900])
        split.setCollapsible(1, False)
        self.middle = QStackedWidget()
        self.middle.addWidget(self.hint)
        self.middle.addWidget(split)
        column.addWidget(self.middle, 1)
        column.addWidget(self.options)
        column.addWidget(self._foot())

    def _head(self) -> QWidget:
        head = FlowPanel()
        head.flow.addWidget(title_label("Repair"))
        for button in (self.add, self.add_folder, self.remove, self.clear):
            button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            head.flow.addWidget(button)
        head.flow.add_right(group(self.view, self.close_button))
        return head

    def _looked_at(self) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        lines = panel(QWidget())
        rows = QVBoxLayout(lines)
        rows.setContentsMargins(12, 6, 12, 6)
        rows.setSpacing(2)
        rows.addWidget(self.caption)
        rows.addWidget(self.findings)
        column.addWidget(lines)
        column.addWidget(self.picture, 1)
        return holder

    def _foot(self) -> QWidget:
        foot = panel(QWidget())
        row = QHBoxLayout(foot)
        row.setContentsMargins(12, 6, 12, 8)
        row.setSpacing(8)
        row.addWidget(self.start)
        row.addWidget(self.cancel)
        row.addWidget(self.summary, 2)
        row.addWidget(self.progress, 1, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.copy)
        return foot

    def _connect(self) -> None:
        for button, signal in (
            (self.add, self.add_requested),
            (self.add_folder, self.folder_requested),
            (self.remove, self.remove_requested),
            (self.clear, self.clear_requested),
            (self.start, self.start_requested),
            (self.cancel, self.cancel_requested),
            (self.copy, self.copy_requested),
            (self.close_button, self.close_requested),
        ):
            button.clicked.connect(lambda _=False, signal=signal: signal.emit())
        self.view.chosen.connect(lambda key: self.view_chosen.emit(RepairView(key)))

    # ---- showing --------------------------------------------------------------------------------

    def set_scene(self, scene: RepairScene, chosen: Repair) -> None:
        """Show this state without telling anyone."""
        first = bool(scene.items) and (self._scene is None or not self._scene.items)
        self._scene = scene
        self.middle.setCurrentIndex(1 if scene.items else 0)
        self.files.set_items(scene.items, scene.selected)
        self.picture.set_scene(scene.picture, chosen.view)
        self.view.set_current(chosen.view.value)
        self.caption.setText(scene.caption)
        self.findings.setText(scene.findings)
        self.options.show_state(chosen, scene)
        running = scene.progress is not None
        self.start.setText(scene.start)
        self.start.setEnabled(not scene.why_not)
        self.start.setToolTip(
            f"Not now: {scene.why_not}" if scene.why_not else "Save repaired copies  (Ctrl+Shift+Return)"
        )
        self.start.setVisible(not running)
        self.cancel.setVisible(running)
        self.progress.setVisible(running)
        self.progress.setValue(round(_FINE * (scene.progress or 0.0)))
        self.summary.setText(scene.working if running else scene.summary)
        there = bool(scene.items) and not running
        self.remove.setEnabled(there and scene.selected >= 0)
        self.clear.setEnabled(there)
        if first and self.add.hasFocus():
            self.files.setFocus(Qt.FocusReason.OtherFocusReason)
        self.copy.setVisible(any(item.state in ("done", "failed") for item in scene.items))

    # ---- dropping -------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's names
        if offered_files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        paths = offered_files(event.mimeData())
        if paths:
            self.dropped.emit(paths)
            event.acceptProposedAction()
