"""The whole scene of the compare view, put together from its parts. No Qt, pure."""

from __future__ import annotations

from dataclasses import replace

from engine.types import Context
from viewer.compare.resolve.curves import compare_plots, training_plots
from viewer.compare.resolve.differences import baselines, difference_plot
from viewer.compare.resolve.hidden import compare_inside, with_all_recalls
from viewer.compare.resolve.panes import (
    ShownEntry,
    compare_panes,
    compare_summary,
    compare_thumbs,
    compare_title,
    compare_transport,
    entries_at,
    named_entries,
    shown_entries,
)
from viewer.compare.resolve.robustness import resolve_heat
from viewer.compare.resolve.table import resolve_table
from viewer.compare.resolve.winner import compare_inspector, winner_overlay, winner_words
from viewer.core.memo import Memo, itself
from viewer.model.facts.facts import Facts
from viewer.model.facts.run import Run
from viewer.model.scene.compare import CompareScene
from viewer.model.scene.picture import OverlayScene, PatchScene
from viewer.model.scene.whole import Scene
from viewer.model.session.choices import Mode, Overlay
from viewer.model.session.state import Session
from viewer.overlays.resolve.overlay import bits_map, percentile
from viewer.panes.resolve.status import bits_readout, resolve_status
from viewer.patch.resolve.inspector import resolve_patch


def resolve_compare(session: Session, facts: Facts, memo: Memo) -> Scene:
    """Everything on screen while decoders are compared."""
    known = facts.compare
    shown = shown_entries(session, facts, memo)
    panes = compare_panes(session, facts, shown, memo)
    patch = memo.recall(_patch, session, shown, slots=2)
    return Scene(
        title=compare_title(session, known),
        mode=Mode.SIDE,
        panes=panes,
        overlay=_overlay(session, facts, shown, memo),
        patch=patch,
        thumbs=memo.recall(compare_thumbs, session, known),
        transport=compare_transport(session, known),
        plots=compare_plots(session, facts, memo),
        inspector=compare_inspector(session, facts, shown, patch, memo),
        status=resolve_status(session, facts, panes, patch, memo, _patch_words(shown, patch, memo)),
        bits_readout=bits_readout(known.sent),
        summary=memo.recall(compare_summary, session, facts, shown, slots=16),
        inside=compare_inside(session, shown, patch, memo),
        compare=_compare(session, facts, shown, memo),
    )


def _patch(session: Session, shown: tuple[ShownEntry, ...]) -> PatchScene | None:
    cards = {card.name: card.kind for card in session.models}
    patch = resolve_patch(session, None, Context.NONE, "")
    near = []
    for entry in session.compare.entries:
        seen = resolve_patch(session, None, entry.context, cards.get(entry.decoder, ""))
        if seen is not None:
            near.append((entry.key, (seen.causal, seen.noncausal, seen.previous)))
    patch = replace(patch, near=tuple(near)) if patch is not None else None
    return with_all_recalls(session, patch, shown) if patch is not None else None


def _overlay(session: Session, facts: Facts, shown: tuple[ShownEntry, ...], memo: Memo) -> OverlayScene:
    kind = session.compare.overlay
    if kind is Overlay.WINNER:
        return winner_overlay(session, shown, memo)
    if kind is not Overlay.BITS:
        return memo.recall(OverlayScene, kind, None)
    return memo.recall(_bits_overlay, session.opacity, facts.compare.sent)


def _bits_overlay(opacity: float, sent: Run | None) -> OverlayScene:
    kind = Overlay.BITS
    if sent is None or sent.refinement.coded.patch_bits is None:
        why = sent.refinement.coded.patch_bits_note if sent is not None else "nothing is encoded yet"
        return OverlayScene(kind, None, legend=kind.value, note=why or "bits can't be counted by patch")
    bits = bits_map(sent.refinement.coded)
    return OverlayScene(
        kind, bits, 0.0, percentile(bits, 99), False, opacity, "bits per 8×8 patch (bit)", grey=True
    )


def _patch_words(shown: tuple[ShownEntry, ...], patch: PatchScene | None, memo: Memo) -> str:
    if patch is None:
        return ""
    ahead = winner_words(shown, patch, memo)
    return f"patch {patch.row}, {patch.column}" + (f" · {ahead}" if ahead else "")


def _compare(session: Session, facts: Facts, shown: tuple[ShownEntry, ...], memo: Memo) -> CompareScene:
    state = session.compare
    studied = facts.compare.studied
    table = memo.recall(resolve_table, session, facts, entries_at(session, facts, 0, memo), slots=16)
    training = memo.recall(training_plots, session, facts, named_entries(session, memo), slots=3)
    heat = memo.recall(resolve_heat, studied, state.topic, state.cell, session.models, slots=4)
    names = memo.recall(itself, tuple(one.label for one in shown), slots=8)
    colours = tuple(one.look.colour for one in shown)
    rows = studied.learners if studied is not None else ()
    apart = memo.recall(difference_plot, session, rows, named_entries(session, memo), slots=3)
    return CompareScene(
        names, colours, state.pair, table, training, heat, memo.recall(baselines, rows),
        state.baseline, apart.note if apart is not None else "",
    )  # fmt: skip
