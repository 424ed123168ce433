"""What a path's folder answers within a moment; of a dead network folder, nothing ever. No Qt.

Asking whether a file is there may hang in the system as reading does, so neither the window's thread nor the
start of the program asks by itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TypeVar

from viewer.core.threads import aside

T = TypeVar("T")
ANSWER_SECONDS = 0.5
"""How long people may wait for an answer that they don't see anything of meanwhile."""
READ_SECONDS = 3.0
"""The same for a small file that is read before there is a window."""


def answer(ask: Callable[[], T], otherwise: T, seconds: float = ANSWER_SECONDS) -> T:
    """What `ask` returns, or `otherwise` when it takes longer; its thread is left behind then.

    Raises what `ask` raises in time.
    """
    returned: list[T] = []
    raised: list[BaseException] = []

    def work() -> None:
        try:
            returned.append(ask())
        except BaseException as error:  # passed on below
            raised.append(error)

    aside(work, "answer")(seconds)
    if raised:
        raise raised[0]
    return returned[0] if returned else otherwise


def answers(
    ask: Callable[[Path], bool], paths: Iterable[Path], seconds: float = ANSWER_SECONDS
) -> dict[Path, bool]:
    """What is answered of each path in time, of all of them together; others are missing.

    Each folder is asked by itself, so that a dead one holds up no other. An OSError or ValueError is a no.
    """
    folders: dict[Path, list[Path]] = {}
    for path in dict.fromkeys(paths):
        folders.setdefault(path.parent, []).append(path)
    known: dict[Path, bool] = {}
    until = time.monotonic() + seconds
    waiting = [aside(partial(_ask_all, ask, inside, known), "answer") for inside in folders.values()]
    for wait in waiting:
        wait(max(0.0, until - time.monotonic()))
    return dict(known)


def _ask_all(ask: Callable[[Path], bool], paths: list[Path], known: dict[Path, bool]) -> None:
    for path in paths:
        try:
            known[path] = ask(path)
        except (OSError, ValueError):
            known[path] = False


def there(path: Path, ask: Callable[[Path], bool] = Path.exists) -> bool:
    """Whether a path is there and answers at once. ask: what else it must be, e.g. `Path.is_dir`."""
    return answers(ask, (path,)).get(path, False)
