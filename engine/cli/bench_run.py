"""The measuring of `nrc bench`: picture after picture, here, on several processes or on a cluster."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from engine.cli import arguments as shared
from engine.evaluation import bench
from engine.evaluation.bench import Failure, PictureError, Plan
from engine.evaluation.csv_file import Table
from engine.evaluation.resume import Known
from engine.evaluation.rows import Row
from engine.evaluation.spread import Spread


@dataclass(frozen=True)
class Assignment:
    """One picture. known: of it, what need not be measured."""

    path: Path
    name: str
    plan: Plan
    known: Known


Parts = tuple[list[list[Row] | Failure], str | None]
"""What `bench.measure` yields, and why the picture can't be measured further, if it can't."""


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


def measure_all(
    tasks: Sequence[Assignment], spread: Spread, table: Table, rows: list[Row], losses: Counter[str]
) -> None:
    """Fill `table`, `rows` and `losses`, the number of pictures that had to be left out by codec."""
    from tqdm import tqdm

    plan = tasks[0].plan
    several = len(plan.codecs) > 1

    def lost(codec: str, reason: str) -> None:
        losses[codec] += 1
        tqdm.write(f"nrc: left out: {shared.one_line(reason)}", file=sys.stderr)

    with tqdm(total=len(tasks) * plan.rounds, unit="run", disable=None, leave=False) as bar:
        for count, (task, parts) in enumerate(_each(tasks, spread), 1):
            bar.set_description(shared.one_line(task.name))
            try:
                for part in parts:
                    if isinstance(part, Failure):
                        lost(part.codec if several else "", f"{task.path}: {part.reason}")
                        bar.update(part.rounds)
                        continue
                    if bench.key_of(part[0]) not in task.known:
                        table.add(part)
                    rows.extend(part)
                    bar.update()
            except PictureError as error:
                lost("", str(error))
                bar.update(count * plan.rounds - bar.n)


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
