"""Reads where the codes of every block stand in the stream, in the background, while a patch is explained."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from engine.errors import UserError
from engine.types import Coded
from viewer.core.jobs import Lane, Token, Work
from viewer.model.facts.codes import CodesFacts
from viewer.model.facts.facts import Facts, JobState
from viewer.model.scene.whole import Scene
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

    def follow(self, session: Session, facts: Facts, scene: Scene) -> Facts:
        """Read the codes of the run's stream, if they are wanted and it has any."""
        coded = facts.run.refinement.coded if facts.run is not None else None
        if coded is not None and coded is not self._wanted and shown(session) and coded.symbols is not None:
            self._wanted = coded
            self.reading.start(read_codes(coded))
        return facts if facts.codes is self.facts else replace(facts, codes=self.facts)

    def forget(self) -> None:
        """Another picture is open."""
        self._wanted, self.facts = None, CodesFacts()
        self.reading.drop()

    def stop(self) -> None:
        """Reading is short, and goes on."""

    def resume(self) -> None:
        """Nothing was stopped."""

    def job(self) -> JobState | None:
        """Nothing is said of it."""
        return None

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
