"""What computes something beside the run that is shown, and how the controller treats all of it alike."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QObject, SignalInstance

from viewer.core.jobs import Lane
from viewer.model.facts.facts import Facts, JobState
from viewer.model.scene.whole import Scene
from viewer.model.session.state import Session


class Worker(Protocol):
    """Follows what is chosen, stops with everything else, is waited for, and ends with the window."""

    def follow(self, session: Session, facts: Facts, scene: Scene) -> Facts:
        """Start what is missing, drop what is of no interest any more; returns the facts with what is known.

        scene: what was shown last. Called at every change, often twice: it costs nothing where nothing is to
        do, emits nothing, and returns `facts` itself where it has no news.
        """
        ...

    def forget(self) -> None:
        """Another picture is open: what was made of the old one takes memory."""
        ...

    def stop(self) -> None:
        """Stop what runs; what is there stays, what is missing waits for `resume`."""
        ...

    def resume(self) -> None:
        """Let what was stopped go on, and try again what failed."""
        ...

    def busy(self) -> bool:
        """Whether anything runs."""
        ...

    def job(self) -> JobState | None:
        """What the status bar says of what runs; None where it says nothing."""
        ...

    def shutdown(self) -> None:
        """Wait for every thread."""
        ...


class Reporter(Worker, Protocol):
    """A worker whose news are facts of the window."""

    @property
    def changed(self) -> SignalInstance:
        """There is something new to be followed."""
        ...

    @property
    def failed(self) -> SignalInstance:
        """One line on what went wrong."""
        ...


class Running(Protocol):
    """A lane, or what has one."""

    def busy(self) -> bool: ...

    def shutdown(self) -> None: ...


class InLanes(QObject):
    """A worker of some lanes of which nothing is said; what its `follow` does is its own."""

    lanes: tuple[Running, ...]

    def busy(self) -> bool:
        return any(lane.busy() for lane in self.lanes)

    def job(self) -> JobState | None:
        return None

    def shutdown(self) -> None:
        """Wait for the threads."""
        for lane in self.lanes:
            lane.shutdown()


class OneLane(InLanes):
    """The same of a single one."""

    lane: Lane

    @property
    def lanes(self) -> tuple[Running, ...]:  # type: ignore[override]
        return (self.lane,)


class Apart(OneLane):
    """One that has no facts, and that neither another picture nor the end of decoding touches."""

    def follow(self, session: Session, facts: Facts, scene: Scene) -> Facts:
        return facts

    def forget(self) -> None:
        """What it has belongs to no picture."""

    def stop(self) -> None:
        """It goes on until it is ended by its own means."""

    def resume(self) -> None:
        """Nothing was stopped."""
