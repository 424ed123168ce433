"""Choosing a codec: what follows, what is kept, and what is remembered. Pure transitions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings

from engine.codecs.facts import CODEC_FACTS
from engine.models.card import ModelCard
from engine.types import Context, EncodeOptions
from tests.support.viewer_engine import card, picture
from viewer.documents.settings import Settings
from viewer.model.session import compare_changes as c
from viewer.model.session.choices import Page
from viewer.model.session.compare import Entry
from viewer.model.session.decoder_choice import codecs_in_words, decoder_for
from viewer.model.session.opening import open_picture, open_stream
from viewer.model.session.options import (
    codec_by,
    set_carry,
    set_codec,
    set_context,
    set_decoder,
    set_quality,
    set_target,
)
from viewer.model.session.playback import choose_step, scan_to, shown_step, step_by, tick, toggle_play
from viewer.model.session.state import Options, Session, Stream


def serving(each: ModelCard, *codecs: str) -> ModelCard:
    return replace(each, codecs=codecs)


MODELS = (
    card("sweep", "sweep"),
    serving(card("sweep-jpeg2000", "sweep"), "jpeg2000"),
    serving(card("sweep-goog", "sweep"), "goog"),
    card("raster", "raster", 2, carry=True),
    serving(card("raster-jpeg2000", "raster", 2), "jpeg2000", "jpeg2000-nomct"),
    replace(card("learner-uoro-1", "raster", 2), study="learners"),
)


def session(decoder: str = "sweep") -> Session:
    return Session(options=Options(decoder=decoder), models=MODELS, picture=picture())


# ---- rate and quality ------------------------------------------------------------------------------------


def test_another_codec_keeps_the_rate() -> None:
    state = set_codec(session(), "jpeg2000", bits_per_pixel=0.37)
    assert (state.options.codec, state.options.bits_per_pixel) == ("jpeg2000", 0.37)
    on = set_codec(state, "goog", bits_per_pixel=0.42)  # what GOOG's few rates came to is no new aim
    assert on.options.bits_per_pixel == 0.37
    back = set_codec(on, "jpeg", bits_per_pixel=0.42)
    assert back.options.bits_per_pixel == 0.37
    assert back.request().encode == EncodeOptions(bits_per_pixel=0.37)


def test_without_a_known_rate_a_codec_begins_at_its_usual_quality() -> None:
    for name, facts in CODEC_FACTS.items():
        state = set_codec(session(), name)
        assert state.options.quality == (15 if name == "jpeg" else facts.usual)
        assert state.options.bits_per_pixel is None


def test_the_same_codec_and_an_unknown_one_change_nothing() -> None:
    state = session()
    assert set_codec(state, "jpeg", 0.5) is state
    assert set_codec(state, "gif", 0.5) is state


@pytest.mark.parametrize("name", CODEC_FACTS)
def test_qualities_stay_within_the_codec_s(name: str) -> None:
    low, high = CODEC_FACTS[name].qualities
    state = set_codec(session(), name)
    assert set_quality(state, -5).options.quality == low
    assert set_quality(state, 1000).options.quality == high


def test_the_codecs_go_round() -> None:
    names, state = [], session()
    for _ in CODEC_FACTS:
        state = set_codec(state, codec_by(state, 1))
        names.append(state.codec)
    assert names == [*list(CODEC_FACTS)[1:], "jpeg"]
    assert codec_by(session(), -1) == "goog"


# ---- the decoder follows ---------------------------------------------------------------------------------


def test_the_decoder_of_the_same_family_follows() -> None:
    assert set_codec(session("sweep"), "jpeg2000").options.decoder == "sweep-jpeg2000"
    assert set_codec(session("raster"), "jpeg2000").options.decoder == "raster-jpeg2000"
    assert set_codec(session("learner-uoro-1"), "jpeg2000").options.decoder == "raster-jpeg2000"
    assert set_codec(session("raster"), "goog").options.decoder == "sweep-goog"


def test_a_decoder_that_serves_both_stays() -> None:
    state = set_codec(set_decoder(set_codec(session(), "jpeg2000"), "raster-jpeg2000"), "jpeg2000-nomct")
    assert state.options.decoder == "raster-jpeg2000"


def test_each_codec_gets_back_the_decoder_chosen_for_it() -> None:
    state = set_codec(set_decoder(session(), "learner-uoro-1"), "jpeg2000")
    assert state.options.decoder == "raster-jpeg2000"
    state = set_decoder(state, "sweep-jpeg2000")
    back = set_codec(state, "jpeg")
    assert back.options.decoder == "learner-uoro-1"
    assert set_codec(back, "jpeg2000").options.decoder == "sweep-jpeg2000"


def test_where_no_decoder_fits_there_is_none_and_it_comes_back() -> None:
    state = set_codec(set_decoder(session(), "raster"), "webp")
    assert state.card is None
    assert state.request().decoder == ""
    assert not state.scans
    assert set_codec(state, "jpeg").options.decoder == "raster"
    assert set_codec(state, "jpeg2000").options.decoder == "raster-jpeg2000"  # of the family chosen last


def test_context_and_carry_fall_back_with_the_decoder() -> None:
    state = set_carry(set_context(set_decoder(session(), "raster"), Context.CAUSAL), True)
    state = set_codec(state, "goog")
    assert state.options.context is Context.BOTH
    assert not state.options.carry


def test_a_decoder_for_another_codec_can_t_be_chosen() -> None:
    state = session()
    assert set_decoder(state, "sweep-jpeg2000") is state
    assert [each.name for each in state.fitting] == ["sweep", "raster", "learner-uoro-1"]


def test_a_received_stream_brings_its_codec_and_gives_it_up_again() -> None:
    stream = Stream("a.j2k", b"\xff\x4f\xff\x51", 45, 70, codec="jpeg2000")
    state = open_stream(set_decoder(session(), "raster"), stream)
    assert (state.codec, state.options.codec) == ("jpeg2000", "jpeg")
    assert state.options.decoder == "raster-jpeg2000"
    assert state.request().codec == "jpeg2000"
    assert state.request().encode is None
    assert set_codec(state, "webp") is state  # what was received can't be sent otherwise
    again = open_picture(state, picture(), file_codec="jpeg2000")
    assert (again.codec, again.options.decoder) == ("jpeg", "raster")


def test_decoders_say_what_they_serve() -> None:
    assert codecs_in_words(MODELS[0]) == "JPEG"
    assert codecs_in_words(MODELS[4]) == "JPEG 2000 and JPEG 2000 (no colour transform)"
    assert decoder_for((), "jpeg", "", ()) == ""


# ---- comparing -------------------------------------------------------------------------------------------


def test_the_comparison_follows_the_codec_and_comes_back() -> None:
    entries = (Entry("sweep"), Entry("learner-uoro-1"))
    state = c.open_compare(session(), entries)
    on = set_codec(state, "jpeg2000", 0.4)
    assert on.page is Page.COMPARE
    assert {entry.decoder for entry in on.compare.entries} <= {"sweep-jpeg2000", "raster-jpeg2000"}
    assert set_codec(on, "jpeg").compare.entries == entries
    closed = set_codec(on, "webp")
    assert closed.page is not Page.COMPARE
    assert c.open_compare(closed) is closed
    assert c.open_compare(set_codec(closed, "jpeg")).compare.entries == entries


def test_only_fitting_decoders_can_be_compared() -> None:
    state = c.open_compare(session(), (Entry("sweep"), Entry("sweep-jpeg2000"), Entry("raster")))
    assert state.compare.entries == (Entry("sweep"), Entry("raster"))
    assert c.toggle_entry(state, Entry("sweep-goog")) is state


# ---- positions below 0 -----------------------------------------------------------------------------------


def test_positions_go_below_0_as_far_as_there_are_stages() -> None:
    state = session()
    assert shown_step(choose_step(state, -3, 2, 2, -4), 2, -4) == -3
    assert shown_step(choose_step(state, -9, 2, 2, -4), 2, -4) == -4
    assert choose_step(state, -1, 2, 2).step == 0  # none are there
    low = choose_step(state, -4, 2, 2, -4)
    assert shown_step(low, 2) == 0  # of another stream, that has none
    assert step_by(choose_step(state, -1, 2, 2, -4), 1, 2, 2, -4).step == 0


def test_playing_goes_through_the_stages_and_the_steps() -> None:
    state = toggle_play(session(), 2, 2, -2)
    seen = []
    while state.playing:
        seen.append(shown_step(state, 2, -2))
        state = tick(state, 2, 2, -2)
    assert [*seen, shown_step(state, 2, -2)] == [-2, -1, 0, 1, 2]


def test_the_scan_belongs_to_the_decoder_s_steps() -> None:
    state = scan_to(set_decoder(session(), "raster"), 3)
    assert choose_step(state, -1, 2, 2, -2).scan is None
    assert choose_step(state, 1, 2, 2, -2).scan == 3
    assert scan_to(choose_step(state, -1, 2, 2, -2), 0).step is None


# ---- settings --------------------------------------------------------------------------------------------


def restored(state: Session, tmp_path: Path) -> Session:
    """What another start makes of a state."""
    path = str(tmp_path / "settings.ini")
    settings = Settings(QSettings(path, QSettings.Format.IniFormat))
    settings.save_session(state)
    settings.sync()
    return Settings(QSettings(path, QSettings.Format.IniFormat)).load_session(session())


@pytest.mark.parametrize("name", CODEC_FACTS)
@pytest.mark.parametrize("target", [None, 0.42])
def test_the_next_start_asks_for_the_very_same(name: str, target: float | None, tmp_path: Path) -> None:
    state = set_quality(set_codec(set_decoder(session(), "raster"), name), 7)
    state = set_target(state, target) if target is not None else state
    back = restored(state, tmp_path)
    assert back.options == state.options
    assert back.chosen == state.chosen
    assert replace(back, picture=state.picture).request() == state.request()
    assert set_codec(back, "jpeg").options.decoder == "raster"


def test_settings_of_other_models_and_garbage_are_forgotten(tmp_path: Path) -> None:
    state = replace(session(), chosen=(("jpeg", "gone"), ("goog", "sweep"), ("goog", "sweep-goog")))
    assert restored(state, tmp_path).chosen == (("goog", "sweep-goog"),)
    poorer = replace(set_codec(session(), "goog"), models=MODELS)
    path = str(tmp_path / "other.ini")
    Settings(QSettings(path, QSettings.Format.IniFormat)).save_session(poorer)
    few = Settings(QSettings(path, QSettings.Format.IniFormat)).load_session(
        replace(session(), models=MODELS[:1])
    )
    assert (few.codec, few.options.decoder) == ("goog", "")
