"""Opening and saving: what lies before the window, and what is written from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from engine.codecs.facts import codec_facts
from engine.types import Coded, Picture, Pixels
from viewer.core.jobs import Lane, Work
from viewer.core.table_text import table_text
from viewer.documents import open_jobs as work_open
from viewer.documents import session_file as session_files
from viewer.documents.jobs import Opened, load_sample, save_bytes, save_picture, save_stream
from viewer.documents.playlist import order_from
from viewer.documents.restore import kept
from viewer.model.facts.facts import Facts
from viewer.model.facts.run import Run
from viewer.model.scene.whole import Scene
from viewer.model.session.playback import shown_step
from viewer.model.session.rate_distortion import Page
from viewer.model.session.saved import View
from viewer.model.session.state import Session


class Desk(QObject):
    """The half of the controller that deals with files. What is read is given to `take`.

    The other half gives the methods that are abstract here (`QObject` allows no abstract classes).
    """

    scene: Scene
    failed = Signal(str)
    """Any error that the window shows, for those who have no window to look at."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.facts = Facts()
        self.loading_text = ""
        self.loading = Lane("load", self)
        self.saving = Lane("save", self, keep=True)

    def take(self, opened: Opened) -> None:
        """Show what was read."""
        raise NotImplementedError

    def sent(self) -> Run | None:
        """A run on the stream that is shown."""
        raise NotImplementedError

    def refresh(self) -> None:
        """Something has changed: resolve anew and tell."""
        raise NotImplementedError

    # ---- telling --------------------------------------------------------------------------------

    def say(self, text: str) -> None:
        """Show a message until the next one."""
        self.facts = replace(self.facts, message=text, error="")
        self.refresh()

    def forget_error(self) -> None:
        """The error has been read."""
        if self.facts.error:
            self.facts = replace(self.facts, error="")
            self.refresh()

    def complain(self, text: str) -> None:
        """Show an error in one line; the window stays as it is."""
        self._fail(text)

    def _fail(self, text: str) -> None:
        self.facts = replace(self.facts, error=text, message="")
        self.refresh()
        self.failed.emit(text)

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
            self._load(f"Reading {order[0].name}", work_open.open_files(order, received, playlist))

    def open_session(self, path: Path, image: Path | None = None, temporary: bool = False) -> None:
        """Go on with a session (`work_open.open_session`)."""
        self._load("Reading the session", work_open.open_session(path, image, temporary))

    def save_session(self, path: Path, view: View) -> None:
        """Write what is open and set. view: where one looks."""
        self.saving.start(session_files.save(path, *kept(self.session, view)))

    def open_sample(self, name: str) -> None:
        self._load("Reading the sample", load_sample(name))

    def open_picture(self, picture: Picture) -> None:
        """Show pixels that are there already, e.g. from the clipboard."""
        self.take(Opened(picture))

    def _load(self, text: str, job: Work) -> None:
        self.facts = replace(self.facts, message="", error="")
        self.loading_text = text
        self.loading.start(job)
        self.refresh()

    def toggle_received(self) -> None:
        """Take an open codec's file as the stream, or its pixels as an original."""
        shown = self.session.picture or self.session.stream
        codec = self.session.file_codec
        if shown is None or not codec or codec_facts(codec).container or shown.path is None:
            return
        self.open_path(shown.path, received=self.session.stream is None)

    def open_neighbour(self, delta: int) -> None:
        """The next sample, or the next file of the playlist; those that can't be read are passed over."""
        from engine.data.samples import sample_names

        shown = self.session.picture or self.session.stream
        if self.session.sample or shown is None or shown.path is None:
            names = sample_names()
            at = names.index(self.session.sample) if self.session.sample in names else -1
            self.open_sample(names[(at + delta) % len(names)])
            return
        playlist = self.session.playlist
        order = order_from(playlist, shown.path, delta)
        if order:
            self.open_paths(order, self.session.stream is not None, playlist)
        else:
            self.say(f"{shown.path.name} is the only picture in its folder")

    # ---- saving ---------------------------------------------------------------------------------

    def save_picture(self, path: Path) -> None:
        """Write the refined picture that is shown, as PNG; of several codecs' pictures the single one."""
        pixels = self.shown_pixels(self.chosen_pane() or "estimate")
        if pixels is not None:
            run = self.sent() if self.session.stream is not None else None
            received = run.refinement.coded if run is not None else None
            self.saving.start(save_picture(path, pixels, received))

    def save_stream(self, path: Path) -> None:
        """Write the payload, byte for byte; boxes around it where the name asks for them."""
        coded = self.shown_stream()
        if coded is not None:
            self.saving.start(save_stream(path, coded))

    def save_table(self, path: Path) -> None:
        """Write the comparison's or the codecs' table as CSV."""
        shown = self.scene.compare or self.scene.rates
        if shown is not None:
            text = table_text(shown.table)
            self.saving.start(save_bytes(path, text.encode("utf-8")))

    def chosen_pane(self) -> str:
        """Key of the one pane that is shown of the codecs' pictures, "" for none or all."""
        state = self.session.rates
        return self.session.solo if state.on and state.page is Page.EQUAL else ""

    def shown_stream(self) -> Coded | None:
        """What was sent; of several codecs' streams that of the single pane that is shown."""
        sent = self.facts.rates.equal.sent.get(self.chosen_pane().partition("/")[2])
        if sent is not None:
            return sent.coded
        run = self.sent()
        return run.refinement.coded if run is not None else None

    def shown_pixels(self, key: str) -> Pixels | None:
        """The pixels of a pane as they are shown now; those of the step when the pane is hidden.

        While decoders are compared, the estimate is that of the first of the two to flip between.
        """
        state = self.session.compare
        if state.on and key == "estimate":
            key = state.entries[state.pair[0]].key
            compared = self.facts.compare.runs.get(state.entries[state.pair[0]])
            if compared is not None:
                return compared.pixels(shown_step(self.session, compared.ready))
        for pane in self.scene.panes:
            if pane.key == key and not self.session.peek:
                return pane.pixels
        run, picture = self.sent(), self.session.picture
        if key == "original":
            return picture.pixels if picture is not None else None
        if run is None:
            return None
        return run.pixels(shown_step(self.session, run.ready, run.first) if key == "estimate" else 0)
