"""The network's diagram: nodes, places, and the window by keys, over real networks of a few units."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PySide6.QtCore import QPointF, QRectF, Qt
from pytestqt.qtbot import QtBot

from engine import pipeline
from engine.analysis.network_trace import NetworkTrace, tracer_of
from engine.decoders.raster import RasterDecoder
from engine.decoders.raster_network import RasterNetwork, RasterSizes
from engine.decoders.sibling import SiblingDecoder, SiblingNetwork, SiblingSizes
from engine.decoders.sweep import SweepDecoder
from engine.decoders.sweep_network import SweepNetwork, SweepSizes
from tests.support.viewer_engine import Engine, card, record, run, session
from tests.support.windows import complete
from viewer.model.scene.schematic import EVERY, SchematicScene
from viewer.model.session import options as o
from viewer.model.session.options import set_decoder
from viewer.schematic.resolve.layout import laid_out, natural_height
from viewer.schematic.resolve.nodes import diagram, folded, reach
from viewer.shell.window import MainWindow

Key = Qt.Key
Decoder = RasterDecoder | SiblingDecoder | SweepDecoder


def _varied(network: torch.nn.Module) -> None:
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))


def _decoder(kind: str) -> Decoder:
    torch.manual_seed(4)
    if kind == "raster":
        network = RasterNetwork(RasterSizes("lstm", 8, 3))
        _varied(network)
        return RasterDecoder(card("raster", "raster", 2, carry=True), network)
    if kind == "sibling":
        pair = SiblingNetwork(SiblingSizes("elman", 8, 3))
        _varied(pair)
        return SiblingDecoder(card("sibling", "sibling"), pair)
    sweeps = SweepNetwork(SweepSizes(channels=6, blocks=1, steps=3))
    _varied(sweeps)
    return SweepDecoder(card("sweep", "sweep"), sweeps)


@pytest.fixture(params=["raster", "sibling", "sweep"])
def drawn(request: pytest.FixtureRequest, engine: Engine) -> tuple[NetworkTrace, SchematicScene]:
    decoder = _decoder(request.param)
    state = session()
    coded = record(state).coded
    tracer = tracer_of(decoder, coded, state.request().options)
    assert tracer is not None
    trace = tracer.at((1, 2), 2)
    return trace, diagram(state, run(state), trace, (1, 2), "Network")


def test_every_value_drawn_is_the_networks(drawn: tuple[NetworkTrace, SchematicScene]) -> None:
    trace, scene = drawn
    cells = {node.key: [cell for row in node.rows for cell in row] for node in scene.nodes}
    for lane, network in enumerate(trace.networks):
        residual = np.stack([cell.values for cell in cells[f"residual-{lane}"] if cell.values is not None])
        assert (residual == network.residual).all()
        states = [cell.values for cell in cells[f"state-{lane}"] if cell.values is not None]
        shown = np.concatenate([values[~np.isnan(values)] for values in states])
        assert (shown == np.concatenate([network.before.ravel(), network.after.ravel()])).all()
        assert np.abs(network.after).max() > 0
    assert ("mix" in cells) == (trace.shares is not None)
    assert {arrow.start for arrow in scene.arrows} | {arrow.end for arrow in scene.arrows} == set(cells)
    assert "State" in scene.spoken


def test_an_average_is_drawn_as_one_of_its_orientations(drawn: tuple[NetworkTrace, SchematicScene]) -> None:
    trace, scene = drawn
    state = o.set_orientations(session(), 8)
    many = diagram(state, run(state), trace, (1, 2), "Network")
    words = " · the picture as it lies, 1 of 8 orientations averaged"
    assert many.title == scene.title + (words if trace.kind == "sweep" else "")


@pytest.mark.parametrize(("room", "line"), [((1000.0, 220.0), 16.0), ((600.0, 120.0), 32.0)])
def test_nothing_lies_over_anything_else(
    drawn: tuple[NetworkTrace, SchematicScene], room: tuple[float, float], line: float
) -> None:
    _, scene = drawn
    found = laid_out(scene, room, line, lambda text: 0.55 * line * len(text))
    whole = QRectF(-0.5, -0.5, found.size[0] + 1, found.size[1] + 1)
    boxes = []
    for node in scene.nodes:
        placed = found.nodes[node.key]
        for text, box in ((node.title, placed.title), (node.formula, placed.formula)):
            assert 0.55 * line * len(text) <= box[2] + 1e-6
        each = [placed.title, placed.formula, placed.detail]
        each += [box for row in placed.pictures for box in row]
        each += [box for row in placed.labels for box in row if box is not None]
        boxes += [(node.key, QRectF(*box).adjusted(0.01, 0.01, -0.01, -0.01)) for box in each]
    for at, (key, box) in enumerate(boxes):
        assert whole.contains(box), key
        assert box.width() > 4, key
        assert box.height() > 2, key
        for other, second in boxes[:at]:
            assert not box.intersects(second), (key, other, box, second)
    for (x0, _, x1, _), arrow in zip(found.arrows, scene.arrows, strict=True):
        assert x0 < x1, arrow


def test_two_networks_take_two_lanes() -> None:
    assert natural_height(2, 16) > 1.4 * natural_height(1, 16)
    assert EVERY < 0


def test_numbers() -> None:
    assert folded(np.arange(18, dtype=np.float32)).shape == (2, 16)
    assert np.isnan(folded(np.arange(18, dtype=np.float32))[1, 2:]).all()
    assert reach(np.array([0.0, -0.83], np.float32)) == 1.0
    assert reach(np.array([12.1], np.float32)) == pytest.approx(15)
    assert reach(np.zeros(3, np.float32)) == 1.0


def test_by_keyboard_alone(
    shown: MainWindow, engine: Engine, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, others = _decoder("raster"), pipeline.load_decoder
    monkeypatch.setattr(pipeline, "load_decoder", lambda name: real if name == "raster" else others(name))
    control = shown.controller
    control.change(lambda state: set_decoder(state, "raster"))
    complete(qtbot, shown)
    panel = shown.parts.schematic
    assert panel.view is None  # nothing of it is made before it is wanted
    qtbot.keyClick(shown, Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    complete(qtbot, shown)
    assert panel.isVisible()
    assert panel.view is not None
    assert panel.height() <= shown.parts.stage.height()  # the pictures keep their room
    rows, columns = control.session.grid
    assert control.session.pinned == (rows // 2, columns // 2)
    scene = control.scene.schematic
    assert scene is not None
    assert "step 2 of 2" in scene.title
    qtbot.keyClick(shown, Key.Key_Left)
    qtbot.keyClick(shown, Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    complete(qtbot, shown)
    scene = control.scene.schematic
    assert scene is not None
    assert f"patch {rows // 2}, {columns // 2 + 1} · step 1 of 2" in scene.title
    trace = control.facts.networks.trace
    assert trace is not None
    layout = panel.view.layout_shown()
    left, top, wide, tall = layout.nodes["state-0"].pictures[1][0]
    corner = panel.view._origin() + QPointF(left + wide / 32, top + tall / 2)
    assert f"{abs(float(trace.networks[0].after[0][0])):.3f}" in panel.view.tip_at(corner)
    qtbot.keyClick(shown, Key.Key_Home)
    scene = control.scene.schematic
    assert scene is not None
    assert "begins with step 1" in scene.note
    qtbot.keyClick(shown, Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert not panel.isVisible()


def test_who_has_no_network_is_told_so(shown: MainWindow, qtbot: QtBot) -> None:
    """The decoders of these windows blur, and hold nothing."""
    qtbot.keyClick(shown, Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    complete(qtbot, shown)
    scene = shown.controller.scene.schematic
    assert scene is not None
    assert scene.note == "This decoder has no network to draw"
    assert not scene.nodes
