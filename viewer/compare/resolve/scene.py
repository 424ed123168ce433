"""The whole scene of the compare view, put together from its parts. No Qt, pure."""

from __future__ import annotations

from engine.types import Context
from viewer.compare.resolve.curves import compare_plots, training_plots
from viewer.compare.resolve.hidden import compare_inside, with_all_recalls
from viewer.compare.resolve.panes import (
    Shown,
    compare_panes,
    compare_summary,
    compare_thumbs,
    compare_title,
    compare_transport,
    shown_entries,
)
from viewer.compare.resolve.robustness import resolve_heat
from viewer.compare.resolve.table import resolve_table
from viewer.compare.resolve.winner import compare_inspector, winner_overlay, winner_words
from viewer.core.memo import Memo
from viewer.model.facts.facts import Facts
from viewer.model.scene.compare import CompareScene
from viewer.model.scene.picture import OverlayScene, PatchScene
from viewer.model.scene.whole import Scene
from viewer.model.session.choices import Mode, Overlay
from viewer.model.session.compare import Page
from viewer.model.session.state import Session
from viewer.overlays.resolve.overlay import bits_map, percentile
from viewer.panes.resolve.status import bits_readout, resolve_status
from viewer.patch.resolve.inspector import resolve_patch


def resolve_compare(session: Session, facts: Facts, memo: Memo) -> Scene:
    """Everything on screen while decoders are compared."""
    known = facts.compare
    shown = shown_entries(session, facts, memo)
    panes = compare_panes(session, facts, shown, memo)
    patch = _patch(session, facts, shown, memo)
    return Scene(
        title=compare_title(session, known),
        mode=Mode.SIDE,
        panes=panes,
        overlay=_overlay(session, facts, shown, memo),
        patch=patch,
        thumbs=memo.recall(
            "compared steps",
            (known.sent, known.runs, session.compare.entries),
            lambda: compare_thumbs(session, known),
        ),
        transport=compare_transport(session, known),
        plots=compare_plots(session, facts, shown, memo),
        inspector=compare_inspector(session, facts, shown, patch, memo),
        status=resolve_status(session, facts, panes, patch, memo, _patch_words(shown, patch, memo)),
        bits_readout=bits_readout(known.sent),
        summary=memo.recall(
            "compared summary",
            (session.picture, session.stream, shown, known.sent),
            lambda: compare_summary(session, facts, shown),
            slots=16,
        ),
        inside=compare_inside(session, shown, patch, memo),
        compare=_compare(session, facts, shown, memo),
    )


def _patch(session: Session, facts: Facts, shown: tuple[Shown, ...], memo: Memo) -> PatchScene | None:
    inputs = (
        session.cursor, session.pinned, session.size, shown, session.compare.pair, session.compare.flipped
    )  # fmt: skip

    def make() -> PatchScene | None:
        contexts = {entry.context for entry in session.compare.entries}
        patch = resolve_patch(session, None, contexts.pop() if len(contexts) == 1 else Context.NONE)
        return with_all_recalls(session, patch, shown) if patch is not None else None

    return memo.recall("compared patch", inputs, make, slots=2)


def _overlay(session: Session, facts: Facts, shown: tuple[Shown, ...], memo: Memo) -> OverlayScene:
    kind, opacity, sent = session.compare.overlay, session.opacity, facts.compare.sent
    if kind is Overlay.WINNER:
        return winner_overlay(session, shown, memo)
    if kind is not Overlay.BITS:
        return memo.recall("compared overlay", (kind,), lambda: OverlayScene(kind, None))

    def make() -> OverlayScene:
        if sent is None or sent.refinement.coded.patch_bits is None:
            why = sent.refinement.coded.patch_bits_note if sent is not None else "nothing is encoded yet"
            return OverlayScene(kind, None, legend=kind.value, note=why or "bits can't be counted by patch")
        bits = bits_map(sent)
        return OverlayScene(kind, bits, 0.0, percentile(bits, 99), False, opacity, "bits per 8×8 patch (bit)")

    return memo.recall("compared overlay", (kind, opacity, sent), make)


def _patch_words(shown: tuple[Shown, ...], patch: PatchScene | None, memo: Memo) -> str:
    if patch is None:
        return ""
    ahead = winner_words(shown, patch, memo)
    return f"patch {patch.row}, {patch.column}" + (f" · {ahead}" if ahead else "")


def _compare(session: Session, facts: Facts, shown: tuple[Shown, ...], memo: Memo) -> CompareScene:
    state = session.compare
    studied = facts.compare.studied
    table = memo.recall(
        "compare table",
        (state.entries, session.models, studied, state.sort, facts.compare.runs, facts.compare.failures),
        lambda: resolve_table(session, facts, shown),
        slots=16,
    )
    training = memo.recall(
        "training",
        (state.entries, session.models, studied, state.axis),
        lambda: training_plots(session, facts, shown),
        slots=3,
    )
    wanted = state.page is Page.ROBUSTNESS
    heat = memo.recall(
        "robustness",
        (studied, state.topic if wanted else "", state.cell if wanted else ("", "")),
        lambda: resolve_heat(studied, state.topic, state.cell),
        slots=4,
    )
    names = memo.recall("names", (tuple(one.label for one in shown),), lambda: tuple(o.label for o in shown))
    colours = tuple(one.look.colour for one in shown)
    return CompareScene(names, colours, state.pair, table, training, heat)
