"""The tables that `nrc compare` prints."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from engine.cli.bench_differences import chance, plus_minus
from engine.cli.tables import markdown_table, plain_table
from engine.evaluation.summary import Group, GroupSummary, Spread
from engine.metrics.as_text import MISSING, number

_NETWORK: tuple[tuple[str, Callable[[Group], str]], ...] = (
    ("cell", lambda group: group.cell or MISSING),
    ("context", lambda group: group.context),
    ("kind", lambda group: group.kind),
    ("parameters", lambda group: f"{group.parameters:,}"),
)


def group_table(summaries: Sequence[GroupSummary], *, markdown: bool = False) -> str:
    """One line a group: its gains after each step, the worst, the difference to its reference, the cost.

    What describes a network stands there only where it tells lines apart, the learner always.
    """
    steps = max(len(summary.gains) for summary in summaries)
    network = [(title, value) for title, value in _NETWORK if len({value(s.group) for s in summaries}) > 1]
    compared = any(summary.over for summary in summaries)
    costs = any(summary.ms_per_update is not None for summary in summaries)
    header = [
        "learner",
        *(title for title, _ in network),
        "spread over",
        *(f"step {k + 1}" for k in range(steps)),
    ]
    header += ["worst", *(["difference", "to"] if compared else []), *(["ms/update", "MB"] if costs else [])]
    rows = []
    for summary in summaries:
        gains = [_pm(spread) for spread in summary.gains]
        row = [summary.group.title, *(value(summary.group) for _, value in network), _over(summary)]
        row += [*gains, *[MISSING] * (steps - len(gains)), number(summary.worst_db, signed=True)]
        if compared:
            row += [_pm(summary.over, 3), _reference_title(summary, network)]
        if costs:
            row += [number(summary.ms_per_update, 1), number(summary.peak_mb, 1)]
        rows.append(row)
    left = [
        i
        for i, title in enumerate(header)
        if title in ("learner", "cell", "context", "kind", "spread over", "to")
    ]
    return (markdown_table if markdown else plain_table)(header, rows, left)


def paired_table(summaries: Sequence[GroupSummary], *, markdown: bool = False) -> str:
    """One line a group that is compared: the difference to its reference with its 95 % interval, and p of
    the paired tests, over pictures (equal seeds averaged) and over seeds; "" where nothing is compared."""
    compared = [summary for summary in summaries if summary.over_pictures is not None]
    if not compared:
        return ""
    network = [(title, value) for title, value in _NETWORK if len({value(s.group) for s in compared}) > 1]
    names = [title for title, _ in network]
    header = ["learner", *names, "to", "over pictures", "n", "p, t test", "p, Wilcoxon"]
    header += ["over seeds", "n", "p, t test"]
    rows = []
    for summary in compared:
        pictures, seeds = summary.over_pictures, summary.over_seeds
        assert pictures is not None
        row = [summary.group.title, *(value(summary.group) for _, value in network)]
        row += [_reference_title(summary, _NETWORK), plus_minus(pictures), str(pictures.count)]
        row += [chance(pictures.t_test), chance(pictures.rank_test)]
        told = [] if seeds is None else [plus_minus(seeds), str(seeds.count), chance(seeds.t_test)]
        rows.append([*row, *(told or [MISSING] * 3)])
    return (markdown_table if markdown else plain_table)(header, rows, range(len(names) + 2))


def condition_table(summaries: Sequence[GroupSummary], *, markdown: bool = False) -> str:
    """One line a condition, one column a group: the gain after the last step."""
    groups = list(dict.fromkeys(summary.group for summary in summaries))
    cells = len({group.cell for group in groups}) > 1
    names = [f"{group.cell} {group.title}" if cells else group.title for group in groups]
    found = {(summary.condition, summary.group): summary.gains[-1] for summary in summaries}
    rows = [
        [condition, *(_pm(found.get((condition, group))) for group in groups)]
        for condition in dict.fromkeys(summary.condition for summary in summaries)
    ]
    return (markdown_table if markdown else plain_table)(["condition", *names], rows, (0,))


def _pm(spread: Spread | None, places: int = 2) -> str:
    """Mean and standard deviation: "+0.52 ± 0.03"."""
    if spread is None:
        return MISSING
    mean = number(spread.mean, places, signed=True)
    return mean if spread.deviation is None else f"{mean} ± {number(spread.deviation, places)}"


def _over(summary: GroupSummary) -> str:
    """What the spreads of the gains are over."""
    seeds, pictures = summary.seeds, summary.pictures
    return f"{seeds} seeds" if seeds > 1 else f"{pictures} picture{'s' if pictures > 1 else ''}"


def _reference_title(summary: GroupSummary, network: Sequence[tuple[str, Callable[[Group], str]]]) -> str:
    """The reference by what tells it apart from the group."""
    if summary.over is None or summary.reference is None:
        return MISSING
    group, reference = summary.group, summary.reference
    if reference.title != group.title:
        return reference.title
    return next(
        (value(reference) for _, value in network if value(reference) != value(group)), reference.title
    )
