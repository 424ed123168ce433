"""From the network's estimate of a block to the picture, as the panel shows it."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest
from skimage import data

from engine import pipeline
from engine.analysis.patch_trace import trace_patch
from engine.decoders.cells import kept_half
from engine.types import EncodeOptions, Picture, frozen
from tests.support.viewer_engine import Token, scene_of
from viewer.model.facts.facts import Facts
from viewer.model.facts.run import Run
from viewer.model.facts.traces import TraceFacts
from viewer.model.scene.patch import PartScene
from viewer.model.session.opening import open_picture
from viewer.model.session.options import set_decoder
from viewer.model.session.place import pin_at
from viewer.model.session.state import Session
from viewer.patch.worker import trace


@pytest.fixture(scope="module")
def decoded() -> tuple[Session, Facts]:
    pixels = frozen(np.ascontiguousarray(data.chelsea()[100:196, 150:262]))
    state = open_picture(Session(models=pipeline.model_cards()), Picture("cat.png", pixels))
    state = set_decoder(state, "flagship")
    coded = pipeline.encode("jpeg", pixels, EncodeOptions(quality=75))
    *_, record = pipeline.refine(state.request(), state.picture, coded)
    return pin_at(state, 8 * 6, 8 * 5), Facts(run=Run(record))


def part(state: Session, facts: Facts) -> PartScene:
    scene = scene_of(state, facts).dock
    assert scene is not None
    return scene.parts[0]


def test_network_projection_and_rounding_are_shown(decoded: tuple[Session, Facts]) -> None:
    state, facts = decoded
    assert facts.run is not None
    record = facts.run.refinement
    before = part(state, facts)
    assert before.stages == ()
    assert before.stages_words == ""
    step = facts.run.ready
    (found,) = trace(record, "flagship", (((5, 6), step),))(Token())  # type: ignore[arg-type]
    assert isinstance(found, TraceFacts)
    shown = part(state, replace(facts, traces=found))
    assert [grid.title for grid in shown.stages] == ["Network", "Projected", "Finished"]
    network, projected, finished = (grid.values for grid in shown.stages)
    luma = record.coded.symbols
    assert luma is not None
    symbols, steps = luma.components[0].coefficients[5, 6], luma.components[0].quantisation
    half = np.where(np.abs(symbols) < 2, 0.4, kept_half(record.coded.scale))
    assert np.allclose(
        projected, np.clip(network, (symbols - half) * steps, (symbols + half) * steps), atol=0.01
    )
    away = np.maximum((symbols - 0.5) * steps - network, network - (symbols + 0.5) * steps)
    outside = int(np.count_nonzero(away > 1e-3))
    moved = int(np.count_nonzero(np.abs(network - projected) > 1e-3))
    assert (f"{moved} moved inwards" in shown.stages_words) == (moved > 0)
    assert np.count_nonzero(shown.stages[0].left) == outside
    assert not np.any(shown.stages[1].left)
    assert (f"{outside} of 64 outside" in shown.stages_words) == (outside > 0)
    assert "of the change applied" in shown.stages_words
    assert "8 bits: " in shown.stages_words
    lit = scene_of(
        replace(state, explain=replace(state.explain, coefficient=(0, 1))), replace(facts, traces=found)
    )
    assert lit.dock is not None
    assert f"network {network[0, 1]:.1f}".replace("-", "−") in lit.dock.readouts[0]
    assert "→ 8 bits" in lit.dock.readouts[0]
    assert np.abs(finished - network).max() > 0


def test_a_trace_of_another_run_is_not_shown(decoded: tuple[Session, Facts]) -> None:
    state, facts = decoded
    assert facts.run is not None
    record = facts.run.refinement
    traced = trace_patch(
        pipeline.load_decoder("flagship"), record.coded, record.request.options, facts.run.ready, (5, 6)
    )
    known = MappingProxyType({((5, 6), facts.run.ready): traced})
    other = replace(record.request, options=replace(record.request.options, strength=0.5))
    assert part(state, replace(facts, traces=TraceFacts(record.coded, other, known))).stages == ()
    assert part(state, replace(facts, traces=TraceFacts(record.coded, record.request, known))).stages != ()
