"""Files that hold a session: a picture's reference and what was set, to go on another time. No Qt.

`.nrcsession` files are JSON: {"format", "version", "state", "slots", "playlist"}; states are those of
`saved_json`. A picture is found by its path relative to the file, so that a folder may move, else by
its absolute one, else beside the file; its hash tells whether it is still the same.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.errors import UserError, printable, system_reason
from engine.io.opening import check_regular, open_regular
from engine.records import filled
from engine.types import Pixels
from viewer.core.answers import READ_SECONDS, answers
from viewer.documents.saved import Saved
from viewer.model.session.choices import SLOTS
from viewer.model.session.saved import ImageReference, SavedState
from viewer.model.session.saved_json import from_json, to_json

if TYPE_CHECKING:
    from viewer.core.job import Token, Work

SUFFIX = ".nrcsession"
FORMAT = "nrc-viewer session"
VERSION = 1
_MOST_BYTES = 64 << 20


@dataclass(frozen=True, eq=False)
class SavedSession:
    """What a file holds. slots: the saved views, None where one is empty. playlist: absolute paths."""

    state: SavedState
    slots: tuple[SavedState | None, ...] = (None,) * SLOTS
    playlist: tuple[Path, ...] = ()


@dataclass(frozen=True, eq=False)
class Reopened:
    """A session that has been read. path: of its file. missing: why its picture can't be had, "" where it is
    there. note: what else to say. temporary: the file is one of the program's own."""

    saved: SavedSession
    path: Path
    missing: str = ""
    note: str = ""
    temporary: bool = False


@dataclass(frozen=True)
class _Listed:
    """A picture of the playlist, as it is stored."""

    path: str = ""
    relative: str = ""


# ---- writing ---------------------------------------------------------------------------------------------


def save(path: Path, saved: SavedSession, pixels: Pixels | None = None) -> Work:
    """A job that writes the file, and says so. pixels: of a picture that has no file; it goes in."""

    def work(_: Token) -> Iterator[Saved]:
        write(path, saved, pixels)
        yield Saved(path)

    return work


def write(path: Path, saved: SavedSession, pixels: Pixels | None = None) -> None:
    """Write the file in one move. Raises UserError."""
    from engine.io.atomic import write_atomically

    text = json.dumps(_record(path, saved, pixels), indent=1, ensure_ascii=False)
    # a name whose bytes are no UTF-8 holds lone surrogates, whose escapes are JSON's, too
    write_atomically(path, lambda file: file.write(text.encode("utf-8", "backslashreplace")))


def _record(path: Path, saved: SavedSession, pixels: Pixels | None) -> dict[str, Any]:
    folder = path.absolute().parent
    image = _complete(saved.state.image, folder, pixels)
    return {
        "format": FORMAT,
        "version": VERSION,
        "state": to_json(replace(saved.state, image=image)),
        "slots": [to_json(slot) if slot is not None else None for slot in saved.slots],
        "playlist": [asdict(_Listed(str(each), relative(each, folder))) for each in saved.playlist],
    }


def _complete(image: ImageReference, folder: Path, pixels: Pixels | None) -> ImageReference:
    """A reference with what writing it takes: path from the folder, hash, or the pixels themselves."""
    if image.path:
        path = Path(image.path)
        return replace(image, relative=relative(path, folder), sha256=file_hash(path))
    if image.sample or pixels is None or not image.name:
        return image
    from PIL import Image

    data = io.BytesIO()
    Image.fromarray(pixels).save(data, "PNG")
    return replace(image, embedded=base64.b64encode(data.getvalue()).decode("ascii"))


def relative(path: Path, folder: Path) -> str:
    """A path as seen from a folder, with slashes; "" where there is none, e.g. on another drive."""
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:
        return ""


def file_hash(path: Path) -> str:
    """SHA-256 of a file's bytes in hexadecimal; "" where it can't be read."""
    try:
        with open_regular(path) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, UserError):
        return ""


# ---- reading ---------------------------------------------------------------------------------------------


def read(path: Path) -> SavedSession:
    """Read a file. Raises UserError with one line that names it and the reason."""
    label = printable(path.name)
    check_regular(path, label)
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise UserError(f"{label}: is too large for a session")
        record = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise UserError(f"{label}: can't be read ({system_reason(error)})") from None
    except (ValueError, RecursionError):
        raise UserError(f"{label}: is not an nrc-viewer session (no JSON)") from None
    if not isinstance(record, dict) or record.get("format") != FORMAT:
        raise UserError(f"{label}: is not an nrc-viewer session")
    version = record.get("version")
    if type(version) is not int or not 1 <= version <= VERSION:
        raise UserError(f"{label}: version {version!r} is not known; this program reads up to {VERSION}")
    slots = record.get("slots")
    found = [
        from_json(slot, f"{label}: slot {at}") if slot is not None else None
        for at, slot in enumerate(slots if isinstance(slots, list) else [], 1)
    ]
    filled = tuple([*found, *(None,) * SLOTS][:SLOTS])
    state = from_json(record.get("state"), label)
    return SavedSession(state, filled, _playlist(record.get("playlist"), path.absolute().parent))


def _playlist(entries: object, folder: Path) -> tuple[Path, ...]:
    """Those of the listed pictures that are still there; one whose folder doesn't answer may be."""
    listed = [
        filled(_Listed(), entry, "playlist", forgiving=True)
        for entry in (entries if isinstance(entries, list) else [])
        if isinstance(entry, dict)
    ]
    places = [_places(each.relative, each.path, folder) for each in listed]
    known = answers(Path.is_file, (place for each in places for place in each), READ_SECONDS)
    found = (_first(each, known) for each in places)
    return tuple(dict.fromkeys(each for each in found if each is not None))


def _first(places: list[Path], known: dict[Path, bool]) -> Path | None:
    """The first place that a picture is at, else the first that gave no answer."""
    return next((place for place in places if known.get(place)), None) or next(
        (place for place in places if place not in known), None
    )


def _places(relative_path: str, path: str, folder: Path) -> list[Path]:
    """Where a picture may be, the best place first."""
    places = [Path(os.path.normpath(folder / relative_path))] if relative_path else []
    places += [Path(path)] if path else []
    name = (path or relative_path).replace("\\", "/").rpartition("/")[2]
    return [*places, *([folder / name] if name else [])]


def find_image(image: ImageReference, folder: Path) -> Path | None:
    """The file that a reference means: one with its hash if there is any, else the first that is there."""
    places = _places(image.relative, image.path, folder)
    known = answers(Path.is_file, places, READ_SECONDS)
    there = [place for place in places if known.get(place)]
    same = (place for place in there if image.sha256 and file_hash(place) == image.sha256)
    return next(same, None) or _first(places, known)


def is_session(path: Path) -> bool:
    """Whether a file is named like a session."""
    return path.suffix.lower() == SUFFIX
