"""Pictures that are looked at one after the other. Pure, no Qt.

A playlist is a tuple of paths in the session: those that were chosen or dropped together, or those of the
folder of a single file. Which of them is shown follows from the open file's path.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


def position(paths: Sequence[Path], path: Path | None) -> int | None:
    """Place of a file in the list, from 0; None where it isn't in it."""
    try:
        return paths.index(path) if path is not None else None
    except ValueError:
        return None


def position_words(paths: Sequence[Path], path: Path | None) -> str:
    """ "3 of 12", "" where there is nothing to go on to."""
    at = position(paths, path)
    return f"{at + 1} of {len(paths)}" if at is not None and len(paths) > 1 else ""


def order_from(paths: Sequence[Path], path: Path | None, delta: int) -> tuple[Path, ...]:
    """The files to try, the nearest first, when going by `delta` from `path`: around the end, each once.

    Where `path` isn't in the list it begins at its start, or, backwards, at its end.
    """
    count = len(paths)
    if not count:
        return ()
    at = position(paths, path)
    first = at + delta if at is not None else (0 if delta > 0 else -1)
    step = 1 if delta > 0 else -1
    tried = (paths[(first + step * k) % count] for k in range(count))
    return tuple(each for each in dict.fromkeys(tried) if each != path)


def passed_over_words(faults: Sequence[str]) -> str:
    """What there is to say of files that could not be read; "" for none. faults: a line of each."""
    if not faults:
        return ""
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    return f"Skipped {faults[0]}{more}"
