"""What a comparison amounts to: one group a learner, its spread over seeds, differences in pairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from engine.evaluation.bench import gain
from engine.evaluation.compare import Cost, Result, cost_of, deviation, mean
from engine.evaluation.paired import Paired, paired
from engine.models.card import ModelCard

_REFERENCE = "BPTT"
_OVER_SAME_NETWORK = ("learners", "memory", "robustness")


class Group(NamedTuple):
    """Models that differ by their seed alone."""

    learner: str
    attentive: bool
    cell: str
    context: str
    kind: str
    parameters: int
    steps: int

    @property
    def title(self) -> str:
        """Learner and network in words: "SAB, attentive"."""
        return f"{self.learner}, attentive" if self.attentive else self.learner


@dataclass(frozen=True)
class Spread:
    """Mean and sample standard deviation (None where there is none) of `count` values."""

    mean: float
    deviation: float | None
    count: int


@dataclass(frozen=True)
class GroupSummary:
    """One group under one condition.

    gains: in dB over step 0, for steps 1 to K: over the seeds' means over pictures, or over pictures
    where `seeds` is 1. worst_db: smallest gain of any picture and seed at the last step. over: the
    last step's gain less that of group `reference`, over all pairs of the same picture and seed; None
    for the reference itself and where there is none. over_pictures: the same over pairs of the same picture,
    equal seeds averaged; over_seeds: over equal seeds, pictures averaged, None for fewer than two.
    ms_per_update, peak_mb: means over seeds, None where not known.
    """

    condition: str
    group: Group
    seeds: int
    pictures: int
    gains: tuple[Spread, ...]
    worst_db: float
    over: Spread | None
    reference: Group | None
    ms_per_update: float | None
    peak_mb: float | None
    over_pictures: Paired | None = None
    over_seeds: Paired | None = None


def group_of(result: Result) -> Group:
    card: ModelCard = result.run.card
    context = result.run.options.context.value
    return Group(card.learner, card.attentive, card.cell, context, card.kind, card.weights, card.steps)


def summarise(results: Sequence[Result], of_set: str) -> list[GroupSummary]:
    """Groups of each condition, in order of first appearance."""
    summaries = []
    for condition in dict.fromkeys(result.condition.name for result in results):
        groups: dict[Group, list[Result]] = {}
        for result in results:
            if result.condition.name == condition:
                groups.setdefault(group_of(result), []).append(result)
        for group, members in groups.items():
            reference = _reference(group, list(groups), of_set)
            others = groups[reference] if reference else []
            summary = _summary(condition, group, members, _difference(members, others), reference)
            over_pictures, over_seeds = _paired(members, others)
            summaries.append(replace(summary, over_pictures=over_pictures, over_seeds=over_seeds))
    return summaries


def _reference(group: Group, groups: Sequence[Group], of_set: str) -> Group | None:
    """What a group is compared with: BPTT on the same network, or the first group where networks differ."""
    reference = group._replace(learner=_REFERENCE) if of_set in _OVER_SAME_NETWORK else groups[0]
    return reference if reference in groups and reference != group else None


def _summary(
    condition: str, group: Group, members: Sequence[Result], over: Spread | None, reference: Group | None
) -> GroupSummary:
    runs = [_gains(result) for result in members]
    if len(runs) > 1:
        steps = zip(*([mean(step) for step in zip(*run.values(), strict=True)] for run in runs), strict=True)
    else:
        steps = zip(*runs[0].values(), strict=True)
    costs = [cost_of(result.run.card) for result in members]
    return GroupSummary(
        condition=condition,
        group=group,
        seeds=len(runs),
        pictures=len(runs[0]),
        gains=tuple(_spread(step) for step in steps),
        worst_db=min(gains[-1] for run in runs for gains in run.values()),
        over=over,
        reference=reference,
        ms_per_update=_known(costs, "ms_per_update"),
        peak_mb=_known(costs, "peak_mb"),
    )


def _gains(result: Result) -> dict[str, list[float]]:
    """Gains of steps 1 to K by picture."""
    return {name: [gain(curve[0], after) for after in curve[1:]] for name, curve in result.curves.items()}


def _difference(members: Sequence[Result], reference: Sequence[Result]) -> Spread | None:
    """Of last steps, over the pairs of equal seed and picture; None where no seeds are equal."""
    before = {result.run.card.seed: result for result in reference}
    differences = []
    for result in members:
        other = before.get(result.run.card.seed)
        if other is not None:
            pairs = ((other.curves[name][-1], curve[-1]) for name, curve in result.curves.items())
            differences += [gain(*pair) for pair in pairs]
    return _spread(differences) if differences else None


def _paired(members: Sequence[Result], reference: Sequence[Result]) -> tuple[Paired | None, Paired | None]:
    """Over pictures, equal seeds averaged, and over seeds, pictures averaged."""
    before = {result.run.card.seed: result for result in reference}
    pairs = [(before[m.run.card.seed], m) for m in members if m.run.card.seed in before]
    by_seed = [
        {name: gain(old.curves[name][-1], curve[-1]) for name, curve in new.curves.items()}
        for old, new in pairs
    ]
    names = by_seed[0] if by_seed else {}
    over_pictures = paired(mean(seed[name] for seed in by_seed) for name in names)
    return over_pictures, paired(mean(seed.values()) for seed in by_seed) if len(by_seed) > 1 else None


def _spread(values: Sequence[float]) -> Spread:
    return Spread(mean(values), deviation(values), len(values))


def _known(costs: Sequence[Cost], name: str) -> float | None:
    values = [getattr(cost, name) for cost in costs]
    return None if None in values else mean(values)
