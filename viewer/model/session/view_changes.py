"""Transitions of how pictures are compared: blinking, differences, the zoom box. Pure, no Qt."""

from __future__ import annotations

from dataclasses import replace

from viewer.model.session.choices import BLINK_RATES, GAINS, Mode, Scale
from viewer.model.session.state import Session


def _with(session: Session, **changes: object) -> Session:
    return replace(session, looking=replace(session.looking, **changes))  # type: ignore[arg-type]


def set_blinking(session: Session, blinking: bool) -> Session:
    """Let the two pictures of the pair take turns in one place, or go back to all beside each other."""
    mode = Mode.BLINK if blinking else Mode.SIDE if session.mode is Mode.BLINK else session.mode
    session = _with(session, second=False) if session.mode is not Mode.BLINK else session
    return replace(session, blinking=blinking, mode=mode, peek="", solo="")


def blink(session: Session) -> Session:
    """One beat of blinking."""
    return _with(session, second=not session.looking.second) if session.blinking else session


def flip_pair(session: Session) -> Session:
    """Show the other picture of the pair, by hand: blinking by itself pauses."""
    if session.mode is not Mode.BLINK:
        session = set_blinking(session, True)
    return replace(_with(session, second=not session.looking.second), blinking=False)


def show_side(session: Session, second: bool) -> Session:
    """Show the first or the second picture of the pair, and stay there."""
    return replace(_with(session, second=second), blinking=False)


def toggle_running(session: Session) -> Session:
    """Pause blinking, or let it go on."""
    return replace(session, blinking=session.mode is Mode.BLINK and not session.blinking)


def set_blink_rate(session: Session, rate: float) -> Session:
    """Changes per second, within `BLINK_RATES`."""
    return _with(session, blink_rate=min(BLINK_RATES[-1], max(BLINK_RATES[0], rate)))


def blink_rate_by(session: Session, delta: int) -> Session:
    """The next faster rate, or slower."""
    rate = session.looking.blink_rate
    at = min(range(len(BLINK_RATES)), key=lambda place: abs(BLINK_RATES[place] - rate))
    return set_blink_rate(session, BLINK_RATES[min(len(BLINK_RATES) - 1, max(0, at + delta))])


def set_luma(session: Session, luma: bool) -> Session:
    """Show differences of luma only, or of all three samples."""
    return _with(session, luma=luma)


def set_scale(session: Session, scale: Scale) -> Session:
    """How the size of a difference becomes a colour."""
    return _with(session, scale=scale)


def next_scale(session: Session) -> Session:
    """Fixed, adaptive, square root, and fixed again."""
    scales = list(Scale)
    return set_scale(session, scales[(scales.index(session.looking.scale) + 1) % len(scales)])


def set_gain(session: Session, gain: int) -> Session:
    """Magnify differences by one of `GAINS`, on a fixed scale."""
    return set_scale(replace(session, gain=gain), Scale.FIXED) if gain in GAINS else session


def gain_by(session: Session, delta: int) -> Session:
    """The next larger gain, or smaller; from another scale back to the fixed one."""
    if session.looking.scale is not Scale.FIXED:
        return set_scale(session, Scale.FIXED)
    at = GAINS.index(session.gain) if session.gain in GAINS else 0
    return set_gain(session, GAINS[min(len(GAINS) - 1, max(0, at + delta))])


def show_zoom_box(session: Session, on: bool) -> Session:
    """Let a magnifier with values and statistics follow the cursor."""
    return _with(session, zoom_box=on)


def show_minimap(session: Session, on: bool) -> Session:
    """Show the whole picture in a corner while zoomed."""
    return _with(session, minimap=on)


def show_pixels(session: Session, on: bool) -> Session:
    """Show a grid between large pixels, and their values in them."""
    return _with(session, pixels=on)


def set_opacity(session: Session, opacity: float) -> Session:
    return replace(session, opacity=min(1.0, max(0.0, opacity)))


def set_mode(session: Session, mode: Mode) -> Session:
    if mode is Mode.BLINK or session.mode is Mode.BLINK:
        session = set_blinking(session, mode is Mode.BLINK)
    return replace(session, mode=mode, solo="")


def toggle_mode(session: Session, mode: Mode) -> Session:
    """Go to a mode, or back to side by side."""
    return set_mode(session, Mode.SIDE if session.mode is mode else mode)


def set_wipe(session: Session, left: str, right: str) -> Session:
    """Choose the two pictures of the wipe, and wipe."""
    return replace(session, wipe=(left, right), mode=Mode.WIPE, solo="")


def set_absolute(session: Session, absolute: bool) -> Session:
    return replace(session, absolute=absolute)


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
