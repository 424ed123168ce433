"""Comparisons: which models a set has, what is measured of them, what their rows hold."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path

import numpy as np
import pytest

from engine import pipeline
from engine.errors import UserError
from engine.evaluation.bench import DecoderRun, PictureError
from engine.evaluation.compare import (
    Cost,
    conditions_of,
    cost_of,
    load,
    measure,
    rows_of,
    runs_of,
    send,
    spread_evenly,
)
from engine.evaluation.conditions import Condition, at_quality
from engine.io.write_image import save_png
from engine.metrics.fidelity import psnr_rgb_db
from engine.models.card import read_card
from engine.models.training_record import TrainingRecord
from engine.types import Context, DecodeOptions, Picture, ignore, never
from tests.support.compare_models import Q15, result, save_study
from tests.support.tiny_models import save_tiny_model, textured_pixels

OPTIONS = DecodeOptions(device="cpu")
FINE = {"configuration": {"data": {"quality_high": 60}}}


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of models in place of the bundled ones."""
    save_study(
        tmp_path,
        {
            "z": {"study": "learners", "learner": "BPTT", "training": {"seed": 1}},
            "y": {"study": "learners", "learner": "BPTT", "training": {"seed": 2}},
            "a": {"study": "learners", "learner": "UORO", "training": {"seed": 1}},
            "b": {"study": "learners", "learner": "Truncated BPTT", "training": {"seed": 1}},
            "gru": {"study": "cells", "cell": "gru", "learner": "BPTT"},
            "elman": {"study": "cells", "learner": "BPTT"},
            "pair": {"study": "sibling", "kind": "sibling", "learner": "BPTT"},
            "single": {"study": "sibling", "learner": "BPTT"},
            "raster": {"learner": "BPTT"},
        },
    )
    monkeypatch.setenv("NRC_MODELS", str(tmp_path))
    return tmp_path


def picture(seed: int = 1) -> Picture:
    return Picture(f"{seed}.png", textured_pixels(seed=seed))


@pytest.mark.parametrize(
    ("of_set", "expected"),
    [
        ("learners", ["z", "y", "b", "a"]),
        ("robustness", ["z", "y", "b", "a"]),
        ("cells", ["elman", "gru"]),
        ("sibling", ["single", "pair"]),
        ("context", ["raster"] * 4),
    ],
)
def test_models_of_a_set_are_found_by_their_study_and_ordered(
    study: Path, of_set: str, expected: list[str]
) -> None:
    runs = runs_of(of_set, [], OPTIONS)
    assert [run.name for run in runs] == expected
    contexts = [run.options.context for run in runs]
    assert contexts == (list(Context) if of_set == "context" else [Context.BOTH] * len(runs))


def test_own_models_join_and_bundled_ones_come_once(study: Path) -> None:
    extra = [str(study / "raster.json"), "a", str(study / "a.safetensors"), "gru"]
    names = [run.name for run in runs_of("learners", extra, OPTIONS)]
    assert sorted(names) == sorted(["z", "y", "b", "a", "gru", str(study / "raster.json")])


def test_a_set_without_models_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NRC_MODELS", str(tmp_path))
    for of_set in ("learners", "cells", "context", "sibling", "robustness"):
        with pytest.raises(UserError, match=f"set {of_set}: no models of it are bundled"):
            runs_of(of_set, [], OPTIONS)
    with pytest.raises(UserError, match="unknown decoder 'nobody'"):
        runs_of("learners", ["nobody"], OPTIONS)
    assert len(runs_of("learners", [str(save_tiny_model(tmp_path))], OPTIONS)) == 1


def test_only_robustness_has_several_conditions() -> None:
    assert [c.name for c in conditions_of("cells", "jpeg", 15, "4:2:0")] == ["q15"]
    assert len(conditions_of("robustness", "jpeg", 15, "4:2:0")) > 12


def test_pictures_are_spread_evenly() -> None:
    paths = [Path(str(i)) for i in range(24)]
    assert [int(str(path)) for path in spread_evenly(paths, 6)] == [0, 4, 8, 12, 16, 20]
    assert [int(str(path)) for path in spread_evenly(paths, 7)] == [0, 3, 6, 10, 13, 17, 20]
    assert spread_evenly(paths, 24) == spread_evenly(paths, 99) == paths
    assert spread_evenly(paths[:5], 1) == paths[:1]


def test_pictures_that_cannot_be_used_are_picture_errors(tmp_path: Path) -> None:
    save_png(tmp_path / "a.png", textured_pixels())
    assert load(tmp_path / "a.png", "below/a.png").name == "below/a.png"
    with pytest.raises(PictureError, match=r"b\.png"):
        load(tmp_path / "b.png", "b.png")
    long = Picture("long.png", np.zeros((1, 70_000, 3), np.uint8))
    with pytest.raises(PictureError, match=r"^long\.png: .*70000"):
        send(long, Q15)


def test_curves_are_those_of_the_pipeline(study: Path) -> None:
    (run,) = [run for run in runs_of("learners", [], OPTIONS) if run.name == "a"]
    samples = [send(picture(seed), Q15) for seed in (1, 2)]
    told: list[int] = []
    found = measure(run, Q15, samples, lambda: told.append(1))
    assert told == [1, 1]
    assert list(found.curves) == ["1.png", "2.png"]
    for sample in samples:
        original, coded = sample.original.pixels, sample.coded
        decoder = pipeline.load_decoder("a")
        decoded = [coded.standard, *(e.pixels for e in decoder.refine(coded, run.options, never, ignore))]
        assert found.curves[sample.original.name] == tuple(psnr_rgb_db(original, p) for p in decoded)
    assert found.bits_per_pixel == pytest.approx(sum(s.coded.bits_per_pixel for s in samples) / 2)
    assert len(set(found.curves["1.png"])) == 3  # the steps do something


def test_a_condition_may_ask_for_more_steps(study: Path) -> None:
    (run, *_) = runs_of("learners", [], dataclasses.replace(OPTIONS, steps=3))
    sample = send(picture(), Q15)
    assert len(measure(run, Q15, [sample], int).curves["1.png"]) == 4
    more = dataclasses.replace(Q15, steps=5)
    assert len(measure(run, more, [sample], int).curves["1.png"]) == 6


@pytest.mark.parametrize("kind", ["raster", "sweep", "sibling"])
def test_the_whole_residual_is_that_of_a_model_that_knows_no_limit(tmp_path: Path, kind: str) -> None:
    path = save_tiny_model(tmp_path, kind)
    free = read_card(path)
    path.write_text(dataclasses.replace(free, training=FINE).to_json())
    run = DecoderRun(str(path), read_card(path), OPTIONS)
    fine = Condition("quality", "q90", at_quality("jpeg", 90, "4:2:0"))
    whole = dataclasses.replace(fine, whole=True)
    sample = send(picture(), fine)
    fading, bare = (measure(run, condition, [sample], int).curves["1.png"] for condition in (fine, whole))
    again = measure(run, fine, [sample], int).curves["1.png"]
    path.write_text(free.to_json())
    pipeline._loaded.cache_clear()
    unlimited = measure(DecoderRun(str(path), free, OPTIONS), fine, [sample], int).curves["1.png"]
    assert bare == unlimited
    assert fading == again
    assert fading[0] == bare[0]
    assert fading[1:] != bare[1:]


def test_rows_are_means_over_the_pictures() -> None:
    curves = {"x": (30.0, 31.0, 31.5), "y": (20.0, 20.5, 19.75)}
    first, second, third = rows_of(result(curves, "SAB", seed=3, network={"k_top": 2}), "learners")
    assert (first.step, first.psnr_rgb_db, first.gain_db, first.gain_sd_db) == (0, 25.0, 0.0, 0.0)
    assert (second.step, second.psnr_rgb_db, second.gain_db) == (1, 25.75, 0.75)
    assert second.gain_sd_db == pytest.approx(0.5 / math.sqrt(2), abs=1e-4)
    assert (third.psnr_rgb_db, third.gain_db, third.worst_gain_db) == (25.625, 0.625, -0.25)
    assert (third.learner, third.seed, third.attentive, third.pictures) == ("SAB", 3, True, 2)
    assert (third.set, third.condition, third.topic, third.residual) == ("learners", "q15", "", "as run")
    assert (third.updates, third.train_seconds, third.peak_mb) == (None, None, None)
    whole = dataclasses.replace(Q15, whole=True)
    single = rows_of(result({"x": (30.0, math.inf)}, condition=whole), "robustness")[1]
    assert (single.residual, single.gain_db, single.gain_sd_db) == ("whole", math.inf, None)


def test_cost_comes_from_the_record_and_else_from_the_card(tmp_path: Path) -> None:
    path = save_tiny_model(tmp_path, "raster")
    card = read_card(path)
    assert cost_of(card) == Cost()
    trained = dataclasses.replace(card, training={"updates": 700, "seconds": 90})
    assert cost_of(trained) == Cost(updates=700, seconds=90.0)
    timed = dataclasses.replace(card, training={"updates": 700, "seconds": 90, "cpu_seconds": 50})
    assert cost_of(timed).seconds == 50  # as records have it: CPU time
    record = TrainingRecord(
        (100, 800),
        (1000, 8000),
        (10.0, 81.26),
        (0.9, 0.8),
        ((0.1,), (0.2,)),
        ms_per_update=101.5,
        peak_mb=2.5,
    )
    card.record_path.write_text(record.to_json())
    assert cost_of(trained) == Cost(800, 8000, 81.3, 101.5, 2.5)
    card.record_path.write_text(TrainingRecord().to_json())
    assert cost_of(trained).updates == 700
    card.record_path.write_text("{}")
    with pytest.raises(UserError, match="not a training record"):
        cost_of(card)
