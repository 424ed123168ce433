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


def join_while_it_computes(thread: Thread, patience: float) -> None:
    """Wait for a thread, but no longer than `patience` seconds in which it computes nothing."""
    known, since = -1.0, time.monotonic()
    while thread.is_alive():
        thread.join(patience / 20)
        now = _computed(thread)
        if now - known > _IDLE_SECONDS:
            known, since = now, time.monotonic()
        elif time.monotonic() - since > patience:
            return


def _computed(thread: Thread) -> float:
    """Seconds that a thread has computed; where the system doesn't tell, those of the process without the
    thread that asks."""
    if sys.platform != "linux":
        return time.process_time() - time.thread_time()
    with contextlib.suppress(OSError, ValueError, IndexError):
        return int(Path(f"/proc/self/task/{thread.native_id}/schedstat").read_text().split()[0]) / 1e9
    return 0.0


def give_way() -> None:
    """Lower the calling thread's priority where the system has one per thread."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)
