"""Commands of the lessons."""

from __future__ import annotations

from functools import partial

from viewer.core.availability import empty
from viewer.core.command import Command
from viewer.lessons.controller import LessonDesk
from viewer.lessons.file import bundled_course
from viewer.model.facts.facts import Facts
from viewer.model.session.state import Session

FILES = ("lessons.open", "lessons.save", "lessons.bundled")
"""What the panel's own button offers."""


def closed(session: Session, _: Facts) -> str:
    return "" if session.lessons.on else "no lessons are open"


def _last(session: Session, facts: Facts) -> str:
    known = session.lessons
    if known.course is None or not known.on:
        return closed(session, facts)
    return "" if known.at + 1 < len(known.course.lessons) else "this is the last lesson"


def _first(session: Session, facts: Facts) -> str:
    return closed(session, facts) or ("" if session.lessons.at else "this is the first lesson")


def commands(lessons: LessonDesk) -> list[Command]:
    numbered = [
        Command(f"lessons.{number}", f"Lesson {number}: {lesson.title}", "Lessons", 2,
                partial(lessons.open_bundled, number - 1), (), lesson.text[0])
        for number, lesson in enumerate(bundled_course().lessons, 1)
    ]  # fmt: skip
    return [
        Command("lessons", "Lessons", "Lessons", 0, lessons.toggle, ("L",),
                "Short live lessons on the picture that is open; closing them brings everything back",
                lambda session: session.lessons.on),
        Command("lessons.next", "Next lesson", "Lessons", 0, lessons.next, ("Shift+L",),
                "Enter the next lesson", why_not=_last),
        Command("lessons.back", "Previous lesson", "Lessons", 0, lessons.back,
                ("Ctrl+Shift+L",), "Go back to the previous lesson", why_not=_first),
        Command("lessons.again", "Start the lesson over", "Lessons", 0, lessons.again, (),
                "Set everything as the lesson begins", why_not=closed),
        Command("lessons.open", "Open lessons from a file…", "Lessons", 1, lessons.ask_open, (),
                "Lessons of your own, written as a TOML file"),
        Command("lessons.save", "Save as lesson…", "Lessons", 1, lessons.ask_save, (),
                "Make a lesson of everything that is set now, with a title and text of yours",
                why_not=empty),
        Command("lessons.bundled", "The program's own lessons", "Lessons", 1,
                partial(lessons.open_bundled, 0), (), "The lessons that come with the program"),
        *numbered,
    ]  # fmt: skip
