"""Opening and saving: what is read to be shown, and what is written of what is shown."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from engine.codecs.facts import codec_facts
from engine.errors import printable
from engine.types import Coded, Picture, Pixels, frozen
from viewer.core.control import Control
from viewer.core.job import Work
from viewer.core.jobs import Lane
from viewer.core.table_text import table_text
from viewer.core.worker import InLanes
from viewer.documents import open_jobs as work_open
from viewer.documents import session_file as session_files
from viewer.documents.jobs import Opened, load_sample, save_bytes, save_picture, save_stream
from viewer.documents.playlist import order_from
from viewer.documents.restore import kept
from viewer.documents.saved import Saved
from viewer.model.facts.facts import JobState, sent_run
from viewer.model.facts.run import Run
from viewer.model.session.choices import Page
from viewer.model.session.playback import shown_step
from viewer.model.session.rate_distortion import RatesPage
from viewer.model.session.saved import View
from viewer.model.session.state import Session, Stream


class DocumentsControl(Control, Protocol):
    """What shows the documents that are read."""

    def show_opened(self, opened: Opened) -> None:
        """Take a picture or a stream in place of what is shown; it holds one of them."""
        ...

    def hush(self) -> None:
        """Forget the last message and the last error."""
        ...


class Documents(InLanes):
    """Reads and writes in the background. What is read is given to the control to be shown."""

    opened = Signal(object)
    """A file's path, once it has been read and is shown."""
    reopened = Signal(object)
    """A `Reopened` session: its picture is shown and all is set, or `missing` says why not."""

    def __init__(self, control: DocumentsControl, parent: QObject) -> None:
        super().__init__(parent)
        self._control = control
        self.loading_text = ""
        self.loading = Lane("load", self, apart=True)
        self.saving = Lane("save", self, keep=True, apart=True)
        self.lanes = (self.loading, self.saving)
        self.loading.yielded.connect(lambda _, opened: self.take(opened))
        self.loading.finished.connect(lambda _: control.refresh())
        self.loading.cancelled.connect(lambda _: control.refresh())
        self.loading.failed.connect(lambda _, text: control.complain(text))
        self._coming: Path | None = None
        """The file that is being read, where one goes through a playlist: next goes on from there."""
        self.saving.yielded.connect(lambda _, saved: self._saved(saved))
        self.saving.finished.connect(lambda _: control.refresh())
        self.saving.failed.connect(lambda _, text: control.complain(text))

    def take(self, opened: Opened) -> None:
        """Show a picture or a stream that has been read."""
        shown: Picture | Stream | None = opened.picture or opened.stream
        if shown is None:
            self.reopened.emit(opened.restored)
            return
        self._control.show_opened(opened)
        if opened.restored is not None:
            self.reopened.emit(opened.restored)
        elif shown.path is not None and not opened.sample:
            self.opened.emit(shown.path)

    def _saved(self, saved: Saved) -> None:
        without = f", without its {' and '.join(saved.left_out)}" if saved.left_out else ""
        self._control.say(f"Saved {printable(saved.path.name)}{without}")

    def _write(self, path: Path, work: Work) -> None:
        """In turn with what is written to the same folder: the last of two savings under a name stays."""
        self.saving.start(work, path.parent)

    # ---- as a worker ------------------------------------------------------------------------------

    def stop(self) -> None:
        """Give up reading; what is being written is finished."""
        self.loading.cancel()

    def job(self) -> JobState | None:
        """What the status bar says of reading and writing; None when there is neither."""
        if self.loading.busy():
            return JobState(self.loading_text, 0.0)
        return JobState("Saving", 0.0) if self.saving.busy() else None

    # ---- opening --------------------------------------------------------------------------------

    def open_path(self, path: Path, received: bool = False) -> None:
        """Read a file in the background; until it is there the old picture stays. Sessions bring all that
        was set, too."""
        if session_files.is_session(path):
            self.open_session(path)
        else:
            self.open_paths((path,), received)

    def open_paths(
        self, order: Sequence[Path], received: bool = False, playlist: tuple[Path, ...] | None = None
    ) -> None:
        """Read the first of these that can be read; they, or `playlist`, are there to go on to."""
        if order:
            self._load(f"Reading {printable(order[0].name)}", work_open.open_files(order, received, playlist))
            self._coming = order[0] if playlist is not None else None

    def open_session(self, path: Path, image: Path | None = None, temporary: bool = False) -> None:
        """Go on with a session (`work_open.open_session`)."""
        self._load("Reading the session", work_open.open_session(path, image, temporary))

    def save_session(self, path: Path, view: View) -> None:
        """Write what is open and set. view: where one looks."""
        self._write(path, session_files.save(path, *kept(self._session, view)))

    def open_sample(self, name: str) -> None:
        self._load("Reading the sample", load_sample(name))

    def open_picture(self, picture: Picture) -> None:
        """Show pixels that are there already, e.g. from the clipboard."""
        self.take(Opened(picture))

    def _load(self, text: str, job: Work) -> None:
        self._control.hush()
        self._coming = None
        self.loading_text = text
        self.loading.start(job)
        self._control.refresh()

    def toggle_received(self) -> None:
        """Take an open codec's file as the stream, or its pixels as an original."""
        shown = self._session.picture or self._session.stream
        codec = self._session.file_codec
        if shown is None or not codec or codec_facts(codec).container or shown.path is None:
            return
        self.open_path(shown.path, received=self._session.stream is None)

    def open_neighbour(self, delta: int) -> None:
        """The next sample, or the next file of the playlist; those that can't be read are passed over."""
        from engine.data.samples import sample_names

        shown = self._session.picture or self._session.stream
        if self._session.sample or shown is None or shown.path is None:
            names = sample_names()
            at = names.index(self._session.sample) if self._session.sample in names else -1
            self.open_sample(names[(at + delta) % len(names)])
            return
        playlist = self._session.playlist
        coming = self._coming if self.loading.busy() else None
        order = order_from(playlist, coming or shown.path, delta)
        if order:
            self.open_paths(order, self._session.stream is not None, playlist)
        else:
            self._control.say(f"{shown.path.name} is the only picture in its folder")

    # ---- saving ---------------------------------------------------------------------------------

    def save_picture(self, path: Path) -> None:
        """Write the refined picture that is shown, as PNG; of several codecs' pictures the single one."""
        pixels = self.shown_pixels(self.chosen_pane() or "estimate")
        if pixels is not None:
            run = self._sent() if self._session.stream is not None else None
            received = run.refinement.coded if run is not None else None
            self._write(path, save_picture(path, pixels, received))

    def save_stream(self, path: Path) -> None:
        """Write the payload, byte for byte; boxes around it where the name asks for them."""
        coded = self.shown_stream()
        if coded is not None:
            self._write(path, save_stream(path, coded))

    def save_bytes(self, path: Path, data: bytes) -> None:
        """Write a file byte for byte."""
        self._write(path, save_bytes(path, data))

    def save_table(self, path: Path) -> None:
        """Write the comparison's or the codecs' table as CSV."""
        shown = self._control.scene.compare or self._control.scene.rates
        if shown is not None:
            text = table_text(shown.table)
            self.save_bytes(path, text.encode("utf-8", "backslashreplace"))

    def chosen_pane(self) -> str:
        """Key of the one pane that is shown of the codecs' pictures, "" for none or all."""
        state = self._session.rates
        equal = self._session.page is Page.CODECS and state.page is RatesPage.EQUAL
        return self._session.solo if equal else ""

    def shown_stream(self) -> Coded | None:
        """What was sent; of several codecs' streams that of the single pane that is shown."""
        sent = self._control.facts.rates.equal.sent.get(self.chosen_pane().partition("/")[2])
        if sent is not None:
            return sent.coded
        run = self._sent()
        return run.refinement.coded if run is not None else None

    def shown_pixels(self, key: str) -> Pixels | None:
        """The pixels of a pane as they are shown now; those of the step when the pane is hidden.

        While decoders are compared, the estimate is that of the first of the two to flip between.
        """
        state = self._session.compare
        if self._session.page is Page.COMPARE and key == "estimate":
            key = state.entries[state.pair[0]].key
            compared = self._control.facts.compare.runs.get(state.entries[state.pair[0]])
            if compared is not None:
                return compared.pixels(shown_step(self._session, compared.ready))
        for pane in self._control.scene.panes:
            if pane.key == key and not self._session.peek:
                return pane.pixels
        run, picture = self._sent(), self._session.picture
        if key == "original":
            return picture.pixels if picture is not None else None
        if run is None:
            return None
        return run.pixels(shown_step(self._session, run.ready, run.first) if key == "estimate" else 0)

    def upright(self, pixels: Pixels) -> Pixels:
        """A received file's pixels turned as it says; others as they are."""
        stream = self._session.stream
        if stream is None or stream.orientation == 1:
            return pixels
        from engine.io.orientation import upright

        return frozen(upright(pixels, stream.orientation))

    @property
    def _session(self) -> Session:
        return self._control.session

    def _sent(self) -> Run | None:
        return sent_run(self._control.session, self._control.facts)
