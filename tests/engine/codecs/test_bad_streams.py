"""Damaged and forged `.nrc` files: always told in one line, never a crash, a hang or another picture."""

from __future__ import annotations

import time
import tracemalloc
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine import pipeline
from engine.cli import main as cli
from engine.codecs.learned.container import unpack
from engine.errors import UserError
from engine.types import Coded, EncodeOptions
from tests.support.stream_damage import CORRUPTIONS, FORGERIES, cut, damaged, with_right_sum
from tests.support.tiny_models import textured_pixels

NUMBER, FORGED = 500, 240
LONGEST = 10.0
"""Seconds that no small stream takes, even on a busy machine."""


@pytest.fixture(params=["e2e", "goog"])
def payload(request: pytest.FixtureRequest, tiny_codecs: Path) -> bytes:
    quality = {"e2e": 30, "goog": 4}[request.param]
    return pipeline.encode(request.param, textured_pixels(), EncodeOptions(quality=quality)).payload


def decoded(payload: bytes) -> Coded | None:
    """The stream, or None if it was refused as it should be: soon, and by one line that names it."""
    start, said = time.perf_counter(), ""
    coded: Coded | None = None
    try:
        coded = pipeline.decode(payload, "bad.nrc")
    except UserError as error:
        said = str(error)
    assert time.perf_counter() - start < LONGEST
    if coded is None:
        assert said.startswith("bad.nrc: ")
        assert said.isprintable()
    return coded


def test_500_corruptions_are_told(payload: bytes) -> None:
    rng = np.random.default_rng(1)
    for number in range(NUMBER):
        assert decoded(damaged(CORRUPTIONS, payload, number, rng)) is None


def test_500_cuts_are_told(payload: bytes) -> None:
    rng = np.random.default_rng(2)
    for _ in range(NUMBER):
        assert decoded(cut(rng, payload)) is None


def test_forgeries_are_told_or_make_a_picture_of_the_size_that_they_name(payload: bytes) -> None:
    """With a right check sum another picture may come out, but nothing else."""
    rng = np.random.default_rng(3)
    pictures = 0
    for number in range(FORGED):
        changed = damaged(FORGERIES, payload, number, rng)
        coded = decoded(changed)
        if coded is not None:
            pictures += 1
            assert (coded.width, coded.height) == (
                int.from_bytes(changed[6:8], "big"),
                int.from_bytes(changed[8:10], "big"),
            )
            assert not coded.standard.flags.writeable
    assert 0 < pictures < FORGED


@pytest.mark.parametrize("size", [(9000, 9000), (65500, 1500), (1500, 65500)])
def test_a_size_that_the_data_cannot_fill_is_told_at_once(payload: bytes, size: tuple[int, int]) -> None:
    """Or a file of a few hundred bytes could ask for minutes and gigabytes."""
    whole = unpack(payload, payload[4:5], payload[5], "nrc", "whole")
    forged = replace(whole, width=size[0], height=size[1]).pack()
    tracemalloc.start()
    try:
        with pytest.raises(UserError, match=r"bad\.nrc: the .* is damaged \(its data are too short for"):
            pipeline.decode(forged, "bad.nrc")
        assert tracemalloc.get_traced_memory()[1] < 20e6
    finally:
        tracemalloc.stop()


def test_the_sum_is_what_the_format_says(payload: bytes) -> None:
    assert with_right_sum(payload) == payload


def test_the_command_says_one_line_and_writes_nothing(
    payload: bytes, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = np.random.default_rng(4)
    for number in range(60):
        bad = cut(rng, payload) if number % 3 == 0 else damaged(CORRUPTIONS, payload, number, rng)
        Path("holiday.nrc").write_bytes(bad)
        assert cli.main(["decode", "holiday.nrc", "-o", "out.png"]) == 2
        said = capsys.readouterr()
        assert said.out == ""
        assert said.err.startswith("nrc: error: holiday.nrc: ")
        assert said.err.count("\n") == 1
        assert not Path("out.png").exists()
