"""Whether a path answers: dead folders are left behind, what is said in time is passed on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.errors import UserError
from viewer.core.answers import answer, answers, there


@pytest.fixture
def dead() -> Iterator[threading.Event]:
    released = threading.Event()
    yield released
    released.set()


def test_a_dead_folder_holds_up_no_other(tmp_path: Path, dead: threading.Event) -> None:
    def ask(path: Path) -> bool:
        if path.parent.name == "dead":
            dead.wait(30)
        if path.name == "odd":
            raise ValueError("embedded null byte")
        return path.name == "a"

    living, gone = tmp_path / "living", tmp_path / "dead"
    paths = [gone / "a", living / "a", living / "b", living / "odd", gone / "b"]
    expected = {living / "a": True, living / "b": False, living / "odd": False}
    assert answers(ask, paths, 0.2) == expected
    assert not there(gone / "a", ask)
    assert there(living / "a", ask)


def test_what_is_said_in_time_is_passed_on(dead: threading.Event) -> None:
    def refuse() -> int:
        raise UserError("no")

    assert answer(lambda: 3, 0, 30) == 3
    assert answer(lambda: int(dead.wait(30)), 7, 0.05) == 7
    with pytest.raises(UserError, match="no"):
        answer(refuse, 0, 30)
