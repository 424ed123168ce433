"""What the blind test asks and says. Pure, no Qt."""

from __future__ import annotations

from collections.abc import Sequence

from engine.errors import printable
from engine.evaluation.blind import Verdict

_TOLD = 3
"""Reasons that a line bears."""

ASKED = {"refined": "Which of these two is refined?", "preferred": "Which of these two do you prefer?"}
CHOICES = {"refined": "Which is refined?", "preferred": "Which do you prefer?"}


def result_words(found: Verdict, question: str) -> str:
    """The result in two or three sentences."""
    share = 100 * found.refined / found.count
    what = "recognised" if question == "refined" else "preferred"
    span = f"95 % interval {100 * found.low:.0f} to {100 * found.high:.0f} %"
    by_chance = f"p = {found.p:.3f}" if found.p >= 0.001 else "p < 0.001"
    if found.p < 0.05:
        against = "worse than" if found.refined * 2 < found.count else "better than"
        meaning = f"That is {against} guessing, at the 5 % level."
    else:
        meaning = "Guessing would do as well: no difference was shown, at the 5 % level."
    return (
        f"The refined picture was {what} in {found.refined} of {found.count} pairs, {share:.0f} % ({span}).\n"
        f"Exact binomial test against one half, two-sided: {by_chance}. {meaning}"
    )


def left_out_words(reasons: Sequence[str]) -> str:
    """How many pictures could not be shown, and why the first few; "" for none."""
    if not reasons:
        return ""
    count = "1 picture was" if len(reasons) == 1 else f"{len(reasons)} pictures were"
    more = "; …" if len(reasons) > _TOLD else ""
    return f"{count} left out: {'; '.join(printable(reason) for reason in reasons[:_TOLD])}{more}"
