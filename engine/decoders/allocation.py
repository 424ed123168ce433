"""Memory that is kept between the layers of a network, tiles and sweeps, instead of fetched anew for each.

glibc gives large blocks back to the system at once and fetches them again, page by page, each of which the
system clears: a fifth of the time that large pictures take. While a decoder computes, freed blocks stay with
the process (mallopt(3)); afterwards they go back (malloc_trim(3)).
Other C libraries have nothing of the kind, and keep their own ways.
"""

from __future__ import annotations

import ctypes
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD = -1, -2, -3
_MIB = 1 << 20
_KEPT = ((_MMAP_THRESHOLD, 1024 * _MIB), (_TRIM_THRESHOLD, 1024 * _MIB), (_TOP_PAD, 128 * _MIB))
"""Blocks of up to 1 GiB are kept; the padding keeps the heaps of threads, which are 64 MiB each, too."""
_BEFORE = ((_MMAP_THRESHOLD, 32 * _MIB), (_TRIM_THRESHOLD, 64 * _MIB), (_TOP_PAD, _MIB // 8))
"""What glibc's own values adapt to, at most; they adapt no more once they were set."""

_lock = threading.Lock()
_users = 0


@cache
def _glibc() -> ctypes.CDLL | None:
    if sys.platform != "linux":
        return None
    try:
        library = ctypes.CDLL(None)
        return library if hasattr(library, "mallopt") and hasattr(library, "malloc_trim") else None
    except OSError:
        return None


def give_back() -> None:
    """What is free between blocks that stay goes back to the system. For processes that run for hours."""
    library = _glibc()
    if library is not None:
        library.malloc_trim(0)


@contextmanager
def kept(give_back: bool = True) -> Iterator[None]:
    """Keep what is freed until the last that asked for it is done. give_back: it then goes back to the system
    at once; what small pictures took may stay for the next one."""
    library = _glibc()
    if library is None:
        yield
        return
    _count(library, 1)
    try:
        yield
    finally:
        _count(library, -1, give_back)


def _count(library: ctypes.CDLL, change: int, give_back: bool = False) -> None:
    global _users
    with _lock:
        _users += change
        if change > 0 and _users == 1:
            values = _KEPT
        elif change < 0 and _users == 0:
            values = _BEFORE
        else:
            return
        for name, value in values:
            library.mallopt(name, value)
        if give_back:
            library.malloc_trim(0)
