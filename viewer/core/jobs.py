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
from collections.abc import Generator, Hashable
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from engine.errors import UserError
from viewer.core.job import Job, Kind, Said, Token, Work
from viewer.core.threads import (
    MOST_SECONDS,
    Condition,
    Idle,
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
_PASS_SECONDS = 0.7
"""How long a job that is cancelled, or that another waits for, may compute nothing before it is passed by."""
_LOOK_MS = 100
_leaving = False
"""Whether the process ends as soon as what is being written is there (`leave_work_behind`)."""
_NUMBERS = itertools.count(1)


class Lane(QObject):
    """One worker. `keep` runs jobs in turn instead of letting the newest win; `low` gives way to others;
    `apart` is for jobs that may hang in the system, as reading from a dead network folder does: each gets a
    thread of its own, so that none waits for another; one that is cancelled counts as ended at once, and one
    that doesn't end is left behind, to end with the program. `hangs` is for such jobs that must keep their
    turn: one that is stuck is passed by once it is cancelled or another waits, and the end of the program
    doesn't wait for it either. `apart` with `keep` is for jobs in turn but for
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
        self._live: dict[int, Job] = {}
        self._queue: deque[Job] = deque()
        self._ready = Condition()
        self._closing = False
        self._closed_at = 0.0
        self._thread: Thread | None = None
        self._turn = 0  # of threads; one that comes back from a job that was passed by finds another
        self._running: Job | None = None
        self._passed: dict[Thread, tuple[int, Hashable]] = {}
        self._idle: tuple[int, Idle] | None = None
        self._clock: QTimer | None = None
        self._posted.connect(self._hear, Qt.ConnectionType.QueuedConnection)

    def start(self, work: Work, place: Hashable = None) -> int:
        """Begin a job, or queue it on a lane that keeps; returns its number.

        place: where it writes to, for those in turn on a lane whose jobs may hang.
        """
        if self._closing:
            raise RuntimeError(f"lane '{self._name}' is shut down")
        job = Job(next(_NUMBERS), work, self._post, place)
        replaced = [] if self._keep else self._forget()
        self._live[job.number] = job
        if self._apart is not None:
            self._start_apart(job)
        else:
            if self._thread is None:
                self._begin()
            with self._ready:
                self._queue.append(job)
                self._ready.notify()
            self._watch()
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
        self._watch()
        for thread, (number, _) in self._passed.items():
            if thread.is_alive() and self._live.pop(number, None) is not None:
                self.cancelled.emit(number)

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
        elif not self._keep or self._hangs:
            self.cancel()
        self._live.clear()
        with self._ready:
            self._ready.notify()
        if self._clock is not None:
            self._clock.stop()
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
        if self._keep and self._hangs and self._apart is None:
            for thread in threads:  # what it takes back of a file half written is waited for
                left = self._closed_at + most - time.monotonic()
                join_while_it_computes(thread, max(left, PATIENCE_SECONDS / 3))
            threads = []
        if self._keep and most == float("inf"):
            join_unless_stuck(threads, STALL_SECONDS)
            threads = []
        for thread in threads:
            left = max(0.0, self._closed_at + most - time.monotonic())
            thread.join(left if left < MOST_SECONDS else None)
        self._thread = None
        self._passed.clear()
        if self._apart is not None:
            self._apart.clear()

    # ---- passing by what hangs ------------------------------------------------------------------

    def _begin(self) -> None:
        left = self._hangs or self._keep  # behind, where it hangs
        self._thread = begin(self._run, (self._turn,), self._name, daemon=left)

    def _watch(self) -> None:
        """Look now and then whether the job that runs is stuck."""
        if self._hangs and self._apart is None and self._live:
            if self._clock is None:
                self._clock = QTimer(self, interval=_LOOK_MS)
                self._clock.timeout.connect(self._look)
            self._clock.start()

    def _look(self) -> None:
        with self._ready:
            job, thread = self._running, self._thread
            others = job is not None and any(
                each.place is None or each.place != job.place for each in self._queue
            )
        if job is not None and thread is not None and (job.token.cancelled() or others):
            if self._idle is None or self._idle[0] != job.number:
                self._idle = (job.number, Idle(thread))
            if self._idle[1].seconds() > _PASS_SECONDS:
                self._pass_by(job, thread)
        elif job is not None or not self._queue:
            assert self._clock is not None
            self._clock.stop()
            self._idle = None

    def _pass_by(self, job: Job, thread: Thread) -> None:
        """Leave a stuck job to its thread; one that is cancelled counts as ended."""
        with self._ready:
            if self._running is not job:
                return  # it was not stuck for ever
            self._turn += 1
            self._running = self._thread = None
            self._passed = {each: at for each, at in self._passed.items() if each.is_alive()}
            self._passed[thread] = job.number, job.place
        if self._queue:
            self._begin()
        if job.token.cancelled() and self._live.pop(job.number, None) is not None:
            self.cancelled.emit(job.number)

    def _start_apart(self, job: Job) -> None:
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

    def _hear(self, event: Said) -> None:
        if event.job not in self._live:
            return  # stale
        if event.kind is Kind.PROGRESS:
            self.progressed.emit(event.job, event.value)
            return
        if event.kind is Kind.RECORD:
            self.yielded.emit(event.job, event.value)
            return
        del self._live[event.job]
        if event.kind is Kind.FAILED:
            self.failed.emit(event.job, event.value)
        elif event.kind is Kind.CANCELLED:
            self.cancelled.emit(event.job)
        else:
            self.finished.emit(event.job)

    # ---- on the worker's thread -----------------------------------------------------------------

    def _post(self, event: Said) -> None:
        # A thread that was left behind may come back when the lane is no more.
        with contextlib.suppress(RuntimeError):
            self._posted.emit(event)

    def _alone(self, job: Job, before: dict[Thread, Hashable]) -> None:
        if self._low:
            give_way()
        for thread, place in before.items():
            if place is None or job.place is None:
                join_while_it_computes(thread, _TURN_SECONDS)
            elif place == job.place:
                thread.join()
        self._perform(job)

    def _run(self, turn: int) -> None:
        if self._low:
            give_way()
        while True:
            with self._ready:
                while turn == self._turn and not self._queue and not self._closing:
                    self._ready.wait()
                if turn != self._turn or not self._queue:
                    return
                job = self._running = self._queue.popleft()
                same = [each for each, (_, at) in self._passed.items() if at is not None and at == job.place]
            for thread in same:
                thread.join()
            self._perform(job)
            with self._ready:
                if turn == self._turn:
                    self._running = None
            del job  # an idle lane holds no pictures

    def _perform(self, job: Job) -> None:
        token = job.token
        end = Said(job.number, Kind.FINISHED)
        try:
            if not token.cancelled():
                with contextlib.closing(_iterate(job.work, token)) as records:
                    for record in records:
                        self._post(Said(job.number, Kind.RECORD, record))
                        if token.cancelled():
                            break
            if token.cancelled():
                end = Said(job.number, Kind.CANCELLED)
        except BaseException as error:  # whatever happens, the window hears how the job ended
            if token.cancelled() and not isinstance(error, UserError):
                end = Said(job.number, Kind.CANCELLED)
            else:
                end = Said(job.number, Kind.FAILED, one_line(error))
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
