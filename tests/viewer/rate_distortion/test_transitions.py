"""The codecs view's state: pure transitions, what is remembered of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.codecs.facts import CODEC_FACTS
from tests.support.rate_facts import CARDS, PHOTO, SWEEP, opened
from tests.support.viewer_engine import card
from viewer.model.session import pages as s
from viewer.model.session import rate_distortion_changes as r
from viewer.model.session.capture import apply, capture
from viewer.model.session.choices import Overlay, Page
from viewer.model.session.compare_changes import open_compare
from viewer.model.session.rate_distortion import (
    Decode,
    Metric,
    Part,
    Rates,
    RatesPage,
    pair_of,
    pane_keys,
    parts,
)
from viewer.model.session.saved_json import from_json, to_json, values_from_json
from viewer.model.session.state import Options, Session, Stream, needs_run

# ---- transitions -------------------------------------------------------------------------------------------


def test_opening_and_closing_keep_what_is_chosen() -> None:
    state = opened(RatesPage.EQUAL, preset="e2e", hidden=frozenset({"avif"}))
    closed = r.close_rates(state)
    assert closed.page is not Page.CODECS
    again = r.toggle_rates(closed)
    assert again.rates == state.rates
    assert needs_run(closed, again) is False


def test_the_codecs_and_the_comparison_take_turns() -> None:
    two = Session(models=(SWEEP, card("raster", "raster")), picture=PHOTO, options=Options(decoder="sweep"))
    compared = open_compare(two)
    assert compared.page is Page.COMPARE
    codecs = r.open_rates(compared)
    assert codecs.page is Page.CODECS
    assert codecs.page is not Page.COMPARE
    back = open_compare(codecs)
    assert back.page is Page.COMPARE
    assert back.page is not Page.CODECS


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
@given(st.lists(st.tuples(st.floats(-9, 9), st.floats(0, 20)), max_size=12))
def test_the_axis_stays_an_axis(looks: list[tuple[float, float]]) -> None:
    state = opened()
    for low, width in looks:
        state = r.set_span(state, low, low + width)
        low, high = state.rates.span
        assert low >= 0
        assert high <= 8 + 1e-9
        assert high - low >= 0.1 - 1e-9
    assert r.reset_span(state).rates.span == (0.0, 2.0)


def test_what_lies_on_the_axis_is_looked_at_as_asked() -> None:
    assert r.set_span(opened(), 0.5, 1.5).rates.span == pytest.approx((0.5, 1.5))
    assert r.set_span(opened(), -0.5, 0.5).rates.span == pytest.approx((0.0, 1.0)), "panned against the end"


def test_a_point_is_loaded_with_its_codec_and_quality() -> None:
    state = r.load_point(opened(), "e2e", 30, 0.8)
    assert (state.options.codec, state.options.quality, state.options.bits_per_pixel) == ("e2e", 30, None)
    assert state.page is Page.CODECS
    mean = r.load_point(opened(), "jpeg", None, 0.8)
    assert (mean.options.codec, mean.options.bits_per_pixel) == ("jpeg", 0.8)
    before = opened()
    assert r.load_point(before, "bpg", 30, 0.8) is before
    received = replace(opened(), picture=None, stream=Stream("a.jpg", b"", 8, 8))
    assert r.load_point(received, "e2e", 30, 0.8) is received


def test_presets_are_the_slides() -> None:
    for key in ("jpeg", "jpeg2000", "goog", "e2e"):
        assert r.shown_panes(r.set_preset(opened(RatesPage.EQUAL), key)) == (
            "estimate",
            f"standard/{key}",
            "original",
        )
    everything = r.shown_panes(r.set_preset(opened(RatesPage.EQUAL), "all"))
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
    state = r.set_preset(opened(RatesPage.EQUAL), "e2e")
    assert r.wiped_panes(state) == ("estimate", "standard/e2e")
    assert r.wiped_panes(r.set_pair(state, first="standard/e2e")) == ("standard/e2e", "estimate")
    assert r.wiped_panes(r.set_pair(state, second="original")) == ("estimate", "original")
    assert r.wiped_panes(s.swap(state)) == ("standard/e2e", "estimate")


def test_overlays_of_one_decoder_have_no_place() -> None:
    state = opened(RatesPage.EQUAL)
    assert s.shown_overlay(s.set_overlay(state, Overlay.GRID)) is Overlay.GRID
    assert s.shown_overlay(s.set_overlay(state, Overlay.GAIN)) is Overlay.NONE
    assert s.set_overlay(state, Overlay.GRID).overlay is state.overlay


def test_choices_are_remembered_and_rubbish_is_not() -> None:
    chosen = Rates(
        RatesPage.EQUAL,
        Metric.MS_SSIM,
        hidden=frozenset({"webp"}),
        published=False,
        preset="goog",
        decode=Decode.BOTH,
    )
    before = capture(Session())
    record = to_json(capture(replace(Session(), rates=chosen)))
    assert apply(Session(), from_json(record, "x")).rates == chosen
    for broken in (None, [], {"hidden": 3, "page": [], "preset": 4, "metric": {}}):
        assert values_from_json({"codecs": broken}, "x", before.values, forgiving=True) == before.values
    for wrong in ({"hidden": list(CODEC_FACTS)}, {"preset": "x"}):
        assert apply(Session(), from_json({"codecs": wrong}, "x")).rates == Rates()
    gone = from_json({"codecs": {"hidden": ["webp", "gone"]}}, "x")
    assert apply(Session(), gone).rates.hidden == {"webp"}
