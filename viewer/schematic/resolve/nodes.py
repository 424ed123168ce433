"""Nodes and arrows of the diagram, of raster, sibling and sweep networks. No Qt, pure.

Formulas are those of `engine.decoders.raster_network`, `sibling` and `sweep_network`.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from engine.analysis.network_trace import Features, NetworkTrace, Recurrence
from engine.analysis.patch_context import Known, Neighbour, neighbours
from engine.types import PATCH, Pixels
from viewer.core import words
from viewer.model.facts.run import Run
from viewer.model.scene.palette import CAUSAL, NONCAUSAL, PREVIOUS, SELF
from viewer.model.scene.schematic import EVERY, ArrowScene, CellScene, NodeScene, SchematicScene
from viewer.model.session.compare_presets import CELL_TITLES
from viewer.model.session.patch import Place
from viewer.model.session.state import Session

Floats = NDArray[np.float32]
COLOURS = {"causal": CAUSAL, "non-causal": NONCAUSAL, "own": SELF, "change": PREVIOUS}
_LABELS = {
    "own": "own symbols", "causal": "causal", "non-causal": "non-causal", "told": "stream",
    "change": "change",
}  # fmt: skip
_TIPS = {
    "own": "The patch's own coefficients, squashed coarsely and finely: 64 Y, 16 Cb, 16 Cr",
    "causal": "Low frequencies of NW, N, NE and W, a row each, as they were refined",
    "non-causal": "Low frequencies of E, SW, S and SE, a row each, as they were received",
    "told": "Of the stream: log of the step scale, whether chroma is whole, and more",
    "change": "What the sweeps before changed: the patch's 4×4 cells by 12 samples each, times 4",
}
_COMPONENTS = ("Y", "Cb", "Cr")
_STATES = ("h", "c")
_SIGNS = {Known.REFINED: "causal, refined", Known.RECEIVED: "non-causal, as received",
          Known.PREVIOUS: "as the step before left it", Known.SELF: "the patch itself",
          Known.UNUSED: "not used in this context", Known.OUTSIDE: "outside the picture"}  # fmt: skip
_LOW = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def diagram(
    session: Session, run: Run, trace: NetworkTrace, place: Place, title: str, presented: bool = False
) -> SchematicScene:
    """The diagram of a patch that was traced."""
    k = trace.step
    said = f"{title} · patch {place[0]}, {place[1]} · step {k} of {run.planned}"
    many = run.refinement.request.options.orientations
    if trace.kind == "sweep" and many > 1:
        said += f" · the picture as it lies, 1 of {many} orientations averaged"
    sees = _sees(session, run, place, trace)
    end = _estimate(run, place, trace, 5 if len(trace.networks) == 1 else 6)
    if trace.kind == "sweep":
        nodes, arrows = _sweep(trace)
    elif len(trace.networks) == 1:
        nodes, arrows = _raster(trace)
    else:
        nodes, arrows = _siblings(trace)
    nodes = (sees, *nodes, end)
    last = tuple(each.key for each in nodes if each.column == end.column - 1)
    arrows = (*arrows, *(ArrowScene(key, "estimate") for key in last))
    spoken = ". ".join(f"{each.title}: {each.formula}, {each.detail}" for each in nodes)
    return SchematicScene(said, "", len(trace.networks), nodes, arrows, presented, spoken)


# ---- what goes in, and what comes out --------------------------------------------------------------------


def _pixels(run: Run, place: Place, position: int) -> Pixels:
    top, left = PATCH * place[0], PATCH * place[1]
    return run.pixels(min(position, run.ready))[top : top + PATCH, left : left + PATCH]


def _sees(session: Session, run: Run, place: Place, trace: NetworkTrace) -> NodeScene:
    record = run.refinement
    found = neighbours(
        trace.kind, record.request.options.context, trace.step, run.planned, place, session.grid
    )
    tiles = [_tile(run, each) for each in found]
    sweep = trace.kind == "sweep"
    detail = "all eight, step before" if sweep else "blue: refined, orange: received"
    symbol = f"x{_low(trace.step - 1)}" if sweep else "q"
    rows = tuple(tuple(tiles[at : at + 3]) for at in (0, 3, 6))
    return NodeScene("sees", 0, EVERY, "Sees", f"{symbol} and neighbours", detail, rows)


def _tile(run: Run, neighbour: Neighbour) -> CellScene:
    place = neighbour.row, neighbour.column
    pixels = _pixels(run, place, neighbour.step) if neighbour.step is not None else None
    known = neighbour.known
    colour = {Known.SELF: SELF, Known.PREVIOUS: PREVIOUS, Known.REFINED: CAUSAL, Known.RECEIVED: NONCAUSAL}
    tip = f"Row {place[0]}, column {place[1]}: {_SIGNS[known]}"
    return CellScene(tip=tip, pixels=pixels, square=True, colour=colour.get(known, ""))


def _estimate(run: Run, place: Place, trace: NetworkTrace, column: int) -> NodeScene:
    codec, k = words.codec_title(run.refinement.coded.codec), trace.step
    cells = (
        CellScene(codec, "The standard decode q", pixels=_pixels(run, place, 0), square=True, colour=SELF),
        CellScene(
            f"step {k}", "As shown: after projection, guard and rounding to 8 bits",
            pixels=_pixels(run, place, k), square=True, colour=SELF,
        ),
    )  # fmt: skip
    formula = f"x{_low(k)} = q + r{_low(k)}"
    if trace.kind == "sweep":
        formula = f"x{_low(k)} = x{_low(k - 1)} + r{_low(k)}"
    most = float(np.abs(trace.change).max())
    detail = f"{_short(round(most, 1))} levels at most"
    return NodeScene("estimate", column, EVERY, "Estimate", formula, detail, tuple((each,) for each in cells))


def _features(groups: tuple[Features, ...], lane: int, colour: str, title: str = "Features") -> NodeScene:
    rows = tuple(
        (CellScene(_LABELS[each.role], _TIPS[each.role], each.values, limit=reach(each.values),
                   colour=COLOURS.get(each.role, "")),)
        for each in groups
    )  # fmt: skip
    count = sum(each.values.size for each in groups)
    weights = tuple(float(max(1, min(4, each.values.shape[0]))) ** 0.5 for each in groups)
    return NodeScene(f"features-{lane}", 1, lane, title, "f", f"{count} numbers", rows, weights, colour)


def _residual(network: Recurrence, lane: int, column: int, formula: str) -> NodeScene:
    cells = component_cells(network.residual, "What the network adds, in 8-bit levels")
    return NodeScene(
        f"residual-{lane}", column, lane, _named("Residual", network.role), formula,
        f"±{_short(cells[0].limit)} levels", (cells[:1], cells[1:]), (2.0, 1.0),
        COLOURS.get(network.role, ""),
    )  # fmt: skip


def component_cells(values: Floats, tip: str) -> tuple[CellScene, ...]:
    """(3, 8, 8) as three pictures on one scale."""
    limit = reach(values)
    return tuple(
        CellScene(name, f"{tip}, {name}", values[at], limit=limit, square=True)
        for at, name in enumerate(_COMPONENTS)
    )


# ---- the networks ----------------------------------------------------------------------------------------

Parts = tuple[tuple[NodeScene, ...], tuple[ArrowScene, ...]]


def _raster(trace: NetworkTrace) -> Parts:
    own, k = trace.networks[0], trace.step
    nodes = (_features(trace.features, 0, ""), *_middle(trace, own, 0))
    residual = _residual(own, 0, 4, f"r{_low(k)} = {_out(trace)} (W h{_low(k)} + b)")
    return (*nodes, residual), (ArrowScene("sees", "features-0"), *_chain(trace, 0, "features-0"))


def _siblings(trace: NetworkTrace) -> Parts:
    nodes: list[NodeScene] = []
    arrows: list[ArrowScene] = []
    k = trace.step
    for lane, each in enumerate(trace.networks):
        groups = tuple(group for group in trace.features if group.role in ("own", each.role, "told"))
        nodes.append(_features(groups, lane, COLOURS[each.role], _named("Features", each.role)))
        nodes += _middle(trace, each, lane)
        nodes.append(_residual(each, lane, 4, f"r{_low(k)} = {_out(trace)} (W h{_low(k)} + b)"))
        arrows += [ArrowScene("sees", f"features-{lane}"), *_chain(trace, lane, f"features-{lane}")]
        arrows.append(ArrowScene(f"residual-{lane}", "mix"))
    nodes.append(_mix(trace))
    return tuple(nodes), tuple(arrows)


def _mix(trace: NetworkTrace) -> NodeScene:
    assert trace.shares is not None
    share = CellScene(
        "causal share",
        "The causal sibling's share of each coefficient of Y: blue below a half, orange above",
        2 * trace.shares[0] - 1, limit=1.0, square=True,
    )  # fmt: skip
    luma = component_cells(trace.change, "What both add together, in 8-bit levels")[0]
    mean = 100 * float(trace.shares[0].mean())
    return NodeScene(
        "mix", 5, EVERY, "Mixed", "r = w rᶜ + (1 − w) rⁿ", f"w of Y {mean:.0f} %",
        ((share,), (luma,)),
    )  # fmt: skip


def _sweep(trace: NetworkTrace) -> Parts:
    own, k = trace.networks[0], trace.step
    nodes = (_features(trace.features, 0, ""), *_middle(trace, own, 0))
    residual = _residual(own, 0, 4, f"r{_low(k)} = W h{_low(k)} / 4")
    return (*nodes, residual), (ArrowScene("sees", "features-0"), *_chain(trace, 0, "features-0"))


def _middle(trace: NetworkTrace, network: Recurrence, lane: int) -> tuple[NodeScene, NodeScene]:
    """What drives the network, and its state before and after."""
    k, role, colour = trace.step, network.role, COLOURS.get(network.role, "")
    sweep = trace.kind == "sweep"
    before, after = f"h{_low(k - 1)}", f"h{_low(k)}"
    seen = CellScene(
        "", "The patch's 4×4 cells, a row each, by units" if sweep else "Units in the order of their numbers",
        network.seen if sweep else folded(network.seen[0]), limit=reach(network.seen),
    )  # fmt: skip
    drive = NodeScene(
        f"seen-{lane}", 2, lane, _named("Seen" if sweep else "Embedding", role),
        f"u{_low(k)} = relu(W [q, x{_low(k - 1)} − q])" if sweep else "e = relu(W f + b)",
        _units(network.seen, sweep), ((seen,),), (), colour,
    )  # fmt: skip
    if sweep:
        formula = f"{after} = R(W [{before}, u{_low(k)}])" if k > 1 else f"{after} = R(u{_low(k)})"
        rows: tuple[tuple[CellScene, ...], ...] = tuple(
            (CellScene(name, f"State {when}: the patch's 4×4 cells, a row each, by units", values,
                       limit=reach(network.before, network.after)),)
            for name, when, values in ((before, "before", network.before), (after, "after", network.after))
        )  # fmt: skip
    else:
        formula = f"{after} = {_cell(trace)}(e, {before})"
        rows = _raster_states(network, k)
    detail = _units(network.after, sweep)
    if network.recalled is not None:
        detail += f", recalled {network.recalled:.2f}"
    state = NodeScene(f"state-{lane}", 3, lane, _named("State", role), formula, detail, rows, (), colour)
    return drive, state


def _raster_states(network: Recurrence, k: int) -> tuple[tuple[CellScene, ...], ...]:
    """A row before and one after, a picture for each part of the state, on one scale a part."""
    rows = []
    for when, step, state in (("before", k - 1, network.before), ("after", k, network.after)):
        rows.append(tuple(
            CellScene(
                f"{_STATES[at]}{_low(step)}" if at < len(_STATES) else "",
                f"State {when} the step, {'its memory cell' if at else 'what it shows'}",
                folded(part), limit=reach(network.before[at], network.after[at]),
            )
            for at, part in enumerate(state)
        ))  # fmt: skip
    return tuple(rows)


def _chain(trace: NetworkTrace, lane: int, first: str) -> tuple[ArrowScene, ...]:
    label = "R" if trace.kind == "sweep" else _cell(trace)
    return (
        ArrowScene(first, f"seen-{lane}"),
        ArrowScene(f"seen-{lane}", f"state-{lane}", label),
        ArrowScene(f"state-{lane}", f"residual-{lane}"),
    )


# ---- words and numbers -----------------------------------------------------------------------------------


def folded(values: Floats, across: int = 16) -> Floats:
    """A vector in rows, NaN behind its end."""
    rows = max(1, math.ceil(values.size / across))
    grid = np.full(rows * across, np.nan, np.float32)
    grid[: values.size] = values
    grid.setflags(write=False)
    return grid.reshape(rows, across)


def reach(*groups: Floats) -> float:
    """The largest magnitude, rounded up to one digit; 1 for nothing but zeros."""
    most = max(float(np.abs(values).max()) if values.size else 0.0 for values in groups)
    if not most > 0 or not math.isfinite(most):
        return 1.0
    power = 10.0 ** math.floor(math.log10(most))
    return next(step * power for step in (1, 1.5, 2, 3, 5, 7, 10) if step * power >= most * (1 - 1e-6))


def _units(values: Floats, sweep: bool) -> str:
    count = f"16 × {values.shape[1]} units" if sweep else f"{values.shape[1]} units"
    return f"{count}, ±{_short(reach(values))}"


def _out(trace: NetworkTrace) -> str:
    return f"{20 * trace.trust:.3g}"


def _cell(trace: NetworkTrace) -> str:
    return CELL_TITLES.get(trace.cell, trace.cell)


def _named(title: str, role: str) -> str:
    return f"{title}, {role}" if role else title


def _short(value: float) -> str:
    return f"{value:g}"


def _low(number: int) -> str:
    return str(number).translate(_LOW)
