"""Hidden states and attention of compared decoders, and of a single one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.compared import BPTT, SAB, session, shown, told
from tests.support.viewer_engine import STUDY_CARDS, UNITS, Engine, scene_of
from viewer.model.facts.compare import CompareFacts
from viewer.model.facts.facts import Facts
from viewer.model.session import compare_changes as c
from viewer.model.session.compare import Entry
from viewer.model.session.place import leave
from viewer.model.session.state import Options

pytestmark = pytest.mark.cards(STUDY_CARDS)


# ---- hidden states ---------------------------------------------------------------------------------------


def test_strips_hold_the_hidden_state_of_the_patch(engine: Engine) -> None:
    state = replace(session(), cursor=(20, 12))
    scene = shown(state, told(state))
    assert scene.inside is not None
    assert [strip.name for strip in scene.inside.strips] == ["BPTT", "RTRL", "SAB"]
    strip = scene.inside.strips[0]
    assert strip.values.shape == (2, UNITS)
    assert strip.values[:, 0].tolist() == pytest.approx([0.1, 0.2], abs=1e-3)
    assert strip.values[0, 1] == pytest.approx(-0.1, abs=1e-3)
    assert strip.values[0, 2] == pytest.approx(0.2, abs=1e-3)
    assert strip.step == 2
    assert strip.limit >= 0.5
    away = shown(leave(state), told(state))
    assert away.inside is not None
    assert (away.inside.strips, away.inside.note) == ((), "Point at a patch to see the hidden state")
    assert shown(c.open_compare(state, (Entry("sweep"), Entry("raster"))), CompareFacts()).inside is not None


def test_attention_is_drawn_in_the_pane_of_its_decoder(engine: Engine) -> None:
    state = replace(session(), cursor=(20, 12))
    patch = shown(state, told(state)).patch
    assert patch is not None
    assert patch.recalled_in(BPTT.key) == ()
    recalled = patch.recalled_in(SAB.key)
    assert [(each.column, each.weight, each.start) for each in recalled] == [
        (1, 0.75, False),
        (0, 0.25, True),
    ]
    flipped = shown(c.hold_flip(c.set_flip(state, 0, 2), True), told(state)).patch
    assert flipped is not None
    assert flipped.recalled_in(BPTT.key) == recalled
    first = shown(replace(state, step=0), told(state)).patch
    assert first is not None
    assert first.recalls == ()


def test_single_decoders_show_their_hidden_state_too(engine: Engine) -> None:
    from tests.support.viewer_engine import run

    state = replace(
        c.close_compare(session()), options=Options(decoder=SAB.decoder), cursor=(20, 12), models=STUDY_CARDS
    )
    scene = scene_of(state, Facts(run=run(state)))
    assert scene.inside is not None
    assert scene.inside.strips[0].values.shape == (2, UNITS)
    assert scene.patch is not None
    assert scene.patch.recalled_in("estimate")[0].weight == 0.75
    sweep = replace(state, options=Options(decoder="sweep"))
    assert scene_of(sweep, Facts(run=run(sweep))).inside is None
