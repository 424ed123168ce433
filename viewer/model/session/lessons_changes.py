"""Transitions of the lessons: into one, to the next, and out again. Pure functions, no Qt.

A lesson is entered from the session as it was before the lessons, so each begins the same way whatever was
tried in the one before; the picture, the pinned patch and the look are carried along. Leaving brings back
what was set before, and keeps a picture that was opened meanwhile.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import Any

from engine.errors import UserError
from viewer.model.session import compare_changes as c
from viewer.model.session import lab_changes as lab
from viewer.model.session import options
from viewer.model.session.capture import apply as apply_state
from viewer.model.session.capture import capture, left_out
from viewer.model.session.compare_presets import presets
from viewer.model.session.lessons import ALL, Course, Lesson
from viewer.model.session.opening import open_picture, open_stream
from viewer.model.session.patch_changes import set_open
from viewer.model.session.saved import ImageReference, View
from viewer.model.session.saved_json import from_json, to_json
from viewer.model.session.state import Lessons, Session

_NOT_KEPT = ("image", "view", "patch")
"""What a lesson made of the current state leaves out unless it is asked to keep the place."""


def open_lessons(session: Session, course: Course, at: int = 0) -> Session:
    """Open a course at one of its lessons. Another course may be open: what was set before it stays known."""
    known = session.lessons
    before = known.before if known.on and known.before is not None else session
    before = replace(before, lessons=replace(before.lessons, on=False, before=None))
    fresh = Lessons(True, course, quality=session.options.quality, before=before)
    return go_to(replace(session, lessons=fresh), at)


def close_lessons(session: Session) -> Session:
    """Close the panel; everything is as it was before, with the picture of now."""
    if not session.lessons.on:
        return session
    lessons = replace(session.lessons, on=False, before=None, fault="")
    return replace(_as_before(session), lessons=lessons)


def go_to(session: Session, at: int) -> Session:
    """Enter a lesson by its number, from 0, kept within those there are."""
    lessons = session.lessons
    if not lessons.on or lessons.course is None:
        return session
    at = min(max(0, at), len(lessons.course.lessons) - 1)
    seen = lessons.seen if at in lessons.seen else (*lessons.seen, at)
    moved = replace(
        lessons, at=at, seen=seen, used=ALL, rho=None, fault="", predicted=None, ran=False, revealed=False
    )
    start = _as_before(session)
    start = replace(start, pinned=session.pinned or start.pinned)
    entered, fault = _entered(start, lessons.course.lessons[at], lessons.course)
    quality = entered.options.quality if entered.options.codec == "jpeg" else lessons.quality
    entered = set_open(entered, False)  # the lesson explains the patch, and needs the room
    return replace(entered, lessons=replace(moved, quality=quality, fault=fault))


def go_by(session: Session, delta: int) -> Session:
    """The next lesson, or the one before; nothing happens beyond the ends."""
    course = session.lessons.course
    at = session.lessons.at + delta
    return go_to(session, at) if course is not None and 0 <= at < len(course.lessons) else session


def settle(session: Session) -> Session:
    """Another picture was opened: with the step and the patch that the open lesson begins with."""
    lesson = session.lessons.lesson
    if lesson is None or session.size is None:
        return session
    state = from_json(dict(lesson.state), lesson.title)
    if state["step"] is not None:
        session = replace(session, step=state["step"])
    rows, columns = session.grid
    patch = state["pinned"]
    if patch is not None and 0 <= patch[0] < rows and 0 <= patch[1] < columns:
        session = replace(session, pinned=patch)
    return session


def toggle_lessons(session: Session, course: Course) -> Session:
    """Close the panel, or open it where it was left, else with `course`."""
    known = session.lessons
    if known.on:
        return close_lessons(session)
    if known.course is None:
        return open_lessons(session, course)
    opened = open_lessons(session, known.course, known.at)
    return replace(opened, lessons=replace(opened.lessons, seen=known.seen))


def set_quality(session: Session, quality: int) -> Session:
    """Quality of the transform figure, and of the stream that is sent, where one is and JPEG sends it."""
    quality = min(100, max(1, quality))
    if session.stream is None and session.options.codec == "jpeg":
        session = options.set_quality(session, quality)
    return _with(session, quality=quality)


def set_used(session: Session, used: int) -> Session:
    """How many coefficients, in zigzag order, the transform figure decodes from."""
    return _with(session, used=min(ALL, max(1, used)))


def set_rho(session: Session, hundredths: int) -> Session:
    """Try another ρ in the model of the limits figure."""
    return _with(session, rho=min(99, max(0, hundredths)))


def set_coefficient(session: Session, vertical: int, horizontal: int) -> Session:
    """Which coefficient's histogram is shown."""
    if not (0 <= vertical < 8 and 0 <= horizontal < 8):
        return session
    return _with(session, coefficient=(vertical, horizontal))


def predict(session: Session, choice: int) -> Session:
    """Choose an answer to the lesson's question; once its run has begun nothing is changed any more."""
    lesson = session.lessons.lesson
    if lesson is None or lesson.question is None or session.lessons.ran:
        return session
    return _with(session, predicted=min(max(0, choice), len(lesson.question.choices) - 1))


def begin_run(session: Session) -> Session:
    """The run may be shown: not before somebody has said what they expect."""
    return session if session.lessons.predicted is None else _with(session, ran=True)


def reveal(session: Session) -> Session:
    """Tell the outcome; not before the run was begun."""
    return _with(session, revealed=True) if session.lessons.ran else session


def lesson_of(session: Session, title: str, text: tuple[str, ...], figure: str, view: View | None) -> Lesson:
    """A lesson made of the current state. With `view` also the place in the picture, and which one it is."""
    record = to_json(capture(session, view))
    if view is None:
        record = {key: value for key, value in record.items() if key not in _NOT_KEPT}
    return Lesson(title, text, figure, MappingProxyType(record))


def lesson_image(lesson: Lesson) -> ImageReference | None:
    """The picture that a lesson is about, None where it takes the one that is open."""
    if "image" not in lesson.state:
        return None
    image = from_json(dict(lesson.state), lesson.title).image
    return image if image.sample or image.path or image.relative else None


def lesson_view(lesson: Lesson) -> View | None:
    """Where a lesson wants one to look, None where it doesn't say."""
    return from_json(dict(lesson.state), lesson.title).view if "view" in lesson.state else None


# ---- inside ----------------------------------------------------------------------------------------------


def _with(session: Session, **changes: Any) -> Session:
    return replace(session, lessons=replace(session.lessons, **changes))


def _as_before(session: Session) -> Session:
    """What was set before the lessons, with the picture, the look and the magnification of now."""
    before = session.lessons.before
    if before is None:
        return session
    if before.picture is not session.picture or before.stream is not session.stream:
        if session.picture is not None:
            before = open_picture(before, session.picture, session.sample, session.file_codec)
        elif session.stream is not None:
            before = open_stream(before, session.stream)
    return replace(
        before,
        models=session.models,
        theme=session.theme,
        text_scale=session.text_scale,
        zoom=session.zoom,
        lessons=session.lessons,
        presentation=session.presentation,
    )


def _entered(session: Session, lesson: Lesson, course: Course) -> tuple[Session, str]:
    """The session brought to a lesson's state, and what of it can't be had here, in words."""
    name = course.path.name if course.path is not None else course.title
    start = capture(session).having({"step": None, "scan": None, "solo": ""})
    if "quality" in lesson.state:
        start = start.having({"options.bits_per_pixel": None})
    try:
        state = from_json(dict(lesson.state), name, start)
    except UserError as error:
        return session, str(error)
    entered, fault = apply_state(session, state), left_out(session, state)
    if lesson.lab:
        entered = lab.set_preset(lab.open_lab(entered), lesson.lab)
    if lesson.preset:
        entered, fault = _with_preset(entered, lesson.preset, fault)
    return entered, fault


def _with_preset(session: Session, key: str, fault: str) -> tuple[Session, str]:
    """The compare view with a preset's decoders, if the installed ones serve the codec that is sent."""
    entries = next((each.entries for each in presets(session.fitting) if each.key == key), ())
    if not entries:
        title = session.codec_facts.title
        return session, fault or f"No decoders to compare are trained for {title} streams"
    opened = c.open_compare(session, entries)
    return replace(opened, step=session.step), fault
