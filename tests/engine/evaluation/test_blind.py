"""The blind test's lot, protocol and verdict."""

from __future__ import annotations

import csv
import io

import pytest

from engine.evaluation.blind import Answer, Trial, planned, protocol, verdict

FILES = tuple(f"{number}.png" for number in range(200))


def test_the_seed_draws_order_and_sides() -> None:
    trials = planned(FILES, 7)
    assert trials == planned(FILES, 7)
    assert trials != planned(FILES, 8)
    assert sorted(trial.file for trial in trials) == sorted(FILES)
    assert [trial.file for trial in trials] != list(FILES)
    assert 70 < sum(trial.refined_first for trial in trials) < 130
    assert planned(FILES, 7, 5) == trials[:5]


def test_the_verdict_is_that_of_the_exact_test() -> None:
    trial = Trial("a.png", True)
    found = verdict([Answer(trial, number < 9, 1.0) for number in range(10)])
    assert (found.refined, found.count) == (9, 10)
    assert found.p == pytest.approx(22 / 1024)  # 0, 1, 9 or 10 heads in ten tosses
    assert (found.low, found.high) == pytest.approx((0.5550, 0.9975), abs=1e-4)  # Clopper and Pearson
    assert verdict([Answer(trial, number < 5, 1.0) for number in range(10)]).p == pytest.approx(1.0)
    with pytest.raises(ValueError, match="no answers"):
        verdict([])


def test_the_protocol_tells_what_stood_where() -> None:
    answers = [Answer(Trial("a,b.png", True), True, 1.254), Answer(Trial("c.png", False), True, 0.5)]
    rows = list(csv.DictReader(io.StringIO(protocol(answers, 11, "refined", "JPEG quality 20"))))
    assert [row["file"] for row in rows] == ["a,b.png", "c.png"]
    assert [(row["a"], row["b"]) for row in rows] == [("refined", "standard"), ("standard", "refined")]
    assert [row["answer"] for row in rows] == ["A", "B"]
    assert rows[0]["seconds"] == "1.25"
    assert {row["seed"] for row in rows} == {"11"}
