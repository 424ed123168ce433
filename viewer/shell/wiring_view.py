"""Intents of the line above the pictures, and of what lies over them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from viewer.model.session import compare_changes as c
from viewer.model.session import pages as s
from viewer.model.session import panes as p
from viewer.model.session import rate_distortion_changes as r
from viewer.model.session import view_changes as v
from viewer.model.session.saved import View
from viewer.panes import slots
from viewer.panes.names import pane_choices

if TYPE_CHECKING:
    from viewer.shell.window import MainWindow


def connect_viewbar(window: MainWindow) -> None:
    """Tie the signals of the view's bar."""
    change, bar, control = window.controller.change, window.viewbar, window.controller
    bar.compare_requested.connect(lambda: change(c.toggle_compare))
    bar.rates_requested.connect(lambda: change(r.toggle_rates))
    bar.mode_chosen.connect(lambda mode: change(partial(s.set_mode, mode=mode)))
    bar.overlay_chosen.connect(lambda each: change(partial(s.set_overlay, overlay=each)))
    bar.opacity_chosen.connect(lambda value: change(partial(s.set_opacity, opacity=value)))
    bar.gain_chosen.connect(lambda gain: change(partial(v.set_gain, gain=gain)))
    bar.scale_chosen.connect(lambda scale: change(partial(v.set_scale, scale=scale)))
    bar.absolute_chosen.connect(lambda on: change(partial(s.set_absolute, absolute=on)))
    bar.luma_chosen.connect(lambda on: change(partial(v.set_luma, luma=on)))
    bar.first_chosen.connect(lambda key: change(partial(p.set_pair, first=key)))
    bar.second_chosen.connect(lambda key: change(partial(p.set_pair, second=key)))
    bar.rate_chosen.connect(lambda rate: change(partial(v.set_blink_rate, rate=rate)))
    bar.running_toggled.connect(lambda: change(v.toggle_running))
    bar.fit_requested.connect(window.panes.fit)
    bar.full_zoom_requested.connect(lambda: window.panes.zoom_to(100))
    bar.panes.set_source(lambda: pane_choices(control.session, control.facts))
    bar.panes.toggled_pane.connect(lambda key: change(partial(p.toggle_pane, key=key)))
    bar.panes.reset_requested.connect(lambda: change(p.reset_panes))
    bar.slots.saved.connect(lambda number: save_slot(window, number))
    bar.slots.recalled.connect(lambda number: recall_slot(window, number))
    bar.slots.cleared.connect(lambda number: change(partial(slots.clear_slot, number=number)))


def save_slot(window: MainWindow, number: int) -> None:
    """Save what is shown, and say so."""
    control = window.controller
    if control.session.size is None:
        control.say("There is nothing to save: open a picture first")
        return
    control.change(partial(slots.save_slot, number=number, view=View.of(window.panes.state())))
    words = slots.slot_words(slots.slot_of(control.session, number), number)
    control.say(f"{words} · saved, Ctrl+{number} shows it")


def recall_slot(window: MainWindow, number: int) -> None:
    """Bring a saved view back, and say which."""
    control = window.controller
    state = slots.slot_of(control.session, number)
    if state is None or control.session.size is None:
        control.say(f"Slot {number} is empty: Ctrl+Shift+{number} saves the view there")
        return
    control.change(partial(slots.recalled, number=number))
    window.panes.restore(state.view.panes())
    control.say(slots.slot_words(state, number))
