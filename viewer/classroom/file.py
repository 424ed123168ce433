"""Files of a class playlist: TOML, each mistake told in one line (see docs/classroom.md). No Qt.

    format = 1
    title = "Lecture 7"

    [[item]]
    title = "Blocks"        # what it is called; left out: the name of what it opens
    lesson = 1              # one of the program's own lessons, or with `course = FILE` of that lesson file

    [[item]]
    session = "before.nrcsession"

    [[item]]
    picture = "holiday.jpg"
    received = true         # a codec's file: taken as received, not as an original

    [[item]]
    sample = "coffee"

Paths are relative to the file; one whose bytes are no UTF-8 is "file:" and its bytes percent-encoded.
"""

from __future__ import annotations

import json
import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.errors import UserError, printable, system_reason
from engine.io.atomic import write_atomically
from engine.io.opening import check_regular
from viewer.core.file_names import path_of, path_text, plain_text

FORMAT = 1
_LARGEST = 1 << 20
_FIELDS = {"title", "lesson", "course", "session", "picture", "sample", "received"}
KINDS = ("lesson", "session", "picture", "sample")


@dataclass(frozen=True)
class Item:
    """One entry. kind: of `KINDS`. path: of the session, the picture or the lesson file, None for the
    program's own. number: of the lesson, from 1. sample: a bundled sample's name. received: a picture's file
    is taken as a received stream."""

    kind: str
    title: str
    path: Path | None = None
    number: int = 0
    sample: str = ""
    received: bool = False


@dataclass(frozen=True)
class ClassList:
    """The entries of a lecture. path: of its file, None while it has none."""

    title: str = "Class"
    items: tuple[Item, ...] = ()
    path: Path | None = None


def read_class(path: Path) -> ClassList:
    """Read a file. Raises UserError naming it and the entry."""
    check_regular(path)
    try:
        if path.stat().st_size > _LARGEST:
            raise UserError(f"{path.name}: too large for a class playlist (more than 1 MiB)")
        text = path.read_bytes().decode("utf-8")
    except OSError as error:
        raise UserError(f"{path}: {system_reason(error)}") from None
    except UnicodeDecodeError as error:
        raise UserError(f"{path.name}: not UTF-8 text (byte {error.start})") from None
    return parse_class(text, path)


def parse_class(text: str, path: Path) -> ClassList:
    """The playlist that a file's text holds. Raises UserError."""
    name = path.name
    try:
        record = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UserError(f"{name}: not a class playlist: {printable(str(error))}") from None
    others = record.keys() - {"format", "title", "item"}
    if others:
        raise UserError(f"{name}: unknown field '{printable(min(others))}'")
    version = record.get("format", FORMAT)
    if version != FORMAT or type(version) is not int:
        raise UserError(f"{name}: 'format' is {version!r}, this program reads {FORMAT}")
    entries = record.get("item")
    if not isinstance(entries, list) or not entries:
        raise UserError(f"{name}: 'item' is missing: each entry begins with the line [[item]]")
    title = record.get("title", path.stem)
    if not isinstance(title, str):
        raise UserError(f"{name}: 'title' is no text")
    items = tuple(_item(entry, f"{name}: item {at}", path.parent) for at, entry in enumerate(entries, 1))
    return ClassList(title, items, path)


def _item(entry: object, where: str, folder: Path) -> Item:
    if not isinstance(entry, dict):
        raise UserError(f"{where} is not a table: it begins with the line [[item]]")
    others = entry.keys() - _FIELDS
    if others:
        raise UserError(f"{where}: unknown field '{printable(min(others))}'")
    kinds = [kind for kind in KINDS if kind in entry]
    if len(kinds) != 1:
        raise UserError(f"{where}: say exactly one of {', '.join(KINDS)}")
    kind = kinds[0]
    if "course" in entry and kind != "lesson":
        raise UserError(f"{where}: 'course' goes with 'lesson' only")
    if "received" in entry and (kind != "picture" or not isinstance(entry["received"], bool)):
        raise UserError(f"{where}: 'received' is true or false, and goes with 'picture' only")
    for field in entry.keys() - {"lesson", "received"}:
        if not isinstance(entry[field], str) or not entry[field]:
            raise UserError(f"{where}: '{field}' is no text")
    if kind == "lesson":
        return _lesson(entry, where, folder)
    if kind == "sample":
        return Item(kind, str(entry.get("title", entry[kind])), sample=entry[kind])
    path = folder / path_of(entry[kind])
    return Item(kind, str(entry.get("title", path.name)), path, received=entry.get("received", False))


def _lesson(entry: dict[str, Any], where: str, folder: Path) -> Item:
    number = entry["lesson"]
    if type(number) is not int or number < 1:
        raise UserError(f"{where}: 'lesson' is {number!r}, not a number from 1")
    path = folder / path_of(entry["course"]) if "course" in entry else None
    title = f"Lesson {number}" + (f" of {path.name}" if path is not None else "")
    return Item("lesson", entry.get("title", title), path, number)


def written(course: ClassList, folder: Path) -> str:
    """The file's text. folder: that it will lie in."""
    lines = [f"format = {FORMAT}", f"title = {_quoted(course.title)}"]
    for item in course.items:
        lines += ["", "[[item]]", f"title = {_quoted(item.title)}"]
        if item.kind == "lesson":
            lines.append(f"lesson = {item.number}")
        if item.kind == "sample":
            lines.append(f"sample = {_quoted(item.sample)}")
        elif item.path is not None:
            field = "course" if item.kind == "lesson" else item.kind
            lines.append(f"{field} = {_quoted(path_text(_relative(item.path, folder)))}")
        if item.received:
            lines.append("received = true")
    return "\n".join(lines) + "\n"


def write_class(course: ClassList, path: Path) -> None:
    """Write the file in one move. Raises UserError."""
    text = written(course, path.absolute().parent)
    write_atomically(path, lambda file: file.write(text.encode("utf-8")))


def _relative(path: Path, folder: Path) -> str:
    """From the folder on, so that both may move together; absolute on another drive."""
    try:
        return Path(os.path.relpath(path.absolute(), folder.absolute())).as_posix()
    except ValueError:
        return path.absolute().as_posix()


def _quoted(text: str) -> str:
    """A TOML string: JSON's escapes are TOML's, but for DEL."""
    return json.dumps(plain_text(text), ensure_ascii=False).replace("\x7f", "\\u007f")
