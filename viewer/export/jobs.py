"""Jobs that write files: functions for `Lane.start`. No Qt, no threads, no widgets.

Each yields a `Written` once the file is there; a cancelled one leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.models.card import ModelCard
from engine.types import Cancelled, Pixels, Progress, Refinement
from viewer.export.choice import AnimationChoice
from viewer.model.facts.facts import Facts
from viewer.model.facts.run import Run
from viewer.model.session.state import Session

if TYPE_CHECKING:
    from viewer.core.job import Token, Work


@dataclass(frozen=True)
class Written:
    """A file that has been written. note: what there is to know of it, "" for nothing."""

    path: Path
    note: str = ""


def save_image(path: Path, pixels: Pixels, pixels_per_inch: float | None = None) -> Work:
    """Write pixels in the format that the ending names, without loss where the format allows it."""

    def work(_: Token) -> Iterator[Written]:
        from engine.io import write_image as image_files

        lost = image_files.save_image(path, pixels, pixels_per_inch)
        yield Written(path, f"not exact: {lost}" if lost else "")

    return work


def save_animation(path: Path, run: Run, choice: AnimationChoice, cards: tuple[ModelCard, ...] = ()) -> Work:
    """Write a run as GIF or MP4. cards: that decoders are called by."""

    def work(token: Token) -> Iterator[Written]:
        from engine.animation.write import write_animation
        from viewer.export.frames import RunFrames

        frames = RunFrames(run, choice, cards)
        write_animation(path, frames, token.cancelled, token.progress)
        count, size = len(frames), path.stat().st_size
        yield Written(path, f"{count} frame{'s' if count != 1 else ''}, {size / 1e6:.1f} MB")

    return work


def save_report(path: Path, session: Session, facts: Facts, run: Run) -> Work:
    """Write the HTML report of a run."""

    def work(token: Token) -> Iterator[Written]:
        from engine.report.page import write_report
        from viewer.export.frames import reported

        write_report(path, reported(session, facts, run, path.name), token.cancelled, token.progress)
        yield Written(path)

    return work


Table = Callable[[Refinement, Cancelled, Progress], bytes]


def save_numbers(path: Path, refinement: Refinement, patches: bool) -> Work:
    """Write the numbers of every step, or of every patch of every step, as CSV."""

    def work(token: Token) -> Iterator[Written]:
        from engine.io.atomic import write_atomically
        from engine.report.numbers import patches_csv, steps_csv

        table: Table = patches_csv if patches else steps_csv
        data = table(refinement, token.cancelled, token.progress)
        if token.cancelled():
            return
        write_atomically(path, lambda file: file.write(data))
        yield Written(path, f"{data.count(10) - 1:,} rows")

    return work
