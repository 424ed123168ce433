"""Benchmarks: what the summary makes of rows, which runs a plan holds, what a CSV file keeps."""

from __future__ import annotations

import csv
import dataclasses
import math
import time
from pathlib import Path

import pytest

from engine import pipeline
from engine.cli.bench_output import summary_table
from engine.errors import UserError
from engine.evaluation.bench import (
    card_gain_db,
    check_qualities,
    gain,
    plan_runs,
    summarise,
    widest_context,
)
from engine.evaluation.csv_file import FIELDS, Table
from engine.evaluation.rows import Row
from engine.io.image import find_pictures
from engine.models.card import ModelCard
from engine.types import Context, DecodeOptions, EncodeOptions, ignore, never
from tests.support.tiny_models import save_tiny_model, textured_pixels


def card(name: str, contexts: tuple[Context, ...], carry: bool = False) -> ModelCard:
    return ModelCard(name, "sweep", "", "", "BPTT", 2, contexts, carry, 1, {})


def rows(
    image: str, curve: list[float], quality: int = 15, decoder: str = "a", context: str = "both"
) -> list[Row]:
    sent = (0.4 if image == "x" else 0.6, 50, 40, decoder, "BPTT", context)
    return [
        Row(image, "jpeg", quality, 800, *sent, step, db, db + 1, 0.9, None, 0.25 * step)
        for step, db in enumerate(curve)
    ]


def test_gain_of_exact_pictures() -> None:
    assert gain(30.0, 31.5) == 1.5
    assert gain(math.inf, math.inf) == 0.0
    assert gain(30.0, math.inf) == math.inf
    assert gain(math.inf, 30.0) == -math.inf


def test_summary_takes_means_over_pictures_and_finds_the_worst() -> None:
    (summary,) = summarise(rows("x", [30.0, 31.0, 32.0]) + rows("y", [20.0, 20.5, 19.75]))
    assert summary.pictures == 2
    assert summary.bits_per_pixel == pytest.approx(0.5)
    assert summary.standard_db == pytest.approx(25.0)
    assert summary.gains_db == pytest.approx((0.75, 0.875))
    assert (summary.worst_db, summary.worst_image, summary.worse) == (-0.25, "y", 1)
    assert summary.seconds == pytest.approx(0.5)


def test_summary_separates_quality_decoder_and_context() -> None:
    measured = (
        rows("x", [30.0, 31.0], quality=20)
        + rows("x", [28.0, 29.5], quality=10)
        + rows("x", [28.0, 28.5], quality=10, context="none")
        + rows("x", [28.0, 28.0, 28.25], quality=10, decoder="b")
    )
    summaries = summarise(measured)
    assert [(s.quality, s.decoder, s.context, s.gains_db) for s in summaries] == [
        (10, "a", "both", (1.5,)),
        (10, "a", "none", (0.5,)),
        (10, "b", "both", (0.0, 0.25)),
        (20, "a", "both", (1.0,)),
    ]
    assert all(summary.worse == 0 for summary in summaries)


def test_summary_refuses_rows_without_an_original() -> None:
    received = [dataclasses.replace(row, quality=None) for row in rows("x", [1.0, 2.0])]
    with pytest.raises(ValueError, match="encoded here"):
        summarise(received)
    unscored = [dataclasses.replace(row, psnr_rgb_db=None) for row in rows("x", [1.0, 2.0])]
    with pytest.raises(ValueError, match="scored"):
        summarise(unscored)


def test_summary_table_names_the_context_only_where_it_matters() -> None:
    one = summarise(rows("x", [30.0, 31.0]) + rows("x", [28.0, 28.0, 28.25], decoder="b"))
    table = summary_table(one, "JPEG", markdown=True).splitlines()
    assert table[0] == "| quality | bpp | JPEG, dB | decoder | step 1 | step 2 | worst | worse | seconds |"
    assert table[2] == "| 15 | 0.400 | 30.00 | a | +1.00 | – | +1.00 | 0 of 1 | 0.25 |"
    assert table[3] == "| 15 | 0.400 | 28.00 | b | 0.00 | +0.25 | +0.25 | 0 of 1 | 0.50 |"
    two = summarise(rows("x", [30.0, 31.0]) + rows("x", [30.0, 30.5], context="none"))
    plain = summary_table(two, "JPEG").splitlines()
    assert plain[0].split()[5:7] == ["context", "step"]
    assert plain[3].split()[3:6] == ["a", "none", "+0.50"]


def test_plan_gives_each_decoder_the_contexts_it_offers() -> None:
    decoders = [("s", card("sweep", (Context.BOTH,))), ("r", card("raster", tuple(Context), carry=True))]
    options = DecodeOptions(steps=3, carry=True)
    plain = plan_runs(decoders, [], options)
    assert [(r.name, r.options.context, r.options.carry) for r in plain] == [
        ("s", Context.BOTH, False),
        ("r", Context.BOTH, True),
    ]
    several = plan_runs(decoders, [Context.NONE, Context.BOTH], DecodeOptions())
    assert [(r.name, r.options.context) for r in several] == [
        ("s", Context.BOTH),
        ("r", Context.NONE),
        ("r", Context.BOTH),
    ]
    with pytest.raises(UserError, match="'sweep' has no context causal"):
        plan_runs(decoders, [Context.CAUSAL], DecodeOptions())
    with pytest.raises(UserError, match="state to carry"):
        plan_runs(decoders[:1], [], options)
    with pytest.raises(UserError, match="steps"):
        plan_runs(decoders, [], DecodeOptions(steps=99))


def test_seconds_are_those_of_decoding_not_of_what_is_done_with_the_steps(tmp_path: Path) -> None:
    coded = pipeline.encode("jpeg", textured_pixels(), EncodeOptions(quality=10))
    decoder = pipeline.load_decoder(str(save_tiny_model(tmp_path)))
    seconds = []
    for estimate in decoder.refine(coded, DecodeOptions(device="cpu"), never, ignore):
        seconds.append(estimate.seconds)
        time.sleep(0.3)
    assert 0 < seconds[0] < seconds[1] < seconds[0] + 0.3


def test_widest_context() -> None:
    assert widest_context(card("a", tuple(Context))) is Context.BOTH
    assert widest_context(card("a", (Context.NONE, Context.NONCAUSAL, Context.CAUSAL))) is Context.CAUSAL
    assert widest_context(card("a", (Context.NONE,))) is Context.NONE


def test_table_is_on_disk_after_each_add(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    table = Table(path)
    first, second = rows('ä, "b".png', [math.inf, 31.0]), rows("odd\udce4.png", [30.0])
    table.add(first)
    with path.open(encoding="utf-8", newline="") as file:
        read = list(csv.DictReader(file))
    assert len(read) == 2
    table.add(second)
    table.close()
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        read = list(reader)
    assert tuple(reader.fieldnames or ()) == FIELDS
    assert [row["image"] for row in read] == ['ä, "b".png'] * 2 + ["odd\\udce4.png"]
    assert float(read[0]["psnr_rgb_db"]) == math.inf
    assert float(read[1]["psnr_rgb_db"]) == 31.0
    assert read[0]["ms_ssim"] == ""


def test_table_says_why_it_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"missing/t\.csv: can't be written \(no such file or directory\)"):
        Table(tmp_path / "missing" / "t.csv")


def test_pictures_are_found_below_the_folder_in_order(tmp_path: Path) -> None:
    for name in ("b.PNG", "a/c.jpg", "a/note.txt", ".hidden/d.png", "a/.e.png", "z.webp"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "folder.png").mkdir()
    found = [path.relative_to(tmp_path).as_posix() for path in find_pictures(tmp_path)]
    assert found == ["a/c.jpg", "b.PNG", "z.webp"]


def test_folders_without_pictures_are_user_errors(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="holds no pictures"):
        find_pictures(tmp_path)
    with pytest.raises(UserError, match="no such folder"):
        find_pictures(tmp_path / "missing")
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match="is a file"):
        find_pictures(tmp_path / "file")


def test_qualities_are_checked_before_anything_is_read() -> None:
    check_qualities("jpeg", [1, 50, 100])
    with pytest.raises(UserError, match="JPEG quality 0"):
        check_qualities("jpeg", [10, 0])


def test_gains_on_cards() -> None:
    scores = {"kodak": {"q15": {"gain_db": [1.0, 1.235]}, "q20": {"gain_db": []}, "q30": None}}
    measured = dataclasses.replace(card("a", (Context.BOTH,)), scores=scores)
    assert card_gain_db(measured, "kodak", 15) == 1.235
    assert [card_gain_db(measured, "kodak", quality) for quality in (10, 20, 30)] == [None] * 3
    assert card_gain_db(measured, "validation", 15) is None
