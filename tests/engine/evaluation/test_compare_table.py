"""The table of a comparison: what is written is read back, and what is wrong in it is told."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path

import pytest

from engine.choices import SETS
from engine.errors import UserError
from engine.evaluation.csv_file import Table
from engine.evaluation.table import COLUMNS, CompareRow, read_table
from engine.types import Context
from tests.support.repository import ROOT

STUDIES = ROOT / "assets" / "studies"
BUNDLED = sorted(path for path in STUDIES.glob("*.csv") if path.stem != "kodak_curves")
"""What `nrc compare` wrote; the curves of codecs have a test in `test_rate_curves`."""
ROW = CompareRow(
    decoder="learner-sab-1", learner="SAB", cell="elman", context="both", seed=1, parameters=20_000,
    updates=4000, train_seconds=612.5, ms_per_update=153.1, peak_mb=8.25, step=2, psnr_rgb_db=28.5,
    gain_db=0.525, set="learners", topic="", condition="q15", residual="as run", kind="raster",
    attentive=True, patches=8_000_000, gain_sd_db=0.11, worst_gain_db=-0.02, pictures=24,
    bits_per_pixel=0.359,
)  # fmt: skip
BARE = dataclasses.replace(
    ROW, decoder='mine, "the" second', seed=None, updates=None, train_seconds=None, ms_per_update=None,
    peak_mb=None, patches=None, gain_sd_db=None, attentive=False, psnr_rgb_db=math.inf,
    condition="q75, without fade-out",
)  # fmt: skip


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A table of two rows."""
    table = Table(tmp_path / "t.csv", COLUMNS)
    table.add([ROW, BARE])
    table.close()
    return tmp_path / "t.csv"


def test_rows_come_back_as_they_were(path: Path) -> None:
    assert read_table(path) == (ROW, BARE)


def test_the_columns_of_the_issue_come_first() -> None:
    assert COLUMNS[:13] == (
        "decoder", "learner", "cell", "context", "seed", "parameters", "updates", "train_seconds",
        "ms_per_update", "peak_mb", "step", "psnr_rgb_db", "gain_db",
    )  # fmt: skip


def test_columns_may_be_added_and_moved(path: Path) -> None:
    lines = [line.split(",", 1) for line in path.read_text().splitlines()[:2]]
    path.write_text("".join(f"{rest},note,{first}\n" for first, rest in lines))
    assert read_table(path) == (ROW,)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("psnr_rgb_db", "psnr", r"t\.csv: not a comparison of models \(no column 'psnr_rgb_db'\)"),
        ("612.5", "long", r"t\.csv: line 2: train_seconds must be a number, not 'long'"),
        ("4000", "4e3", r"t\.csv: line 2: updates must be a whole number, not '4e3'"),
        (",28.5,", ",,", r"t\.csv: line 2: psnr_rgb_db must be a number, not ''"),
        ("True", "yes", r"t\.csv: line 2: attentive must be True or False, not 'yes'"),
        (",24,0.359", "", r"t\.csv: line 2: pictures is missing"),
    ],
)
def test_what_is_wrong_is_told(path: Path, old: str, new: str, expected: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(UserError, match=expected):
        read_table(path)


def test_files_that_are_no_tables_are_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"none\.csv: can't be read \(no such file or directory\)"):
        read_table(tmp_path / "none.csv")
    for content in (b"", b"\xff\xfe\x00", b"some text\n"):
        (tmp_path / "odd.csv").write_bytes(content)
        with pytest.raises(UserError, match=r"odd\.csv: not a comparison of models"):
            read_table(tmp_path / "odd.csv")


@pytest.mark.parametrize("path", BUNDLED, ids=lambda path: path.stem)
def test_bundled_tables_are_of_their_set(path: Path) -> None:
    rows = read_table(path)
    assert {row.set for row in rows} == {path.stem}
    assert path.stem in SETS
    assert all(row.gain_db == 0 for row in rows if row.step == 0)


def test_the_contexts_are_bundled() -> None:
    (path,) = (path for path in BUNDLED if path.stem == "context")
    rows = read_table(path)
    assert {row.context for row in rows} == {context.value for context in Context}
    assert {row.decoder for row in rows} == {"raster"}
