"""What the lessons panel shows. No Qt, pure."""

from __future__ import annotations

from engine.types import Pixels
from viewer.core.memo import Memo
from viewer.lessons.resolve.block import block_figure
from viewer.lessons.resolve.limits import limits_figure
from viewer.lessons.resolve.predict import predict_scene
from viewer.lessons.resolve.runs import compared_figure, steps_figure
from viewer.model.facts.facts import Facts
from viewer.model.facts.lessons import LessonFacts
from viewer.model.facts.run import Run
from viewer.model.scene.lessons import FigureScene, LessonsScene, PredictScene
from viewer.model.session.choices import Page
from viewer.model.session.lessons import CONTEXT, LEARNERS, LIMITS, NONE, STEPS, TRANSFORM, Course, Lesson
from viewer.model.session.state import Session


def resolve_lessons(session: Session, facts: Facts, known: LessonFacts, memo: Memo) -> LessonsScene | None:
    """The panel's scene, None while it is closed. known: what was measured for the lessons."""
    lessons, lesson = session.lessons, session.lessons.lesson
    if lesson is None or lessons.course is None:
        return None
    figure = _figure(session, facts, known, memo)
    asked = None
    if lesson.question is not None:
        progress = lessons.predicted, lessons.ran, lessons.revealed
        asked = memo.recall(predict_scene, lesson, *progress, facts.lab, slots=2)
    return memo.recall(
        _panel, lessons.course, lesson, lessons.at, lessons.seen, lessons.fault, figure, asked, slots=4
    )


def _panel(
    course: Course,
    lesson: Lesson,
    at: int,
    seen: tuple[int, ...],
    fault: str,
    figure: FigureScene,
    asked: PredictScene | None,
) -> LessonsScene:
    titles = tuple(each.title for each in course.lessons)
    told = asked is None or bool(asked.outcome)
    takeaway = lesson.takeaway if told else ""
    return LessonsScene(
        course.title,
        titles,
        at,
        seen,
        lesson.title,
        lesson.text,
        fault,
        figure,
        asked,
        takeaway,
        lesson.notes,
    )


def sent_run(session: Session, facts: Facts) -> Run | None:
    """A run on the stream that is shown."""
    return facts.compare.sent if session.page is Page.COMPARE else facts.run


def source_pixels(session: Session, facts: Facts) -> Pixels | None:
    """The pixels that are explained: those of the original, of a received stream its standard decode."""
    if session.picture is not None:
        return session.picture.pixels
    run = sent_run(session, facts)
    return run.pixels(0) if run is not None else None


def lesson_patch(session: Session, facts: Facts, known: LessonFacts) -> tuple[int, int] | None:
    """The patch that figures show: the pinned one, else that under the mouse, else one worth looking at."""
    from viewer.model.session.place import active_patch

    rows, columns = session.grid
    patch = active_patch(session)
    found = known.patch if known.source is source_pixels(session, facts) else None
    row, column = patch or found or (rows // 2, columns // 2)
    return (row, column) if 0 <= row < rows and 0 <= column < columns else None


def _figure(session: Session, facts: Facts, known: LessonFacts, memo: Memo) -> FigureScene:
    kind = session.lessons.figure
    if kind == NONE:
        return memo.recall(FigureScene, NONE)
    patch, pixels = lesson_patch(session, facts, known), source_pixels(session, facts)
    if patch is None or pixels is None:
        text = facts.error or ("Nothing is open" if session.size is None else "Decoding …")
        return memo.recall(FigureScene, kind, text)
    if kind == TRANSFORM:
        return memo.recall(block_figure, session, sent_run(session, facts), pixels, patch, slots=8)
    if kind == LIMITS:
        return memo.recall(limits_figure, session, known, pixels, slots=4)
    if kind == STEPS:
        return memo.recall(steps_figure, session, facts, known, patch, slots=16)
    assert kind in (CONTEXT, LEARNERS)
    return compared_figure(session, facts, patch, memo)
