"""One function over many tasks, on several processes of this machine or on a cluster; results in order.

A worker may die at any moment (killed, out of memory, its machine gone): its task goes to another one. No
more tasks are under way than keep the workers busy, so that results don't pile up.
"""

from __future__ import annotations

import os
import signal
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from engine.errors import UserError, system_reason

if TYPE_CHECKING:
    from multiprocessing.context import SpawnProcess

T = TypeVar("T")
R = TypeVar("R")
TRIES = 3
"""How many workers may die over one task before it is given up."""
AHEAD = 4
"""Tasks under way or waiting for their turn to be yielded, per worker."""
THREADS_VARIABLE = "OMP_NUM_THREADS"
_CONNECT_SECONDS = 5


@dataclass(frozen=True)
class Spread:
    """Where work is done: in this process, on so many processes of this machine, or, with the address of a
    Dask scheduler ("tcp://HOST:PORT"), on its cluster."""

    workers: int = 1
    scheduler: str | None = None

    @property
    def alone(self) -> bool:
        return self.workers == 1 and self.scheduler is None

    def map(self, work: Callable[[T], R], tasks: Sequence[T], name: Callable[[T], str]) -> Iterator[R]:
        """`work` of each task, in the order of `tasks`; both, and the results, must be picklable.

        What `work` raises is raised here when its turn comes. name: of a task, for messages. Raises
        UserError for a task that `TRIES` workers died of, and for a cluster that can't be reached.
        """
        if self.alone:
            return map(work, tasks)
        if self.scheduler is not None:
            return over_cluster(work, tasks, name, self.scheduler)
        return over_processes(work, tasks, name, min(self.workers, len(tasks)))


def over_processes(
    work: Callable[[T], R], tasks: Sequence[T], name: Callable[[T], str], workers: int
) -> Iterator[R]:
    """See `Spread.map`. The processes share the machine's threads among them, unless OMP_NUM_THREADS says how
    many each takes; they end with the iterator."""
    threads = os.environ.get(THREADS_VARIABLE) or str(max(1, (os.cpu_count() or 1) // max(1, workers)))
    staff = [_Worker(work, threads) for _ in range(workers)]
    waiting = deque(enumerate(tasks))
    deaths: Counter[int] = Counter()
    outcomes: dict[int, _Outcome[R]] = {}
    try:
        for turn in range(len(tasks)):
            while turn not in outcomes:
                for worker in staff:
                    if worker.task is None and waiting and waiting[0][0] < turn + AHEAD * workers:
                        worker.begin(*waiting.popleft())
                for worker in _heard([worker for worker in staff if worker.task is not None]):
                    index = worker.index
                    outcome = worker.outcome()
                    if outcome is not None:
                        outcomes[index] = outcome
                        continue
                    deaths[index] += 1
                    if deaths[index] == TRIES:
                        raise UserError(f"{name(tasks[index])}: {TRIES} worker processes died of it")
                    waiting.appendleft((index, tasks[index]))
                    worker.end()
                    staff[staff.index(worker)] = _Worker(work, threads)
            yield outcomes.pop(turn).value()
    finally:
        for worker in staff:
            worker.end()


@dataclass(frozen=True)
class _Outcome(Generic[R]):
    """What became of a task: its result, or what it raised."""

    result: R | None
    error: Exception | None = None

    def value(self) -> R:
        if self.error is not None:
            raise self.error
        return self.result  # type: ignore[return-value]  # None is a result, too


class _Worker:
    """A process with a task at a time. task: None while idle."""

    def __init__(self, work: Callable[[Any], Any], threads: str) -> None:
        context = get_context("spawn")  # PyTorch's threads don't outlive a fork
        self.connection, theirs = context.Pipe()
        self.process: SpawnProcess = context.Process(target=_serve, args=(theirs, threads), daemon=True)
        self.process.start()
        theirs.close()
        self.index, self.task = -1, None
        self._send(work)

    def begin(self, index: int, task: Any) -> None:
        self.index, self.task = index, task
        self._send(task)

    def outcome(self) -> _Outcome[Any] | None:
        """What became of its task, once there is something to hear; None where the process died."""
        try:
            outcome: _Outcome[Any] = self.connection.recv()
        except (EOFError, OSError):
            return None
        self.task = None
        return outcome

    def end(self) -> None:
        self.process.kill()
        self.process.join()
        self.connection.close()
        self.process.close()

    def _send(self, thing: Any) -> None:
        with suppress(OSError):  # of one that died meanwhile nothing will be heard but its end
            self.connection.send(thing)


def _heard(busy: Sequence[_Worker]) -> list[_Worker]:
    ready = wait([worker.connection for worker in busy])
    return [worker for worker in busy if worker.connection in ready]


def _serve(connection: Connection, threads: str) -> None:
    """What a process does: hears the work, then a task after the other, until nobody is there any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches all; who began it ends it
    os.environ[THREADS_VARIABLE] = threads  # before the work's modules load PyTorch
    with suppress(EOFError, OSError):
        work = connection.recv()
        while True:
            task = connection.recv()
            try:
                outcome = _Outcome(work(task))
            except Exception as error:
                outcome = _Outcome(None, error)
            connection.send(outcome)


def over_cluster(
    work: Callable[[T], R], tasks: Sequence[T], name: Callable[[T], str], scheduler: str
) -> Iterator[R]:
    """See `Spread.map`. Dask itself gives the tasks of lost workers to others."""
    try:
        distributed: Any = import_module("distributed")  # untyped
    except ImportError:
        raise UserError("a scheduler needs Dask: pip install 'nrc-viewer[cluster]'") from None
    try:
        client = distributed.Client(scheduler, timeout=_CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        reason = system_reason(error) if isinstance(error, OSError) else str(error)
        raise UserError(f"no Dask scheduler answers at {scheduler} ({reason or 'time is up'})") from None
    with client:
        futures: deque[Any] = deque()
        waiting = deque(tasks)
        for task in tasks:
            ahead = AHEAD * max(1, sum(client.nthreads().values()))
            while waiting and len(futures) < ahead:
                futures.append(client.submit(work, waiting.popleft(), pure=False))
            future = futures.popleft()
            try:
                result: R = future.result()
            except distributed.KilledWorker:
                raise UserError(f"{name(task)}: several workers of the cluster died of it") from None
            yield result
