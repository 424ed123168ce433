"""Tables of the lab: what lanes cost, and the runs that were tried. Pure, no Qt."""

from __future__ import annotations

import math

from viewer.core import words
from viewer.core.table_order import order_of
from viewer.lab.resolve.lanes import lane_items
from viewer.lab.tried import result
from viewer.model.facts.lab import LaneCourse, Tried
from viewer.model.scene.compare import Column, TableRow, TableScene
from viewer.model.scene.palette import learner_look

_ENDS = {
    "updates": "its updates", "seconds": "its seconds", "target": "the target", "diverged": "not a number",
}  # fmt: skip
_METERS = (
    Column("lane", "Lane", numeric=False),
    Column("updates", "Updates"),
    Column("seconds", "CPU s", "CPU seconds of gradients and updates; measuring and painting are not in it"),
    Column("ms", "ms an update", "CPU milliseconds an update, mean"),
    Column("megabytes", "MB", "What a batch of rows needs at most, 10⁶ bytes"),
    Column("weights", "Weights", "Numbers that are learned"),
    Column("result", "Now", "What was measured last: PSNR in dB, or error"),
    Column("cosine", "Cosine", "Of the lane's gradient to the exact one, where it is measured"),
    Column("ended", "Ended by", numeric=False),
)
_RUNS = (
    Column("run", "Run"),
    Column("title", "Settings", numeric=False),
    Column("lane", "Lane", numeric=False),
    Column("seed", "Seed"),
    Column("result", "Result", "What was measured last: PSNR in dB, or error"),
    Column("updates", "Updates"),
    Column("seconds", "CPU s", "CPU seconds of gradients and updates"),
    Column("ms", "ms an update"),
    Column("megabytes", "MB", "What a batch of rows needs at most"),
    Column("ended", "Ended by", numeric=False),
    Column("options", "Options", numeric=False),
)


def meters_table(courses: tuple[LaneCourse, ...], unit: str) -> TableScene:
    """A row a lane: what it costs, and what it has got for it."""
    rows = []
    for course, item in zip(courses, lane_items(courses), strict=True):
        cosines = course.table[:, 5]
        known = cosines[~(cosines != cosines)]
        cosine = float(known[-1]) if len(known) else None
        value = _known(result(course))
        values = (
            item.label, course.update, course.seconds, _known(course.ms), _known(course.megabytes),
            course.facts.weights, value, cosine, _ENDS.get(course.ended, ""),
        )  # fmt: skip
        cells = (
            item.label, words.count(course.update), f"{course.seconds:.1f}", _number(values[3], 2),
            _number(values[4], 2), words.count(course.facts.weights), measured(value, unit),
            _number(cosine, 3), str(values[-1]),
        )  # fmt: skip
        rows.append(TableRow(item.colour, item.style, values, cells))
    return TableScene(_METERS, tuple(rows))


def runs_table(tried: tuple[Tried, ...], sort: tuple[str, bool]) -> TableScene:
    """A row a lane of every run, the newest first unless sorted otherwise."""
    rows = [_run_row(each) for each in reversed(tried)]
    return TableScene(_RUNS, tuple(rows[at] for at in order_of(rows, _RUNS, sort)), sort)


def _run_row(each: Tried) -> TableRow:
    colour, style = learner_look(each.learner)
    value = _known(each.result)
    values = (
        each.run, each.title, each.lane, each.seed, value, each.updates, each.seconds, _known(each.ms),
        _known(each.megabytes), _ENDS.get(each.ended, ""), f"{each.task}: {each.options}",
    )  # fmt: skip
    cells = (
        str(each.run), each.title, each.lane, str(each.seed), measured(value, each.unit),
        words.count(each.updates), f"{each.seconds:.1f}", _number(values[7], 2), _number(values[8], 2),
        str(values[9]), str(values[10]),
    )  # fmt: skip
    return TableRow(colour, style, values, cells)


def measured(value: float | None, unit: str) -> str:
    """What was measured, with its unit where it has one."""
    if value is None:
        return "–"
    return words.db(value) if unit == "dB" else f"{value:.4g}"


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _number(value: str | float | None, places: int) -> str:
    return f"{value:.{places}f}" if isinstance(value, int | float) else "–"
