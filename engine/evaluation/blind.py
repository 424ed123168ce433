"""A blind test: pairs of pictures in an order drawn by lot, the answers, and how likely these are by chance.

Two-alternative forced choice (ITU-R BT.500-15, 2-AFC; Macmillan and Creelman, *Detection Theory*, 2nd ed.,
ch. 7): one of two pictures is chosen in each trial; whoever sees no difference is right half of the time.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Sequence
from dataclasses import dataclass

QUESTIONS = ("refined", "preferred")
"""Which of these two is refined? Which of these two do you prefer?"""


@dataclass(frozen=True)
class Trial:
    """One pair. file: whose picture it is; refined_first: the refined picture is A, else B."""

    file: str
    refined_first: bool


@dataclass(frozen=True)
class Answer:
    """chose_refined: whether the refined picture was chosen. seconds: from showing the pair to the key."""

    trial: Trial
    chose_refined: bool
    seconds: float


@dataclass(frozen=True)
class Verdict:
    """refined: in so many of `count` trials the refined picture was chosen. p: of a two-sided exact binomial
    test against one half. low, high: 95 % interval of the share (Clopper and Pearson 1934)."""

    refined: int
    count: int
    p: float
    low: float
    high: float


def planned(files: Sequence[str], seed: int, most: int = 0) -> tuple[Trial, ...]:
    """A trial a file, in an order and with sides that the seed draws. most: of them, 0 for all."""
    lot = random.Random(seed)
    order = list(files)
    lot.shuffle(order)
    return tuple(Trial(file, lot.random() < 0.5) for file in (order[:most] if most else order))


def verdict(answers: Sequence[Answer]) -> Verdict:
    """What the answers say. Raises ValueError for none."""
    from scipy.stats import binomtest

    if not answers:
        raise ValueError("no answers")
    refined = sum(answer.chose_refined for answer in answers)
    test = binomtest(refined, len(answers))
    interval = test.proportion_ci(0.95)
    return Verdict(refined, len(answers), float(test.pvalue), float(interval.low), float(interval.high))


def protocol(answers: Sequence[Answer], seed: int, question: str, about: str) -> str:
    """As CSV, a row a trial in the order of showing. about: what was sent and who decoded it."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("order", "file", "a", "b", "question", "answer", "chosen", "seconds", "seed", "test"))
    for number, each in enumerate(answers, 1):
        sides = ("refined", "standard") if each.trial.refined_first else ("standard", "refined")
        letter = "A" if each.chose_refined == each.trial.refined_first else "B"
        chosen = "refined" if each.chose_refined else "standard"
        writer.writerow(
            (number, each.trial.file, *sides, question, letter, chosen, f"{each.seconds:.2f}", seed, about)
        )
    return text.getvalue()
