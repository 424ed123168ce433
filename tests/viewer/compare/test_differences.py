"""Learners less a baseline, with the spread over seeds, in numbers and in a sentence."""

from __future__ import annotations

import pytest

from engine.evaluation.table import CompareRow
from viewer.compare.resolve.differences import Difference, baselines, differences, seed_gains, sentence


def row(
    learner: str, seed: int, step: int, gain: float, attentive: bool = False, size: int = 100
) -> CompareRow:
    return CompareRow(
        decoder=f"{learner}-{seed}", learner=learner, cell="elman", context="both", seed=seed,
        parameters=size, updates=1, train_seconds=1.0, ms_per_update=1.0, peak_mb=1.0, step=step,
        psnr_rgb_db=28 + gain,
        gain_db=gain, set="learners", topic="", condition="q15", residual="as run", kind="raster",
        attentive=attentive, patches=1, gain_sd_db=0.1, worst_gain_db=0.0, pictures=24, bits_per_pixel=0.36,
    )  # fmt: skip


def study() -> tuple[CompareRow, ...]:
    gains = {"BPTT": (0.60, 0.62, 0.58), "RTRL": (0.61, 0.61, 0.58), "UORO": (0.30, 0.28, 0.29)}
    rows = [
        row(learner, seed, step, last if step else 0.0)
        for learner, values in gains.items()
        for seed, last in enumerate(values, 1)
        for step in (0, 1)
    ]
    rows += [row("BPTT", 1, 1, 3.0, attentive=True, size=900)]
    rows += [row("SAB", seed, 1, 0.64, attentive=True) for seed in (1, 2)]
    return tuple(rows)


def test_differences_are_taken_in_pairs_of_a_seed() -> None:
    found = {each.learner: each for each in differences(seed_gains(study()), "BPTT")}
    assert set(found) == {"RTRL", "UORO", "SAB"}
    assert found["UORO"].last == pytest.approx(-0.31)
    assert found["UORO"].deviation == pytest.approx(0.0265, abs=0.001)
    assert (found["UORO"].tie, found["UORO"].seeds) == (False, 3)
    assert found["RTRL"].tie
    assert found["RTRL"].means[0] == 0


def test_another_baseline_turns_signs() -> None:
    found = {each.learner: each.last for each in differences(seed_gains(study()), "UORO")}
    assert found["BPTT"] == pytest.approx(0.31)


def test_larger_networks_are_left_out_and_baselines_have_seeds() -> None:
    assert max(gains[-1] for seeds in seed_gains(study()).values() for gains in seeds.values()) < 1
    assert baselines(study()) == ("BPTT", "RTRL", "UORO", "SAB")


def difference(learner: str, last: float, tie: bool) -> Difference:
    return Difference(learner, (0.0, last), 0.02, 3, tie)


def test_what_is_seen_is_said() -> None:
    uoro, rtrl = difference("UORO", -0.31, False), difference("RTRL", 0.01, True)
    assert sentence((uoro, rtrl), "BPTT", 24) == (
        "All but UORO (−0.31 dB) tie with BPTT within the spread of 3 seeds (on 24 pictures)."
    )
    assert sentence((rtrl,), "BPTT", 24) == "All tie with BPTT within the spread of 3 seeds (on 24 pictures)."
    assert sentence((uoro,), "BPTT", 24).startswith("All differ from BPTT by more than the spread of 3 seeds")
    assert sentence((), "BPTT", 24) == ""
