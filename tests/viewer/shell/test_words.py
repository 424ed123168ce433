"""Words that were put right stay so: none of the old ones is in the sources."""

from __future__ import annotations

import pytest

from tests.support.repository import ROOT

OLD = (
    "Passed over ",
    "Go on where it was",
    "Lesson before",
    "Who wins, per patch",
    "Gradient along its own run",
    "Rate and distortion",
    "over the rate: means",
    "Gain of refining",
    "Seconds a frame",
    "Patches a frame",
    "Take the file as received",
    "Encode its pixels",
    "its pixels serve",
    "shown as coded, not turned",
    'in their cell"',
    "to see it everywhere",
    "to see what it is made of",
    "Quantisation step, mean",
    "colour included",
    "as in the stream that is shown",
    "waves down",
    "what differs most",
    "whole residual",
    "saw the same data",
    "Mind how far apart",
    "raster none",
    "67 392",
    "65 280",
    "did not end as it should the last time",
    "of 64 left their cell",
)


@pytest.fixture(scope="module")
def sources() -> str:
    """All that the program can say, but for what networks and curves are called in files."""
    files = [
        *(ROOT / "viewer").rglob("*.py"),
        *(ROOT / "engine").rglob("*.py"),
        *(ROOT / "assets").rglob("*.toml"),
    ]
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


@pytest.mark.parametrize("words", OLD)
def test_old_words_are_gone(sources: str, words: str) -> None:
    assert words not in sources
