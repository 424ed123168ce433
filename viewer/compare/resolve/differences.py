"""How learners differ from a baseline, with the spread over seeds, and what is seen in a sentence. No Qt."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from viewer.compare.resolve.panes import ShownEntry
from viewer.compare.styles import Look
from viewer.core import words
from viewer.model.scene.plots import Curve, PlotScene
from viewer.model.session.state import Session

if TYPE_CHECKING:
    from engine.evaluation.table import CompareRow

_FEWEST_SEEDS = 2
Trained = tuple[str, bool]
"""A learner, and whether its network is the attentive one."""
Gains = dict[int, tuple[float, ...]]
"""Of one learner: by seed, the gain of each step from 0 on, in dB over the standard decode."""


@dataclass(frozen=True)
class Difference:
    """One learner less the baseline, in pairs of the same seed. means: dB at each step from 0 on. deviation:
    sample standard deviation of the last step's differences, over `seeds` pairs. tie: the difference is no
    larger than the spread over seeds, of the pairs or of the baseline."""

    learner: str
    means: tuple[float, ...]
    deviation: float
    seeds: int
    tie: bool

    @property
    def last(self) -> float:
        """dB at the last step."""
        return self.means[-1]


def seed_gains(rows: Sequence[CompareRow]) -> dict[Trained, Gains]:
    """By learner and network, seed and step, of a study's rows; networks of its usual size alone."""
    usual = min((row.parameters for row in rows), default=0)
    found: dict[Trained, dict[int, dict[int, float]]] = {}
    for row in rows:
        if row.parameters < 2 * usual and row.seed is not None:
            seeds = found.setdefault((row.learner, row.attentive), {})
            seeds.setdefault(row.seed, {})[row.step] = row.gain_db
    return {
        trained: {seed: tuple(gains[step] for step in sorted(gains)) for seed, gains in seeds.items()}
        for trained, seeds in found.items()
    }


def differences(gains: dict[Trained, Gains], baseline: str) -> tuple[Difference, ...]:
    """Of every learner that shares two seeds or more with the baseline, the furthest from it first. A learner
    is taken with the plain network where it has been trained with that, and the baseline with the same."""
    found = []
    for (learner, attentive), seeds in gains.items():
        if learner == baseline or (attentive and (learner, False) in gains):
            continue
        base = gains.get((baseline, attentive)) or gains.get((baseline, not attentive), {})
        own = _deviation([each[-1] for each in base.values()])
        shared = sorted(seeds.keys() & base.keys())
        if len(shared) < _FEWEST_SEEDS:
            continue
        length = min(min(len(seeds[seed]), len(base[seed])) for seed in shared)
        pairs = np.array([np.subtract(seeds[seed][:length], base[seed][:length]) for seed in shared])
        deviation = _deviation(pairs[:, -1].tolist())
        means = tuple(float(value) for value in pairs.mean(axis=0))
        found.append(
            Difference(learner, means, deviation, len(shared), abs(means[-1]) <= max(deviation, own))
        )
    return tuple(sorted(found, key=lambda each: -abs(each.last)))


def _deviation(values: Sequence[float]) -> float:
    return float(np.std(values, ddof=1)) if len(values) > 1 else 0.0


def sentence(found: Sequence[Difference], baseline: str, pictures: int) -> str:
    """What is seen, in a sentence; "" with nothing to compare."""
    if not found:
        return ""
    apart = [each for each in found if not each.tie]
    seeds = min(each.seeds for each in found)
    spread = f"within the spread of {seeds} seeds"
    over = f"on {pictures} pictures" if pictures else "on the study's pictures"
    if not apart:
        return f"All tie with {baseline} {spread} ({over})."
    told = ", ".join(f"{each.learner} ({words.gain(each.last)})" for each in apart)
    if len(apart) == len(found):
        return f"All differ from {baseline} by more than the spread of {seeds} seeds ({over}): {told}."
    return f"All but {told} tie with {baseline} {spread} ({over})."


def difference_plot(
    session: Session, rows: tuple[CompareRow, ...], shown: tuple[ShownEntry, ...]
) -> PlotScene | None:
    """Every learner that is compared, less the baseline, over the steps; None where no study tells."""
    baseline = session.compare.baseline
    cards = {card.name: card for card in session.models}
    looks: dict[str, Look] = {}
    for one in shown:
        card = cards.get(one.entry.decoder)
        if card is not None and card.study == "learners":
            looks.setdefault(card.learner, one.look)
    found = [each for each in differences(seed_gains(rows), baseline) if each.learner in looks]
    if not found:
        return None
    curves = tuple(
        Curve(
            each.learner, _steps(len(each.means)), _array(each.means), looks[each.learner].colour,
            looks[each.learner].style, looks[each.learner].symbol,
            labels=tuple(
                f"± {each.deviation:.2f} dB over {each.seeds} seeds" for _ in each.means
            ),
        )
        for each in found
    )  # fmt: skip
    pictures = max((row.pictures or 0 for row in rows), default=0)
    return PlotScene(
        "difference", f"Difference to {baseline}, mean over seeds", "step", "gain (dB)", curves,
        note=sentence(found, baseline, pictures), x_decimals=0,
    )  # fmt: skip


def baselines(rows: Sequence[CompareRow]) -> tuple[str, ...]:
    """Learners that others can be compared with: those trained with two seeds or more."""
    known = seed_gains(rows)
    return tuple(
        dict.fromkeys(learner for (learner, _), seeds in known.items() if len(seeds) >= _FEWEST_SEEDS)
    )


def _array(values: Iterable[float]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    array = np.array([value if math.isfinite(value) else math.nan for value in values], np.float64)
    array.setflags(write=False)
    return array


def _steps(count: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return _array(float(step) for step in range(count))
