"""Background work.

A `Lane` runs one job at a time on one thread of its own. A job is a function that takes a `Token` and
yields frozen records. Every job ends with exactly one of `finished`, `cancelled` and `failed`, on the
thread of the lane's owner (the GUI's), unless the owner drops it; then nothing more of it is heard. By
default the newest job wins: starting one cancels the one before, at once as far as the window can tell.
"""

from __future__ import annotations

import contextlib
import itertools
import time
from collections import deque
from collections.abc import Callable, Generator, Hashable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

from engine.errors import UserError
from viewer.core.threads import (
    MOST_SECONDS,
    Condition,
    Event,
    Thread,
    begin,
    give_way,
    join_unless_stuck,
    join_while_it_computes,
)
from viewer.core.words import one_line

PATIENCE_SECONDS = 0.3
"""How long the end of the program waits for jobs that may hang, and have nothing to finish."""
HANG_SECONDS = 1.2
"""The same for those in the middle of a step of work."""
STALL_SECONDS = 30.0
"""A job that must be finished is given up at the end of the program once it hasn't computed for so long: what
it writes to doesn't answer."""
_TURN_SECONDS = 2.0
"""How long such a job waits for the one before it, where these may hang."""
_leaving = False
"""Whether the process ends as soon as what is being written is there (`leave_work_behind`)."""
_PROGRESS_SECONDS = 0.03
_JOBS = itertools.count(1)


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


class _Kind(Enum):
    """What an event tells; of the last three a job says exactly one, and nothing after it."""

    PROGRESS = auto()
    RECORD = auto()
    FINISHED = auto()
    CANCELLED = auto()
    FAILED = auto()


@dataclass(frozen=True)
class _Event:
    """Something a job says, on its way to the owner's thread. value: how far, a record, or why it failed."""

    job: int
    kind: _Kind
    value: Any = None


class _Job:
    def __init__(
        self, number: int, work: Work, post: Callable[[_Event], None], place: Hashable = None
    ) -> None:
        self.number, self.work, self.place = number, work, place
        self.token = Token(lambda part: post(_Event(number, _Kind.PROGRESS, part)))


class Lane(QObject):
    """One worker. `keep` runs jobs in turn instead of letting the newest win; `low` gives way to others;
    `apart` is for jobs that may hang in the system, as reading from a dead network folder does: each gets a
    thread of its own, so that none waits for another; one that is cancelled counts as ended at once, and one
    that doesn't end is left behind, to end with the program. `hangs` is for such jobs that must keep their
    turn: the end of the program doesn't wait for them either. `apart` with `keep` is for jobs in turn but for
    one that hangs: writing, which is finished at the end of the program, or with `hangs` reading. Such jobs
    may be told a place: then they wait for those of the same one, however long, and for no other's.

    Signals carry the job's number as returned by `start`; `failed` also one line for people to read.
    """

    yielded = Signal(int, object)
    progressed = Signal(int, float)
    finished = Signal(int)
    cancelled = Signal(int)
    failed = Signal(int, str)
    _posted = Signal(object)

    def __init__(
        self,
        name: str,
        parent: QObject | None = None,
        *,
        keep: bool = False,
        low: bool = False,
        apart: bool = False,
        hangs: bool = False,
    ) -> None:
        super().__init__(parent)
        self._name, self._keep, self._low = name, keep, low
        self._apart: dict[Thread, Hashable] | None = {} if apart else None
        self._hangs = hangs
        self._live: dict[int, _Job] = {}
        self._queue: deque[_Job] = deque()
        self._ready = Condition()
        self._closing = False
        self._closed_at = 0.0
        self._thread: Thread | None = None
        self._posted.connect(self._hear, Qt.ConnectionType.QueuedConnection)

    def start(self, work: Work, place: Hashable = None) -> int:
        """Begin a job, or queue it on a lane that keeps; returns its number.

        place: where it writes to, for those in turn on an `apart` lane.
        """
        if self._closing:
            raise RuntimeError(f"lane '{self._name}' is shut down")
        job = _Job(next(_JOBS), work, self._post, place)
        replaced = [] if self._keep else self._forget()
        self._live[job.number] = job
        if self._apart is not None:
            self._start_apart(job)
        elif self._thread is None:
            left = self._hangs or self._keep  # behind, where it hangs
            self._thread = begin(self._run, (), self._name, daemon=left)
        if self._apart is None:
            with self._ready:
                self._queue.append(job)
                self._ready.notify()
        for number in replaced:
            self.cancelled.emit(number)
        return job.number

    def cancel(self) -> None:
        """Ask all jobs to stop; each reports `cancelled` when it has, with what it yields until then."""
        if self._apart is not None and (self._hangs or not self._keep):
            for number in self._forget():
                self.cancelled.emit(number)
        for job in self._live.values():
            job.token.cancel()

    def drop(self) -> None:
        """Cancel and hear no more, not even of the end: who drops a job notes for itself that it is gone."""
        self._forget()

    def busy(self) -> bool:
        """Whether a job is waiting or running."""
        return bool(self._live)

    def close(self) -> None:
        """Take no more jobs, and stop those that needn't be finished: `shutdown` without the waiting."""
        if self._closing:
            return
        self._closing, self._closed_at = True, time.monotonic()
        if self._apart is not None and (self._hangs or not self._keep):
            self._forget()
        elif not self._keep:
            self.cancel()
        self._live.clear()
        with self._ready:
            self._ready.notify()
        self._posted.disconnect(self._hear)

    def shutdown(self, most: float = float("inf")) -> None:
        """Stop and wait for the thread. A lane that keeps finishes its jobs first, but for one that is stuck.
        No signal follows.

        most: seconds to wait at most, from when the lane was closed.
        """
        self.close()
        if self._keep and not self._hangs:
            pass
        elif self._apart is not None:
            most = min(most, PATIENCE_SECONDS)
        elif self._hangs:
            most = min(most, HANG_SECONDS)
        elif _leaving and not self._keep:
            most = min(most, PATIENCE_SECONDS)
        threads = [*(self._apart or ()), *((self._thread,) if self._thread is not None else ())]
        if self._keep and most == float("inf"):
            join_unless_stuck(threads, STALL_SECONDS)
            threads = []
        for thread in threads:
            left = max(0.0, self._closed_at + most - time.monotonic())
            thread.join(left if left < MOST_SECONDS else None)
        self._thread = None
        if self._apart is not None:
            self._apart.clear()

    def _start_apart(self, job: _Job) -> None:
        assert self._apart is not None
        self._apart = {thread: place for thread, place in self._apart.items() if thread.is_alive()}
        before = dict(self._apart) if self._keep else {}
        self._apart[begin(self._alone, (job, before), self._name, daemon=True)] = job.place

    def _forget(self) -> list[int]:
        """Cancel all jobs and let what they still say count as stale; returns their numbers."""
        with self._ready:
            self._queue.clear()
        for job in self._live.values():
            job.token.cancel()
        numbers = list(self._live)
        self._live.clear()
        return numbers

    def _hear(self, event: _Event) -> None:
        if event.job not in self._live:
            return  # stale
        if event.kind is _Kind.PROGRESS:
            self.progressed.emit(event.job, event.value)
            return
        if event.kind is _Kind.RECORD:
            self.yielded.emit(event.job, event.value)
            return
        del self._live[event.job]
        if event.kind is _Kind.FAILED:
            self.failed.emit(event.job, event.value)
        elif event.kind is _Kind.CANCELLED:
            self.cancelled.emit(event.job)
        else:
            self.finished.emit(event.job)

    # ---- on the worker's thread -----------------------------------------------------------------

    def _post(self, event: _Event) -> None:
        # A thread that was left behind may come back when the lane is no more.
        with contextlib.suppress(RuntimeError):
            self._posted.emit(event)

    def _alone(self, job: _Job, before: dict[Thread, Hashable]) -> None:
        if self._low:
            give_way()
        for thread, place in before.items():
            if place is None or job.place is None:
                join_while_it_computes(thread, _TURN_SECONDS)
            elif place == job.place:
                thread.join()
        self._perform(job)

    def _run(self) -> None:
        if self._low:
            give_way()
        while True:
            with self._ready:
                while not self._queue and not self._closing:
                    self._ready.wait()
                if not self._queue:
                    return
                job = self._queue.popleft()
            self._perform(job)
            del job  # an idle lane holds no pictures

    def _perform(self, job: _Job) -> None:
        token = job.token
        end = _Event(job.number, _Kind.FINISHED)
        try:
            if not token.cancelled():
                with contextlib.closing(_iterate(job.work, token)) as records:
                    for record in records:
                        self._post(_Event(job.number, _Kind.RECORD, record))
                        if token.cancelled():
                            break
            if token.cancelled():
                end = _Event(job.number, _Kind.CANCELLED)
        except BaseException as error:  # whatever happens, the window hears how the job ended
            if token.cancelled() and not isinstance(error, UserError):
                end = _Event(job.number, _Kind.CANCELLED)
            else:
                end = _Event(job.number, _Kind.FAILED, one_line(error))
        self._post(end)


def _iterate(work: Work, token: Token) -> Generator[Any, None, None]:
    """`work` may be a plain function that returns an iterator: errors and closing are the same for all."""
    yield from work(token)


def leave_work_behind() -> None:
    """From now on lanes are shut down because the process ends: what only computes isn't waited for."""
    global _leaving
    _leaving = True


LINGER_SECONDS = 0.15
"""After a change by slider the decoder waits this long, in case the hand moves on."""
