"""View slots: pane set, step, mode and place, saved under a number and brought back. Pure, no Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from engine.models.card import ModelCard
from viewer.core import words
from viewer.model.session import capture as saved_state
from viewer.model.session.choices import SLOTS, Mode, Overlay, Page
from viewer.model.session.saved import SavedState, View
from viewer.model.session.state import Session
from viewer.panes.names import pane_name


def slot_of(session: Session, number: int) -> SavedState | None:
    """What is saved under a number, from 1."""
    slots = session.looking.slots
    return slots[number - 1] if 1 <= number <= len(slots) else None


def save_slot(session: Session, number: int, view: View) -> Session:
    """Save what is shown under a number, from 1 to `SLOTS`, in place of what was there."""
    if not 1 <= number <= SLOTS or session.size is None:
        return session
    return _with(session, number, saved_state.capture(session, view))


def clear_slot(session: Session, number: int) -> Session:
    """Forget what is saved under a number."""
    return _with(session, number, None) if slot_of(session, number) is not None else session


def _with(session: Session, number: int, state: SavedState | None) -> Session:
    slots = (*session.looking.slots, *(None,) * SLOTS)[:SLOTS]
    changed = (*slots[: number - 1], state, *slots[number:])
    return replace(session, looking=replace(session.looking, slots=changed))


def recalled(session: Session, number: int) -> Session:
    """Shown as saved; what is open, how it is sent and by what it is decoded stay."""
    state = slot_of(session, number)
    if state is None:
        return session
    now = saved_state.capture(session)
    sent = {path: value for path, value in now.values.items() if path.startswith("options.")}
    return saved_state.apply(session, replace(state, image=now.image).having(sent))


def slot_words(state: SavedState | None, number: int, cards: Sequence[ModelCard] = ()) -> str:
    """One line on what a slot holds, for tooltips and messages. cards: that decoders are called by."""
    if state is None:
        return f"Slot {number} is empty"
    mode: Mode = state["mode"]
    if state["page"] is Page.COMPARE:
        what = f"{len(state['compare.entries'])} decoders compared"
    elif state["page"] is Page.CODECS:
        what = "the codecs"
    elif state["page"] is Page.LAB:
        what = "the lab"
    elif mode in (Mode.WIPE, Mode.BLINK):
        what = f"{mode.value} {pane_name(state['wipe'][0], cards)} | {pane_name(state['wipe'][1], cards)}"
    else:
        shown = (state["solo"],) if state["solo"] else state["order"]
        what = f"{mode.value}: {', '.join(pane_name(key, cards) for key in shown)}"
    step = "newest step" if state["step"] is None else f"step {state['step']}"
    zoom = "fitted" if state.view.fitted else f"{words.decimal(100 * state.view.scale, 0)} %"
    parts = [what, step, zoom]
    if state["overlay"] is not Overlay.NONE:
        parts.append(state["overlay"].value)
    return f"Slot {number}: " + " · ".join(parts)
