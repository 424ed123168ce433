"""Intents of the line above the pictures, and of what lies over them."""

from __future__ import annotations

from functools import partial

from viewer.core.control import Control, Pictures
from viewer.model.session import compare_changes as c
from viewer.model.session import pages as s
from viewer.model.session import panes as p
from viewer.model.session import rate_distortion_changes as r
from viewer.model.session import view_changes as v
from viewer.model.session.view_changes import set_absolute, set_mode, set_opacity
from viewer.panes import slots
from viewer.panes.bar import ViewBar
from viewer.panes.names import pane_choices
from viewer.panes.slot_actions import recall_slot, save_slot


def connect_viewbar(control: Control, bar: ViewBar, pictures: Pictures) -> None:
    """Tie the signals of the view's bar."""
    change = control.change
    bar.compare_requested.connect(lambda: change(c.toggle_compare))
    bar.rates_requested.connect(lambda: change(r.toggle_rates))
    bar.mode_chosen.connect(lambda mode: change(partial(set_mode, mode=mode)))
    bar.overlay_chosen.connect(lambda each: change(partial(s.set_overlay, overlay=each)))
    bar.opacity_chosen.connect(lambda value: change(partial(set_opacity, opacity=value)))
    bar.gain_chosen.connect(lambda gain: change(partial(v.set_gain, gain=gain)))
    bar.scale_chosen.connect(lambda scale: change(partial(v.set_scale, scale=scale)))
    bar.absolute_chosen.connect(lambda on: change(partial(set_absolute, absolute=on)))
    bar.luma_chosen.connect(lambda on: change(partial(v.set_luma, luma=on)))
    bar.first_chosen.connect(lambda key: change(partial(p.set_pair, first=key)))
    bar.second_chosen.connect(lambda key: change(partial(p.set_pair, second=key)))
    bar.rate_chosen.connect(lambda rate: change(partial(v.set_blink_rate, rate=rate)))
    bar.running_toggled.connect(lambda: change(v.toggle_running))
    bar.fit_requested.connect(pictures.fit)
    bar.full_zoom_requested.connect(lambda: pictures.zoom_to(100))
    bar.panes.set_source(lambda: pane_choices(control.session, control.facts))
    bar.panes.toggled_pane.connect(lambda key: change(partial(p.toggle_pane, key=key)))
    bar.panes.reset_requested.connect(lambda: change(p.reset_panes))
    bar.slots.saved.connect(lambda number: save_slot(control, pictures, number))
    bar.slots.recalled.connect(lambda number: recall_slot(control, pictures, number))
    bar.slots.cleared.connect(lambda number: change(partial(slots.clear_slot, number=number)))
