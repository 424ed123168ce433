"""Lesson files: TOML that lecturers write, each mistake told in one line (see docs/lessons.md). No Qt."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Mapping
from enum import Enum
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any

from engine.codecs.facts import CODEC_FACTS
from engine.errors import UserError, printable, system_reason
from engine.io.opening import check_regular
from engine.records import value_of
from viewer.core.answers import READ_SECONDS, answer
from viewer.core.file_names import path_of, path_text, plain_text
from viewer.model.session.compare_presets import PRESETS
from viewer.model.session.lab import preset_names
from viewer.model.session.lessons import FIGURES, NONE, Course, Lesson, Question
from viewer.model.session.saved_json import from_json, state_fields
from viewer.model.session.setting import declared
from viewer.model.session.state import Session

FORMAT = 1
_LARGEST = 1 << 20
"""Bytes: a course is text; whatever is larger was chosen by mistake."""
_LARGEST_ZOOM = 64
_COURSE = {"format", "title", "lesson"}
_LESSON = {"title", "text", "figure", "preset", "state", "zoom", "lab", "predict", "takeaway", "notes"}
_PREDICT = {"question", "choices", "answer", "outcome"}
_MOST_CHOICES = 6


def bundled_course() -> Course:
    """The lessons that come with the program."""
    text = files("assets").joinpath("lessons", "course.toml").read_text(encoding="utf-8")
    return parse_course(text, "course.toml")


def read_course(path: Path) -> Course:
    """Read a lesson file. Raises UserError naming the file and the field."""
    check_regular(path)
    try:
        if path.stat().st_size > _LARGEST:
            raise UserError(f"{path.name}: too large for a lesson file (more than 1 MiB)")
        data = path.read_bytes()
    except OSError as error:
        raise UserError(f"{path}: {system_reason(error)}") from None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UserError(f"{path.name}: not UTF-8 text (byte {error.start})") from None
    return parse_course(text, path.name, path)


def asked_course(text: str) -> tuple[Course, int]:
    """What the command line asks for: the number of a bundled lesson, from 1, or the name of a file.

    Returns the course and the number of the lesson in it, from 0. Raises UserError.
    """
    if not text.isdecimal():
        asked = answer(lambda: read_course(Path(text)), None, READ_SECONDS)
        if asked is None:
            raise UserError(f"{printable(text)}: can't be read (its folder doesn't answer)")
        return asked, 0
    course = bundled_course()
    if not 1 <= int(text) <= len(course.lessons):
        raise UserError(f"--lesson {text}: choose 1 to {len(course.lessons)}, or a FILE")
    return course, int(text) - 1


def parse_course(text: str, name: str, path: Path | None = None) -> Course:
    """The course that a file's text holds. name: of the file, for errors. Raises UserError."""
    try:
        record = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UserError(f"{name}: not a lesson file: {printable(str(error))}") from None
    _no_others(record, _COURSE, name, "")
    version = record.get("format", FORMAT)
    if version != FORMAT or type(version) is not int:
        raise UserError(f"{name}: 'format' is {version!r}, this program reads {FORMAT}")
    entries = record.get("lesson")
    if not isinstance(entries, list) or not entries:
        raise UserError(f"{name}: 'lesson' is missing: each lesson begins with the line [[lesson]]")
    lessons = tuple(_lesson(entry, name, number) for number, entry in enumerate(entries, 1))
    title = _text(record, "title", name, "", otherwise=lessons[0].title)
    return Course(title, lessons, path)


def _lesson(entry: object, name: str, number: int) -> Lesson:
    where = f"lesson {number}: "
    if not isinstance(entry, dict):
        raise UserError(f"{name}: lesson {number} is not a table: it begins with the line [[lesson]]")
    _no_others(entry, _LESSON, name, where)
    figure = _text(entry, "figure", name, where, otherwise=NONE)
    if figure not in FIGURES:
        raise UserError(f"{name}: {where}'figure' is '{figure}', not one of: {', '.join(FIGURES)}")
    preset = _text(entry, "preset", name, where, otherwise="")
    if preset and preset not in PRESETS:
        raise UserError(f"{name}: {where}'preset' is '{preset}', not one of: {', '.join(PRESETS)}")
    state = entry.get("state", {})
    if not isinstance(state, dict):
        raise UserError(f"{name}: {where}'state' is not a table")
    _check_state(state, state_fields(), name, where, "state.")
    from_json(state, f"{name}: lesson {number}: state")
    _check_names(state, name, where)
    title, zoom = _text(entry, "title", name, where), _zoom(entry, name, where)
    lab = _text(entry, "lab", name, where, otherwise="")
    if lab and lab not in preset_names():
        raise UserError(f"{name}: {where}'lab' is '{lab}', not one of: {', '.join(preset_names())}")
    return Lesson(
        title,
        _paragraphs(entry, name, where),
        figure,
        MappingProxyType(_with_names(state, path_of)),
        preset,
        zoom,
        lab=lab,
        question=_question(entry["predict"], name, where) if "predict" in entry else None,
        takeaway=_text(entry, "takeaway", name, where, otherwise=""),
        notes=_paragraphs(entry, name, where, "notes") if "notes" in entry else (),
    )


def _zoom(entry: dict[str, Any], name: str, where: str) -> float:
    """Screen pixels per image pixel, 0 for none."""
    value = entry.get("zoom", 0)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _LARGEST_ZOOM:
        raise UserError(f"{name}: {where}'zoom' must be a number from 0 to {_LARGEST_ZOOM}")
    return float(value)


def _question(entry: object, name: str, where: str) -> Question:
    """What is asked before a run."""
    if not isinstance(entry, dict):
        raise UserError(f"{name}: {where}'predict' is not a table")
    _no_others(entry, _PREDICT, name, where, "predict.")
    choices, answer = entry.get("choices"), entry.get("answer")
    there = isinstance(choices, list) and all(isinstance(each, str) and each.strip() for each in choices)
    if not isinstance(choices, list) or not there or not 2 <= len(choices) <= _MOST_CHOICES:
        raise UserError(f"{name}: {where}'predict.choices' must be 2 to {_MOST_CHOICES} texts")
    if type(answer) is not int or not 1 <= answer <= len(choices):
        raise UserError(
            f"{name}: {where}'predict.answer' must be the number of a choice, 1 to {len(choices)}"
        )
    question, outcome = (_text(entry, key, name, where + "predict: ") for key in ("question", "outcome"))
    return Question(question, tuple(" ".join(each.split()) for each in choices), answer - 1, outcome)


def _paragraphs(entry: dict[str, Any], name: str, where: str, key: str = "text") -> tuple[str, ...]:
    """A list of texts, or one text whose paragraphs are parted by empty lines."""
    value = entry.get(key)
    if isinstance(value, str):
        value = value.split("\n\n")
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise UserError(f"{name}: {where}'{key}' must be a text or a list of texts, its paragraphs")
    paragraphs = tuple(" ".join(each.split()) for each in value)
    kept = tuple(each for each in paragraphs if each)
    if not kept:
        raise UserError(f"{name}: {where}'{key}' is empty")
    return kept


def _text(entry: dict[str, Any], key: str, name: str, where: str, otherwise: str | None = None) -> str:
    value = entry.get(key, otherwise)
    if value is None:
        raise UserError(f"{name}: {where}'{key}' is missing")
    text = " ".join(value_of(str, value, f"{name}: {where}".rstrip(" :"), key).split())
    if not text and otherwise is None:
        raise UserError(f"{name}: {where}'{key}' is empty")
    return text


def _no_others(entry: Mapping[str, Any], known: set[str], name: str, where: str, path: str = "") -> None:
    """What this program doesn't know is most likely misspelt, and would silently do nothing."""
    for key in entry:
        if key not in known:
            fields_there = ", ".join(sorted(known))
            raise UserError(
                f"{name}: {where}unknown field '{path}{printable(key)}' (there are: {fields_there})"
            )


def _check_state(
    entry: Mapping[str, Any], known: Mapping[str, Any], name: str, where: str, path: str
) -> None:
    """Fields of a state, those of its tables too."""
    _no_others(entry, set(known), name, where, path)
    for key, value in entry.items():
        if isinstance(known[key], Mapping) and isinstance(value, dict):
            _check_state(value, known[key], name, where, f"{path}{key}.")


def _check_names(state: Mapping[str, Any], name: str, where: str) -> None:
    """What is chosen by name: elsewhere unknown names are passed over, but in a lesson they are mistakes."""
    for each in declared(Session).values():
        *table, key = each.stored.split(".")
        value = (state.get(table[0], {}) if table else state).get(key)
        there = tuple(CODEC_FACTS) if each.path == "options.codec" else _values(each.hint)
        if each.in_files and there and value is not None and value not in there:
            text = f"'state.{each.stored}' is '{printable(value)}', not one of: {', '.join(there)}"
            raise UserError(f"{name}: {where}{text}")


def _values(kind: object) -> tuple[str, ...]:
    """What one may choose from, () where there is no end of it."""
    return tuple(each.value for each in kind) if isinstance(kind, type) and issubclass(kind, Enum) else ()


# ---- writing ---------------------------------------------------------------------------------------------


def course_text(course: Course) -> str:
    """A course as the text of a lesson file."""
    lines = [f"format = {FORMAT}", f"title = {_toml(course.title)}"]
    for lesson in course.lessons:
        lines += ["", "[[lesson]]", f"title = {_toml(lesson.title)}"]
        lines += ["text = [", *(f"  {_toml(each)}," for each in lesson.text), "]"]
        lines.append(f"figure = {_toml(lesson.figure)}")
        if lesson.preset:
            lines.append(f"preset = {_toml(lesson.preset)}")
        if lesson.zoom:
            lines.append(f"zoom = {_toml(lesson.zoom)}")
        for key, value in (("lab", lesson.lab), ("takeaway", lesson.takeaway), ("notes", lesson.notes)):
            if value:
                lines.append(f"{key} = {_toml(value)}")
        if lesson.question is not None:
            asked = vars(lesson.question) | {"answer": lesson.question.answer + 1}
            lines += _table("lesson.predict", asked)
        lines += _table("lesson.state", _with_names(lesson.state, path_text))
    return "\n".join(lines) + "\n"


def _with_names(state: Mapping[str, Any], change: Callable[[str], str]) -> Mapping[str, Any]:
    """A state whose picture's file is named as the text of a file has it, or the other way round."""
    image = state.get("image")
    if not isinstance(image, Mapping):
        return state
    named = {key: change(image[key]) for key in ("name", "path", "relative") if image.get(key)}
    return {**state, "image": {**image, **named}}


def _table(name: str, record: Mapping[str, Any]) -> list[str]:
    """A table with its own tables after it; None is what TOML has no word for."""
    plain = {key: value for key, value in record.items() if not isinstance(value, Mapping)}
    lines = ["", f"[{name}]"] if plain or not record else []
    lines += [f"{_key(key)} = {_toml(value)}" for key, value in plain.items() if value is not None]
    for key, value in record.items():
        if isinstance(value, Mapping):
            lines += _table(f"{name}.{_key(key)}", value)
    return lines


def _key(name: str) -> str:
    bare = name.replace("_", "").replace("-", "")
    return name if bare.isascii() and bare.isalnum() else _toml(name)


def _toml(value: Any) -> str:
    """One value; JSON's texts are TOML's basic strings, but for the character DEL."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(plain_text(value), ensure_ascii=False).replace("\x7f", "\\u007F")
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, tuple | list):
        return "[" + ", ".join(_toml(each) for each in value) + "]"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(str(k))} = {_toml(v)}" for k, v in value.items()) + "}"
    raise TypeError(f"no TOML for {type(value).__name__}")
