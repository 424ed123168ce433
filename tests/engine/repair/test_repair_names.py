"""Names of repaired files: patterns, collisions, what is never replaced."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine.errors import UserError
from engine.repair.findings import NONE
from engine.repair.formats import SaveAs
from engine.repair.many import Failed, repair_files
from engine.repair.names import Source, check_pattern, find_sources, name_of
from engine.repair.one import Order, Repaired
from tests.support import repair_files as files


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("{name}", "trip/sea.png"),
        ("{name}-q{quality}", "trip/sea-q20.png"),
        ("{folder}_{number}", "trip/in_007.png"),
        ("{name} at {strength} %", "trip/sea at 80 %.png"),
        ("{name}.PNG", "trip/sea.png"),
        ("{name}.final", "trip/sea.final.png"),
    ],
)
def test_patterns_are_filled(pattern: str, expected: str) -> None:
    check_pattern(pattern)
    source = Source(Path("in/sea.jpg"), Path("trip"), 7)
    assert name_of(pattern, source, ".png", 20, 0.8) == Path(expected)


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "  ",
        "{nam}",
        "{name",
        "name}",
        "a/{name}",
        "..\\{name}",
        "{name}*",
        ".{name}",
        "{name.real}",
        "a\nb",
    ],
)
def test_patterns_that_make_no_names_are_refused(pattern: str) -> None:
    with pytest.raises(UserError):
        check_pattern(pattern)


def tree(here: Path) -> Path:
    for name in ("b.jpg", "sub/a.JPG", "sub/deep/c.jpeg", ".hidden/d.jpg", "out/b.jpg"):
        files.camera_file(here / "in" / name)
    (here / "in" / "notes.txt").write_text("no picture")
    return here / "in"


def test_folders_are_walked_and_made_again(here: Path) -> None:
    folder = tree(here)
    sources = find_sources([folder, folder / "b.jpg"], folder / "out")
    assert [str(source.path.relative_to(folder)) for source in sources] == [
        "b.jpg", "sub/a.JPG", "sub/deep/c.jpeg"
    ]  # fmt: skip
    assert [source.number for source in sources] == [1, 2, 3]
    done = list(repair_files(sources, Order(folder / "out", decoder=NONE)))
    assert all(isinstance(each, Repaired) for each in done)
    written = sorted(str(path.relative_to(folder / "out")) for path in (folder / "out").rglob("*.png"))
    assert written == ["b.png", "sub/a.png", "sub/deep/c.png"]
    with pytest.raises(UserError, match="holds no files"):
        find_sources([(here / "empty")] if (here / "empty").mkdir() is None else [])


def test_names_that_collide_are_told_and_written_once(here: Path) -> None:
    sources = find_sources([files.camera_file(here / name) for name in ("x/a.jpg", "y/a.jpg", "y/A.jpeg")])
    first, *others = repair_files(sources, Order(here / "out", decoder=NONE, overwrite=True))
    assert isinstance(first, Repaired)
    assert [isinstance(each, Failed) and "add {number}" in each.why for each in others] == [True, True]
    assert [path.name for path in (here / "out").iterdir()] == ["a.png"]
    order = Order(here / "out", "{folder}-{name}-{number}", decoder=NONE)
    assert len({each.target for each in repair_files(sources, order) if isinstance(each, Repaired)}) == 3


def test_files_that_are_there_stay_unless_asked(here: Path) -> None:
    source = files.camera_file(here / "a.jpg")
    there = here / "out" / "a.png"
    there.parent.mkdir()
    there.write_bytes(b"before")
    (outcome,) = repair_files([Source(source)], Order(here / "out", decoder=NONE))
    assert isinstance(outcome, Failed)
    assert "is there already" in outcome.why
    assert there.read_bytes() == b"before"
    (outcome,) = repair_files([Source(source)], Order(here / "out", decoder=NONE, overwrite=True))
    assert isinstance(outcome, Repaired)
    assert there.read_bytes() != b"before"


def test_received_files_are_never_replaced(here: Path) -> None:
    a, b = files.camera_file(here / "a.jpg"), files.camera_file(here / "a-b.jpg")
    before = a.read_bytes(), b.read_bytes()
    order = Order(here, "{name}", SaveAs("jpeg", 90), NONE, overwrite=True)
    outcomes = list(repair_files(find_sources([a, b]), order))
    assert [isinstance(each, Failed) and "would replace" in each.why for each in outcomes] == [True, True]
    order = Order(here, "{name}-b", SaveAs("jpeg", 90), NONE, overwrite=True)
    outcomes = list(repair_files(find_sources([a]), order))
    assert isinstance(outcomes[0], Repaired)  # asked for, and not among those to be repaired
    (here / "link.jpg").symlink_to(a)
    (outcome,) = repair_files(
        [Source(here / "link.jpg")], Order(here, "a", SaveAs("jpeg"), NONE, overwrite=True)
    )
    assert isinstance(outcome, Failed)
    assert a.read_bytes() == before[0]


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="rights that count")
def test_a_folder_that_may_not_be_written_is_told_at_once(here: Path) -> None:
    (here / "closed").mkdir(mode=0o500)
    with pytest.raises(UserError, match="can't be made"):
        next(repair_files([Source(here / "a.jpg")], Order(here / "closed" / "out")))


def test_a_file_in_place_of_the_folder_is_told_at_once(here: Path) -> None:
    (here / "out").write_text("no folder")
    with pytest.raises(UserError, match="is a file, not a folder"):
        next(repair_files([Source(here / "a.jpg")], Order(here / "out")))
