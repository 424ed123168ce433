"""Many files repaired one after the other: a bad one doesn't end it, and nothing is written twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from engine.errors import UserError, printable
from engine.io.atomic import reason
from engine.io.folders import make_folder
from engine.repair.findings import Findings
from engine.repair.names import Source, check_pattern
from engine.repair.one import Order, Repaired, repair_file
from engine.types import Cancelled, never


@dataclass(frozen=True)
class Failed:
    """A file that was not repaired. why: one line that names it."""

    source: Path
    why: str


def _ignore(_source: Source, _part: float) -> None: ...


def _unseen(_source: Source, _findings: Findings) -> None: ...


class Claims:
    """Which file each source is to be written to: no target twice, and no source is ever replaced."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self._sources = {_key(source.path): source for source in sources}
        self._taken: dict[str, Source] = {}

    def claim(self, source: Source, target: Path) -> None:
        """Take a target. Raises UserError, naming the source, where it is another's."""
        key, label = _key(target), printable(source.path.name)
        other = self._taken.get(key)
        if other is not None:
            raise UserError(
                f"{label}: {printable(target.name)} is the name for {printable(other.path.name)} already; "
                "add {number} or {folder} to the pattern"
            )
        if key in self._sources:
            raise UserError(f"{label}: would replace {printable(target.name)}, which is to be repaired too")
        self._taken[key] = source


def _key(path: Path) -> str:
    """Equal for names that some file systems take for one."""
    return str(path.resolve()).casefold()


def repair_files(
    sources: Sequence[Source],
    order: Order,
    cancelled: Cancelled = never,
    progress: Callable[[Source, float], None] = _ignore,
    found: Callable[[Source, Findings], None] = _unseen,
) -> Iterator[Repaired | Failed]:
    """Repair `sources` in their order, one record each; ends early, with nothing half done, once
    `cancelled()`.

    progress: told how far the present file is, 0 to 1. found: told what it tells. Raises UserError, before
    anything is read, for what can't be asked for.
    """
    order.save.check()
    check_pattern(order.pattern)
    make_folder(order.folder)
    claims = Claims(sources)
    for source in sources:
        if cancelled():
            return
        try:
            done = repair_file(
                source,
                order,
                claims.claim,
                cancelled,
                partial(progress, source),
                partial(found, source),
            )
        except Exception as error:
            # Whatever one file brings about, the others are repaired all the same.
            yield Failed(source.path, _why(source, error))
            continue
        if done is None:
            return
        yield done


def _why(source: Source, error: Exception) -> str:
    label = printable(source.path.name)
    if isinstance(error, UserError):
        text = " ".join(str(error).split())
        return text if label in text else f"{label}: {text}"
    if isinstance(error, MemoryError):
        return f"{label}: not enough memory"
    return f"{label}: {reason(error) or type(error).__name__}"
