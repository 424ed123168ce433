"""Differences to a baseline: the paired figures against SciPy's, seeds averaged, what pairs with what."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from engine.errors import UserError
from engine.evaluation.differences import STANDARD, baselines, differences_to
from engine.evaluation.paired import Paired, paired
from engine.evaluation.rows import Row
from engine.evaluation.seeds import Member, averaged, groups_of
from engine.models.card import ModelCard
from engine.types import Context


def rows(image: str, decoder: str, curve: list[float], quality: int = 15, context: str = "both") -> list[Row]:
    return [
        Row(image, "jpeg", quality, 800, 0.5, 50, 40, decoder, "BPTT", context, step, db, db, 0.9, None, 0.1)
        for step, db in enumerate(curve)
    ]


def card(name: str, seed: int | None) -> ModelCard:
    training = {} if seed is None else {"seed": seed}
    return ModelCard(name, "raster", "", "", "BPTT", 1, (Context.BOTH,), False, 1, {}, training=training)


def test_the_mean_its_interval_and_both_tests_are_those_of_scipy() -> None:
    values = np.random.default_rng(0).normal(0.1, 0.3, 12)
    found = paired(values)
    assert found is not None
    test = stats.ttest_1samp(values, 0)
    low, high = test.confidence_interval(0.95)
    assert found.mean == pytest.approx(values.mean())
    assert (found.mean - found.half, found.mean + found.half) == pytest.approx((low, high))  # type: ignore[operator]
    assert found.t_test == pytest.approx(test.pvalue)
    assert found.rank_test == pytest.approx(stats.wilcoxon(values).pvalue)
    assert found.sure == (test.pvalue < 0.05)


def test_too_few_equal_and_infinite_pairs() -> None:
    assert paired([math.inf]) is None
    assert paired([0.5, math.inf]) == Paired(0.5, None, 1, None, None)
    assert paired([0.0, 0.0, 0.0]) == Paired(0.0, 0.0, 3, 1.0, 1.0)


def test_models_go_together_by_stem_and_seed() -> None:
    cards = [card("learner-a-1", 1), card("learner-a-2", 2), card("other-3", 3), card("flagship", 3)]
    assert groups_of(["learner-a-1", "learner-a-2", "other-3", "flagship", "runs/mine.json"], cards) == {
        "learner-a-1": Member("learner-a", 1),
        "learner-a-2": Member("learner-a", 2),
        "other-3": Member("other-3"),
        "flagship": Member("flagship"),
        "runs/mine.json": Member("mine.json"),
    }


GROUPS = {"a-1": Member("a", 1), "a-2": Member("a", 2), "b-1": Member("b", 1), "b-2": Member("b", 2)}
MEASURED = [
    *rows("x", "a-1", [30.0, 31.0]), *rows("x", "a-2", [30.0, 31.4]),
    *rows("y", "a-1", [20.0, 20.5]), *rows("y", "a-2", [20.0, 20.7]),
    *rows("x", "b-1", [30.0, 31.5]), *rows("x", "b-2", [30.0, 31.5]),
    *rows("y", "b-1", [20.0, 20.5]), *rows("y", "b-2", [20.0, 20.9]),
]  # fmt: skip


def test_seeds_are_averaged_per_picture_and_step() -> None:
    mean = averaged(MEASURED, GROUPS)
    last = {(row.decoder, row.image): row.psnr_rgb_db for row in mean if row.step == 1}
    assert last == pytest.approx({("a", "x"): 31.2, ("a", "y"): 20.6, ("b", "x"): 31.5, ("b", "y"): 20.7})


def test_differences_pair_pictures_and_seeds() -> None:
    (found,) = differences_to("a", MEASURED, GROUPS)
    assert found.line == ("jpeg", 15.0, "b", "both")
    assert found.by_picture == pytest.approx({"x": 0.3, "y": 0.1})
    assert (found.pictures.mean, found.pictures.count) == (pytest.approx(0.2), 2)
    assert found.seeds is not None
    assert found.seeds.mean == pytest.approx(((0.5 + 0.0) / 2 + (0.1 + 0.2) / 2) / 2)
    assert found.seeds.count == 2


def test_against_the_standard_decode_everything_counts() -> None:
    found = differences_to(STANDARD, MEASURED, GROUPS)
    assert [each.decoder for each in found] == ["a", "b"]
    assert found[0].pictures.mean == pytest.approx((1.2 + 0.6) / 2)
    assert found[0].seeds is not None
    assert found[0].seeds.mean == pytest.approx((0.75 + 1.05) / 2)


def test_only_the_same_stream_pairs_and_contexts_where_both_have_them() -> None:
    other = [replace(row, quality=20) for row in rows("x", "c", [33.0, 34.0])]
    both = [*MEASURED, *other, *rows("x", "c", [30.0, 32.0], context="none")]
    found = {each.line: each for each in differences_to("a", both, GROUPS)}
    assert ("jpeg", 20.0, "c", "both") not in found  # the baseline was not measured there
    assert found["jpeg", 15.0, "c", "none"].by_picture == pytest.approx({"x": 0.8})
    assert baselines(both, GROUPS) == (STANDARD, "a", "b", "c")
    with pytest.raises(UserError, match="no baseline 'z'"):
        differences_to("z", both, GROUPS)


def test_a_seed_that_shares_no_picture_with_the_baseline_is_no_pair() -> None:
    """As in a table of several computers, each with other pictures."""
    apart = [row for row in MEASURED if (row.image, row.decoder) not in (("x", "a-1"), ("y", "b-1"))]
    (found,) = differences_to("a", apart, GROUPS)
    assert found.seeds is None
    assert found.pictures.count == 2
