"""The study of robustness as a heat table: models against conditions they were not trained for. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from statistics import fmean, stdev
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engine.models.card import ModelCard
from viewer.core import words
from viewer.model.facts.compare import Studied
from viewer.model.scene.compare import HeatCell, HeatScene
from viewer.model.scene.palette import decoder_colour, learner_look
from viewer.model.scene.plots import Curve, PlotScene
from viewer.model.session.decoder_names import decoder_title

if TYPE_CHECKING:
    from engine.evaluation.table import CompareRow

_TOPICS = {
    "quality": "Qualities",
    "pictures": "Kinds of pictures",
    "steps": "More steps",
    "encoder": "Other encoders",
}
_LEARNERS = ("BPTT", "Truncated BPTT", "RTRL", "UORO", "SnAp-1", "SAB")
_LARGE = 100_000
"""Weights from which a network counts as full-size."""
_LINES = ("solid", "dash", "dot", "dash-dot")
_PICK = "Select a cell for details"


@dataclass(frozen=True, eq=False)
class _Trained:
    """A row of the table: models that differ in nothing but their seeds. rows: what was measured, by
    condition and step."""

    title: str
    colour: str
    style: str
    order: tuple[object, ...]
    rows: tuple[CompareRow, ...]

    def under(self, condition: str) -> list[CompareRow]:
        """Rows of a condition, all steps and seeds."""
        return [row for row in self.rows if row.condition == condition]


def resolve_heat(
    studied: Studied | None, topic: str, cell: tuple[str, str], cards: tuple[ModelCard, ...] = ()
) -> HeatScene:
    """The table of one topic. cell: titles of the chosen row and column."""
    rows = studied.robustness if studied is not None else ()
    if not rows:
        note = studied.note if studied is not None else "reading the study …"
        return HeatScene((), "", (), (), (), 1.0, note=note or "The study holds no rows")
    known = tuple(dict.fromkeys(row.topic for row in rows))
    ordered = [*(key for key in _TOPICS if key in known), *(key for key in known if key not in _TOPICS)]
    topics = tuple((key, _TOPICS.get(key, key.capitalize() or "As trained")) for key in ordered)
    topic = topic if topic in known else ordered[0]
    return _table([row for row in rows if row.topic == topic], topics, topic, cell, cards)


def _table(
    rows: list[CompareRow], topics: tuple[tuple[str, str], ...], topic: str, cell: tuple[str, str],
    cards: tuple[ModelCard, ...],
) -> HeatScene:  # fmt: skip
    models = _models(rows, cards)
    columns = _columns(rows, topic)
    titles = tuple(column.title for column in columns)
    cells = tuple(tuple(_cell(model, column) for column in columns) for model in models)
    values = [abs(each.value) for line in cells for each in line if each.value is not None]
    limit = _nice(float(np.percentile(values, 90))) if values else 1.0
    names = [model.title for model in models]
    chosen, details, plot = None, _PICK, None
    if cell[0] in names and cell[1] in titles:
        chosen = names.index(cell[0]), titles.index(cell[1])
        column = columns[chosen[1]]
        details = _details(models[chosen[0]], column)
        plot = _steps_plot(models, column.condition)
    return HeatScene(
        topics, topic, titles, tuple((model.title, model.colour) for model in models), cells, limit,
        chosen, details, plot,
    )  # fmt: skip


# ---- rows ------------------------------------------------------------------------------------------------


def _family(row: CompareRow) -> tuple[object, ...]:
    return row.learner, row.attentive, row.cell, row.context, row.kind, row.parameters


def _models(rows: Sequence[CompareRow], cards: Sequence[ModelCard]) -> list[_Trained]:
    """Families in the order of their learners, each with a title that tells it apart."""
    families: dict[tuple[object, ...], list[CompareRow]] = {}
    for row in rows:
        families.setdefault(_family(row), []).append(row)
    titles = _titles([members[0] for members in families.values()], cards)
    models = []
    for title, members in zip(titles, families.values(), strict=True):
        row = members[0]
        study = _in_study(row)
        colour, style = learner_look(row.learner) if study else (decoder_colour(row.decoder), "solid")
        place = _LEARNERS.index(row.learner) if row.learner in _LEARNERS else len(_LEARNERS)
        order = (not study, row.parameters > _LARGE, row.attentive, place, title)
        dotted = row.attentive and row.learner != "SAB"
        models.append(_Trained(title, colour, "dot" if dotted else style, order, tuple(members)))
    return _told_apart(sorted(models, key=lambda model: model.order))


def _told_apart(models: list[_Trained]) -> list[_Trained]:
    """No two of one colour have the same line: whoever comes later takes the next that is free."""
    taken: set[tuple[str, str]] = set()
    found = []
    for model in models:
        free = (each for each in (model.style, *_LINES) if (model.colour, each) not in taken)
        style = next(free, model.style)
        taken.add((model.colour, style))
        found.append(replace(model, style=style))
    return found


def _in_study(row: CompareRow) -> bool:
    """Whether the model is there for its learner, rather than a decoder known by its own name."""
    return row.kind == "raster" and ("learner" in row.decoder or row.attentive)


def _titles(rows: Sequence[CompareRow], cards: Sequence[ModelCard]) -> list[str]:
    """Learners' names (or decoders'), with as much more as it takes to tell them apart."""
    extras: tuple[Callable[[CompareRow], str], ...] = (
        lambda row: "attentive" if row.attentive and row.learner != "SAB" else "",
        lambda row: "full size" if row.parameters > _LARGE else "",
        lambda row: row.cell,
        lambda row: row.context,
    )
    titles = [row.learner if _in_study(row) else decoder_title(row.decoder, cards) for row in rows]
    for extra in extras:
        titles = [
            f"{title} {extra(row)}".strip() if titles.count(title) > 1 else title
            for title, row in zip(titles, rows, strict=True)
        ]
    return titles


# ---- columns ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Column:
    """condition: whose rows count. step: which of its steps, 0 for the last one."""

    title: str
    condition: str
    step: int


def _columns(rows: Sequence[CompareRow], topic: str) -> list[_Column]:
    """A column a condition, in the file's order; where steps are varied, a column a step."""
    conditions = list(dict.fromkeys(row.condition for row in rows))
    if topic != "steps":
        return [_Column(condition, condition, 0) for condition in conditions]
    condition = conditions[-1]
    steps = sorted({row.step for row in rows if row.condition == condition and row.step > 0})
    return [_Column(f"K = {step}", condition, step) for step in steps]


def _at(model: _Trained, column: _Column) -> list[CompareRow]:
    """One row a seed."""
    rows = model.under(column.condition)
    step = column.step or max((row.step for row in rows), default=0)
    return [row for row in rows if row.step == step]


def _cell(model: _Trained, column: _Column) -> HeatCell:
    rows = _at(model, column)
    if not rows:
        return HeatCell(None, None, "–", f"{model.title}, {column.title}: not measured")
    gains = [row.gain_db for row in rows]
    mean, spread = fmean(gains), stdev(gains) if len(gains) > 1 else None
    seeds = f" ± {spread:.2f} over {len(gains)} seeds" if spread is not None else ""
    tip = f"{model.title}, {column.title}: {words.gain(mean)}{seeds}"
    return HeatCell(mean, spread, words.gain(mean, ""), tip)


def _nice(value: float) -> float:
    return next((limit for limit in (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0) if limit >= value), 20.0)


# ---- the chosen cell -------------------------------------------------------------------------------------


def _details(model: _Trained, column: _Column) -> str:
    rows = _at(model, column)
    if not rows:
        return f"{model.title}, {column.title}: not measured"
    lines = [_cell(model, column).tip]
    for row in rows:
        seed = f"seed {row.seed}" if row.seed is not None else row.decoder
        spread = f" ± {row.gain_sd_db:.2f} over pictures" if row.gain_sd_db is not None else ""
        worst = f"worst {words.gain(row.worst_gain_db, '')}"
        lines.append(f"{seed}: {words.gain(row.gain_db)}{spread}, {worst}, PSNR {words.db(row.psnr_rgb_db)}")
    row = rows[0]
    pictures = f"{row.pictures} pictures" if row.pictures != 1 else "one picture"
    lines.append(f"{pictures}, {words.bpp(row.bits_per_pixel)}, step {row.step}")
    return "\n".join(lines)


def _steps_plot(models: Sequence[_Trained], condition: str) -> PlotScene:
    """Gain over steps of every model under the condition of the chosen cell, mean over seeds."""
    curves = []
    for model in models:
        rows = model.under(condition)
        steps = sorted({row.step for row in rows})
        gains = [fmean(row.gain_db for row in rows if row.step == step) for step in steps]
        if steps:
            curves.append(Curve(model.title, _array(steps), _array(gains), model.colour, model.style))
    return PlotScene(
        "robust steps", f"Gain over steps, {condition}", "step", "gain (dB)", tuple(curves), x_decimals=0
    )


def _array(values: Sequence[float]) -> NDArray[np.float64]:
    array = np.asarray(values, dtype=np.float64)
    array.setflags(write=False)
    return array
