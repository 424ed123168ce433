"""Which intents the main window's parts state: signals of views and bars, tied to transitions."""

from __future__ import annotations

from functools import partial

from engine.types import Context
from viewer.compare.views.pages import ComparePages
from viewer.core.control import Control
from viewer.core.jobs import LINGER_SECONDS
from viewer.decode.commands import AVERAGED
from viewer.documents.files import Files
from viewer.model.session import compare_changes as c
from viewer.model.session import pages as s
from viewer.model.session import rate_distortion_changes as r
from viewer.model.session.options import (
    set_carry,
    set_context,
    set_decoder,
    set_earlier,
    set_guard,
    set_orientations,
    set_projection,
    set_quality,
    set_steps,
    set_strength,
    set_subsampling,
    set_target,
)
from viewer.model.session.patch_changes import pin_second
from viewer.model.session.place import hover, leave, pin_at, unpin
from viewer.model.session.playback import scan_end, scan_to, set_speed
from viewer.model.session.view_changes import (
    set_absolute,
    set_gain,
    set_mode,
    set_opacity,
    set_zoom,
    show_inside,
)
from viewer.patch.panel import PatchSide
from viewer.rate_distortion.commands import load_target
from viewer.shell.commands import Acting
from viewer.shell.controller.controller import Controller
from viewer.shell.layout import WindowPlaces
from viewer.shell.parts import Parts
from viewer.shell.toolbar import Toolbar
from viewer.shell.window_commands import WindowCommands
from viewer.shell.wiring_view import connect_viewbar


def connect(acting: Acting, parts: Parts, places: WindowPlaces, explainer: PatchSide) -> None:
    """Tie every signal of the window's parts."""
    control, window, files = acting.control, acting.window, acting.files
    _connect_views(control, parts)
    places.figure_switch.chosen.connect(lambda key: control.change(partial(show_inside, on=key == "inside")))
    connect_viewbar(control, parts.viewbar, parts.panes)
    _connect_toolbar(control, window, parts.toolbar)
    _connect_compare(control, window, parts)
    _connect_pages(control, places.pages, files)
    _connect_rates(control, parts, files)
    parts.panes.second_clicked.connect(lambda x, y: control.change(partial(pin_second, x=x, y=y)))
    parts.filmstrip.thumbs.pointed.connect(explainer.point_step)
    explainer.dock.step_chosen.connect(control.playback.choose_step)


def _connect_views(control: Controller, parts: Parts) -> None:
    change = control.change
    parts.panes.hovered.connect(lambda x, y: change(partial(hover, x=x, y=y)))
    parts.panes.left.connect(lambda: change(leave))
    parts.panes.clicked.connect(lambda x, y: change(partial(pin_at, x=x, y=y)))
    parts.panes.zoom_changed.connect(lambda percent: change(partial(set_zoom, percent=percent)))
    parts.filmstrip.step_chosen.connect(control.playback.choose_step)
    parts.filmstrip.play_toggled.connect(control.playback.toggle_play)
    parts.filmstrip.speed_chosen.connect(lambda speed: change(partial(set_speed, speed=speed)))
    parts.filmstrip.scan_chosen.connect(lambda at: change(partial(scan_to, position=at)))
    parts.filmstrip.scan_ended.connect(lambda: change(scan_end))
    parts.plots.clicked.connect(partial(_plot_clicked, control))
    parts.status.cancel_requested.connect(control.stop)
    parts.status.neighbour_requested.connect(control.documents.open_neighbour)
    parts.banner.toggle_requested.connect(control.documents.toggle_received)
    parts.error.closed.connect(control.forget_error)
    parts.repair_error.closed.connect(control.forget_error)
    parts.bench_error.closed.connect(control.forget_error)


def _connect_toolbar(control: Controller, window: WindowCommands, bar: Toolbar) -> None:
    change = control.change
    bar.codec_chosen.connect(control.sending.set_codec)
    bar.quality_chosen.connect(lambda value: change(partial(set_quality, quality=value), LINGER_SECONDS))
    bar.target_chosen.connect(lambda value: change(partial(set_target, bits_per_pixel=value)))
    bar.subsampling_chosen.connect(lambda name: change(partial(set_subsampling, subsampling=name)))
    bar.decoder_chosen.connect(lambda name: change(partial(set_decoder, name=name)))
    bar.steps_chosen.connect(lambda count: change(partial(set_steps, steps=count)))
    bar.context_chosen.connect(lambda name: change(partial(set_context, context=Context(name))))
    bar.carry_chosen.connect(lambda on: change(partial(set_carry, carry=on)))
    bar.strength.strength_chosen.connect(lambda part: change(partial(set_strength, strength=part)))
    bar.strength.projection_chosen.connect(lambda on: change(partial(set_projection, projection=on)))
    bar.strength.guard_chosen.connect(lambda on: change(partial(set_guard, guard=on)))
    bar.strength.earlier_chosen.connect(lambda on: change(partial(set_earlier, earlier=on)))
    bar.strength.averaged_chosen.connect(
        lambda on: change(partial(set_orientations, orientations=AVERAGED if on else 1))
    )
    bar.decode_requested.connect(control.decode)
    bar.stop_requested.connect(control.stop)
    bar.palette_button.clicked.connect(window.show_palette)
    bar.theme_button.clicked.connect(window.toggle_theme)
    bar.help.clicked.connect(window.show_keys)


def _connect_compare(control: Control, window: WindowCommands, parts: Parts) -> None:
    change, bar = control.change, parts.comparebar
    bar.page_chosen.connect(lambda page: change(partial(c.set_page, page=page)))
    bar.choose_requested.connect(window.show_chooser)
    bar.preset_chosen.connect(lambda preset: change(partial(c.set_entries, entries=preset.entries)))
    bar.steps_chosen.connect(lambda steps: change(partial(c.set_steps, steps=steps), LINGER_SECONDS))
    bar.extra_toggled.connect(lambda name: change(partial(c.toggle_extra, name=name)))
    bar.overlay_chosen.connect(lambda each: change(partial(s.set_overlay, overlay=each)))
    bar.opacity_chosen.connect(lambda value: change(partial(set_opacity, opacity=value)))
    bar.first_chosen.connect(lambda at: change(partial(c.set_flip, first=at)))
    bar.second_chosen.connect(lambda at: change(partial(c.set_flip, second=at)))
    bar.fit_requested.connect(parts.panes.fit)
    bar.full_zoom_requested.connect(lambda: parts.panes.zoom_to(100))
    bar.close_requested.connect(lambda: change(c.close_compare))


def _connect_pages(control: Control, pages: ComparePages, files: Files) -> None:
    change = control.change
    pages.sort_chosen.connect(lambda column: change(partial(c.sort_by, column=column)))
    pages.export_requested.connect(files.ask_save_table)
    pages.copy_requested.connect(files.copy_table)
    pages.axis_chosen.connect(lambda axis: change(partial(c.set_axis, axis=axis)))
    pages.topic_chosen.connect(lambda topic: change(partial(c.set_topic, topic=topic)))
    pages.baseline_chosen.connect(lambda learner: change(partial(c.set_baseline, learner=learner)))
    pages.cell_chosen.connect(lambda row, column: change(partial(c.set_cell, row=row, column=column)))


def _connect_rates(control: Control, parts: Parts, files: Files) -> None:
    change, bar, page = control.change, parts.ratesbar, parts.curves
    bar.page_chosen.connect(lambda page: change(partial(r.set_page, page=page)))
    bar.source_chosen.connect(lambda source: change(partial(r.set_source, source=source)))
    bar.metric_chosen.connect(lambda metric: change(partial(r.set_metric, metric=metric)))
    bar.reach_chosen.connect(lambda rate: change(partial(r.set_reach, rate=rate)))
    bar.published_toggled.connect(lambda: change(r.toggle_published))
    bar.anchor_chosen.connect(lambda key: change(partial(r.set_anchor, key=key)))
    bar.preset_chosen.connect(lambda key: change(partial(r.set_preset, key=key)))
    bar.decode_chosen.connect(lambda decode: change(partial(r.set_decode, decode=decode)))
    bar.mode_chosen.connect(lambda mode: change(partial(set_mode, mode=mode)))
    bar.first_chosen.connect(lambda key: change(partial(r.set_pair, first=key)))
    bar.second_chosen.connect(lambda key: change(partial(r.set_pair, second=key)))
    bar.gain_chosen.connect(lambda gain: change(partial(set_gain, gain=gain)))
    bar.absolute_chosen.connect(lambda on: change(partial(set_absolute, absolute=on)))
    bar.overlay_chosen.connect(lambda each: change(partial(s.set_overlay, overlay=each)))
    bar.fit_requested.connect(parts.panes.fit)
    bar.full_zoom_requested.connect(lambda: parts.panes.zoom_to(100))
    bar.close_requested.connect(lambda: change(r.close_rates))
    bar.chips.toggled.connect(lambda codec: change(partial(r.toggle_codec, codec=codec)))
    bar.chips.alone.connect(lambda codec: change(partial(r.only_codec, codec=codec)))
    page.plot.chosen.connect(lambda key, index: load_target(control, key, index))
    page.plot.opened.connect(lambda key, index: load_target(control, key, index, leave=True))
    page.plot.zoomed.connect(lambda low, high: change(partial(r.set_span, low=low, high=high)))
    page.plot.restored.connect(lambda: change(r.reset_span))
    page.export_requested.connect(files.ask_save_table)
    page.copy_requested.connect(files.copy_table)


def _plot_clicked(control: Controller, key: str, x: float) -> None:
    if key == "psnr":
        control.playback.choose_step(round(x))
    elif key == "rate" and control.facts.rate_points and control.session.picture is not None:
        nearest = min(control.facts.rate_points, key=lambda point: abs(point.bits_per_pixel - x))
        if nearest.codec == control.session.codec:  # else the curve is the last codec's
            control.change(partial(set_quality, quality=nearest.quality))
    elif key == "bits" and control.session.grid[1]:
        index = min(max(0, round(x)), control.session.grid[0] * control.session.grid[1] - 1)
        if control.session.scans:
            control.change(partial(scan_to, position=index))
        else:
            row, column = divmod(index, control.session.grid[1])
            control.change(lambda session: pin_at(unpin(session), 8 * column, 8 * row))
