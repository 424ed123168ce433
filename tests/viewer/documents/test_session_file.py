"""Session files and playlists: written, found again after a move, and what is told when they aren't."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.errors import UserError
from tests.support.viewer_engine import CARDS, STUDY_CARDS, picture, png
from viewer.core.job import Token, Work
from viewer.documents.jobs import Opened
from viewer.documents.open_jobs import open_files, open_session
from viewer.documents.playlist import order_from, passed_over_words, position, position_words
from viewer.documents.restore import kept, restored, restored_words
from viewer.documents.session_file import (
    SavedSession,
    file_hash,
    find_image,
    is_session,
    read,
    relative,
    write,
)
from viewer.model.session.capture import capture
from viewer.model.session.decoder_names import decoder_title
from viewer.model.session.opening import open_picture
from viewer.model.session.saved import ImageReference, View
from viewer.model.session.saved_json import first_state
from viewer.model.session.state import Options, Session
from viewer.model.session.view_changes import set_gain

START = Session(models=CARDS, options=Options(decoder="sweep"))


def result(work: Work) -> Opened:
    (opened,) = work(Token(lambda _: None))
    assert isinstance(opened, Opened)
    return opened


def shown(path: Path) -> Session:
    opened = result(open_files((path,), False))
    assert opened.picture is not None
    session = open_picture(START, opened.picture)
    return set_gain(replace(session, playlist=opened.playlist), 16)


def saved(path: Path, file: Path) -> Session:
    """Write the session of a picture; returns it."""
    session = shown(path)
    slot = capture(set_gain(session, 2))
    looking = replace(session.looking, slots=(None, slot, *session.looking.slots[2:]))
    session = replace(session, looking=looking)
    write(file, *kept(session, View(False, 2.0, (0.1, 0.2))))
    return session


def test_a_session_comes_back(tmp_path: Path) -> None:
    file = tmp_path / "a.nrcsession"
    session = saved(png(tmp_path / "pictures" / "p.png"), file)
    opened = result(open_session(file))
    assert opened.picture is not None
    assert opened.restored is not None
    assert (opened.restored.missing, opened.restored.note, opened.note) == ("", "", "")
    back = restored(open_picture(START, opened.picture), opened.restored)
    assert back.gain == 16
    assert back.looking.slots == session.looking.slots
    assert opened.restored.saved.state.view == View(False, 2.0, (0.1, 0.2))
    assert opened.playlist == session.playlist
    assert restored_words(back, opened.restored) == ""


def test_a_decoder_is_kept_by_its_file_s_name_and_shown_by_its_title(tmp_path: Path) -> None:
    file, name = tmp_path / "a.nrcsession", "learner-uoro-1"
    start = Session(models=STUDY_CARDS, options=Options(decoder=name))
    opened = result(open_files((png(tmp_path / "p.png"),), False))
    assert opened.picture is not None
    write(file, *kept(open_picture(start, opened.picture), View(False, 2.0, (0.1, 0.2))))
    title = decoder_title(name, STUDY_CARDS)
    assert f'"{name}"' in file.read_text(encoding="utf-8")
    assert title != name
    assert title not in file.read_text(encoding="utf-8")
    again = result(open_session(file))
    assert again.picture is not None
    assert again.restored is not None
    back = restored(open_picture(replace(START, models=STUDY_CARDS), again.picture), again.restored)
    assert back.options.decoder == name


def test_a_moved_folder_takes_its_sessions_along(tmp_path: Path) -> None:
    saved(png(tmp_path / "one" / "pictures" / "p.png"), tmp_path / "one" / "a.nrcsession")
    png(tmp_path / "one" / "pictures" / "p.png", seed=1)
    shutil.move(tmp_path / "one", tmp_path / "two")
    opened = result(open_session(tmp_path / "two" / "a.nrcsession"))
    assert opened.picture is not None
    assert opened.picture.path == tmp_path / "two" / "pictures" / "p.png"
    assert opened.playlist == (tmp_path / "two" / "pictures" / "p.png",)


def test_a_moved_session_finds_its_picture_by_the_absolute_path(tmp_path: Path) -> None:
    path = png(tmp_path / "pictures" / "p.png")
    saved(path, tmp_path / "a.nrcsession")
    (tmp_path / "far" / "away").mkdir(parents=True)
    shutil.move(tmp_path / "a.nrcsession", tmp_path / "far" / "away")
    opened = result(open_session(tmp_path / "far" / "away" / "a.nrcsession"))
    assert opened.picture is not None
    assert opened.picture.path == path


def test_the_same_picture_goes_before_one_in_the_same_place(tmp_path: Path) -> None:
    path = png(tmp_path / "p.png")
    reference = ImageReference("p.png", path=str(path), relative="other/p.png", sha256=file_hash(path))
    other = png(tmp_path / "other" / "p.png", seed=9)
    assert find_image(reference, tmp_path) == path
    assert find_image(replace(reference, sha256=""), tmp_path) == other
    path.unlink()
    assert find_image(reference, tmp_path) == other


def test_a_picture_that_is_gone_is_told_and_can_be_located(tmp_path: Path) -> None:
    path = png(tmp_path / "pictures" / "p.png")
    saved(path, tmp_path / "a.nrcsession")
    elsewhere = tmp_path / "elsewhere" / "q.png"
    elsewhere.parent.mkdir()
    shutil.move(path, elsewhere)
    opened = result(open_session(tmp_path / "a.nrcsession"))
    assert opened.picture is None
    assert opened.restored is not None
    assert opened.restored.missing == f"a.nrcsession: its picture {path} is not there any more"
    found = result(open_session(tmp_path / "a.nrcsession", elsewhere))
    assert found.picture is not None
    assert found.picture.path == elsewhere
    assert found.playlist == (elsewhere,)
    assert found.restored is not None
    assert found.restored.note == ""


def test_a_changed_picture_is_told(tmp_path: Path) -> None:
    path = png(tmp_path / "p.png")
    saved(path, tmp_path / "a.nrcsession")
    png(path, seed=7)
    opened = result(open_session(tmp_path / "a.nrcsession"))
    assert opened.restored is not None
    assert opened.restored.note == "p.png is not the same as when a.nrcsession was saved"


def test_a_pasted_picture_goes_into_the_file(tmp_path: Path) -> None:
    pasted = picture(name="clipboard")
    session = open_picture(START, pasted)
    write(tmp_path / "a.nrcsession", *kept(session, View()))
    opened = result(open_session(tmp_path / "a.nrcsession"))
    assert opened.picture is not None
    assert opened.picture.name == "clipboard"
    np.testing.assert_array_equal(opened.picture.pixels, pasted.pixels)


def test_a_sample_is_named(tmp_path: Path) -> None:
    session = open_picture(START, picture(name="chart"), sample="chart")
    saved_session, pixels = kept(session, View())
    assert pixels is None
    write(tmp_path / "a.nrcsession", saved_session, pixels)
    opened = result(open_session(tmp_path / "a.nrcsession"))
    assert opened.sample == "chart"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": "else"}, "a.nrcsession: is not an nrc-viewer session"),
        ({"version": 7}, "a.nrcsession: version 7 is not known; this program reads up to 1"),
        ({"state": {"gain": "x"}}, "a.nrcsession: 'gain' is not a whole number"),
        ({"state": None}, "a.nrcsession: holds no state"),
        ({"slots": [None, {"gain": 1.5}]}, "a.nrcsession: slot 2: 'gain' is not a whole number"),
    ],
)
def test_bad_sessions_are_told_in_one_line(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    file = tmp_path / "a.nrcsession"
    write(file, SavedSession(first_state()))
    assert read(file).state == first_state()
    file.write_text(json.dumps({**json.loads(file.read_text("utf-8")), **change}), "utf-8")
    with pytest.raises(UserError) as caught:
        read(file)
    assert str(caught.value) == message


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[" * 5000, b"[]", b'{"format": 1}'])
def test_what_is_no_session_is_told(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "a.nrcsession"
    file.write_bytes(content)
    with pytest.raises(UserError, match=r"^a.nrcsession: is not an nrc-viewer session"):
        read(file)
    with pytest.raises(UserError, match=r"^b.nrcsession: can't be read \("):
        read(tmp_path / "b.nrcsession")


def test_a_failed_write_leaves_the_old_session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.nrcsession"
    write(file, SavedSession(first_state().having({"gain": 2})))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(UserError, match="no space left on device"):
        write(file, SavedSession(first_state().having({"gain": 8})))
    monkeypatch.undo()
    assert read(file).state["gain"] == 2
    assert [each.name for each in tmp_path.iterdir()] == ["a.nrcsession"]


def test_names_and_places(tmp_path: Path) -> None:
    assert is_session(Path("A.NRCSESSION"))
    assert not is_session(Path("a.png"))
    assert relative(tmp_path / "b" / "c.png", tmp_path / "a") == "../b/c.png"
    assert file_hash(tmp_path / "none") == ""


# ---- playlists -------------------------------------------------------------------------------------------

A, B, C = Path("a"), Path("b"), Path("c")


def test_places_in_a_playlist() -> None:
    assert position((A, B, C), B) == 1
    assert position((A, B), C) is None
    assert position((A, B), None) is None
    assert position_words((A, B, C), C) == "3 of 3"
    assert position_words((A,), A) == ""
    assert position_words((A, B), C) == ""


def test_going_through_a_playlist_goes_around() -> None:
    assert order_from((A, B, C), A, 1) == (B, C)
    assert order_from((A, B, C), A, -1) == (C, B)
    assert order_from((A, B, C), C, 1) == (A, B)
    assert order_from((A, B), C, 1) == (A, B)
    assert order_from((A, B), C, -1) == (B, A)
    assert order_from((A,), A, 1) == ()
    assert order_from((), A, 1) == ()


def test_what_was_passed_over_is_told() -> None:
    assert passed_over_words(()) == ""
    assert passed_over_words(["a.png: is empty"]) == "Skipped a.png: is empty"
    assert passed_over_words(["a: x", "b: y", "c: z"]) == "Skipped a: x (and 2 more)"


def test_unreadable_files_are_passed_over(tmp_path: Path) -> None:
    bad = tmp_path / "a.png"
    bad.write_bytes(b"nothing")
    good = png(tmp_path / "b.png")
    opened = result(open_files((bad, good), False))
    assert opened.picture is not None
    assert opened.picture.path == good
    assert opened.playlist == (bad, good)
    assert opened.note.startswith("Skipped ")
    assert "a.png" in opened.note
    with pytest.raises(UserError, match=r"a\.png"):
        result(open_files((bad,), False))
    other = tmp_path / "c.png"
    other.write_bytes(b"")
    with pytest.raises(UserError, match=r"^none of 2 files can be read, e\.g\. "):
        result(open_files((bad, other), False))


def test_a_folder_stands_for_its_pictures(tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    paths = tuple(png(folder / name) for name in ("B.png", "a.png", "c.png"))
    (folder / "notes.txt").write_text("none")
    opened = result(open_files((folder,), False))
    assert opened.picture is not None
    assert opened.picture.path == paths[1]
    assert opened.playlist == (paths[1], paths[0], paths[2])
    single = result(open_files((paths[0],), False))
    assert single.playlist == opened.playlist
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match=r"^empty: holds no pictures$"):
        result(open_files((tmp_path / "empty",), False))
