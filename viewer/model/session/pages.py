"""Transitions of the window's state: pure functions from a `Session` to a new one. No Qt.

Whether a new run is needed follows from comparing the two with `needs_run`.
"""

from __future__ import annotations

from dataclasses import replace

from engine.types import PATCH, Context, Picture
from viewer.model.scene.picture import Mode, Overlay
from viewer.model.session import compare_changes as compare
from viewer.model.session import patch_changes as patch
from viewer.model.session import rate_distortion_changes as rates
from viewer.model.session.looks import set_text_scale, set_theme, text_scale_by
from viewer.model.session.options import (
    codec_by,
    follow_codec,
    set_carry,
    set_codec,
    set_context,
    set_decoder,
    set_quality,
    set_steps,
    set_subsampling,
    set_target,
)
from viewer.model.session.panes import can_show
from viewer.model.session.playback import (
    choose_step,
    scan_beat,
    scan_end,
    scan_to,
    scan_total,
    set_speed,
    shown_step,
    step_by,
    tick,
    toggle_play,
)
from viewer.model.session.state import (
    GAINS,
    MAX_SPEED,
    MAX_STAGES,
    MAX_STEPS,
    MIN_SPEED,
    PANES,
    Options,
    Session,
    Stream,
    needs_run,
)
from viewer.model.session.view_changes import blink, set_blinking

__all__ = [
    "GAINS", "MAX_SPEED", "MAX_STAGES", "MAX_STEPS", "MIN_SPEED", "PANES", "Context", "Options",
    "Session", "Stream", "active_patch", "blink", "choose_step", "codec_by", "follow_codec", "hover",
    "leave", "move_pin", "needs_run", "open_picture", "open_stream", "panes_available", "pin_at",
    "scan_beat", "scan_end", "scan_to", "scan_total", "set_absolute", "set_blinking", "set_carry",
    "set_codec", "set_context", "set_decoder", "set_gain", "set_mode", "set_opacity", "set_overlay",
    "set_peek", "set_quality", "set_speed", "set_steps", "set_subsampling", "set_target", "set_text_scale",
    "set_theme",
    "set_wipe", "set_zoom", "show_inside", "shown_overlay", "shown_step", "solo_pane", "step_by", "swap",
    "text_scale_by", "tick", "toggle_mode", "toggle_overlay", "toggle_play", "unpin",
]  # fmt: skip


def open_picture(session: Session, picture: Picture, sample: str = "", file_codec: str = "") -> Session:
    """Show a picture whose pixels are to be encoded."""
    return _opened(session, picture, None, sample, file_codec)


def open_stream(session: Session, stream: Stream) -> Session:
    """Show a stream as received. A difference against the original can't be shown any longer."""
    return _opened(session, None, stream, "", stream.codec)


def _opened(
    session: Session, picture: Picture | None, stream: Stream | None, sample: str, file_codec: str
) -> Session:
    wipe = session.wipe if stream is None or "original" not in session.wipe else ("standard", "estimate")
    opened = replace(
        session,
        picture=picture,
        stream=stream,
        sample=sample,
        file_codec=file_codec,
        step=None,
        scan=None,
        cursor=None,
        pinned=None,
        playing=False,
        peek="",
        blinking=session.blinking and session.mode is Mode.BLINK,
        solo="" if stream is not None and session.solo == "original" else session.solo,
        wipe=wipe,
    )
    return follow_codec(patch.unpinned(opened), session.codec)


def hover(session: Session, x: int, y: int) -> Session:
    """The mouse is over a pixel; outside the picture there is none."""
    if session.size is None or not (0 <= y < session.size[0] and 0 <= x < session.size[1]):
        return leave(session)
    return replace(session, cursor=(x, y))


def leave(session: Session) -> Session:
    return replace(session, cursor=None) if session.cursor is not None else session


def pin_at(session: Session, x: int, y: int) -> Session:
    """Pin the patch at a pixel, and explain it; the same one again unpins it."""
    if session.size is None or not (0 <= y < session.size[0] and 0 <= x < session.size[1]):
        return patch.unpinned(session)
    place = (y // PATCH, x // PATCH)
    if place == session.pinned:
        return patch.unpinned(session)
    return patch.set_open(replace(session, pinned=place), True)


def unpin(session: Session) -> Session:
    return patch.unpinned(session)


def move_pin(session: Session, rows: int, columns: int) -> Session:
    """Move the pinned patch (or pin the one under the mouse, else the middle) inside the picture."""
    grid = session.grid
    if grid == (0, 0):
        return session
    row, column = active_patch(session) or (grid[0] // 2, grid[1] // 2)
    if session.pinned is not None:
        row, column = row + rows, column + columns
    return replace(
        session, pinned=(min(max(0, row), grid[0] - 1), min(max(0, column), grid[1] - 1)), cursor=None
    )


def active_patch(session: Session) -> tuple[int, int] | None:
    """The patch to explain: the pinned one, else the one under the mouse, else that of the scan."""
    if session.pinned is not None:
        return session.pinned
    if session.cursor is not None:
        x, y = session.cursor
        return y // PATCH, x // PATCH
    if session.scan is not None and session.grid[1]:
        row, column = divmod(session.scan, session.grid[1])
        return row, column
    return None


def shown_overlay(session: Session) -> Overlay:
    """The overlay of the view that is open: comparing has one of its own, and so have the codecs."""
    if session.rates.on:
        return session.rates.overlay
    return session.compare.overlay if session.compare.on else session.overlay


def set_overlay(session: Session, overlay: Overlay) -> Session:
    if session.compare.on:
        return compare.set_overlay(session, overlay)
    if session.rates.on:
        return rates.set_overlay(session, overlay)
    return replace(session, overlay=overlay)


def toggle_overlay(session: Session, overlay: Overlay) -> Session:
    """Show an overlay, or none when it is shown already."""
    return set_overlay(session, Overlay.NONE if shown_overlay(session) is overlay else overlay)


def set_opacity(session: Session, opacity: float) -> Session:
    return replace(session, opacity=min(1.0, max(0.0, opacity)))


def set_mode(session: Session, mode: Mode) -> Session:
    if mode is Mode.BLINK or session.mode is Mode.BLINK:
        session = set_blinking(session, mode is Mode.BLINK)
    return replace(session, mode=mode, solo="")


def toggle_mode(session: Session, mode: Mode) -> Session:
    """Go to a mode, or back to side by side."""
    return set_mode(session, Mode.SIDE if session.mode is mode else mode)


def panes_available(session: Session) -> tuple[str, ...]:
    """Panes that can be shown, in their order: no original where none was sent."""
    if session.rates.on:
        return rates.shown_panes(session)
    if session.compare.on:
        return tuple(key for key in session.compare.panes if key != "original" or session.stream is None)
    shown = tuple(key for key in session.order if can_show(session, key))
    return shown or ("estimate",)


def solo_pane(session: Session, number: int) -> Session:
    """Show only the pane with this number, from 1; the same again, or 0, shows all."""
    keys = panes_available(session)
    if not 0 <= number <= len(keys):
        return session
    key = keys[number - 1] if number else ""
    return replace(session, solo="" if key == session.solo else key, mode=Mode.SIDE)


def swap(session: Session) -> Session:
    """Exchange the two sides of the wipe, or the last two panes."""
    if session.rates.on:
        return rates.swap_pair(session)
    if session.mode in (Mode.WIPE, Mode.BLINK):
        return replace(session, wipe=session.wipe[::-1])
    return replace(session, order=(*session.order[:-2], *reversed(session.order[-2:])))


def set_wipe(session: Session, left: str, right: str) -> Session:
    """Choose the two pictures of the wipe, and wipe."""
    return replace(session, wipe=(left, right), mode=Mode.WIPE, solo="")


def set_absolute(session: Session, absolute: bool) -> Session:
    return replace(session, absolute=absolute)


def set_gain(session: Session, gain: int) -> Session:
    """Magnify differences by one of `GAINS`."""
    return replace(session, gain=gain if gain in GAINS else session.gain)


def set_peek(session: Session, key: str) -> Session:
    """Hold a pane's picture over all panes; "" lets go."""
    if key == "original" and session.picture is None:
        key = ""
    return replace(session, peek=key)


def show_inside(session: Session, on: bool) -> Session:
    """Show the hidden state in place of the figures, or the figures."""
    return replace(session, show_inside=on)


def set_zoom(session: Session, percent: float) -> Session:
    return replace(session, zoom=percent)
