"""The Measure page's jobs: functions for `Lane.start`. No Qt, no threads, no widgets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import UserError
from engine.models.card import ModelCard

if TYPE_CHECKING:
    from engine.benchmark.plan import Asked
    from engine.benchmark.results import Results
    from engine.evaluation.rows import Row
    from viewer.core.job import Token, Work


_MORE = 1.1
"""Results are shown anew with so many times the rows: over a large folder they cost little by little more."""


@dataclass(frozen=True)
class Planned:
    """What there is to do: so many refinements. notes: what is left out from the start."""

    count: int
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Went:
    """How far it is: `done` refinements, counting those that can't be had. image: whose turn it is. note:
    what could not be measured just now, "" for nothing."""

    image: str
    done: int
    note: str = ""


@dataclass(frozen=True, eq=False)
class Found:
    """Results so far, or of a whole table."""

    results: Results


def measure(
    folder: Path,
    output: Path,
    ask: Callable[[], Asked],
    cards: Sequence[ModelCard],
    baseline: Callable[[], str],
    prepare: Callable[[], None],
) -> Work:
    """Measure a folder into a table, going on from it where it is there already: by the same function as
    `nrc bench`. ask: makes what is asked for, on the job's thread; baseline: tells what is compared with by
    now."""

    def work(token: Token) -> Iterator[Planned | Went | Found]:
        from engine.benchmark.folder import Began, Lost, measure_folder, named, working
        from engine.benchmark.plan import plan_for
        from engine.benchmark.results import results_of
        from engine.io.image import find_pictures

        files = named(find_pictures(folder), folder)
        check_output(output, files.values())
        prepare()
        plan, notes = plan_for(ask())
        plan, broken = working(plan)
        yield Planned(plan.rounds * len(files), (*notes, *broken.values()))
        rows: list[Row] = []
        image, done, shown = "", 0, 0
        news = measure_folder(files, plan, output, resume=output.exists(), cancelled=token.cancelled)
        try:
            for each in news:
                if isinstance(each, Began):
                    image = each.image
                    if len(rows) > shown * _MORE:
                        shown = len(rows)
                        yield Found(results_of(rows, cards, baseline()))
                    yield Went(image, done)
                elif isinstance(each, Lost):
                    done += each.rounds
                    yield Went(image, done, each.reason)
                else:
                    done += 1
                    rows.extend(each.rows)
                    yield Went(image, done)
        finally:
            news.close()
        if rows:
            yield Found(results_of(rows, cards, baseline()))

    return work


def check_output(path: Path, pictures: Iterable[Path]) -> None:
    """Raise UserError unless a table can be put at `path`."""
    if path.is_dir():
        raise UserError(f"{path}: is a folder; name a file to write")
    if not path.parent.is_dir():
        raise UserError(f"{path}: its folder does not exist")
    if path.exists() and any(path.samefile(each) for each in pictures):
        raise UserError(f"{path}: is one of the pictures; name another file to write")


def read(path: Path, cards: Sequence[ModelCard], baseline: str) -> Work:
    """Read a table that was measured before."""

    def work(_: Token) -> Iterator[Found]:
        from engine.benchmark.results import read_results, results_of

        yield Found(results_of(read_results(path), cards, baseline))

    return work


def kept(path: Path, cards: Sequence[ModelCard], baseline: str) -> Work:
    """What a table holds after an early end, measured now or before; nothing where there is none."""

    def work(_: Token) -> Iterator[Found]:
        from engine.benchmark.results import read_results, results_of

        try:
            rows = read_results(path)
        except UserError:  # ended before its first row, or why it ended: told already
            return
        yield Found(results_of(rows, cards, baseline))

    return work


def against(rows: Sequence[Row], cards: Sequence[ModelCard], baseline: str) -> Work:
    """The same rows against another baseline."""

    def work(_: Token) -> Iterator[Found]:
        from engine.benchmark.results import results_of

        yield Found(results_of(rows, cards, baseline))

    return work
