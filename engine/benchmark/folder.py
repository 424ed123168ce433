"""The measuring of a folder: picture after picture, here, on several processes or on a cluster."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from engine import pipeline
from engine.errors import UserError
from engine.evaluation import bench
from engine.evaluation.bench import Failure, PictureError, Plan, as_written
from engine.evaluation.csv_file import Table
from engine.evaluation.resume import Known, check_same, in_order, known_rows
from engine.evaluation.rows import Row
from engine.evaluation.spread import Spread
from engine.types import Cancelled, never


@dataclass(frozen=True)
class Began:
    """The turn of a picture has come."""

    image: str


@dataclass(frozen=True)
class Measured:
    """The rows of one refinement, in the table by now. known: the table held them from before."""

    rows: tuple[Row, ...]
    known: bool = False


@dataclass(frozen=True)
class Lost:
    """What can't be measured: a picture on one codec, or with all of them, for which `codec` is "". rounds:
    how many refinements are missing for it."""

    codec: str
    reason: str
    rounds: int


News = Began | Measured | Lost


@dataclass(frozen=True)
class Assignment:
    """One picture. known: of it, what need not be measured."""

    path: Path
    name: str
    plan: Plan
    known: Known
    cancelled: Cancelled = never


Parts = tuple[list[list[Row] | Failure], str | None]
"""What `bench.measure` yields, and why the picture can't be measured further, if it can't."""


def working(plan: Plan) -> tuple[Plan, dict[str, str]]:
    """`plan` without codecs that can't work here, and why not, by codec. Raises UserError if none is left."""
    left, broken = bench.without_broken_codecs(plan)
    if not left.codecs:
        raise UserError(next(iter(broken.values())))
    return left, broken


def named(pictures: Sequence[Path], folder: Path) -> dict[str, Path]:
    """Pictures of a folder by the names that rows know them by."""
    return {path.relative_to(folder).as_posix(): path for path in pictures}


def measure_folder(
    files: Mapping[str, Path],
    plan: Plan,
    output: Path,
    *,
    resume: bool = False,
    spread: Spread | None = None,
    cancelled: Cancelled = never,
) -> Generator[News, None, None]:
    """Measure pictures as `plan` has it, and write the rows to `output` as they come.

    files: pictures by name (`named`). resume: go on from what `output` holds. Ended early, by closing the
    iterator or by `cancelled`, the table keeps what was measured. Raises UserError for a decoder that can't
    be loaded or run, a table that can't be written, and one to go on from that is of another benchmark.
    """
    for entry in plan.runs:
        pipeline.load_decoder(entry.name)  # a broken model is told now; loading counts in no picture's time
    known = known_rows(output, plan, list(files)) if resume else {}
    check_same(output, known, plan, {as_written(name): path for name, path in files.items()})
    tasks = [
        Assignment(
            path, name, plan, {k: rows for k, rows in known.items() if k[0] == as_written(name)}, cancelled
        )
        for name, path in files.items()
    ]
    table = Table(output, known=[row for each in known.values() for row in each])
    rows: list[Row] = []
    try:
        for task, parts in _each(tasks, spread or Spread()):
            yield Began(task.name)
            for news in _told(task, parts):
                if isinstance(news, Measured):
                    if not news.known:
                        table.add(news.rows)
                    rows.extend(news.rows)
                yield news
            if cancelled():
                return
        if known:
            table.put_in_order(in_order(rows, plan, list(files)))
    finally:
        table.close()


def _told(task: Assignment, parts: Iterator[list[Row] | Failure]) -> Iterator[Measured | Lost]:
    several, done = len(task.plan.codecs) > 1, 0
    try:
        for part in parts:
            if isinstance(part, Failure):
                done += part.rounds
                yield Lost(part.codec if several else "", f"{task.path}: {part.reason}", part.rounds)
            else:
                done += 1
                yield Measured(tuple(part), bench.key_of(part[0]) in task.known)
    except PictureError as error:
        yield Lost("", str(error), task.plan.rounds - done)


def measured(task: Assignment) -> Parts:
    """A task in another process, whose working folder may be another one: see `_anywhere`."""
    parts: list[list[Row] | Failure] = []
    try:
        for part in _parts(task):
            parts.append(part)
    except PictureError as error:
        return parts, str(error)
    return parts, None


def _parts(task: Assignment) -> Iterator[list[Row] | Failure]:
    if task.cancelled is not never:
        return bench.measure(task.path, task.name, task.plan, task.known, cancelled=task.cancelled)
    if task.known:
        return bench.measure(task.path, task.name, task.plan, task.known)
    return bench.measure(task.path, task.name, task.plan)


def _anywhere(task: Assignment) -> Assignment:
    """The task with whole paths, of the picture and of models given by path."""
    runs = tuple(replace(run, name=_whole(run.name)) for run in task.plan.runs)
    known = {(*key[:3], _whole(key[3]), key[4]): rows for key, rows in task.known.items()}
    return Assignment(task.path.absolute(), task.name, replace(task.plan, runs=runs), known)


def _whole(decoder: str) -> str:
    return str(Path(decoder).absolute()) if decoder.endswith(".json") else decoder


def _each(
    tasks: Sequence[Assignment], spread: Spread
) -> Iterator[tuple[Assignment, Iterator[list[Row] | Failure]]]:
    """Each task with its parts, as they come where they are measured here."""
    if spread.alone:
        yield from ((task, _parts(task)) for task in tasks)
        return
    names = {_whole(run.name): run.name for run in tasks[0].plan.runs} | {"": ""}
    results = spread.map(measured, [_anywhere(task) for task in tasks], lambda task: str(task.path))
    for task, (parts, error) in zip(tasks, results, strict=True):
        told = None if error is None else error.replace(str(task.path.absolute()), str(task.path))
        yield task, _here(parts, told, names)


def _here(
    parts: list[list[Row] | Failure], error: str | None, names: Mapping[str, str]
) -> Iterator[list[Row] | Failure]:
    """What another process found, with the decoders' names that were asked for."""
    for part in parts:
        yield part if isinstance(part, Failure) else [_named(row, names) for row in part]
    if error is not None:
        raise PictureError(error)


def _named(row: Row, names: Mapping[str, str]) -> Row:
    return replace(row, decoder=names.get(row.decoder, row.decoder))
