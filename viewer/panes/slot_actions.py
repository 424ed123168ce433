"""Slots of the view: keeping and recalling."""

from __future__ import annotations

from functools import partial

from viewer.core.control import Control, Pictures
from viewer.model.session.saved import View
from viewer.panes import slots


def save_slot(control: Control, pictures: Pictures, number: int) -> None:
    """Save what is shown, and say so."""
    if control.session.size is None:
        control.say("There is nothing to save: open a picture first")
        return
    control.change(partial(slots.save_slot, number=number, view=View.of(pictures.state())))
    words = slots.slot_words(slots.slot_of(control.session, number), number, control.session.models)
    control.say(f"{words} · saved, Ctrl+{number} shows it")


def recall_slot(control: Control, pictures: Pictures, number: int) -> None:
    """Bring a saved view back, and say which."""
    state = slots.slot_of(control.session, number)
    if state is None or control.session.size is None:
        control.say(f"Slot {number} is empty: Ctrl+Shift+{number} saves the view there")
        return
    control.change(partial(slots.recalled, number=number))
    pictures.restore(state.view.panes())
    control.say(slots.slot_words(state, number, control.session.models))
