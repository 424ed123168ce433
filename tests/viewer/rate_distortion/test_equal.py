"""All codecs at one rate: what is shown of made-up facts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.types import Scores, Stage
from tests.support.rate_facts import EQUAL, coded, facts, opened, run
from tests.support.viewer_engine import scene_of
from viewer.core.memo import Memo
from viewer.core.table_text import table_text
from viewer.model.facts.facts import JobState
from viewer.model.facts.rate_distortion import EqualFacts, PartBegun, Refined
from viewer.model.scene.palette import DIVERGING_DARK
from viewer.model.session import pages as s
from viewer.model.session import rate_distortion_changes as r
from viewer.model.session.choices import Mode
from viewer.model.session.rate_distortion import Decode, Part, RatesPage
from viewer.model.session.state import Session, Stream
from viewer.model.session.view_changes import set_peek
from viewer.shell.controller.resolve import resolve


def panes(state: Session, equal: EqualFacts = EQUAL, **changes: object) -> dict[str, tuple[str, str]]:
    shown = scene_of(state, facts(equal=equal, **changes))
    return {
        pane.key: (pane.title, pane.detail if pane.pixels is not None else pane.message)
        for pane in shown.panes
    }


def test_each_pane_says_what_it_is() -> None:
    said = panes(r.set_preset(opened(RatesPage.EQUAL), "all"))
    assert said["estimate"] == ("JPEG + Sweep", "0.500 bpp · MS-SSIM 0.9700 · 32.00 dB")
    assert said["standard/jpeg"][0] == "JPEG q15"
    assert said["standard/e2e"] == ("E2E q20", "0.505 bpp · MS-SSIM 0.9320 · 32.00 dB")
    assert said["standard/goog"][0] == "GOOG-small 4/8, −12 % bits"
    assert said["standard/webp"][1] == "waiting"
    assert said["original"][0] == "Original"


def test_earlier_steps_of_ours_are_named() -> None:
    state = replace(r.set_preset(opened(RatesPage.EQUAL), "jpeg"), step=1)
    assert panes(state)["estimate"][0] == "JPEG + Sweep, step 1"
    assert panes(replace(state, step=0))["estimate"][0] == "JPEG q15"


def test_a_progressive_stream_is_shown_as_far_as_the_scrubber_says() -> None:
    whole = run(0.8, "goog", steps=0)
    stages = tuple(
        Stage(k, coded("goog", 0.2 * k, k), Scores(psnr_rgb_db=24.0 + k, ms_ssim=0.9)) for k in (1, 2, 3)
    )
    long = replace(whole, refinement=replace(whole.refinement, stages=stages, planned_stages=3))
    state = replace(opened(RatesPage.EQUAL, preset="jpeg"), step=-2)
    shown = scene_of(state, facts(equal=replace(EQUAL, target=0.8), run=long))
    assert shown.panes[0].title == "GOOG-small 2/8, −50 % bits"
    assert "26.00 dB" in shown.panes[0].detail
    plot = scene_of(replace(opened(), step=-2), facts(run=long)).rates.plot  # type: ignore[union-attr]
    assert plot.marker == pytest.approx(0.4, rel=1e-2)
    assert [float(curve.y[0]) for curve in plot.curves if curve.name.startswith("Now")] == [26.0]


def test_refined_pictures_name_their_decoder() -> None:
    refined = replace(EQUAL, refined={"e2e": Refined("sweep-e2e", run().refinement.steps[2])})
    said = panes(r.set_decode(r.set_preset(opened(RatesPage.EQUAL), "e2e"), Decode.REFINED), refined)
    assert said["refined/e2e"] == ("E2E + Sweep-E2E", "0.505 bpp · MS-SSIM 0.9700 · 32.00 dB")


def test_errors_and_progress_stand_in_the_pane() -> None:
    state = r.set_preset(opened(RatesPage.EQUAL), "all")
    busy = replace(
        EQUAL, failures={Part("avif"): "AVIF: too large"}, begun=PartBegun(Part("webp"), 1, 4), part=0.3
    )
    said = panes(state, busy, job=JobState("x", 0.3))
    assert said["standard/avif"][1] == "AVIF: too large"
    assert said["standard/webp"][1] == "encoding, 20 %"
    assert said["standard/jpeg2000"][1] == "waiting"
    assert panes(state, replace(EQUAL, stopped=True))["standard/webp"][1] == "stopped: F5 goes on"


def test_a_received_file_has_no_equals() -> None:
    state = replace(opened(RatesPage.EQUAL, preset="e2e"), picture=None, stream=Stream("a.jpg", b"", 8, 8))
    said = panes(state, EqualFacts(), run=None)
    assert "no original" in said["standard/e2e"][1]
    assert "original" not in said
    (row,) = scene_of(state, facts(equal=EqualFacts())).summary
    assert (row.label, row.value) == ("Received", "0.500 bpp")


def test_modes_over_codecs() -> None:
    state = r.set_preset(opened(RatesPage.EQUAL), "e2e")
    wiped = scene_of(replace(state, mode=Mode.WIPE), facts(equal=EQUAL))
    assert (wiped.mode, [pane.key for pane in wiped.panes]) == (Mode.WIPE, ["estimate", "standard/e2e"])
    waiting = scene_of(replace(r.set_preset(state, "goog"), mode=Mode.WIPE), facts(equal=EqualFacts(0.5)))
    assert waiting.mode is Mode.SIDE
    errors = scene_of(replace(state, mode=Mode.DIFFERENCE), facts(equal=EQUAL))
    assert [pane.key for pane in errors.panes] == ["estimate", "standard/e2e"]
    assert errors.panes[1].detail.startswith("error ×4 · ")
    assert np.all(errors.panes[1].pixels == DIVERGING_DARK[128])  # the made-up decode is exact
    alone = scene_of(s.solo_pane(state, 2), facts(equal=EQUAL))
    assert [pane.key for pane in alone.panes] == ["standard/e2e"]
    held = scene_of(set_peek(state, "original"), facts(equal=EQUAL))
    assert [pane.title for pane in held.panes] == ["Original (held)", "Original (held)", "Original"]


def test_figures_from_the_best_on_down_and_as_csv() -> None:
    shown = scene_of(r.set_preset(opened(RatesPage.EQUAL), "all"), facts(equal=EQUAL))
    assert [row.label for row in shown.summary] == [
        "All near", "JPEG + Sweep", "E2E", "JPEG", "GOOG-small",
    ]  # fmt: skip
    assert shown.summary[-1].value == "26.00 dB (0.440 bpp)"
    assert shown.rates is not None
    lines = table_text(shown.rates.table).splitlines()
    assert lines[1].startswith("JPEG,sweep,15,0.5,32,0.97")
    assert len(lines) == 1 + 4


def test_nothing_new_is_drawn_for_nothing() -> None:
    state, known, memo = r.set_preset(opened(RatesPage.EQUAL), "all"), facts(equal=EQUAL), Memo()
    one, other = resolve(state, known, memo), resolve(state, replace(known, message="hello"), memo)
    assert one.panes is other.panes
    assert one.summary is other.summary
    assert one.rates is not None
    assert other.rates is not None
    assert one.rates.chips is other.rates.chips
    assert one.rates.plot.curves is other.rates.plot.curves
    assert one.rates.table is other.rates.table
    moved = resolve(replace(state, cursor=(3, 3)), known, memo)
    assert moved.panes is one.panes
