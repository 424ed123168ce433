"""What the diagram of the network shows: the patch that is pointed at, at its step. No Qt, pure."""

from __future__ import annotations

from viewer.core.memo import Memo
from viewer.core.words import capital
from viewer.model.facts.facts import Facts
from viewer.model.facts.networks import NetworkFacts
from viewer.model.facts.run import Run
from viewer.model.scene.schematic import SchematicScene
from viewer.model.session.decoder_choice import no_decoder_words
from viewer.model.session.decoder_names import decoder_title
from viewer.model.session.patch import Place
from viewer.model.session.place import active_patch
from viewer.model.session.schematic_changes import shown
from viewer.model.session.state import Session
from viewer.patch.resolve.inspector import patch_step
from viewer.schematic.resolve.nodes import diagram

TRACED = ("raster", "sibling", "sweep")
"""Kinds of decoders whose networks are drawn."""


def resolve_schematic(session: Session, facts: Facts, memo: Memo) -> SchematicScene | None:
    """The diagram; None while it is not shown."""
    if not shown(session):
        return None
    card, run, known = session.card, facts.run, facts.networks
    title = f"Network: {decoder_title(card.name, session.models)}" if card is not None else "Network"
    ask, presented = wanted(session, run), session.presentation.on
    if ask is None or run is None or card is None:
        return memo.recall(_noted, title, _why_not(session, run), presented, slots=4)
    if known.coded is not run.refinement.coded or known.request != run.refinement.request:
        known = NetworkFacts()
    if known.trace is None or known.place is None:
        waiting = "Computing the network's values…" if run.over else "Values come once all steps are there"
        return memo.recall(_noted, title, known.note or waiting, presented, slots=4)
    return memo.recall(diagram, session, run, known.trace, known.place, title, presented, slots=4)


def _noted(title: str, note: str, presented: bool) -> SchematicScene:
    return SchematicScene(title, note, presented=presented)


def wanted(session: Session, run: Run | None) -> tuple[Place, int] | None:
    """The patch and the step, from 1, that the diagram shows; None where there is no network's step."""
    place = active_patch(session)
    card = session.card
    if place is None or run is None or card is None or run.refinement.request.decoder != card.name:
        return None
    step = patch_step(session, run, *place)
    return (place, step) if step > 0 and card.kind in TRACED else None


def _why_not(session: Session, run: Run | None) -> str:
    card = session.card
    if card is None:
        return f"No network: {no_decoder_words(session.codec)}"
    if card.kind not in TRACED:
        return f"{capital(card.title)}: no recurrent network of the pictures' decoders to draw"
    if run is None or run.ready < 1:
        return "Nothing is decoded yet"
    if active_patch(session) is None:
        return "Point at a patch, or pin one with Ctrl and the arrow keys"
    return "Step 0 is the standard decode: the network begins with step 1  (→)"
