"""Maps over the pictures: what they show of a run, without a window."""

from __future__ import annotations

import numpy as np

from engine.metrics.fidelity import patch_gain_db
from engine.metrics.settling import settled_map
from engine.types import frozen
from tests.support.viewer_engine import Engine, run, scene_of, session
from viewer.model.facts.facts import Facts
from viewer.model.session import pages as s
from viewer.model.session.choices import Overlay
from viewer.overlays.resolve.overlay import needs_map


def test_overlays(engine: Engine) -> None:
    state = session()
    made = run(state)
    assert state.picture is not None
    bits = scene_of(s.set_overlay(state, Overlay.BITS), Facts(run=made)).overlay
    assert bits.values is not None
    assert bits.values.shape == (6, 9)
    gain = scene_of(s.set_overlay(state, Overlay.GAIN), Facts(run=made)).overlay
    assert gain.values is not None
    expected = patch_gain_db(state.picture.pixels, made.pixels(0), made.pixels(3))
    assert np.array_equal(gain.values, expected)
    assert gain.diverging
    assert gain.low == -gain.high
    settled = s.set_overlay(state, Overlay.SETTLED)
    assert needs_map(settled, run(state, steps=1)) is None
    assert needs_map(settled, made) == (Overlay.SETTLED, 3)
    measured = frozen(np.full((6, 9), 2.0, np.float32))
    assert scene_of(settled, Facts(run=made)).overlay.note == "measuring …"
    shown = scene_of(settled, Facts(run=made, maps={(Overlay.SETTLED, 3): measured})).overlay
    assert shown.values is measured
    assert needs_map(state, made) is None


def test_settled_map() -> None:
    last = np.full((16, 20, 3), 100, np.uint8)
    early, middle = last.copy(), last.copy()
    early[:8, :8] = 120  # settles at step 1
    early[8:, 16:] = 90  # a patch cut by the edge, settles at step 2
    middle[8:, 16:] = 90
    early[0, 8, 0] = 130  # one sample of many: settled from the start
    assert settled_map((early, middle, last)).tolist() == [[1, 0, 0], [0, 0, 2]]
    back = last.copy()
    back[:8, :8] = 50  # near, away, near again: only the last counts
    assert settled_map((last, back, last))[0, 0] == 2
