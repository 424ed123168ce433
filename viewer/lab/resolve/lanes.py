"""What lanes are called and how they look. Pure, no Qt."""

from __future__ import annotations

from collections import Counter

from engine.lab.events import LaneFacts
from engine.lab.settings import LabSettings, lane
from viewer.core import words
from viewer.model.facts.lab import LaneCourse
from viewer.model.scene.lab import LaneItem
from viewer.model.scene.palette import learner_look, tint

_STYLES = ("dot", "dash", "solid")


def label(facts: LaneFacts, several_seeds: bool = False) -> str:
    """Title, where it was forked, and its seed where there are several."""
    parts = [facts.title.replace("Truncated BPTT", "TBPTT")]
    if facts.parent >= 0:
        parts.append(f"from update {words.count(facts.fork)}")
    if several_seeds:
        parts.append(f"seed {facts.seed}")
    return ", ".join(parts)


def looks(facts: tuple[LaneFacts, ...]) -> tuple[tuple[str, str], ...]:
    """Colour and line style of each lane: its learner's; lanes that share one get shades of it and further
    line styles, all seeds of a lane the same."""
    shades: dict[tuple[str, int], int] = {}
    counts: Counter[str] = Counter()
    found = []
    for each in facts:
        key = (each.text, each.fork)
        if key not in shades:
            shades[key] = counts[each.learner]
            counts[each.learner] += 1
        colour, style = learner_look(each.learner)
        number = shades[key]
        styles = [style, *(each for each in _STYLES if each != style)]
        found.append((tint(colour, number), styles[number % len(styles)]))
    return tuple(found)


def several_seeds(courses: tuple[LaneCourse, ...]) -> bool:
    return len({course.facts.seed for course in courses}) > 1


def lane_items(courses: tuple[LaneCourse, ...]) -> tuple[LaneItem, ...]:
    seeds = several_seeds(courses)
    faces = looks(tuple(course.facts for course in courses))
    return tuple(
        LaneItem(course.facts.lane, label(course.facts, seeds), *face)
        for course, face in zip(courses, faces, strict=True)
    )


def planned(settings: LabSettings) -> tuple[LaneItem, ...]:
    """Lanes of a run that is still to be made."""
    facts = tuple(
        LaneFacts(number, each.text, each.title, each.learner, each.window, settings.seeds[0], 0)
        for number, each in enumerate(map(lane, settings.lanes))
    )
    return tuple(
        LaneItem(each.lane, label(each), *face) for each, face in zip(facts, looks(facts), strict=True)
    )
