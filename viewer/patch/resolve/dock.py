"""What the panel that explains a patch shows: one patch or two, at one step. No Qt, pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from engine.analysis.block_coding import basis_functions
from engine.analysis.patch_blocks import component_names, luma_error
from engine.analysis.patch_context import Known, Neighbour, neighbours
from engine.io.orientation import upright
from engine.types import PATCH, frozen
from viewer.core import words
from viewer.core.memo import Memo
from viewer.model.facts.facts import Facts
from viewer.model.facts.run import Run
from viewer.model.scene.palette import PURPLE, SELF
from viewer.model.scene.patch import DockScene, ErrorScene, PartScene, TileScene
from viewer.model.scene.picture import PatchScene
from viewer.model.scene.plots import Curve, InspectorRow, PlotScene
from viewer.model.session import patch_changes as session_patch
from viewer.model.session.patch import Place
from viewer.model.session.state import Session
from viewer.patch.resolve import stages, symbols
from viewer.patch.resolve.hidden import inside_at
from viewer.patch.resolve.inspector import patch_db, patch_step

LOOKS = ((SELF, "solid"), (PURPLE, "dash"))
"""Colour and line of the first patch and of the second."""
_AROUND = 3 * PATCH
_LIMITS = (2.0, 4.0, 8.0, 12.0, 16.0, 24.0, 32.0, 48.0, 64.0, 96.0, 128.0, 192.0, 255.0)
_NO_ORIGINAL = "A received file has no original: its errors aren't known"


@dataclass(frozen=True, eq=False)
class _Look:
    """A patch at the step that it is shown at."""

    session: Session
    run: Run
    place: Place
    step: int

    @property
    def samples(self) -> int:
        """Samples of the patch; those at the far edges may be cut."""
        assert self.session.size is not None
        height, width = self.session.size
        return 3 * min(PATCH, height - PATCH * self.place[0]) * min(PATCH, width - PATCH * self.place[1])

    def db(self, position: int) -> float:
        return patch_db(float(self.run.error(position)[self.place]), self.samples)


def explained(session: Session) -> tuple[Place, ...]:
    """The patches that the panel explains: the pinned one, and a second one."""
    if not session_patch.shown(session) or session.pinned is None:
        return ()
    second, (rows, columns) = session.explain.second, session.grid
    if second is None or second == session.pinned or not (second[0] < rows and second[1] < columns):
        return (session.pinned,)
    return session.pinned, second


def resolve_dock(session: Session, facts: Facts, memo: Memo) -> DockScene | None:
    """The panel; None while it is not shown."""
    places, run = explained(session), facts.run
    if not places or run is None:
        return None
    names = component_names(run.refinement.coded)
    component = min(session.explain.component, len(names) - 1)
    lit, steps = session.explain.coefficient, tuple(explained_step(session, run, place) for place in places)
    views, parts = memo.recall(_parts, session, facts, run, places, steps, component, memo, slots=16)
    return DockScene(
        step_words=words.capital(words.position_title(run.refinement, steps[0])) if steps[0] else "Step 0",
        preview=session.explain.step is not None,
        components=names,
        component=component,
        component_note=symbols.component_words(run.refinement.coded, component),
        parts=parts,
        plot=_plot(session, run, places, steps[0], memo),
        lit=lit,
        lit_patch=lit_patch(session),
        basis=basis_functions()[lit].astype(np.float32) if lit is not None else None,
        readouts=tuple(stages.readout(view, *lit) for view in views) if lit is not None else (),
    )


def explained_step(session: Session, run: Run, place: Place) -> int:
    """The step pointed at, else that at which the patch is shown."""
    pointed = session.explain.step
    if pointed is not None:
        return min(max(pointed, run.first), run.ready)
    return patch_step(session, run, *place)


def lit_patch(session: Session) -> Place | None:
    """The neighbour that is pointed at: in the panel, or in the pictures."""
    if session.explain.neighbour is not None:
        return session.explain.neighbour
    if session.cursor is None:
        return None
    place = session.cursor[1] // PATCH, session.cursor[0] // PATCH
    near = any(max(abs(place[0] - row), abs(place[1] - column)) <= 1 for row, column in explained(session))
    return place if near else None


def with_explained(session: Session, patch: PatchScene | None) -> PatchScene | None:
    """The patch in the pictures, with the second one and the neighbour that is pointed at."""
    places = explained(session)
    if patch is None or not places:
        return patch
    lit = session.explain.neighbour
    second = places[1] if len(places) > 1 else None
    return replace(patch, second=second, lit=lit) if (second, lit) != (None, None) else patch


def _parts(
    session: Session, facts: Facts, run: Run, places: tuple[Place, ...], steps: tuple[int, ...],
    component: int, memo: Memo,
) -> tuple[tuple[symbols.BlockSymbols, ...], tuple[PartScene, ...]]:  # fmt: skip
    looks = [_Look(session, run, place, step) for place, step in zip(places, steps, strict=True)]
    views = tuple(_block_view(look, facts, component) for look in looks)
    limit = _error_limit(looks)
    parts = tuple(
        _part(look, view, number, limit, memo)
        for number, (look, view) in enumerate(zip(looks, views, strict=True))
    )
    return views, parts


def _block_view(look: _Look, facts: Facts, component: int) -> symbols.BlockSymbols:
    run, record = look.run, look.run.refinement
    pictures = [(words.codec_title(record.coded.codec), run.pixels(0))]
    if record.original is not None:
        pictures.insert(0, ("original", record.original.pixels))
    if look.step:
        pictures.append((words.position_title(record, look.step), run.pixels(look.step)))
    view = symbols.block_view(record.coded, facts.codes, component, look.place, pictures)
    trace = facts.traces.of(record.coded, record.request, (look.place, look.step))
    return replace(view, trace=trace) if trace is not None else view


def _part(look: _Look, view: symbols.BlockSymbols, number: int, limit: float, memo: Memo) -> PartScene:
    coded = look.run.refinement.coded
    colour, style = LOOKS[number]
    row, column = look.place
    found = _neighbours(look)
    return PartScene(
        title=f"Patch {row}, {column}",
        colour=colour,
        style=style,
        rows=_rows(look, found),
        tiles=_as_seen(tuple(_tile(look, each) for each in found), look.session),
        symbols=symbols.symbol_grids(view),
        symbols_note=symbols.symbols_words(coded, view),
        chips=symbols.chips(view),
        codes_words=symbols.codes_words(view) if view.sent is not None else "",
        coefficients=symbols.coefficient_grids(view),
        coefficients_words=symbols.cells_words(view),
        stages=stages.stage_grids(view),
        stages_words=stages.stage_words(view),
        errors=_errors(look, limit),
        errors_note="" if look.run.errors else _NO_ORIGINAL,
        inside=inside_at(look.session, look.run, PatchScene(row, column, (), ()), look.step, memo),
    )


# ---- the neighbourhood -----------------------------------------------------------------------------------


def _neighbours(look: _Look) -> tuple[Neighbour, ...]:
    record, card = look.run.refinement, look.session.card
    kind = card.kind if card is not None and record.request.decoder else ""
    context = record.request.options.context
    return neighbours(kind, context, look.step, look.run.planned, look.place, look.session.grid)


def _tile(look: _Look, neighbour: Neighbour) -> TileScene:
    row, column = neighbour.row, neighbour.column
    run, seen = look.run, neighbour.step
    if neighbour.known is Known.SELF:
        seen = look.step
    pixels = None
    if seen is not None:
        top, left = PATCH * row, PATCH * column
        pixels = run.pixels(min(seen, run.ready))[top : top + PATCH, left : left + PATCH]
    side = "causal" if neighbour.causal else "non-causal"
    caption = _caption(look, neighbour)
    place = f"Row {row}, column {column}"
    if neighbour.known is Known.SELF:
        return TileScene(row, column, pixels, "self", caption, f"{place}: the patch itself, {caption}")
    if neighbour.known is Known.OUTSIDE:
        return TileScene(row, column, None, "", "", "Outside the picture")
    role = "" if neighbour.known is Known.UNUSED else side
    if neighbour.known is Known.PREVIOUS:
        role = side = "previous"
        return TileScene(row, column, pixels, role, caption, f"{place}: {_sentence(look, neighbour)}")
    return TileScene(row, column, pixels, role, caption, f"{place}: {side}, {_sentence(look, neighbour)}")


def _as_seen(tiles: tuple[TileScene, ...], session: Session) -> tuple[TileScene, ...]:
    """The same tiles, turned and in the places where the picture shows them."""
    if session.stream is None or session.stream.orientation == 1:
        return tiles
    turned = session.stream.orientation
    order = upright(np.arange(len(tiles)).reshape(3, 3), turned).ravel()
    return tuple(
        tile if tile.pixels is None else replace(tile, pixels=frozen(upright(tile.pixels, turned)))
        for tile in (tiles[index] for index in order)
    )


def _caption(look: _Look, neighbour: Neighbour) -> str:
    if neighbour.known is Known.SELF:
        position = words.position_title(look.run.refinement, look.step)
        return position if look.step else words.codec_title(look.run.refinement.coded.codec)
    if neighbour.known is Known.PREVIOUS:
        return f"step {neighbour.step}" if neighbour.step else str(Known.RECEIVED.value)
    known: str = neighbour.known.value
    return known


def _sentence(look: _Look, neighbour: Neighbour) -> str:
    if neighbour.known is Known.REFINED:
        return f"decoded before: known refined, after all {neighbour.step} steps"
    if neighbour.known is Known.RECEIVED:
        return "known only as received"
    if neighbour.known is Known.PREVIOUS:
        return f"known as step {neighbour.step} left it" if neighbour.step else "known as received"
    if look.step < 1:
        return "not used: no decoder has run yet"
    return "not used in this context"


def _rows(look: _Look, found: Sequence[Neighbour]) -> tuple[InspectorRow, ...]:
    record = look.run.refinement
    rows = []
    bits = record.coded.patch_bits
    if bits is not None and look.place[0] < bits.patches.shape[0]:
        rows.append(InspectorRow("Bits", words.patch_bits(bits, *look.place)))
    if look.run.errors:
        before, after = look.db(0), look.db(look.step)
        rows.append(InspectorRow(f"{words.codec_title(record.coded.codec)}, RGB", words.db(before)))
        if look.step:
            name = words.capital(words.position_title(record, look.step))
            rows.append(InspectorRow(f"{name}, RGB", words.db(after)))
            rows.append(InspectorRow("Gain, RGB", words.gain(words.difference(after, before))))
    if any(each.known is Known.PREVIOUS for each in found):
        there = sum(each.known is Known.PREVIOUS for each in found)
        value = f"all {there}, {_caption(look, next(e for e in found if e.known is Known.PREVIOUS))}"
        return (*rows, InspectorRow("Neighbours", value, "previous"))
    for label, causal in (("Causal", True), ("Non-causal", False)):
        known = [each for each in found if each.causal is causal and each.known is not Known.SELF]
        inside = [each for each in known if each.known is not Known.OUTSIDE]
        value = _caption(look, inside[0]) if inside else "none here"
        rows.append(InspectorRow(label, value, label.lower()))
    return tuple(rows)


# ---- PSNR and errors -------------------------------------------------------------------------------------


def _plot(session: Session, run: Run, places: tuple[Place, ...], step: int, memo: Memo) -> PlotScene:
    curves = memo.recall(_curves, session, run, places, slots=8)
    title = "PSNR of the patch over steps" if len(places) == 1 else "PSNR of the patches over steps"
    note = "A patch without error has no PSNR" if run.errors else _NO_ORIGINAL
    x_label = "step" if not run.first_planned else "iterations (below 0), then steps"
    marker = float(step) if curves else None
    return PlotScene("patch", title, x_label, "RGB PSNR (dB)", curves, marker, note, x_decimals=0)


def _curves(session: Session, run: Run, places: tuple[Place, ...]) -> tuple[Curve, ...]:
    if not run.errors:
        return ()
    positions = range(run.first_planned, run.planned + 1)
    x = np.array(positions, np.float64)
    curves: list[Curve] = []
    for place, (colour, style) in zip(places, LOOKS, strict=False):
        look = _Look(session, run, place, 0)
        values = [look.db(at) if run.first <= at <= run.ready else math.nan for at in positions]
        y = np.array([math.nan if math.isinf(value) else value for value in values])
        for array in (x, y):
            array.setflags(write=False)
        if not np.isnan(y).all():
            name = f"patch {look.place[0]}, {look.place[1]}"
            curves.append(Curve(name, x, y, colour, style, "os"[len(curves)]))
    return tuple(curves)


def _error_limit(looks: Sequence[_Look]) -> float:
    """One scale for all: the largest error of the patches, rounded up."""
    most = 0.0
    for look in looks:
        original = look.run.refinement.original
        for at in (0, look.step) if original is not None else ():
            assert original is not None
            top, left = PATCH * look.place[0], PATCH * look.place[1]
            error = luma_error(original.pixels, look.run.pixels(at), top, left, PATCH)
            most = max(most, float(np.abs(error).max()))
    return next(limit for limit in _LIMITS if limit >= min(most, _LIMITS[-1]))


def _errors(look: _Look, limit: float) -> tuple[ErrorScene, ...]:
    """Before and after, around the patch."""
    record = look.run.refinement
    if record.original is None:
        return ()
    top, left = PATCH * (look.place[0] - 1), PATCH * (look.place[1] - 1)
    height, width = record.original.height, record.original.width
    frame = (
        PATCH + min(0, left), PATCH + min(0, top),
        min(PATCH, width - left - PATCH), min(PATCH, height - top - PATCH),
    )  # fmt: skip
    scenes = []
    for at in dict.fromkeys((0, look.step)):
        error = luma_error(record.original.pixels, look.run.pixels(at), top, left, _AROUND)
        error.setflags(write=False)
        name = words.codec_title(record.coded.codec) if not at else words.position_title(record, at)
        scenes.append(ErrorScene(words.capital(name), error, limit, frame))
    return tuple(scenes)
