"""SSIMULACRA2 and FLIP in the window, and what a received file tells of its past."""

from __future__ import annotations

import sys
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest

from engine.artefacts.jpeg_history import Earlier, History
from engine.metrics.fidelity import patch_means
from engine.metrics.perceptual import flip, flip_map, ssimulacra2
from tests.support.viewer_engine import CARDS, Engine, run, scene_of, session
from viewer.model.facts.facts import Facts
from viewer.model.facts.perceived import MOST_PIXELS, Perceived, unmeasured
from viewer.model.facts.run import Run
from viewer.model.session import pages as s
from viewer.model.session.choices import Overlay
from viewer.model.session.state import Session
from viewer.overlays.perceptual_worker import perceived
from viewer.panes.resolve.past import expected_words, past_rows


def measured(made: Run) -> dict[int, Perceived]:
    assert made.refinement.original is not None
    return {at: perceived(made.pixels(at), made.refinement.original.pixels) for at in range(made.ready + 1)}


def rows(state: Session, facts: Facts) -> dict[str, str]:
    return {row.label: row.value for row in scene_of(state, facts).summary}


def test_scores_and_map(engine: Engine) -> None:
    state = session()
    made = run(state)
    assert made.refinement.original is not None
    original = made.refinement.original.pixels
    known = measured(made)
    facts = Facts(run=made, perceived=MappingProxyType(known))
    last = made.ready
    assert known[last].ssimulacra2 == ssimulacra2(original, made.pixels(last))
    assert known[last].flip == pytest.approx(flip(original, made.pixels(last)), rel=1e-6)
    shown = rows(state, facts)
    assert shown["SSIMULACRA2"].endswith(f"→ {known[last].ssimulacra2:.1f}".replace("-", "−"))
    assert shown["FLIP"] == f"{known[0].flip:.4f} → {known[last].flip:.4f}"
    overlay = scene_of(s.set_overlay(state, Overlay.FLIP), facts).overlay
    assert overlay.values is not None
    assert np.array_equal(overlay.values, patch_means(flip_map(original, made.pixels(last))))
    assert overlay.low == 0 < overlay.high
    own = {id(pixels): values for pixels, values in overlay.pictures}
    assert own[id(original)] is None
    assert all(own[id(made.pixels(at))] is known[at].flips for at in known)
    assert rows(state, Facts(run=made))["FLIP"] == "measuring …"
    assert scene_of(s.set_overlay(state, Overlay.FLIP), Facts(run=made)).overlay.note == "measuring …"


def test_a_missing_package_is_said(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    state = session()
    made = run(state)
    monkeypatch.setitem(sys.modules, "flip_evaluator", None)
    monkeypatch.setitem(sys.modules, "ssimulacra2", None)
    facts = Facts(run=made, perceived=MappingProxyType(measured(made)))
    assert rows(state, facts)["FLIP"] == rows(state, facts)["SSIMULACRA2"] == "not installed"
    note = scene_of(s.set_overlay(state, Overlay.FLIP), facts).overlay.note
    assert "pip install nrc-viewer[scores]" in note


def test_large_pictures_are_not_measured(engine: Engine) -> None:
    made = run(session())
    assert unmeasured(made) == ""
    wide = np.broadcast_to(np.uint8(0), (1, MOST_PIXELS + 1, 3))
    coded = replace(made.refinement.coded, standard=wide)
    assert "4 megapixels" in unmeasured(Run(replace(made.refinement, coded=coded)))
    assert "no original" in unmeasured(Run(replace(made.refinement, original=None)))


def test_means_of_patches() -> None:
    values = np.arange(12 * 9, dtype=np.float32).reshape(12, 9)
    means = patch_means(values)
    assert means.shape == (2, 2)
    assert means[0, 0] == values[:8, :8].mean()
    assert means[1, 1] == values[8:, 8:].mean()


def test_what_a_received_file_tells(engine: Engine) -> None:
    made = run(session())
    card = replace(CARDS[0], scores={"kodak": {"q10": {"gain_db": [1.5]}, "q50": {"gain_db": [1.0]}}})
    assert past_rows(card, made) == []
    assert expected_words(card, made) == ""
    told = {
        row.label: row.value
        for row in past_rows(card, replace(made, history=History(75, True, Earlier(30, 3, 5, 0.97))))
    }
    assert told["Saved at quality"] == "75"
    assert told["Saved before"] == "at about 30, grid 3 down, 5 across (97 % sure)"
    assert told["Gain to expect"].startswith("+1.")
    unsure = replace(made, history=History(60, False, Earlier(30, 0, 0, 0.2)))
    assert [row.value for row in past_rows(card, unsure)][:2] == ["about 60", "no sign of it"]
    assert expected_words(card, unsure).startswith("photographs like it gained +1.")
    assert expected_words(replace(card, name="other"), unsure) == ""
