"""A question before a run, and the outcome beside it. No Qt, pure."""

from __future__ import annotations

from viewer.model.facts.lab import VALUE, LabFacts, LabState
from viewer.model.scene.lessons import PredictScene
from viewer.model.session.lessons import Lesson


def predict_scene(
    lesson: Lesson, predicted: int | None, ran: bool, revealed: bool, lab: LabFacts
) -> PredictScene:
    """What of the question is shown. lab: what is known of the lab's run, for lessons that have one."""
    asked = lesson.question
    assert asked is not None
    run = "" if ran else ("Run it" if lesson.lab else "Show it")
    ended = not lesson.lab or lab.state is LabState.DONE or bool(lab.fault)
    verdict = ""
    if revealed and predicted is not None:
        right, said = asked.choices[asked.answer], asked.choices[predicted]
        met = predicted == asked.answer
        verdict = f"As you said: {right}" if met else f"It is: {right}. You said: {said}"
    return PredictScene(
        asked.question,
        asked.choices,
        predicted,
        ran,
        run,
        ran and not revealed and (ended or _under_way(lab)),
        verdict,
        asked.outcome if revealed else "",
        _results(lab) if ran and lesson.lab else (),
    )


def _under_way(lab: LabFacts) -> bool:
    """Whether every lane has been measured after its start."""
    return bool(lab.courses) and all(len(course.table) > 1 for course in lab.courses)


def _results(lab: LabFacts) -> tuple[str, ...]:
    """A line a lane: where it stands."""
    lines = []
    for course in lab.courses:
        if len(course.table) > 1:
            value = float(course.table[-1, VALUE])
            shown = f"{value:.2f} dB" if lab.unit == "dB" else f"error {value:.3g}"
            lines.append(f"{course.facts.title}: {shown}")
    return tuple(lines)
