"""Predict, run, reveal: what a lesson asks before it shows anything."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from engine.errors import UserError
from engine.lab.events import LaneFacts
from engine.types import frozen
from tests.support.viewer_engine import session
from viewer.lessons.file import bundled_course, course_text, parse_course
from viewer.lessons.resolve.predict import predict_scene
from viewer.lessons.views.predict import PredictView
from viewer.model.facts.lab import LabFacts, LabState, LaneCourse
from viewer.model.session import lessons_changes as c
from viewer.model.session.choices import Page
from viewer.model.session.lessons import Course
from viewer.model.session.state import Session

TEXT = """
[[lesson]]
title = "One"
text = "Text."
lab = "staircase"
takeaway = "A line."
notes = "First.\\n\\nSecond."
[lesson.predict]
question = "Which?"
choices = ["This", "That", "Neither"]
answer = 2
outcome = "That, because."
[[lesson]]
title = "Two"
text = "Text."
[lesson.predict]
question = "A poll?"
choices = ["Yes", "No"]
answer = 1
outcome = "Yes."
"""


def opened(at: int = 0) -> Session:
    return c.open_lessons(session(), parse_course(TEXT, "x.toml"), at)


def test_a_question_is_read_and_written_again() -> None:
    one, two = parse_course(TEXT, "x.toml").lessons
    assert (one.lab, one.takeaway, one.notes) == ("staircase", "A line.", ("First.", "Second."))
    assert one.question is not None
    assert (one.question.choices, one.question.answer) == (("This", "That", "Neither"), 1)
    assert (two.lab, two.takeaway, two.notes) == ("", "", ())
    again = parse_course(course_text(Course("x", (one, two))), "y.toml").lessons
    assert [(each.question, each.lab, each.takeaway, each.notes) for each in again] == [
        (each.question, each.lab, each.takeaway, each.notes) for each in (one, two)
    ]


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("answer = 2", "answer = 4", "'predict.answer' must"),
        ("answer = 2", "answer = true", "'predict.answer' must"),
        ('choices = ["Yes", "No"]', 'choices = ["Yes"]', "lesson 2: 'predict.choices' must be 2 to 6"),
        ('outcome = "Yes."', "", "predict: 'outcome' is missing"),
        ('question = "Which?"', 'question = "Which?"\nwhy = 1', "unknown field 'predict.why'"),
        ('lab = "staircase"', 'lab = "stairs"', "'lab' is 'stairs', not one of"),
        ('notes = "First.\\n\\nSecond."', "notes = 3", "'notes' must be a text"),
    ],
)
def test_mistakes_are_told_in_a_line(before: str, after: str, words: str) -> None:
    assert before in TEXT
    with pytest.raises(UserError) as caught:
        parse_course(TEXT.replace(before, after), "bad.toml")
    assert str(caught.value).startswith("bad.toml: lesson")
    assert words in str(caught.value)


def test_nothing_is_shown_before_somebody_has_said_what_they_expect() -> None:
    start = opened()
    assert start.page is Page.LAB
    assert start.lab.preset == "staircase"
    assert c.begin_run(start) is start
    assert c.reveal(start) is start
    chosen = c.predict(c.predict(start, 0), 2)
    assert chosen.lessons.predicted == 2
    ran = c.begin_run(chosen)
    assert ran.lessons.ran
    assert c.predict(ran, 1) is ran  # afterwards everybody knew
    assert c.reveal(ran).lessons.revealed
    after = c.go_by(c.reveal(ran), 1).lessons
    assert (after.predicted, after.ran, after.revealed) == (None, False, False)
    assert c.close_lessons(ran).page is session().page


def course_of(values: list[float]) -> LaneCourse:
    table = np.array([[10 * i, 0, i, 1, value, np.nan] for i, value in enumerate(values)])
    return LaneCourse(LaneFacts(0, "bptt", "BPTT", "bptt", 8, 1, 10), frozen(table))


def test_the_outcome_stands_beside_what_was_measured() -> None:
    one, two = parse_course(TEXT, "x.toml").lessons
    first = predict_scene(one, None, False, False, LabFacts())
    assert (first.run, first.can_reveal, first.outcome, first.results) == ("Run it", False, "", ())
    waits = predict_scene(one, 2, True, False, LabFacts(courses=(course_of([12.0]),)))
    assert (waits.run, waits.fixed, waits.can_reveal) == ("", True, False)
    facts = LabFacts(courses=(course_of([12.0, 20.5]),), state=LabState.PLAYING)
    running = predict_scene(one, 2, True, False, facts)
    assert (running.can_reveal, running.results, running.outcome) == (True, ("BPTT: 20.50 dB",), "")
    told = predict_scene(one, 2, True, True, facts)
    assert one.question is not None
    assert told.verdict == f"It is: That. You said: {one.question.choices[2]}"
    assert told.outcome == "That, because."
    assert predict_scene(one, 1, True, True, facts).verdict == "As you said: That"
    assert predict_scene(two, None, False, False, LabFacts()).run == "Show it"


def test_long_choices_take_several_lines_and_their_words_choose(qtbot: QtBot) -> None:
    one = parse_course(TEXT.replace('"That"', f'"{"That and more " * 20}"'), "x.toml").lessons[0]
    view = PredictView()
    qtbot.addWidget(view)
    view.set_scene(predict_scene(one, None, False, False, LabFacts()))
    view.resize(300, 600)
    view.show()
    assert view.minimumSizeHint().width() <= 300
    words = view._rows[1].words
    assert words.height() > 3 * words.fontMetrics().height()
    with qtbot.waitSignal(view.chosen) as told:
        qtbot.mouseClick(words, Qt.MouseButton.LeftButton)
    assert told.args == [1]


def test_choices_run_and_outcome_by_mouse(qtbot: QtBot) -> None:
    one = parse_course(TEXT, "x.toml").lessons[0]
    view = PredictView()
    qtbot.addWidget(view)
    chosen: list[int] = []
    view.chosen.connect(chosen.append)
    view.set_scene(predict_scene(one, None, False, False, LabFacts()))
    view.show()
    assert not view.run.isEnabled()
    view.choices[1].click()
    assert chosen == [1]
    view.set_scene(predict_scene(one, 1, False, False, LabFacts()))
    assert view.run.isEnabled()
    with qtbot.waitSignal(view.run_asked):
        view.run.click()
    facts = LabFacts(courses=(course_of([12.0, 20.5]),))
    view.set_scene(predict_scene(one, 1, True, False, facts))
    assert not view.run.isVisible()
    assert not any(each.isEnabled() for each in view.choices)
    assert view.choices[1].isChecked()
    with qtbot.waitSignal(view.reveal_asked):
        view.reveal.click()
    view.set_scene(predict_scene(one, 1, True, True, facts))
    assert view.outcome.text() == "That, because."
    assert not view.reveal.isVisible()


def test_the_program_s_lessons_of_the_lab_ask_first() -> None:
    asked = [lesson for lesson in bundled_course().lessons if lesson.lab]
    assert [each.title for each in asked] == [
        "Memory", "How far back?", "Forwards instead of backwards", "What noise costs"
    ]  # fmt: skip
    for each in asked:
        assert each.question is not None
        assert each.takeaway
        assert each.notes
