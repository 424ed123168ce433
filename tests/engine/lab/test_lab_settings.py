"""Settings of the lab: read, changed, written and read again; mistakes told in one line."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import pytest

from engine.errors import UserError
from engine.lab.settings import (
    LaneSettings,
    as_toml,
    changed,
    lane,
    load_settings,
    presets,
    with_lanes,
)
from engine.lab.tasks.base import TASKS
from tests.support.lab import settings


@pytest.mark.parametrize("name", list(presets()))
def test_presets_can_be_read_and_written(name: str, tmp_path: Path) -> None:
    chosen = load_settings(name)
    assert chosen.task in TASKS
    assert chosen.see
    assert len(chosen.commentary) > 100
    assert chosen.verdict in ("good", "bad")
    path = tmp_path / "lab.toml"
    path.write_text(as_toml(chosen), encoding="utf-8")
    assert load_settings(path) == chosen


def test_lanes_are_read_and_written() -> None:
    assert lane("bptt") == LaneSettings("bptt")
    assert lane("tbptt:5,every=10") == LaneSettings("tbptt", 5, 10)
    assert lane("uoro,rate=0.3,draws=4,cell=gru") == LaneSettings("uoro", rate=0.3, draws=4, cell="gru")
    for text in ("bptt", "tbptt:5,every=10", "uoro,cell=gru,rate=0.3,draws=4", "rtrl,every=3"):
        assert lane(lane(text).text) == lane(text)
    assert lane("tbptt:5").title == "Truncated BPTT (5)"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("magic", "unknown learner 'magic'"),
        ("tbptt:x", "invalid literal"),
        ("tbptt:0", "at least 1"),
        ("bptt,every=2", "at the row's end only"),
        ("tbptt:4,every=6", "end of a window"),
        ("rtrl,cell=cell", "unknown cell 'cell'"),
        ("rtrl,speed=9", "unknown field 'speed'"),
        ("rtrl,rate=-1", "rate above 0"),
    ],
)
def test_wrong_lanes_are_told(text: str, reason: str) -> None:
    with pytest.raises(UserError, match=f"lane '{text}'.*{reason}"):
        lane(text)


def test_settings_are_changed_by_key() -> None:
    new = changed(
        settings(), ["delay=7", "network.units=9", "optimiser.muon_rate=0.1", "title=Mine", "fair=seconds"]
    )
    assert (new.options["delay"], new.network.units, new.optimiser.muon_rate) == (7, 9, 0.1)
    assert (new.title, new.fair) == ("Mine", "seconds")
    assert asdict(changed(new, ["delay=2"]))["options"] == {"delay": 2, "span": 4}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("delay", "is not KEY=VALUE"),
        ("network.size=3", "unknown field 'size'"),
        ("network.units=many", "'units' is not a whole number"),
        ("network.cell=nerve", "unknown cell 'nerve'"),
        ("fair=luck", "fair must be one of"),
        ("seeds=1", "'seeds' is not a list"),
        ("optimiser.ema=1", "ema in 0 to 1"),
    ],
)
def test_wrong_changes_are_told(text: str, reason: str) -> None:
    with pytest.raises(UserError, match=reason):
        changed(settings(), [text])


def test_there_are_one_to_six_lanes() -> None:
    for lanes in ([], ["bptt"] * 7):
        with pytest.raises(UserError, match="1 to 6 lanes"):
            with_lanes(settings(), lanes)


def test_files_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    with pytest.raises(UserError, match=r"own\.toml: no such file.*presets: .*late-answer"):
        load_settings(path)
    path.write_text("title = ")
    with pytest.raises(UserError, match=r"own\.toml: not valid TOML"):
        load_settings(path)
    path.write_text('title = "T"\ntask = "late-answer"\ncolour = 3')
    with pytest.raises(UserError, match=r"own\.toml: unknown field 'colour'"):
        load_settings(path)
