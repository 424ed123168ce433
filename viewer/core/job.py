"""A job: what its function is given, and what is heard of it. No Qt."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from viewer.core.threads import Event

_PROGRESS_SECONDS = 0.03


class Token:
    """What a job sees of the outside: whether to stop, and where to say how far it is."""

    def __init__(self, tell: Callable[[float], None]) -> None:
        self._stop = Event()
        self._tell = tell
        self._told = 0.0

    def cancel(self) -> None:
        """Ask the job to stop soon."""
        self._stop.set()

    def cancelled(self) -> bool:
        """Whether the job should stop; a `Cancelled` for the engine."""
        return self._stop.is_set()

    def wait(self, seconds: float) -> bool:
        """Pause the job; returns early, and true, once it is cancelled."""
        return self._stop.wait(seconds)

    def progress(self, part: float) -> None:
        """Say how much is done, 0 to 1; a `Progress` for the engine. Frequent calls are thinned out."""
        now = time.monotonic()
        if now - self._told >= _PROGRESS_SECONDS or part >= 1:
            self._told = now
            self._tell(part)


Work = Callable[[Token], Iterator[Any]]
"""A job's function: runs on the lane's thread, yields frozen records."""


class Kind(Enum):
    """What an event tells; of the last three a job says exactly one, and nothing after it."""

    PROGRESS = auto()
    RECORD = auto()
    FINISHED = auto()
    CANCELLED = auto()
    FAILED = auto()


@dataclass(frozen=True)
class Said:
    """Something a job says, on its way to the owner's thread. value: how far, a record, or why it failed."""

    job: int
    kind: Kind
    value: Any = None


class Job:
    """One that a lane has been given. post: hears of it on the thread that does it. place: see `Lane`."""

    def __init__(self, number: int, work: Work, post: Callable[[Said], None], place: Hashable = None) -> None:
        self.number, self.work, self.place = number, work, place
        self.token = Token(lambda part: post(Said(number, Kind.PROGRESS, part)))
