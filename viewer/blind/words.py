"""What the blind test asks and says. Pure, no Qt."""

from __future__ import annotations

from engine.evaluation.blind import Verdict

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
