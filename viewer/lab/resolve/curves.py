"""Curves of the lab: error or PSNR while lanes learn, memory over the length of rows. Pure, no Qt."""

from __future__ import annotations

import math

import numpy as np

from engine.lab.settings import LabSettings
from viewer.lab.resolve.lanes import lane_items
from viewer.lab.resolve.moment import row_at
from viewer.model.facts.lab import PATCHES, SECONDS, UPDATE, VALUE, Floats, LaneCourse
from viewer.model.scene.lab import LaneItem
from viewer.model.scene.palette import GREY
from viewer.model.scene.plots import Curve, PlotScene
from viewer.model.session.lab import LabAxis

MOST_POINTS = 600
"""Drawn of a curve; of longer ones every so many are left out, the newest never."""
_COLUMNS = {LabAxis.UPDATES: UPDATE, LabAxis.PATCHES: PATCHES, LabAxis.SECONDS: SECONDS}
_LABELS = {
    LabAxis.UPDATES: "updates",
    LabAxis.PATCHES: "patches seen",
    LabAxis.SECONDS: "CPU seconds of gradients and updates",
    LabAxis.MEMORY: "memory at most, MB",
}


def race_plot(
    settings: LabSettings,
    courses: tuple[LaneCourse, ...],
    unit: str,
    axis: LabAxis,
    smoothing: int,
    at: float | None,
) -> PlotScene:
    """What lanes measured over updates, patches, seconds or memory."""
    name = "PSNR" if unit == "dB" else "Error"
    label = "dB, validation pictures" if unit == "dB" else "error on new data"
    found: list[Curve] = []
    items = {item.number: item for item in lane_items(courses)}
    for group in _groups(courses):
        item = items[group[0].facts.lane]
        if axis is LabAxis.MEMORY:
            found += _over_memory(item, group)
        elif len(group) == 1:
            found += _single(item, group[0], axis, smoothing)
        else:
            found += _band(_bare(item), group, axis, smoothing)
    begun = any(len(curve.x) for curve in found)
    if axis is not LabAxis.MEMORY and not any(len(curve.x) > 1 for curve in found):
        found = []  # a line through one point is none, and its axis would go below 0
    elif settings.target and begun:
        found.append(_finish(settings.target, found))
    note = "Curves begin at the second measurement" if begun else _NOTE
    return PlotScene(
        "lab-race", f"{name} while they learn", _LABELS[axis], label, tuple(found),
        marker=_marker(settings, courses, axis, at), note=note, x_decimals=1 if axis in _TENTHS else 0,
        y_decimals=2 if unit == "dB" else 4,
    )  # fmt: skip


_NOTE = "Play lets the lanes learn: what they measure on new data stands here"
_TENTHS = (LabAxis.SECONDS, LabAxis.MEMORY)


def _groups(courses: tuple[LaneCourse, ...]) -> list[list[LaneCourse]]:
    """Lanes that differ in their seeds only."""
    groups: dict[tuple[str, int], list[LaneCourse]] = {}
    for course in courses:
        groups.setdefault((course.facts.text, course.facts.fork), []).append(course)
    return list(groups.values())


def _bare(item: LaneItem) -> LaneItem:
    """Without the seed in its name."""
    return LaneItem(item.number, item.label.rpartition(", seed ")[0] or item.label, item.colour, item.style)


def smoothed(values: Floats, points: int) -> Floats:
    """Means over `points` on either side, fewer at the ends; numbers that are none are left out."""
    if points == 0 or len(values) < 2:
        return values
    known = np.isfinite(values)
    sums = np.concatenate([[0.0], np.cumsum(np.where(known, values, 0.0))])
    counts = np.concatenate([[0], np.cumsum(known)])
    index = np.arange(len(values))
    reach = np.minimum(points, np.minimum(index, len(values) - 1 - index))  # ends are not drawn inwards
    low, high = index - reach, index + reach + 1
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((sums[high] - sums[low]) / (counts[high] - counts[low]))


def _thinned(count: int) -> slice | np.ndarray[tuple[int], np.dtype[np.int64]]:
    if count <= MOST_POINTS:
        return slice(None)
    return np.unique(np.linspace(0, count - 1, MOST_POINTS).round().astype(np.int64))


def _single(item: LaneItem, course: LaneCourse, axis: LabAxis, smoothing: int) -> list[Curve]:
    """One lane: a line through smoothed points, raw ones behind it."""
    keep = _thinned(len(course.table))
    x, raw = course.table[:, _COLUMNS[axis]][keep], course.table[:, VALUE]
    curves = []
    if smoothing and len(x) > 2:
        curves.append(Curve(f"{item.label}, raw", x, raw[keep], item.colour, faint=True, listed=False))
    line = smoothed(raw, smoothing)[keep]
    curves.append(Curve(item.label, x, line, item.colour, item.style, key=f"lane/{item.number}"))
    return curves


def _band(item: LaneItem, group: list[LaneCourse], axis: LabAxis, smoothing: int) -> list[Curve]:
    """Several seeds: the mean between the lowest and the highest, at the points that all have reached."""
    known = [course.table[np.isfinite(course.table[:, VALUE])] for course in group]
    if min(map(len, known)) == 0:
        return []
    column = _COLUMNS[axis]
    end, start = min(t[-1, column] for t in known), max(t[0, column] for t in known)
    longest = max(known, key=len)
    x = longest[:, column]
    x = x[(x >= start) & (x <= end)]
    x = x[_thinned(len(x))]
    each = np.stack([np.interp(x, t[:, column], smoothed(t[:, VALUE], smoothing)) for t in known])
    edges = [("lowest", each.min(0)), ("highest", each.max(0))]
    return [
        *(Curve(f"{item.label}, {word} seed", x, y, item.colour, faint=True, listed=False,
                banded=word == "lowest") for word, y in edges),
        Curve(f"{item.label}, mean of {len(group)} seeds", x, each.mean(0), item.colour, item.style,
              key=f"lane/{item.number}"),
    ]  # fmt: skip


def _over_memory(item: LaneItem, group: list[LaneCourse]) -> list[Curve]:
    """Where lanes stand now, over the memory that their learners need."""
    known = [c for c in group if len(c.table) and math.isfinite(c.megabytes)]
    if not known:
        return []
    x = np.array([c.megabytes for c in known])
    y = np.array([c.table[-1, VALUE] for c in known])
    return [Curve(item.label, x, y, item.colour, "points", key=f"lane/{item.number}")]


def _finish(target: float, curves: list[Curve]) -> Curve:
    """The finish line, as long as the curves."""
    ends = np.array(
        [
            min(float(np.min(c.x)) for c in curves if len(c.x)),
            max(float(np.max(c.x)) for c in curves if len(c.x)),
        ]
    )
    return Curve("target", ends, np.full(2, target), GREY, "dash")


def _marker(
    settings: LabSettings, courses: tuple[LaneCourse, ...], axis: LabAxis, at: float | None
) -> float | None:
    """Where the scrubber stands on the axis; of another unit where the first lane stood then."""
    if at is None or axis is LabAxis.MEMORY or not courses:
        return None
    if axis.value.endswith(settings.fair):
        return at
    row = row_at(courses[0], settings.fair, at)
    return float(courses[0].table[row, _COLUMNS[axis]]) if row >= 0 else None


def growth_plot(courses: tuple[LaneCourse, ...], weighing: bool) -> PlotScene:
    """Memory of learners over the length of a row."""
    items = {item.number: item for item in lane_items(courses)}
    curves = tuple(
        Curve(items[g[0].facts.lane].label, g[0].growth[0], g[0].growth[1], items[g[0].facts.lane].colour,
              items[g[0].facts.lane].style, "o")
        for g in _groups(courses)
        if g[0].growth is not None
    )  # fmt: skip
    note = "being measured …" if weighing else "Measure shows what each learner needs as spans grow"
    return PlotScene(
        "lab-memory", "Memory as the span grows", "patches of a span", "MB at most, a batch", curves,
        note=note, x_decimals=0, y_decimals=2,
    )  # fmt: skip
