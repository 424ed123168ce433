"""The pictures that come with the lab: many, small, and each with author, licence and source."""

from __future__ import annotations

import tomllib
from pathlib import Path

from engine.lab.library import bundled

FOLDER = Path(__file__).resolve().parents[3] / "assets" / "lab" / "pictures"
FREE = ("CC0-1.0", "CC-BY-4.0", "CC-BY-SA-4.0", "GPL-2.0-or-later", "LGPL-3.0-only", "public domain")


def test_every_picture_is_accounted_for() -> None:
    notes = tomllib.loads((FOLDER / "pictures.toml").read_text(encoding="utf-8"))["picture"]
    assert {each["file"] for each in notes} == {path.name for path in FOLDER.glob("*.jpg")}
    for each in notes:
        assert each["author"]
        assert each["licence"] in FREE
        assert each["source"].startswith(("Debian package ", "scikit-image "))


def test_there_are_enough_and_they_are_small() -> None:
    train, validation = bundled("train"), bundled("validation")
    assert len(train) >= 24
    assert len(validation) >= 6
    assert not set(train.paths) & set(validation.paths)
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 4_000_000
    assert all(min(train[i].shape[:2]) >= 256 for i in range(len(train)))


def test_no_photograph_is_both_learned_from_and_measured_on() -> None:
    notes = tomllib.loads((FOLDER / "pictures.toml").read_text(encoding="utf-8"))["picture"]
    sources = {
        use: {each["source"] for each in notes if each["use"] == use} for use in ("train", "validation")
    }
    assert not sources["train"] & sources["validation"]
