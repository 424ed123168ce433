"""What a job says that has written a file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Saved:
    """A file that is written. left_out: kinds of metadata that were received and aren't in it."""

    path: Path
    left_out: tuple[str, ...] = ()
