"""Progress on standard error: a bar on a terminal, nothing elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from engine.types import Progress


@contextmanager
def progress_bar(label: str) -> Iterator[Progress]:
    """A bar that is told how much is done, 0 to 1, and that disappears at the end."""
    from tqdm import tqdm

    layout = "{desc}: {percentage:3.0f}% |{bar}| {elapsed}<{remaining}"
    with tqdm(total=1.0, desc=label, disable=None, leave=False, bar_format=layout) as bar:
        yield lambda done: _move(bar, done)


def _move(bar: Any, done: float) -> None:
    bar.update(min(max(done, 0.0), 1.0) - bar.n)
