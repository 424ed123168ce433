"""Summaries of comparisons, on numbers that can be checked by hand."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path

import pytest

from engine.cli.compare_tables import condition_table, group_table
from engine.evaluation.conditions import plain
from engine.evaluation.summary import GroupSummary, Spread, summarise
from engine.models.training_record import TrainingRecord
from tests.support.compare_models import Q15, result

ATTENTIVE = {"network": {"k_top": 2}}


def near(spread: Spread | None, mean: float, deviation: float | None, count: int) -> bool:
    assert spread is not None
    same = spread.deviation is None if deviation is None else spread.deviation == pytest.approx(deviation)
    return spread.mean == pytest.approx(mean) and same and spread.count == count


def three_seeds() -> list[GroupSummary]:
    """BPTT and UORO with two seeds each on pictures x and y, SAB and its BPTT with one."""
    return summarise(
        [
            result({"x": (30.0, 31.0, 31.5), "y": (20.0, 20.5, 21.0)}, seed=1),  # last gains 1.5, 1.0
            result({"x": (30.0, 31.0, 32.0), "y": (20.0, 20.5, 21.5)}, seed=2),  # 2.0, 1.5
            result({"x": (30.0, 30.5, 31.0), "y": (20.0, 20.5, 19.75)}, "UORO", seed=2),  # 1.0, -0.25
            result({"x": (30.0, 30.5, 31.0), "y": (20.0, 20.5, 20.5)}, "UORO", seed=1),  # 1.0, 0.5
            result({"x": (30.0, 31.0, 31.0), "y": (20.0, 21.0, 22.0)}, **ATTENTIVE),  # 1.0, 2.0
            result({"x": (30.0, 31.0, 32.0), "y": (20.0, 21.0, 22.5)}, "SAB", **ATTENTIVE),  # 2.0, 2.5
        ],
        "learners",
    )


def test_groups_are_models_that_differ_by_seed_alone() -> None:
    summaries = three_seeds()
    assert [(s.group.title, s.seeds, s.pictures) for s in summaries] == [
        ("BPTT", 2, 2),
        ("UORO", 2, 2),
        ("BPTT, attentive", 1, 2),
        ("SAB, attentive", 1, 2),
    ]


def test_spread_over_seeds_and_over_pictures_where_there_is_one_seed() -> None:
    bptt, uoro, _, sab = three_seeds()
    assert near(bptt.gains[0], 0.75, 0.0, 2)
    assert near(bptt.gains[1], 1.5, 0.5 / math.sqrt(2), 2)  # means of the seeds: 1.25 and 1.75
    assert near(uoro.gains[1], 0.5625, 0.375 / math.sqrt(2), 2)  # 0.375 and 0.75
    assert near(sab.gains[1], 2.25, 0.5 / math.sqrt(2), 2)  # pictures: 2.0 and 2.5
    assert (bptt.worst_db, uoro.worst_db, sab.worst_db) == (1.0, -0.25, 2.0)


def test_differences_pair_pictures_and_seeds_with_bptt_on_the_same_network() -> None:
    bptt, uoro, attentive, sab = three_seeds()
    assert bptt.over is None
    assert attentive.over is None
    # Seed 1: -0.5, -0.5; seed 2: -1.0, -1.75. Mean -0.9375, squares about it 2 · 0.1914 + 0.0039 + 0.6602.
    assert near(uoro.over, -0.9375, math.sqrt(1.046875 / 3), 4)
    assert near(sab.over, 0.75, 0.5 / math.sqrt(2), 2)
    assert sab.reference == attentive.group


def test_seeds_that_are_not_there_make_no_pairs() -> None:
    curves = {"x": (30.0, 31.0)}
    _, rtrl = summarise([result(curves, seed=1), result(curves, "RTRL", seed=2)], "learners")
    assert rtrl.over is None
    assert rtrl.gains == (Spread(1.0, None, 1),)


def test_other_sets_compare_with_their_first_group() -> None:
    curves = {"x": (30.0, 31.0)}, {"x": (30.0, 31.25)}
    for change in ({"cell": "gru"}, {"kind": "sibling"}, {"weights": 2000}):
        first, second = summarise([result(curves[0]), result(curves[1], **change)], "sibling")
        assert first.over is None
        assert near(second.over, 0.25, None, 1)
        assert second.reference == first.group


def test_conditions_are_summed_up_apart() -> None:
    q90 = plain("jpeg", 90, "4:2:0")
    summaries = summarise(
        [
            result({"x": (30.0, 31.0)}),
            result({"x": (30.0, 30.5)}, "SAB"),
            result({"x": (40.0, 39.0)}, condition=q90),
        ],
        "robustness",
    )
    assert [(s.condition, s.group.learner, s.gains[0].mean) for s in summaries] == [
        ("q15", "BPTT", 1.0),
        ("q15", "SAB", 0.5),
        ("q90", "BPTT", -1.0),
    ]
    table = condition_table(summaries, markdown=True).splitlines()
    assert table == [
        "| condition | BPTT | SAB |", "| --- | ---: | ---: |", "| q15 | +1.00 | +0.50 |",
        "| q90 | -1.00 | – |",
    ]  # fmt: skip


def test_exact_pictures_have_no_spread() -> None:
    (summary,) = summarise(
        [result({"x": (30.0, math.inf), "y": (math.inf, 40.0), "z": (30.0, 31.0)})], "cells"
    )
    assert math.isnan(summary.gains[0].mean)
    assert summary.gains[0].deviation is None
    (summary,) = summarise([result({"x": (30.0, math.inf), "z": (30.0, 31.0)})], "cells")
    assert summary.gains[0] == Spread(math.inf, None, 2)


def test_cost_is_the_mean_over_seeds_and_unknown_when_one_is(tmp_path: Path) -> None:
    members = []
    for seed, ms in ((1, 10.0), (2, 20.0)):
        path = tmp_path / f"m-{seed}.json"
        record = TrainingRecord((5,), (40,), (1.5,), (0.5,), ((0.1,),), ms_per_update=ms, peak_mb=3.0)
        path.with_suffix(".record.json").write_text(record.to_json())
        members.append(result({"x": (30.0, 31.0)}, seed=seed, path=path))
    (summary,) = summarise(members, "learners")
    assert (summary.ms_per_update, summary.peak_mb) == (15.0, 3.0)
    assert group_table([summary], markdown=True).splitlines()[2].endswith("| 15.0 | 3.0 |")
    (summary,) = summarise([*members, result({"x": (30.0, 31.0)}, seed=3)], "learners")
    assert summary.ms_per_update is None


def test_the_table_shows_what_tells_lines_apart() -> None:
    header, _, *lines = group_table(three_seeds(), markdown=True).splitlines()
    assert header == "| learner | spread over | step 1 | step 2 | worst | difference | to |"
    assert lines[0] == "| BPTT | 2 seeds | +0.75 ± 0.00 | +1.50 ± 0.35 | +1.00 | – | – |"
    assert lines[1] == "| UORO | 2 seeds | +0.50 ± 0.00 | +0.56 ± 0.27 | -0.25 | -0.938 ± 0.591 | BPTT |"
    assert lines[3].endswith("| +0.750 ± 0.354 | BPTT, attentive |")
    cells = summarise([result({"x": (1.0, 2.0)}), result({"x": (1.0, 2.0, 3.0)}, cell="lstm")], "cells")
    header, _, first, second = group_table(cells, markdown=True).splitlines()
    assert header.startswith("| learner | cell | spread over | step 1 | step 2 |")
    assert first.startswith("| BPTT | elman | 1 picture | +1.00 | – |")
    assert second.endswith("| +1.000 | elman |")
    robust = [dataclasses.replace(s, condition=Q15.name) for s in cells]
    assert condition_table(robust).splitlines()[0].split() == ["condition", "elman", "BPTT", "lstm", "BPTT"]
