"""Lesson files: what they may hold, what is written is read again, each mistake in one line."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest

from engine.analysis.ar1_model import ar1_covariance, coding_gain_db, dct_basis, klt_gain_db
from engine.errors import UserError
from engine.models.card import find_card
from tests.support.repository import ROOT
from tests.support.viewer_engine import session
from viewer.lessons.file import asked_course, bundled_course, course_text, parse_course, read_course
from viewer.model.session.capture import capture
from viewer.model.session.lessons import (
    CONTEXT,
    FIGURES,
    LEARNERS,
    LIMITS,
    NONE,
    STEPS,
    TRANSFORM,
    Course,
    Lesson,
)
from viewer.model.session.lessons_changes import lesson_of
from viewer.model.session.saved import View
from viewer.model.session.saved_json import from_json

GOOD = """
title = "Blocks"
[[lesson]]
title = "One"
text = "First  paragraph,\\nstill the first.\\n\\nSecond."
[[lesson]]
title = "Two"
text = ["A", "B"]
figure = "context"
preset = "context"
[lesson.state]
quality = 7
mode = "wipe"
[lesson.state.compared]
standard = false
"""


def test_the_bundled_course_has_nine_lessons() -> None:
    course = bundled_course()
    figures = [TRANSFORM, LIMITS, CONTEXT, STEPS, LEARNERS]
    assert [each.figure for each in course.lessons] == figures + 4 * [NONE]
    assert all(each.text and from_json(dict(each.state), "course") for each in course.lessons)
    assert [each.preset for each in course.lessons] == ["", "", "context", "", "learners", *4 * [""]]


def test_every_lesson_has_a_takeaway_a_question_with_its_answer_and_notes() -> None:
    for lesson in bundled_course().lessons:
        assert lesson.takeaway
        assert lesson.notes
        assert lesson.question is not None
        assert lesson.question.outcome
    known = bundled_course().lessons[1].question
    assert known is not None
    basis = dct_basis()
    dct = coding_gain_db(np.diag(basis @ ar1_covariance(0.95) @ basis.T))
    assert known.outcome.startswith(f"{klt_gain_db(0.95):.2f} against {dct:.2f} dB")


def test_the_steps_gains_are_those_of_the_model_that_is_shipped() -> None:
    (steps,) = (lesson for lesson in bundled_course().lessons if lesson.figure == "steps")
    question, gains = steps.question, find_card("flagship").scores["kodak"]["q10"]["gain_db"]
    assert question is not None
    told = [float(figure) for figure in re.findall(r"\+(\d\.\d\d)", question.outcome)]
    assert told == pytest.approx(gains, abs=0.0051)
    assert question.question.startswith({3: "Three", 4: "Four"}[len(gains)] + " steps.")
    assert question.choices[question.answer] == "About three quarters"
    assert gains[0] / gains[-1] == pytest.approx(0.75, abs=0.05)


def test_paragraphs_figures_and_states_are_read() -> None:
    course = parse_course(GOOD, "a.toml")
    assert course.title == "Blocks"
    one, two = course.lessons
    assert one.text == ("First paragraph, still the first.", "Second.")
    assert (one.figure, one.preset, dict(one.state)) == (NONE, "", {})
    assert two.text == ("A", "B")
    assert dict(two.state) == {"quality": 7, "mode": "wipe", "compared": {"standard": False}}


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    state = replace(session(), pinned=(2, 3), step=1, solo="original")
    odd = 'Quotes " and \\ and \t tabs, ρ → "σ"\x7f'
    lesson = lesson_of(state, odd.strip(), ("One.", "Two ρ."), STEPS, View(False, 2.5, (0.25, 0.75)))
    assert lesson.state["decoder"] == "sweep"  # the file's name, not its title
    path = tmp_path / "own.toml"
    path.write_text(course_text(Course("Own", (lesson, *bundled_course().lessons))), encoding="utf-8")
    again = read_course(path)
    assert again.path == path
    assert again.lessons[0].title == " ".join(odd.split())
    assert again.lessons[0].text == ("One.", "Two ρ.")
    assert from_json(dict(again.lessons[0].state), "own") == capture(state, View(False, 2.5, (0.25, 0.75)))
    for known, read in zip(bundled_course().lessons, again.lessons[1:], strict=True):
        assert (known.title, known.text, known.figure, known.preset) == (
            read.title, read.text, read.figure, read.preset
        )  # fmt: skip
        assert from_json(dict(known.state), "x") == from_json(dict(read.state), "x")


def test_without_a_place_a_lesson_suits_any_picture() -> None:
    state = replace(session(), pinned=(2, 3))
    kept = lesson_of(state, "T", ("x",), NONE, None).state
    assert not {"image", "view", "patch"} & set(kept)
    assert kept["quality"] == state.options.quality


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "'lesson' is missing"),
        ("lesson = 3", "'lesson' is missing"),
        ("lesson = [3]", "lesson 1 is not a table"),
        ("[[lesson]\n", "not a lesson file"),
        ("format = 2\n[[lesson]]\ntitle='a'\ntext='b'", "'format' is 2, this program reads 1"),
        ("[[lesson]]\ntext='b'", "lesson 1: 'title' is missing"),
        ("[[lesson]]\ntitle=''\ntext='b'", "lesson 1: 'title' is empty"),
        ("[[lesson]]\ntitle=4\ntext='b'", "lesson 1: 'title' is not a text"),
        ("[[lesson]]\ntitle='a'", "lesson 1: 'text' must be a text or a list of texts"),
        ("[[lesson]]\ntitle='a'\ntext=[1]", "lesson 1: 'text' must be a text or a list of texts"),
        ("[[lesson]]\ntitle='a'\ntext=' '", "lesson 1: 'text' is empty"),
        ("[[lesson]]\ntitle='a'\ntext='b'\nfigur='steps'", "lesson 1: unknown field 'figur'"),
        ("[[lesson]]\ntitle='a'\ntext='b'\nfigure='stairs'", "lesson 1: 'figure' is 'stairs'"),
        ("[[lesson]]\ntitle='a'\ntext='b'\npreset='all'", "lesson 1: 'preset' is 'all'"),
        ("[[lesson]]\ntitle='a'\ntext='b'\nstate=1", "lesson 1: 'state' is not a table"),
        ("[[lesson]]\ntitle='a'\ntext='b'\n[lesson.state]\nqualty=1", "unknown field 'state.qualty'"),
        ("[[lesson]]\ntitle='a'\ntext='b'\n[lesson.state]\nquality='1'", "'quality' is not a whole number"),
        ("[[lesson]]\ntitle='a'\ntext='b'\n[lesson.state]\npatch=[1]", "'patch' is not a list of 2"),
        ("[[lesson]]\ntitle='a'\ntext='b'\n[lesson.state]\nmode='up'", "'state.mode' is 'up'"),
        ("[[lesson]]\ntitle='a'\ntext='b'\n[lesson.state]\ncodec='gif'", "'state.codec' is 'gif'"),
        ("[[lesson]]\ntitle='a'\ntext='b'\n[lesson.state.view]\nzom=1", "unknown field 'state.view.zom'"),
        ("[[lesson]]\ntitle='a'\ntext='b'\n[[lesson]]\ntitle='b'", "lesson 2: 'text' must be"),
    ],
)  # fmt: skip
def test_mistakes_name_file_and_field_in_one_line(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UserError) as caught:
        read_course(path)
    line = str(caught.value)
    assert line.startswith("bad.toml: ")
    assert words in line
    assert "\n" not in line


def test_files_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"gone\.toml: no such file"):
        read_course(tmp_path / "gone.toml")
    binary = tmp_path / "photo.toml"
    binary.write_bytes(b"\xff\xd8\xff\xe0" * 10)
    with pytest.raises(UserError, match=r"photo\.toml: not UTF-8"):
        read_course(binary)
    large = tmp_path / "large.toml"
    large.write_bytes(b"#" * ((1 << 20) + 1))
    with pytest.raises(UserError, match=r"large\.toml: too large"):
        read_course(large)


def test_the_command_line_takes_a_number_or_a_file(tmp_path: Path) -> None:
    assert asked_course("2")[1] == 1
    path = tmp_path / "mine.toml"
    path.write_text(GOOD, encoding="utf-8")
    course, at = asked_course(str(path))
    assert (course.title, at) == ("Blocks", 0)
    for wrong in ("0", "10"):
        with pytest.raises(UserError, match=f"--lesson {wrong}: choose 1 to 9"):
            asked_course(wrong)


def test_every_figure_is_documented() -> None:
    guide = ROOT / "docs" / "lessons.md"
    text = guide.read_text(encoding="utf-8")
    assert all(f"`{figure}`" in text for figure in FIGURES)
    example = text.split("```toml\n")[1].split("```")[0]
    assert len(parse_course(example, "example").lessons) == 2


def test_a_picture_whose_name_is_no_utf_8_is_found_again() -> None:
    name = os.fsdecode(b"caf\xe9 %41.jpg")
    image = {"name": name, "path": f"/pictures/{name}", "relative": f"../{name}", "received": True}
    lesson = Lesson("T", ("x",), NONE, MappingProxyType({"image": image}))
    text = course_text(Course("Own", (lesson,))).encode("utf-8").decode("utf-8")
    assert parse_course(text, "own.toml").lessons[0].state["image"] == image
