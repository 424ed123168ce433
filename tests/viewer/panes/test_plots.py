"""The plots beside the panes: what they show of a run, without a window."""

from __future__ import annotations

import math

import pytest

from engine.types import RatePoint
from tests.support.viewer_engine import Engine, run, scene_of, session
from viewer.decode.rate_points import equal_rate
from viewer.model.facts.facts import Facts, Past
from viewer.model.session.options import set_decoder


def test_rate_and_distortion(engine: Engine) -> None:
    state = session()
    made = run(state)
    points = tuple(
        RatePoint("jpeg", q, rate, db) for q, rate, db in ((50, 1.2, 32.0), (10, 0.3, 26.0), (20, 0.5, 29.0))
    )
    curve, sent, refined = scene_of(state, Facts(run=made, rate_points=points)).plots[1].curves
    assert curve.x.tolist() == [0.3, 0.5, 1.2]
    assert (refined.name, refined.labels) == ("Sweep", ("step 3, sweep",))  # its title, and its file's name
    rate = made.refinement.coded.bits_per_pixel
    assert sent.x.tolist() == refined.x.tolist() == [rate]
    scores = [step.scores.psnr_rgb_db for step in made.refinement.steps]
    assert (sent.y[0], refined.y[0]) == (scores[0], scores[3])
    assert equal_rate(points, 27.5) == pytest.approx(0.4)
    assert equal_rate(points, 33.0) is None
    assert equal_rate(points[:1], 32.0) is None
    assert equal_rate(points, math.inf) is None


def test_bits_along_the_scan_end_at_the_file(engine: Engine) -> None:
    state = session()
    made = run(state)
    coded = made.refinement.coded
    bits = coded.patch_bits
    assert bits is not None
    curve = scene_of(state, Facts(run=made)).plots[2].curves[0]
    assert curve.y[0] == pytest.approx(bits.headers / 1000)
    assert curve.y[-1] * 1000 + bits.padding + bits.stuffing == pytest.approx(coded.bits)


def test_earlier_runs_are_compared(engine: Engine) -> None:
    state = session()
    past = Past(set_decoder(state, "raster").request(), "raster none", (26.0, 26.5))
    plot = scene_of(state, Facts(run=run(state), past=(past,))).plots[0]
    assert [curve.name for curve in plot.curves] == ["Sweep", "raster none"]
    assert plot.curves[1].y.tolist() == [26.0, 26.5]
    assert plot.y_label == "RGB PSNR (dB)"
    alone = scene_of(state, Facts(run=run(state))).plots[0]
    assert [curve.name for curve in alone.curves] == ["RGB", "Y"]
