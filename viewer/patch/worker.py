"""Reads where the codes of every block stand in the stream, in the background, while a patch is explained."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QObject, Signal

from engine.errors import UserError
from engine.types import Coded
from viewer.core.jobs import Lane, Token, Work
from viewer.model.facts.codes import CodesFacts
from viewer.model.facts.run import Run
from viewer.model.session.patch_changes import shown
from viewer.model.session.state import Session


class PatchReader(QObject):
    """Keeps `facts` up to date with the stream that is shown; `changed` comes when they are read."""

    changed = Signal()
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.facts = CodesFacts()
        self._wanted: Coded | None = None
        self.reading = Lane("codes", self, low=True)
        self.reading.yielded.connect(lambda _, facts: self._take(facts))
        self.reading.failed.connect(lambda _, text: self._fail(text))

    def follow(self, session: Session, run: Run | None) -> None:
        """Read the codes of the run's stream, if they are wanted and it has any."""
        coded = run.refinement.coded if run is not None else None
        if coded is None or coded is self._wanted or not shown(session) or coded.symbols is None:
            return
        self._wanted = coded
        self.reading.start(read_codes(coded))

    def forget(self) -> None:
        """Another picture is open."""
        self._wanted, self.facts = None, CodesFacts()
        self.reading.drop()

    def busy(self) -> bool:
        return self.reading.busy()

    def shutdown(self) -> None:
        """Wait for the thread."""
        self.reading.shutdown()

    def _take(self, facts: CodesFacts) -> None:
        self.facts = facts
        self.changed.emit()

    def _fail(self, text: str) -> None:
        self.facts = CodesFacts(self._wanted, None, text)
        self.failed.emit(text)


def read_codes(coded: Coded) -> Work:
    """Find where each block of a JPEG stream stands; yields one `CodesFacts`, with the reason if it can't."""

    def work(_: Token) -> Iterator[CodesFacts]:
        from engine.codecs.jpeg.bits import UncountableError
        from engine.codecs.jpeg.codes import index_blocks

        try:
            yield CodesFacts(coded, index_blocks(coded.payload))
        except (UncountableError, UserError) as reason:
            yield CodesFacts(coded, None, str(reason))

    return work
