"""A benchmark that goes on: what its table holds already, and whether it is of the same benchmark."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from engine.errors import UserError
from engine.evaluation.bench import DecoderRun, Failure, Key, Plan, key_of, keys_of, measure
from engine.evaluation.rows import Row
from engine.records import read_csv

Known = Mapping[Key, list[Row]]
_ALIKE = 0.01
"""By how much scores may differ that another machine or number of threads computed."""


def known_rows(path: Path, plan: Plan, names: Sequence[str]) -> dict[Key, list[Row]]:
    """The refinements that a table holds with all their steps, by what they are of, in the plan's order; none
    where there is no such file.

    names: of the pictures to measure, in order. What was cut off by a kill is left out. Raises UserError for
    files that are no such table, and for rows that `plan` doesn't ask for.
    """
    if not path.exists():
        return {}
    found: dict[Key, list[Row]] = {}
    for row in _rows(path):
        found.setdefault(key_of(row), []).append(row)
    asked = {key: run for name in names for key, run in keys_of(name, plan)}
    for image, codec, point, decoder, _ in (key for key in found if key not in asked):
        what = f"{image}, {codec} at {point:g}" + (f", {decoder}" if decoder else "")
        raise UserError(f"{path}: holds rows of another benchmark ({what}), can't go on from it")
    return {key: found[key] for key, run in asked.items() if key in found and _whole(found[key], run)}


def _rows(path: Path) -> Iterable[Row]:
    text = path.read_bytes()
    if text and not text.endswith(b"\n"):  # a line that a kill cut off
        path.write_bytes(text[: text.rfind(b"\n") + 1])
    return read_csv(path, Row, "a table of 'nrc bench'")


def _whole(rows: Sequence[Row], run: DecoderRun | None) -> bool:
    last = 0 if run is None else run.options.steps or run.card.steps
    return [row.step for row in rows] == list(range(last + 1))


def check_same(path: Path, known: Known, plan: Plan, pictures: Mapping[str, Path]) -> None:
    """Measure one refinement of each decoder again: options, pictures and models that are not those of the
    table show in its bits and scores, and raise UserError. pictures: files by name, as tables write it."""
    firsts = {key[3]: key for key in reversed(list(known))}
    for key in firsts.values():
        image, codec, point, *_ = key
        runs = tuple(run for each, run in keys_of(image, plan) if each == key and run is not None)
        encodes = tuple(each for each in plan.encodes if point in (each.quality, each.bits_per_pixel))
        narrow = replace(plan, codecs=(codec,), encodes=encodes[:1], runs=runs)
        for again in measure(pictures[image], image, narrow):
            if isinstance(again, Failure):
                raise UserError(f"{path}: can't go on from it ({image}: {again.reason})")
            field = next(_differences(known[key], again), None)
            if field is not None:
                raise UserError(
                    f"{path}: was measured with other options, pictures or models ({image}, {codec} at "
                    f"{point:g}: another {field}), can't go on from it"
                )


def _differences(before: Sequence[Row], now: Sequence[Row]) -> Iterator[str]:
    for old, new in zip(before, now, strict=False):
        was, is_now = asdict(old), asdict(new)
        for name in was:
            if name in ("seconds", "image"):
                continue
            a, b = was[name], is_now[name]
            if isinstance(a, float) and isinstance(b, float) and name != "bits_per_pixel":
                same = a == b or math.isclose(a, b, rel_tol=0, abs_tol=_ALIKE)
            else:
                same = a == b
            if not same:
                yield name
    if len(before) != len(now):
        yield "number of steps"


def in_order(rows: Iterable[Row], plan: Plan, names: Sequence[str]) -> list[Row]:
    """Rows as one run measures them: picture after picture, as the plan has it."""
    places = {key: i for i, key in enumerate(k for n in names for k, _ in keys_of(n, plan))}
    return sorted(rows, key=lambda row: (places[key_of(row)], row.step))
