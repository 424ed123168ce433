"""What the Measure page's intents do: asks for folders and files, opens a line's picture as measured."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from viewer.bench.resolve.scene import output_of
from viewer.bench.views.page import BenchPage
from viewer.bench.worker import Bencher
from viewer.core.answers import answer, there
from viewer.core.control import Control
from viewer.core.jobs import LINGER_SECONDS
from viewer.core.table_text import table_text
from viewer.documents.controller import Documents
from viewer.model.scene.bench import Leading
from viewer.model.session import bench_changes as changes
from viewer.model.session.state import Session

_TABLES = "Tables of nrc bench (*.csv);;All files (*)"


class BenchDesk:
    """Between the page, the worker and the rest. window: parent of dialogs."""

    def __init__(
        self, window: QWidget, control: Control, documents: Documents, worker: Bencher, page: BenchPage
    ) -> None:
        self._window, self._control, self._documents = window, control, documents
        self.worker, self.page = worker, page
        self._connect()

    def _connect(self) -> None:
        page, change = self.page, self._control.change
        page.folder_requested.connect(self.ask_folder)
        page.output_requested.connect(self.ask_output)
        page.table_requested.connect(self.ask_table)
        page.codec_toggled.connect(lambda codec: change(partial(changes.toggle_codec, codec=codec)))
        page.decoder_toggled.connect(lambda name: change(partial(changes.toggle_decoder, name=name)))
        page.qualities_chosen.connect(lambda text: change(partial(changes.set_qualities, text=text)))
        page.start_requested.connect(self.worker.start)
        page.cancel_requested.connect(self.worker.cancel)
        page.view_chosen.connect(lambda view: change(partial(changes.set_view, view=view)))
        page.baseline_chosen.connect(lambda name: change(partial(changes.set_baseline, baseline=name)))
        page.sort_chosen.connect(lambda column: change(partial(changes.sort_by, column=column)))
        page.line_opened.connect(self.open_line)
        page.copy_requested.connect(self.copy)
        page.dropped.connect(self.take)
        page.close_requested.connect(lambda: change(changes.close_bench))

    # ---- asking ---------------------------------------------------------------------------------

    def ask_folder(self) -> None:
        """Let the user choose a folder to measure."""
        name = QFileDialog.getExistingDirectory(
            self._window, "Folder of pictures to measure", str(self._near())
        )
        if name:
            self._control.change(partial(changes.set_folder, folder=name))

    def take(self, path: Path) -> None:
        """A folder that was let go of is to be measured, a table is opened."""
        if path.suffix.lower() == ".csv":
            self.open_table(path)
        elif answer(path.is_dir, False):
            self._control.change(partial(changes.set_folder, folder=str(path)))
        else:
            self._control.complain(f"{path.name}: is neither a folder of pictures nor a table of results")

    def ask_output(self) -> None:
        """Let the user choose the table to write, or to go on with."""
        now = output_of(self._control.session.bench)
        name, _ = QFileDialog.getSaveFileName(
            self._window, "Table of measurements; one that is there is gone on with", str(now), "CSV (*.csv)",
            options=QFileDialog.Option.DontConfirmOverwrite,
        )  # fmt: skip
        if name:
            path = Path(name) if Path(name).suffix else Path(f"{name}.csv")
            self._control.change(partial(changes.set_output, output=str(path)))

    def ask_table(self) -> None:
        """Let the user choose results to look at."""
        name, _ = QFileDialog.getOpenFileName(self._window, "Open results", str(self._near()), _TABLES)
        if name:
            self.open_table(Path(name))

    def open_table(self, table: Path) -> None:
        """Show the page with these results."""
        self._control.change(changes.open_bench)
        chosen = self._control.session.bench
        measured = bool(chosen.folder) and output_of(chosen) == table
        self.worker.open(table, Path(chosen.folder) if measured else None)

    def _near(self) -> Path:
        """Where to begin looking."""
        known = self.worker.facts
        for path in (Path(self._control.session.bench.folder or "?"), known.folder, known.table):
            if path is not None and there(path):
                return path.parent
        return Path.home()

    # ---- lines ----------------------------------------------------------------------------------

    def open_chosen(self) -> None:
        """Open the picture of the line that has the keyboard."""
        index = self.page.table.currentIndex()
        if index.isValid():
            self.open_line(index.row())

    def open_line(self, row: int) -> None:
        """Open a line's picture in the main window, with the codec, rate and decoder of the line; a line of
        means shows its pictures."""
        scene = self._control.scene.bench
        if scene is None or not 0 <= row < len(scene.leads):
            return
        lead = scene.leads[row]
        if not lead.image:
            self._control.say("Means have no picture of their own: these are the lines of all pictures")
            self._control.change(changes.toggle_view)
            return
        path = self._find(lead.image)
        if path is None:
            return
        self._control.change(partial(self._as_measured, lead=lead), LINGER_SECONDS)
        shown = self._control.session.picture
        if shown is not None and shown.path == path:
            self._control.change(changes.close_bench)
        else:
            self._documents.open_path(path)

    def _find(self, image: str) -> Path | None:
        """The file of a picture: of the folder that was measured, or where the user says it lies."""
        known = self.worker.facts
        near = (known.folder, known.table.parent if known.table is not None else None)
        for folder in near:
            if folder is not None and there(folder / image, Path.is_file):
                return folder / image
        name = QFileDialog.getExistingDirectory(
            self._window, f"Folder of the measured pictures, with {image}", str(self._near())
        )
        if not name:
            return None
        if not there(Path(name) / image, Path.is_file):
            self._control.complain(f"{Path(name) / image}: no such file")
            return None
        self.worker.place(Path(name))
        return Path(name) / image

    def _as_measured(self, session: Session, lead: Leading) -> Session:
        names = {card.address: card.name for card in session.models}
        names |= {card.name: card.name for card in session.models}
        return changes.set_as_measured(
            session, lead.codec, lead.point, lead.asked_rate, names.get(lead.decoder, ""), lead.context
        )

    def sort(self) -> None:
        """By the column that has the keyboard."""
        if column := self.page.table.chosen_column():
            self._control.change(partial(changes.sort_by, column=column))

    def copy(self) -> None:
        """Put the lines on the clipboard, with tabs between the columns."""
        scene = self._control.scene.bench
        if scene is not None:
            QGuiApplication.clipboard().setText(table_text(scene.table, "\t"))
            self._control.say(f"Copied {len(scene.table.rows)} rows")
