"""The compare view's state: presets, names and looks of entries, and every transition."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.types import Context
from tests.support.viewer_engine import CARDS, STUDY_CARDS, picture, study_card
from viewer.compare.styles import looks
from viewer.model.scene.palette import contrast
from viewer.model.session import compare_changes as c
from viewer.model.session import pages as s
from viewer.model.session.choices import MAX_STEPS, Mode, Overlay, Page
from viewer.model.session.compare import Axis, Compare, ComparePage, Entry
from viewer.model.session.compare_presets import (
    PRESETS,
    can_compare,
    entry_of,
    first_entries,
    known_entries,
    labels,
    presets,
)
from viewer.model.session.options import set_context, set_quality
from viewer.model.session.state import Options, Session, needs_run


def state(**changes: object) -> Session:
    session = Session(options=Options(decoder="sweep"), models=STUDY_CARDS, picture=picture())
    return replace(session, **changes)  # type: ignore[arg-type]


def opened(*names: str) -> Session:
    return c.open_compare(state(), [Entry(name) for name in names])


# ---- presets and names -----------------------------------------------------------------------------------


def test_presets_follow_from_the_cards() -> None:
    found = {preset.key: [entry.decoder for entry in preset.entries] for preset in presets(STUDY_CARDS)}
    assert found["learners"] == [
        "learner-bptt-1",
        "learner-attentive-sab-1",
        "learner-rtrl-1",
        "learner-uoro-1",
    ]
    assert found["plain"] == ["learner-bptt-1", "learner-rtrl-1", "learner-uoro-1"]
    assert found["attentive"] == ["learner-attentive-bptt-1", "learner-attentive-sab-1"]
    assert found["cells"] == ["cell-elman-1", "cell-lstm-1", "cell-gru-1"]
    assert found["main"] == ["sweep", "raster"]
    assert set(found) <= set(PRESETS)
    assert "full-size" not in found
    assert "sibling" not in found
    contexts = next(preset for preset in presets(STUDY_CARDS) if preset.key == "context")
    assert [entry.context for entry in contexts.entries] == list(Context)
    assert {entry.decoder for entry in contexts.entries} == {"raster"}


def test_full_size_and_sibling_presets() -> None:
    cards = (
        *STUDY_CARDS,
        study_card("attentive-bptt", "learners", "BPTT", "lstm", k_top=4, units=256),
        study_card("attentive-sab", "learners", "SAB", "lstm", k_top=4, units=256),
        study_card("sibling-1", "sibling", cell="lstm", kind="sibling"),
        study_card("sibling-2", "sibling", cell="lstm", kind="sibling", seed=2),
        study_card("single-1", "sibling", cell="lstm"),
    )
    found = {preset.key: [entry.decoder for entry in preset.entries] for preset in presets(cards)}
    assert found["full-size"] == ["attentive-bptt", "attentive-sab"]
    assert found["sibling"] == ["single-1", "sibling-1"]
    assert "attentive-sab" not in found["learners"]
    assert labels([Entry("single-1"), Entry("sibling-1")], cards) == ("Single", "Sibling")


def test_nothing_to_compare() -> None:
    assert presets(()) == ()
    assert not can_compare(CARDS[:1])
    assert can_compare(CARDS)
    alone = replace(state(), models=CARDS[:1])
    assert c.open_compare(alone) is alone
    assert first_entries(CARDS[:1], "sweep") == (Entry("sweep"),)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["learner-bptt-1", "learner-rtrl-1"], ("BPTT", "RTRL")),
        (["learner-bptt-1", "learner-bptt-2"], ("BPTT seed 1", "BPTT seed 2")),
        (["learner-bptt-1", "learner-attentive-bptt-1"], ("BPTT", "BPTT attentive")),
        (["cell-lstm-1", "cell-gru-1"], ("LSTM", "GRU")),
        (["sweep", "raster"], ("Sweep", "Raster")),
    ],
)
def test_names_tell_entries_apart(names: list[str], expected: tuple[str, ...]) -> None:
    assert labels([Entry(name) for name in names], STUDY_CARDS) == expected


def test_every_preset_has_different_names_and_colours() -> None:
    for preset in presets(STUDY_CARDS):
        names = labels(preset.entries, STUDY_CARDS)
        assert len(set(names)) == len(names)
        shown = looks(preset.entries, STUDY_CARDS)
        assert len({look.colour for look in shown}) == len(shown)


def test_seeds_of_one_learner_get_shades_and_symbols_of_their_own() -> None:
    cards = (*STUDY_CARDS, study_card("learner-bptt-3", "learners", "BPTT", seed=3))
    entries = [Entry(f"learner-bptt-{seed}") for seed in (1, 2, 3)]
    shown = looks(entries, cards)
    assert shown[0].colour == "#56B4E9"
    assert len({look.colour for look in shown}) == 3
    assert len({look.symbol for look in shown}) == 3
    for one, other in ((0, 1), (0, 2), (1, 2)):
        assert contrast(shown[one].colour, shown[other].colour) > 1.4


def test_colours_are_fixed_whatever_they_stand_beside() -> None:
    alone = looks([Entry("learner-uoro-1"), Entry("sweep")], STUDY_CARDS)[0]
    among = looks([Entry("learner-bptt-1"), Entry("learner-rtrl-1"), Entry("learner-uoro-1")], STUDY_CARDS)[2]
    assert alone == among


# ---- transitions -----------------------------------------------------------------------------------------


def test_opening_takes_the_asked_the_last_or_the_first_preset() -> None:
    assert opened("sweep", "raster").compare.entries == (Entry("sweep"), Entry("raster"))
    first = c.open_compare(state())
    assert first.page is Page.COMPARE
    assert first.compare.entries == presets(STUDY_CARDS)[0].entries
    again = c.open_compare(c.close_compare(opened("sweep", "raster")))
    assert again.compare.entries == (Entry("sweep"), Entry("raster"))
    unknown = c.open_compare(state(), [Entry("sweep"), Entry("gone")])
    assert unknown.compare.entries == first.compare.entries


def test_opening_leaves_what_belongs_to_one_decoder() -> None:
    busy = state(mode=Mode.DIFFERENCE, solo="estimate", blinking=True, playing=True, scan=3, step=1)
    calm = c.open_compare(busy)
    assert (calm.mode, calm.solo, calm.blinking, calm.playing, calm.scan, calm.step) == (
        Mode.SIDE, "", False, False, None, None,
    )  # fmt: skip
    assert s.panes_available(calm)[0] == "standard"
    assert not calm.scans
    closed = c.close_compare(replace(calm, solo=calm.compare.entries[0].key))
    assert closed.solo == ""
    assert s.panes_available(closed) == ("original", "standard", "estimate")


def test_two_at_least_and_six_at_most() -> None:
    session = opened("sweep", "raster")
    assert c.toggle_entry(session, Entry("sweep")) is session
    many = session
    for card in STUDY_CARDS:
        many = c.toggle_entry(many, entry_of(card)) if entry_of(card) not in many.compare.entries else many
    assert len(many.compare.entries) == 6
    assert c.toggle_entry(many, Entry("cell-gru-1")) is many
    fewer = c.toggle_entry(many, Entry("sweep"))
    assert len(fewer.compare.entries) == 5
    assert known_entries([Entry("sweep", Context.CAUSAL), Entry("nothing")], STUDY_CARDS) == ()


def test_removing_the_only_shown_pane_shows_all() -> None:
    session = opened("sweep", "raster", "learner-bptt-1")
    alone = s.solo_pane(session, 2)
    assert alone.solo == Entry("sweep").key
    assert c.toggle_entry(alone, Entry("raster")).solo == alone.solo
    assert c.toggle_entry(alone, Entry("sweep")).solo == ""
    assert c.toggle_extra(s.solo_pane(session, 1), "standard").solo == ""


def test_the_pair_to_flip_is_always_two_different_entries() -> None:
    session = opened("sweep", "raster", "learner-bptt-1")
    assert session.compare.pair == (0, 1)
    assert c.set_flip(session, first=2).compare.pair == (2, 1)
    assert c.set_flip(session, first=1).compare.pair == (1, 0)
    assert c.set_flip(session, second=0).compare.pair == (1, 0)
    assert c.flip_on(session, 1).compare.pair == (0, 2)
    assert c.flip_on(c.flip_on(session, 1), 1).compare.pair == (0, 1)
    assert c.flip_on(opened("sweep", "raster"), 0).compare.pair == (1, 0)
    assert Compare(entries=(Entry("a"), Entry("b")), flip=(5, 5)).pair == (1, 0)
    assert c.hold_flip(session, True).compare.flipped


def test_sorting_goes_up_down_and_back() -> None:
    session = opened("sweep", "raster")
    orders = []
    for _ in range(3):
        session = c.sort_by(session, "seed")
        orders.append(session.compare.sort)
    assert orders == [("seed", False), ("seed", True), ("", False)]
    assert c.sort_by(c.sort_by(session, "seed"), "learner").compare.sort == ("learner", False)


def test_overlays_of_the_view_are_its_own() -> None:
    session = s.toggle_overlay(opened("sweep", "raster"), Overlay.WINNER)
    assert s.shown_overlay(session) is Overlay.WINNER
    assert session.overlay is Overlay.NONE
    assert s.shown_overlay(s.set_overlay(session, Overlay.RINGING)) is Overlay.WINNER
    assert s.shown_overlay(s.toggle_overlay(session, Overlay.WINNER)) is Overlay.NONE
    assert s.shown_overlay(c.close_compare(session)) is Overlay.NONE


def test_pages_and_axes() -> None:
    session = opened("sweep", "raster")
    assert c.set_axis(session, Axis.SECONDS).compare.axis is Axis.SECONDS
    assert c.set_steps(session, 99).compare.steps == MAX_STEPS
    chosen = c.set_cell(c.set_topic(session, "steps"), "BPTT", "K = 4")
    assert chosen.compare.cell == ("BPTT", "K = 4")
    assert c.set_topic(chosen, "quality").compare.cell == ("", "")


def test_what_needs_decoding() -> None:
    single, session = state(), opened("sweep", "raster")
    assert needs_run(single, session)
    assert needs_run(session, single)
    assert needs_run(session, set_quality(session, 40))
    assert needs_run(session, c.set_steps(session, 3))
    assert needs_run(session, c.toggle_entry(session, Entry("learner-bptt-1")))
    assert not needs_run(session, c.set_flip(session, first=1))
    assert not needs_run(session, set_context(session, Context.BOTH))
    assert not needs_run(session, c.set_page(session, ComparePage.TABLE))
    assert not needs_run(session, replace(session, step=1))
