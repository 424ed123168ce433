"""Strength, quantisation intervals and guard: transitions, request, the toolbar's button."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from tests.support.viewer_engine import session
from viewer.decode.commands import AVERAGED
from viewer.decode.past_runs import run_label
from viewer.decode.several import plan_of
from viewer.decode.strength_button import StrengthButton
from viewer.model.session.capture import apply, capture
from viewer.model.session.compare import Entry
from viewer.model.session.history import History, noted, undone
from viewer.model.session.options import set_guard, set_orientations, set_projection, set_strength
from viewer.model.session.state import Session, needs_run


def guarded(state: Session) -> Session:
    return replace(state, models=tuple(replace(card, guarded=True) for card in state.models))


def test_what_is_asked_of_the_decoder_follows() -> None:
    state = session()
    plain = state.request().options
    assert (plain.strength, plain.projection, plain.guard) == (1.0, True, True)
    changed = set_guard(set_projection(set_strength(state, 60), False), False)
    options = changed.request().options
    assert (options.strength, options.projection, options.guard) == (0.6, False, False)
    assert needs_run(state, changed)
    assert set_strength(state, 900).options.strength == 150
    assert set_strength(state, -5).options.strength == 0
    beside = plan_of(changed, (Entry("sweep"),)).requests[Entry("sweep")].options
    assert (beside.strength, beside.projection, beside.guard) == (0.6, False, False)
    assert run_label(changed.request(), ()).endswith("60 % no intervals no guard")


def test_they_are_undone_and_kept() -> None:
    state = session()
    changed = set_strength(state, 60)
    history = noted(History(), state, changed, 0.0)
    assert history.past[-1].name == "strength 100 % → 60 %"
    assert undone(history, changed)[1].options.strength == 100
    off = set_projection(changed, False)
    assert noted(History(), changed, off, 0.0).past[-1].name == "quantisation intervals off"
    again = apply(state, capture(off))
    assert (again.options.strength, again.options.projection, again.options.guard) == (60, False, True)


def test_the_button_says_and_states(qtbot: QtBot) -> None:
    button = StrengthButton()
    qtbot.addWidget(button)
    state = guarded(session())
    button.show_state(state)
    assert button.text() == "Strength 100 %"
    assert button.projection.isChecked()
    assert button.guard.isChecked()
    button.show_state(set_guard(set_projection(set_strength(state, 40), False), False))
    assert button.text() == "Strength 40 %, no intervals or guard"
    heard: list[object] = []
    button.projection_chosen.connect(heard.append)
    button.guard_chosen.connect(heard.append)
    button.projection.trigger()
    button.guard.trigger()
    assert heard == [True, True]
    with qtbot.waitSignal(button.strength_chosen, timeout=2000) as told:
        button.slider.slider().chosen.emit(70)  # type: ignore[attr-defined]
    assert told.args == [button.slider.value()]


def test_what_can_not_be_had_is_said(qtbot: QtBot) -> None:
    button = StrengthButton()
    qtbot.addWidget(button)
    button.show_state(session())  # its decoders are not guarded
    assert not button.guard.isEnabled()
    assert button.guard.toolTip() == "Not now: the guard was not tried on Sweep"
    state = session()
    other = replace(state, options=replace(state.options, codec="jpeg2000"))
    button.show_state(other)
    assert not button.projection.isEnabled()
    assert "no blocks of symbols" in button.projection.toolTip()


@pytest.mark.parametrize("bad", [-1, 151])
def test_values_from_files_are_checked(bad: int) -> None:
    state = session()
    kept = capture(state).having({"options.strength": bad})
    assert apply(state, kept).options.strength == 100


def test_averaging_over_orientations(qtbot: QtBot) -> None:
    state = session()
    many = set_orientations(state, AVERAGED)
    assert many.request().options.orientations == 8
    assert needs_run(state, many)
    assert noted(History(), state, many, 0.0).past[-1].name == "orientations 1 → 8"
    assert apply(state, capture(many)).options.orientations == 8
    assert run_label(many.request(), many.models).endswith("8 orientations")
    assert plan_of(many, (Entry("sweep"),)).requests[Entry("sweep")].options.orientations == 8
    button = StrengthButton()
    qtbot.addWidget(button)
    button.show_state(many)
    assert (button.text(), button.averaged.isChecked()) == ("Strength 100 %, 8×", True)
    heard: list[object] = []
    button.averaged_chosen.connect(heard.append)
    button.averaged.trigger()
    assert heard == [False]
    raster = replace(many, options=replace(many.options, decoder="raster"))
    button.show_state(raster)  # sweep decoders beside it are averaged, so it can be switched off
    assert (button.text(), button.averaged.isChecked()) == ("Strength 100 %", True)
    button.show_state(set_orientations(raster, 1))
    assert not button.averaged.isEnabled()
    assert button.averaged.toolTip().endswith("has no sweeps to average")
