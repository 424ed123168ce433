"""The codecs view's state and scene: pure transitions, what is shown of made-up facts."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.codecs.facts import CODEC_FACTS
from engine.models.card import ModelCard
from engine.rates.curves import Curve, Published
from engine.rates.survey import OperatingPoint, Task
from engine.types import (
    Coded,
    DecodeOptions,
    EncodeOptions,
    Picture,
    Refinement,
    RefineRequest,
    Scores,
    Stage,
    Step,
)
from tests.support.viewer_engine import card, picture, scene_of
from viewer.core.memo import Memo
from viewer.core.table_text import table_text
from viewer.model.facts.facts import Facts, JobState
from viewer.model.facts.rate_distortion import (
    Begun,
    CurveFacts,
    EqualFacts,
    Failed,
    Mean,
    Measured,
    PartBegun,
    PartFailed,
    PartMade,
    PartRefined,
    RatesFacts,
    Recognised,
    Refined,
    Sent,
)
from viewer.model.facts.run import Run
from viewer.model.scene.palette import DIVERGING_DARK
from viewer.model.session import pages as s
from viewer.model.session import rate_distortion_changes as r
from viewer.model.session.choices import Mode, Overlay
from viewer.model.session.compare_changes import open_compare
from viewer.model.session.rate_distortion import (
    Decode,
    Metric,
    Page,
    Part,
    Rates,
    Source,
    pair_of,
    pane_keys,
    parts,
)
from viewer.model.session.saved_rate_distortion import loaded_rates, saved_rates
from viewer.model.session.state import Options, Session, Stream, needs_run
from viewer.model.session.view_changes import set_peek
from viewer.rate_distortion.resolve.lines import is_kodak
from viewer.rate_distortion.resolve.scene import rates_job
from viewer.shell.controller.resolve import resolve

SWEEP = replace(card("sweep", "sweep"), codecs=("jpeg",))
FOR_E2E = replace(card("sweep-e2e", "sweep"), codecs=("e2e", "goog"))
CARDS: tuple[ModelCard, ...] = (SWEEP, FOR_E2E)
PHOTO = picture(64, 96)


def opened(page: Page = Page.CURVES, shown: Picture | None = PHOTO, **changes: object) -> Session:
    state = Session(models=CARDS, picture=shown, options=Options(decoder="sweep"))
    state = r.open_rates(state, page)
    return replace(state, rates=replace(state.rates, **changes))  # type: ignore[arg-type]


def coded(codec: str, rate: float, quality: int | None = None, shown: Picture = PHOTO) -> Coded:
    length = round(rate * shown.height * shown.width / 8)
    return Coded(codec, bytes(length), shown.pixels, 1.0, quality)


def sent(codec: str, rate: float, db: float, quality: int | None = None) -> Sent:
    return Sent(coded(codec, rate, quality), Scores(psnr_rgb_db=db, ms_ssim=0.9 + db / 1000))


def run(rate: float = 0.5, codec: str = "jpeg", steps: int = 2, shown: Picture = PHOTO) -> Run:
    made = tuple(
        Step(k, shown.pixels, Scores(psnr_rgb_db=30.0 + k, ms_ssim=0.95 + k / 100), 0.1 * k)
        for k in range(steps + 1)
    )
    request = RefineRequest(shown.name, codec, EncodeOptions(quality=15), "sweep", DecodeOptions())
    return Run(Refinement(request, coded(codec, rate, 15, shown), shown, made, steps, finished=True))


def point(codec: str, quality: int, rate: float, db: float, refined: float | None = None) -> OperatingPoint:
    after = Scores(psnr_rgb_db=refined, ms_ssim=0.97) if refined is not None else None
    return OperatingPoint(
        codec, quality, rate, Scores(psnr_rgb_db=db, ms_ssim=0.95), after, "sweep" if after else ""
    )


POINTS = {
    "jpeg": {10: point("jpeg", 10, 0.4, 28.0, 29.0), 30: point("jpeg", 30, 1.0, 33.0, 33.5)},
    "webp": {20: point("webp", 20, 0.6, 32.0), 5: point("webp", 5, 0.3, 30.0)},
}
CURVES = CurveFacts("name", POINTS)


def facts(curves: CurveFacts = CURVES, equal: EqualFacts | None = None, **changes: object) -> Facts:
    known = RatesFacts(curves, equal or EqualFacts(), Mean())
    made = Facts(run=run(), rates=known)
    return replace(made, **changes)  # type: ignore[arg-type]


# ---- transitions -------------------------------------------------------------------------------------------


def test_opening_and_closing_keep_what_is_chosen() -> None:
    state = opened(Page.EQUAL, preset="e2e", hidden=frozenset({"avif"}))
    closed = r.close_rates(state)
    assert not closed.rates.on
    again = r.toggle_rates(closed)
    assert again.rates == state.rates
    assert needs_run(closed, again) is False


def test_the_codecs_and_the_comparison_take_turns() -> None:
    two = Session(models=(SWEEP, card("raster", "raster")), picture=PHOTO, options=Options(decoder="sweep"))
    compared = open_compare(two)
    assert compared.compare.on
    codecs = r.open_rates(compared)
    assert codecs.rates.on
    assert not codecs.compare.on
    back = open_compare(codecs)
    assert back.compare.on
    assert not back.rates.on


def test_the_last_codec_stays_on() -> None:
    state = opened()
    for codec in CODEC_FACTS:
        state = r.toggle_codec(state, codec) if codec not in state.rates.hidden else state
    assert len(state.rates.codecs) == 1
    alone = r.only_codec(opened(), "avif")
    assert alone.rates.codecs == ("avif",)
    assert r.only_codec(alone, "avif").rates.codecs == tuple(CODEC_FACTS)
    assert r.toggle_codec(alone, "bpg") is alone


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(0, 8), st.sampled_from([0.5, 0.8, 1.25, 2, 100])), max_size=12))
def test_the_axis_stays_an_axis(turns: list[tuple[float, float]]) -> None:
    state = opened()
    for rate, factor in turns:
        before = state.rates.span
        state = r.zoom_span(state, min(max(rate, before[0]), before[1]), factor)
        low, high = state.rates.span
        assert low >= 0
        assert high <= 8 + 1e-9
        assert high - low >= 0.1 - 1e-9
    assert r.reset_span(state).rates.span == (0.0, 2.0)


def test_magnifying_keeps_the_rate_under_the_cursor() -> None:
    low, high = r.zoom_span(opened(), 1.2, 2.0).rates.span
    assert high - low == pytest.approx(1.0)
    assert (1.2 - low) / (high - low) == pytest.approx(1.2 / 2)


def test_a_point_is_loaded_with_its_codec_and_quality() -> None:
    state = r.load_point(opened(), "e2e", 30, 0.8)
    assert (state.options.codec, state.options.quality, state.options.bits_per_pixel) == ("e2e", 30, None)
    assert state.rates.on
    mean = r.load_point(opened(), "jpeg", None, 0.8)
    assert (mean.options.codec, mean.options.bits_per_pixel) == ("jpeg", 0.8)
    before = opened()
    assert r.load_point(before, "bpg", 30, 0.8) is before
    received = replace(opened(), picture=None, stream=Stream("a.jpg", b"", 8, 8))
    assert r.load_point(received, "e2e", 30, 0.8) is received


def test_presets_are_the_slides() -> None:
    for key in ("jpeg", "jpeg2000", "goog", "e2e"):
        assert r.shown_panes(r.set_preset(opened(Page.EQUAL), key)) == (
            "estimate",
            f"standard/{key}",
            "original",
        )
    everything = r.shown_panes(r.set_preset(opened(Page.EQUAL), "all"))
    assert everything[0] == "estimate"
    assert everything[-1] == "original"
    assert "standard/jpeg2000-nomct" not in everything
    assert len(everything) == 2 + len(CODEC_FACTS) - 1
    assert r.set_preset(opened(), "nothing").rates == opened().rates


def test_refined_pictures_stand_in_place_or_beside() -> None:
    rates = Rates(preset="e2e")
    assert parts(replace(rates, decode=Decode.REFINED), "jpeg", CARDS) == (Part("e2e", True),)
    assert parts(replace(rates, decode=Decode.BOTH), "jpeg", CARDS) == (Part("e2e"), Part("e2e", True))
    # Nobody was trained for WebP; the current codec's refined picture is ours already.
    every = parts(replace(rates, preset="all", decode=Decode.REFINED), "jpeg", CARDS)
    assert Part("webp") in every
    assert Part("jpeg", True) not in every
    assert Part("goog", True) in every
    assert pane_keys(rates, "jpeg", CARDS, original=False) == ("estimate", "standard/e2e")
    # Without a decoder, the current codec's standard decode is ours.
    assert Part("webp") not in parts(replace(rates, preset="all"), "webp", CARDS)


@given(st.tuples(*[st.sampled_from(["", "a", "b", "c", "gone"])] * 2))
def test_a_wipe_has_two_of_the_panes(pair: tuple[str, str]) -> None:
    one, other = pair_of(Rates(pair=pair), ("a", "b", "c"))
    assert {one, other} <= {"a", "b", "c"}
    assert one != other
    for asked, got in zip(pair, (one, other), strict=True):
        if asked in ("a", "b", "c") and pair[0] != pair[1]:
            assert asked == got


def test_choosing_the_other_side_exchanges_the_two() -> None:
    state = r.set_preset(opened(Page.EQUAL), "e2e")
    assert r.wiped_panes(state) == ("estimate", "standard/e2e")
    assert r.wiped_panes(r.set_pair(state, first="standard/e2e")) == ("standard/e2e", "estimate")
    assert r.wiped_panes(r.set_pair(state, second="original")) == ("estimate", "original")
    assert r.wiped_panes(s.swap(state)) == ("standard/e2e", "estimate")


def test_overlays_of_one_decoder_have_no_place() -> None:
    state = opened(Page.EQUAL)
    assert s.shown_overlay(s.set_overlay(state, Overlay.GRID)) is Overlay.GRID
    assert s.shown_overlay(s.set_overlay(state, Overlay.GAIN)) is Overlay.NONE
    assert s.set_overlay(state, Overlay.GRID).overlay is state.overlay


def test_choices_are_remembered_and_rubbish_is_not() -> None:
    chosen = Rates(
        True,
        Page.EQUAL,
        Metric.MS_SSIM,
        hidden=frozenset({"webp"}),
        published=False,
        preset="goog",
        decode=Decode.BOTH,
    )
    assert loaded_rates(Rates(), saved_rates(chosen)) == replace(chosen, on=False)
    for broken in (None, [], {"hidden": 3, "page": [], "preset": "x", "metric": {}}):
        assert loaded_rates(Rates(), broken) == Rates()
    assert loaded_rates(Rates(), {"hidden": list(CODEC_FACTS)}).hidden == Rates().hidden


# ---- what jobs say -----------------------------------------------------------------------------------------


def test_facts_grow_with_the_news() -> None:
    known = CurveFacts()
    for news in (
        Recognised("n", {"webp": POINTS["webp"]}),
        Begun(Task("jpeg", 10), 0.25),
        Measured(point("jpeg", 10, 0.4, 28)),
        Measured(point("jpeg", 10, 0.4, 28, 29)),
        Failed("e2e", "no model"),
        Failed("goog", "no weights", unrefined=True),
    ):
        known = known.heard(news)
    assert known.points["jpeg"][10].refined is not None
    assert set(known.points["webp"]) == {5, 20}
    assert (known.failures, known.unrefined) == ({"e2e": "no model"}, {"goog": "no weights"})
    assert (known.task, known.part, known.name) == (Task("jpeg", 10), 0.25, "n")
    for facts_ in (known, EqualFacts()):
        with pytest.raises(TypeError):
            facts_.heard("gossip")


def test_what_is_missing_at_equal_rate_comes_in_order() -> None:
    wanted = (Part("e2e", True), Part("webp"), Part("jpeg"), Part("goog", True))
    known = EqualFacts(0.5, sent={"jpeg": sent("jpeg", 0.5, 30)})
    assert known.missing(wanted) == (Part("e2e"), Part("webp"), Part("goog"), Part("e2e", True),
                                     Part("goog", True))  # fmt: skip
    known = known.heard(PartFailed(Part("e2e"), "no model"))
    known = known.heard(PartMade(Part("goog"), sent("goog", 0.4, 25)))
    assert known.missing(wanted) == (Part("webp"), Part("goog", True))
    known = known.heard(PartRefined(Part("goog"), Refined("sweep-e2e", run().refinement.steps[2])))
    known = known.heard(PartBegun(Part("webp"), 1, 4))
    assert known.missing(wanted) == (Part("webp"),)
    assert replace(known, part=0.375).progress(Part("webp")) == pytest.approx(0.5)
    assert known.progress(Part("goog")) is None


# ---- curves ------------------------------------------------------------------------------------------------


def test_a_pair_of_lines_for_each_codec() -> None:
    plot = scene_of(opened(), facts()).rates.plot  # type: ignore[union-attr]
    lines = {curve.key: curve for curve in plot.curves if curve.key}
    assert set(lines) == {"jpeg/standard", "jpeg/sweep", "webp/standard"}
    jpeg, refined = lines["jpeg/standard"], lines["jpeg/sweep"]
    assert (jpeg.style, refined.style) == ("solid", "dash")
    assert (jpeg.colour, jpeg.symbol) == (refined.colour, refined.symbol)
    assert jpeg.x.tolist() == [0.4, 1.0]
    assert refined.y.tolist() == [29.0, 33.5]
    assert lines["webp/standard"].x.tolist() == [0.3, 0.6]
    assert jpeg.labels == ("q10", "q30")
    assert plot.marker == pytest.approx(0.5, abs=0.01)
    assert len({curve.symbol for curve in lines.values()}) == 2


def test_clicks_find_what_their_points_are() -> None:
    shown = scene_of(opened(), facts()).rates
    assert shown is not None
    for curve in shown.plot.curves:
        if curve.key:
            targets = shown.targets[curve.key]
            assert [target.rate for target in targets] == curve.x.tolist()
    assert shown.targets["webp/standard"][1].quality == 20
    assert shown.targets["webp/standard"][1].words == "WebP q20"


def test_the_other_metric_needs_nothing_new() -> None:
    plot = scene_of(opened(metric=Metric.MS_SSIM), facts()).rates.plot  # type: ignore[union-attr]
    assert "MS-SSIM" in plot.title
    jpeg = next(curve for curve in plot.curves if curve.key == "jpeg/standard")
    assert jpeg.y.tolist() == [0.95, 0.95]


def test_switched_off_codecs_are_gone_but_known() -> None:
    hidden = scene_of(opened(hidden=frozenset({"webp"})), facts()).rates
    assert hidden is not None
    assert all(not curve.key.startswith("webp") for curve in hidden.plot.curves)
    chips = {chip.codec: chip for chip in hidden.chips}
    assert set(chips) == set(CODEC_FACTS)
    assert (chips["webp"].on, chips["jpeg"].on, chips["webp"].refined, chips["goog"].refined) == (
        False, True, False, True,
    )  # fmt: skip


def test_an_exact_copy_has_no_place_on_the_plot() -> None:
    exact = CurveFacts("n", {"webp": {94: replace(point("webp", 94, 3.0, math.inf))}})
    curve = next(c for c in scene_of(opened(), facts(exact)).rates.plot.curves if c.key)  # type: ignore[union-attr]
    assert np.isnan(curve.y[0])


def test_failures_are_told_once_in_a_line() -> None:
    failed = replace(
        CURVES, failures={"e2e": "E2E: its model e2e.json is nowhere"}, unrefined={"jpeg": "broken"}
    )
    shown = scene_of(opened(), facts(failed)).rates
    assert shown is not None
    assert "Left out: E2E: its model e2e.json is nowhere" in shown.note
    assert "Not refined: JPEG, broken" in shown.note
    chip = next(chip for chip in shown.chips if chip.codec == "e2e")
    assert chip.failed
    assert "e2e.json" in chip.tip


def kodak(width: int = 768, height: int = 512, name: str = "kodim07.png") -> Picture:
    return Picture(name, np.zeros((height, width, 3), np.uint8))


@pytest.mark.parametrize(
    ("shown", "yes"),
    [
        (kodak(), True),
        (kodak(512, 768, "KODIM19.webp"), True),
        (kodak(name="kodim25.png"), False),
        (kodak(name="mykodim07.png"), False),
        (kodak(700, 512), False),
        (PHOTO, False),
    ],
)
def test_kodak_pictures_are_told_by_name_and_size(shown: Picture, yes: bool) -> None:
    assert is_kodak(opened(shown=shown)) is yes


PUBLISHED = Published("JPEG", (0.2, 0.5), (25.0, 29.0), "CompressAI jpeg.json", (0.8, 0.9))


def test_published_curves_stand_behind_kodaks_alone() -> None:
    mean = Mean((), (PUBLISHED,))
    known = facts(run=None)
    known = replace(known, rates=replace(known.rates, mean=mean))
    shown = scene_of(opened(shown=kodak()), known).rates
    assert shown is not None
    first = shown.plot.curves[0]
    assert (first.faint, first.key, first.name) == (True, "", "JPEG, published (mean over Kodak)")
    assert "CompressAI" in first.labels[0]
    assert "not measured here: CompressAI's published means over Kodak" in shown.note
    similar = scene_of(opened(shown=kodak(), metric=Metric.MS_SSIM), known).rates.plot.curves[0]  # type: ignore[union-attr]
    assert "RGB" in similar.name
    assert similar.y.tolist() == [0.8, 0.9]
    for state in (opened(), opened(shown=kodak(), published=False)):
        assert not any(curve.faint for curve in scene_of(state, known).rates.plot.curves)  # type: ignore[union-attr]


def test_means_over_kodak_are_labelled_and_need_no_picture() -> None:
    curves = (
        Curve("jpeg", "", "", (0.25, 0.5), (28.0, 31.0), (0.9, 0.95), 24),
        Curve("jpeg", "raster", "both", (0.25, 0.5), (28.2, 31.2), (0.9, 0.95), 24),
        Curve("jpeg", "sweep", "both", (0.25, 0.5), (28.9, 31.9), (0.91, 0.96), 24),
    )
    known = facts(run=None)
    known = replace(known, rates=replace(known.rates, mean=Mean(curves)))
    shown = scene_of(opened(shown=None, source=Source.KODAK), known).rates
    assert shown is not None
    assert [curve.key for curve in shown.plot.curves] == ["jpeg/standard", "jpeg/sweep"]
    assert "means over Kodak" in shown.plot.title
    assert "24 pictures" in shown.note
    assert shown.targets["jpeg/sweep"][0].quality is None
    assert all(row.values[-1] == "mean over Kodak" for row in shown.table.rows)


def test_what_is_missing_is_said_kindly() -> None:
    none = replace(facts(CurveFacts(), run=None), rates=RatesFacts(mean=Mean(note="no means here")))
    received = replace(opened(), picture=None, stream=Stream("a.jpg", b"", 8, 8))
    notes = [
        scene_of(opened(source=Source.KODAK), none).rates.plot.note,  # type: ignore[union-attr]
        scene_of(received, none).rates.plot.note,  # type: ignore[union-attr]
        scene_of(opened(shown=None), none).rates.plot.note,  # type: ignore[union-attr]
    ]
    assert notes[0] == "no means here"
    assert "no original" in notes[1]
    assert notes[2] == "Open a picture to begin"


def test_figures_at_the_current_rate() -> None:
    rows = {row.label: row.value for row in scene_of(opened(), facts()).summary}
    assert rows["JPEG"] == "28.83 dB → 29.75 dB"
    assert rows["WebP"] == "31.33 dB"
    assert rows["RGB PSNR at"] == "0.500 bpp"


def test_what_the_decoders_gain_is_a_plot() -> None:
    gain = next(plot for plot in scene_of(opened(), facts()).plots if plot.key == "rates gain")
    (curve,) = gain.curves
    assert curve.y.tolist() == [1.0, 0.5]


def test_the_points_as_csv() -> None:
    shown = scene_of(opened(), facts()).rates
    assert shown is not None
    lines = table_text(shown.table).splitlines()
    assert lines[0] == "codec,decoder,quality,bits_per_pixel,psnr_rgb_db,ms_ssim,figures"
    assert lines[1] == "JPEG,standard,10,0.4,28,0.95,photo.png"
    assert len(lines) == 1 + 6


# ---- equal rate --------------------------------------------------------------------------------------------

EQUAL = EqualFacts(
    0.5,
    {
        "jpeg": sent("jpeg", 0.5, 30.0, 15),
        "goog": sent("goog", 0.44, 26.0, 4),
        "e2e": sent("e2e", 0.505, 32.0, 20),
    },
)


def panes(state: Session, equal: EqualFacts = EQUAL, **changes: object) -> dict[str, tuple[str, str]]:
    shown = scene_of(state, facts(equal=equal, **changes))
    return {
        pane.key: (pane.title, pane.detail if pane.pixels is not None else pane.message)
        for pane in shown.panes
    }


def test_each_pane_says_what_it_is() -> None:
    said = panes(r.set_preset(opened(Page.EQUAL), "all"))
    assert said["estimate"] == ("Ours: JPEG + sweep", "0.500 bpp · MS-SSIM 0.9700 · 32.00 dB")
    assert said["standard/jpeg"][0] == "JPEG q15"
    assert said["standard/e2e"] == ("E2E q20", "0.505 bpp · MS-SSIM 0.9320 · 32.00 dB")
    assert said["standard/goog"][0] == "GOOG-small 4/8, −12 % bits"
    assert said["standard/webp"][1] == "waiting"
    assert said["original"][0] == "Original"


def test_earlier_steps_of_ours_are_named() -> None:
    state = replace(r.set_preset(opened(Page.EQUAL), "jpeg"), step=1)
    assert panes(state)["estimate"][0] == "Ours: JPEG + sweep, step 1"
    assert panes(replace(state, step=0))["estimate"][0] == "Ours: JPEG q15"


def test_a_progressive_stream_is_shown_as_far_as_the_scrubber_says() -> None:
    whole = run(0.8, "goog", steps=0)
    stages = tuple(
        Stage(k, coded("goog", 0.2 * k, k), Scores(psnr_rgb_db=24.0 + k, ms_ssim=0.9)) for k in (1, 2, 3)
    )
    long = replace(whole, refinement=replace(whole.refinement, stages=stages, planned_stages=3))
    state = replace(opened(Page.EQUAL, preset="jpeg"), step=-2)
    shown = scene_of(state, facts(equal=replace(EQUAL, target=0.8), run=long))
    assert shown.panes[0].title == "Ours: GOOG-small 2/8, −50 % bits"
    assert "26.00 dB" in shown.panes[0].detail
    plot = scene_of(replace(opened(), step=-2), facts(run=long)).rates.plot  # type: ignore[union-attr]
    assert plot.marker == pytest.approx(0.4, rel=1e-2)
    assert [float(curve.y[0]) for curve in plot.curves if curve.name.startswith("Now")] == [26.0]


def test_refined_pictures_name_their_decoder() -> None:
    refined = replace(EQUAL, refined={"e2e": Refined("sweep-e2e", run().refinement.steps[2])})
    said = panes(r.set_decode(r.set_preset(opened(Page.EQUAL), "e2e"), Decode.REFINED), refined)
    assert said["refined/e2e"] == ("E2E + sweep-e2e", "0.505 bpp · MS-SSIM 0.9700 · 32.00 dB")


def test_errors_and_progress_stand_in_the_pane() -> None:
    state = r.set_preset(opened(Page.EQUAL), "all")
    busy = replace(
        EQUAL, failures={Part("avif"): "AVIF: too large"}, begun=PartBegun(Part("webp"), 1, 4), part=0.3
    )
    said = panes(state, busy, job=JobState("x", 0.3))
    assert said["standard/avif"][1] == "AVIF: too large"
    assert said["standard/webp"][1] == "encoding, 20 %"
    assert said["standard/jpeg2000"][1] == "waiting"
    assert panes(state, replace(EQUAL, stopped=True))["standard/webp"][1] == "stopped: F5 goes on"


def test_a_received_file_has_no_equals() -> None:
    state = replace(opened(Page.EQUAL, preset="e2e"), picture=None, stream=Stream("a.jpg", b"", 8, 8))
    said = panes(state, EqualFacts(), run=None)
    assert "no original" in said["standard/e2e"][1]
    assert "original" not in said
    (row,) = scene_of(state, facts(equal=EqualFacts())).summary
    assert (row.label, row.value) == ("Received", "0.500 bpp")


def test_modes_over_codecs() -> None:
    state = r.set_preset(opened(Page.EQUAL), "e2e")
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
    shown = scene_of(r.set_preset(opened(Page.EQUAL), "all"), facts(equal=EQUAL))
    assert [row.label for row in shown.summary] == [
        "All near", "Ours: JPEG + sweep", "E2E", "JPEG", "GOOG-small",
    ]  # fmt: skip
    assert shown.summary[-1].value == "26.00 dB (0.440 bpp)"
    assert shown.rates is not None
    lines = table_text(shown.rates.table).splitlines()
    assert lines[1].startswith("JPEG,sweep,15,0.5,32,0.97")
    assert len(lines) == 1 + 4


def test_nothing_new_is_drawn_for_nothing() -> None:
    state, known, memo = r.set_preset(opened(Page.EQUAL), "all"), facts(equal=EQUAL), Memo()
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


def test_the_status_bar_tells_what_is_under_way() -> None:
    known = RatesFacts(replace(CURVES, task=Task("goog", 3), part=0.5))
    assert rates_job(known, surveying=True, equalling=False) == JobState(
        "Measuring GOOG-small 3 iterations", 0.5
    )
    refining = RatesFacts(replace(CURVES, task=Task("jpeg", 10, True)))
    assert rates_job(refining, surveying=True, equalling=False).text == "Refining JPEG q10"
    busy = RatesFacts(equal=replace(EQUAL, begun=PartBegun(Part("avif"), 2, 5), part=0.4))
    assert rates_job(busy, surveying=False, equalling=True) == JobState("Encoding AVIF, 3 of 5", 0.4)
    assert rates_job(known, surveying=False, equalling=False) == JobState()
