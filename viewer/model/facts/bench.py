"""What is known on the Measure page: how far a folder is measured, and results. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from viewer.model.reading import read_by_field

if TYPE_CHECKING:
    from engine.benchmark.results import Results


@read_by_field
@dataclass(frozen=True, eq=False)
class BenchFacts:
    """results: of `table`, whose pictures lie in `folder` (None where nobody knows). running: a folder is
    measured, `image` just now; done, count: refinements. opening: a table is read. notes: what was left out
    and why, a line each. ended: what came of it, in words; failed: it is bad news."""

    results: Results | None = None
    table: Path | None = None
    folder: Path | None = None
    running: bool = False
    opening: bool = False
    image: str = ""
    done: int = 0
    count: int = 0
    notes: tuple[str, ...] = ()
    ended: str = ""
    failed: bool = False
