"""Threads: the only file that makes them. No Qt."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Condition, Event, Thread
from typing import Any

__all__ = ["Condition", "Event", "Thread"]
MOST_SECONDS = threading.TIMEOUT_MAX
"""The longest that can be waited for."""
_IDLE_SECONDS = 0.0005
_UNASKED_SECONDS = 0.2


def begin(work: Callable[..., None], given: tuple[Any, ...], name: str, *, daemon: bool) -> Thread:
    """Start a thread. daemon: the interpreter doesn't wait for it at its end."""
    thread = Thread(target=work, args=given, name=f"nrc-{name}", daemon=daemon)
    thread.start()
    return thread


def aside(work: Callable[[], None], name: str) -> Callable[[float], None]:
    """Run something that may hang in the system beside everything else; it is left behind at the end of the
    program. Returns what waits for it, so many seconds at most."""
    return begin(work, (), name, daemon=True).join


def join_unless_stuck(threads: Sequence[Thread], stall: float) -> None:
    """Wait for threads as long as any of them computes now and then, at least once in `stall` seconds."""
    known, since = -1.0, time.monotonic()
    while any(thread.is_alive() for thread in threads):
        for thread in threads:
            thread.join(stall / 100)
        now = sum(map(_computed, threads))
        if abs(now - known) > _IDLE_SECONDS:  # less, where one of them has ended
            known, since = now, time.monotonic()
        elif time.monotonic() - since > stall:
            print("nrc-viewer: gave up writing: the folder doesn't answer", file=sys.stderr)
            return


class Idle:
    """How long a thread has computed nothing, as far as one asks now and then: time in which nobody asked
    hardly counts, as then the machine is busy with others."""

    def __init__(self, thread: Thread) -> None:
        self._thread = thread
        self._known, self._asked, self._still = -1.0, time.monotonic(), 0.0

    def seconds(self) -> float:
        """Since it was last found to have computed, or to wait for its turn to."""
        computed, now = _computed(self._thread), time.monotonic()
        if computed - self._known > _IDLE_SECONDS or _ready(self._thread):
            self._known, self._still = computed, 0.0
        else:
            self._still += min(now - self._asked, _UNASKED_SECONDS)
        self._asked = now
        return self._still


def join_while_it_computes(thread: Thread, patience: float) -> None:
    """Wait for a thread, but no longer than `patience` seconds in which it computes nothing."""
    idle = Idle(thread)
    while thread.is_alive():
        thread.join(patience / 20)
        if idle.seconds() > patience:
            return


def _computed(thread: Thread) -> float:
    """Seconds that a thread has computed; where the system doesn't tell, those of the process without the
    thread that asks."""
    if sys.platform != "linux":
        return time.process_time() - time.thread_time()
    with contextlib.suppress(OSError, ValueError, IndexError):
        return int(Path(f"/proc/self/task/{thread.native_id}/schedstat").read_text().split()[0]) / 1e9
    return 0.0


def _ready(thread: Thread) -> bool:
    """Whether a thread would compute if a core were free, where the system tells."""
    with contextlib.suppress(OSError):
        words = Path(f"/proc/self/task/{thread.native_id}/stat").read_bytes()
        return words.rpartition(b")")[2].split()[:1] == [b"R"]
    return False


def give_way() -> None:
    """Lower the calling thread's priority where the system has one per thread."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)
