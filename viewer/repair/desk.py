"""What the Repair page's intents do: asks for files and folders, then leaves the work to the worker."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from engine.repair.names import STREAM_SUFFIXES
from viewer.core.answers import there
from viewer.core.control import Control
from viewer.model.session import repair_changes as changes
from viewer.repair.resolve.scene import target_folder
from viewer.repair.views.page import RepairPage
from viewer.repair.worker import Repairer


class RepairDesk:
    """Between the page, the worker and the rest. window: parent of dialogs."""

    def __init__(self, window: QWidget, control: Control, worker: Repairer, page: RepairPage) -> None:
        self._window, self._control, self.worker, self.page = window, control, worker, page
        self._last = Path.home()
        self._connect()

    def _connect(self) -> None:
        page, options, change = self.page, self.page.options, self._control.change
        page.dropped.connect(self.worker.add)
        page.add_requested.connect(self.ask_files)
        page.folder_requested.connect(self.ask_folder)
        page.remove_requested.connect(self.worker.remove)
        page.clear_requested.connect(self.worker.clear)
        page.files.chosen.connect(self.worker.select)
        page.picture.seen.connect(self.worker.see)
        page.view_chosen.connect(lambda view: change(partial(changes.set_view, view=view)))
        page.start_requested.connect(self.worker.start)
        page.cancel_requested.connect(self.worker.cancel)
        page.copy_requested.connect(self.copy_report)
        page.close_requested.connect(lambda: change(changes.close_repair))
        options.thorough_chosen.connect(lambda on: change(partial(changes.set_thorough, on=on)))
        options.strength_chosen.connect(lambda value: change(partial(changes.set_strength, strength=value)))
        options.kind_chosen.connect(lambda kind: change(partial(changes.set_kind, kind=kind)))
        options.quality_chosen.connect(lambda value: change(partial(changes.set_quality, quality=value)))
        options.pattern_chosen.connect(lambda text: change(partial(changes.set_pattern, pattern=text)))
        options.folder_requested.connect(self.ask_target)
        options.overwrite_chosen.connect(lambda on: change(partial(changes.set_overwrite, on=on)))

    def ask_files(self) -> None:
        """Let the user choose files to repair."""
        kinds = " ".join(f"*{suffix}" for suffix in STREAM_SUFFIXES)
        names, _ = QFileDialog.getOpenFileNames(
            self._window,
            "Add files to repair",
            str(self._folder()),
            f"Files to repair ({kinds});;All files (*)",
        )
        self._take([Path(name) for name in names])

    def ask_folder(self) -> None:
        """Let the user choose a folder whose files are to be repaired."""
        name = QFileDialog.getExistingDirectory(self._window, "Add a folder to repair", str(self._folder()))
        self._take([Path(name)] if name else [])

    def ask_target(self) -> None:
        """Let the user choose where repaired files go."""
        now = target_folder(self._control.session.repair, self.worker.facts.files) or self._folder()
        while not there(now, Path.is_dir) and now != now.parent:
            now = now.parent
        name = QFileDialog.getExistingDirectory(self._window, "Folder for repaired files", str(now))
        if name:
            self._control.change(partial(changes.set_folder, folder=name))

    def copy_report(self) -> None:
        """Put the list of what was done and what failed on the clipboard."""
        QGuiApplication.clipboard().setText(self.worker.report())
        self._control.say(f"Copied {len(self.worker.facts.files)} lines")

    def open_with(self, paths: list[Path]) -> None:
        """Show the page with these files in its list."""
        self._control.change(changes.open_repair)
        self._take(paths)

    def _take(self, paths: list[Path]) -> None:
        if paths:
            self._last = paths[0] if there(paths[0], Path.is_dir) else paths[0].parent
            self.worker.add(paths)

    def _folder(self) -> Path:
        return self._last if there(self._last, Path.is_dir) else Path.home()
