"""What `nrc bench --baseline` prints: every decoder less one of them, in pairs."""

from __future__ import annotations

from collections.abc import Sequence

from engine.cli.tables import markdown_table, plain_table
from engine.errors import UserError
from engine.evaluation.bench import Plan
from engine.evaluation.differences import STANDARD, Difference, differences_to
from engine.evaluation.paired import Paired
from engine.evaluation.rows import Row
from engine.evaluation.seeds import Groups, groups_of
from engine.metrics.as_text import MISSING, number
from engine.registry import CODECS


def plan_groups(plan: Plan) -> Groups:
    """Which of a plan's decoders differ by their seeds alone."""
    return groups_of((run.name for run in plan.runs), (run.card for run in plan.runs))


def check_baseline(baseline: str | None, plan: Plan) -> None:
    """Raise UserError unless `baseline` is measured, before anything is."""
    known = [STANDARD, *dict.fromkeys(member.title for member in plan_groups(plan).values())]
    if baseline is not None and baseline not in known:
        raise UserError(f"--baseline {baseline}: is not measured (measured: {', '.join(known)})")


def print_differences(baseline: str, rows: Sequence[Row], plan: Plan, *, markdown: bool = False) -> None:
    """A table of every decoder less `baseline`; says so where nothing pairs."""
    found = differences_to(baseline, rows, plan_groups(plan))
    print()
    if not found:
        print(f"Nothing was measured on the same streams as {baseline}.")
        return
    print(
        f"RGB PSNR less that of {baseline}, dB; mean ± half of the 95 % interval over pictures, paired tests."
    )
    print()
    print(differences_table(found, markdown=markdown))


def differences_table(found: Sequence[Difference], *, markdown: bool = False) -> str:
    """A line a decoder and stream; what doesn't tell lines apart is left out."""
    several = len({each.codec for each in found}) > 1
    contexts = len({each.line[:3] for each in found}) < len(found)
    seeds = any(each.seeds is not None for each in found)
    header = [
        *(["codec"] if several else []),
        "quality or bpp",
        "decoder",
        *(["context"] if contexts else []),
    ]
    header += ["difference", "pictures", "p, t test", "p, Wilcoxon"]
    header += ["over seeds", "seeds", "p, t test"] if seeds else []
    rows = [
        [
            *([CODECS.get(each.codec).title] if several else []),
            f"{each.point:g}",
            each.decoder,
            *([each.context] if contexts else []),
            plus_minus(each.pictures),
            str(each.pictures.count),
            chance(each.pictures.t_test),
            chance(each.pictures.rank_test),
            *(_seeds(each.seeds) if seeds else []),
        ]
        for each in found
    ]
    left = [at for at, name in enumerate(header) if name in ("codec", "decoder", "context")]
    return (markdown_table if markdown else plain_table)(header, rows, left)


def _seeds(over: Paired | None) -> list[str]:
    return [MISSING] * 3 if over is None else [plus_minus(over), str(over.count), chance(over.t_test)]


def plus_minus(over: Paired) -> str:
    """Mean and half of its interval: "+0.103 ± 0.021"."""
    mean = number(over.mean, 3, signed=True)
    return mean if over.half is None else f"{mean} ± {number(over.half, 3)}"


def chance(p: float | None) -> str:
    """A p value: "0.012", "<0.001"."""
    return MISSING if p is None else "<0.001" if p < 0.001 else number(p, 3)
