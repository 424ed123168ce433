"""Credit on the picture: the patch that is looked into, and arrows to where painting it sends its credit.

Pure, no Qt.
"""

from __future__ import annotations

import numpy as np

from engine.lab.events import Credit
from engine.lab.settings import LabSettings
from viewer.lab.resolve.moment import update_at
from viewer.model.facts.lab import CreditFacts, Floats, LaneCourse
from viewer.model.scene.picture import PatchScene, RecallScene


def credit_patch(
    settings: LabSettings,
    courses: tuple[LaneCourse, ...],
    facts: CreditFacts,
    lane: int,
    at: float | None,
    place: tuple[int, int] | None,
) -> PatchScene | None:
    """The patch at `place`, None where a batch is looked into. Arrows stand on the lane's own picture, while
    what is known of its credit is of this patch and moment."""
    if place is None or not courses:
        return None
    course = courses[min(lane, len(courses) - 1)]
    wanted = course.facts.lane, update_at(course, settings.fair, at), *place
    found = facts.credit if facts.asked == wanted else None
    arrows = arrows_of(found) if found is not None else ()
    recalls = ((f"lane/{course.facts.lane}", arrows),) if arrows else ()
    return PatchScene(*place, (), (), recalls=recalls)


def arrows_of(found: Credit) -> tuple[RecallScene, ...]:
    """Of the steps that paint the patch, where their credit goes: into the memories that they recalled, or,
    without attention, back along the row, as far as the learner lets it. Shares of all of it, 0 to 1."""
    steps = np.flatnonzero(found.painted == found.column)
    if not steps.size:
        return ()
    if found.memory_patch.size:
        sent = found.memory_credit[steps].astype(np.float64).sum(0)
        patches, whole = found.memory_patch.tolist(), float(sent.sum())
    else:
        sent, whole = _back(found, steps)
        patches = [at // found.steps for at in range(len(sent))]
    there = found.seen[found.seen >= 0]
    start = int(there[0]) if there.size else found.column
    shares: dict[tuple[int, bool], float] = {}
    for patch, credit in zip(patches, sent.tolist(), strict=True):
        key = (start, True) if patch < 0 else (_column(found, patch), False)
        if key[0] >= 0 and credit > 0:
            shares[key] = shares.get(key, 0.0) + credit / whole
    return tuple(RecallScene(column, weight, first) for (column, first), weight in shares.items())


def _back(found: Credit, steps: np.ndarray[tuple[int], np.dtype[np.int64]]) -> tuple[Floats, float]:
    """What the steps send to the states of earlier patches, through the learner, and all that there is to
    send, its own patch aside."""
    before = int(steps[0]) // found.steps * found.steps
    kept = np.nan_to_num(found.kept[steps, :before].astype(np.float64)).sum(0)
    exact = np.nan_to_num(found.triangle[steps, :before].astype(np.float64)).sum(0)
    return kept, float(exact.sum()) or 1.0


def _column(found: Credit, patch: int) -> int:
    """Where what a step knew stands in the picture: the patch that it saw, else the one that it painted."""
    at = patch * found.steps
    if at >= len(found.seen):
        return -1
    return int(found.seen[at]) if found.seen[at] >= 0 else int(found.painted[at])
