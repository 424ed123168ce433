"""Transitions of playback: along the steps, along the scan. Pure functions, no Qt."""

from __future__ import annotations

from dataclasses import replace

from viewer.model.session.choices import MAX_SPEED, MIN_SPEED
from viewer.model.session.state import Session


def shown_step(session: Session, ready: int, first: int = 0) -> int:
    """The position to show when `first` to `ready` are there: below 0 lie the stages of a progressive stream,
    0 is the standard decode, above it come the decoder's steps."""
    return ready if session.step is None else max(first, min(session.step, ready))


def choose_step(session: Session, step: int, ready: int, planned: int, first: int = 0) -> Session:
    """Show a position and pause. The last one planned follows the newest, so that a new run shows its last.
    A scan belongs to the decoder's steps, so it ends below them."""
    step = min(max(first, step), ready)
    scan = session.scan if step >= 0 else None
    return replace(session, step=None if step >= planned else step, scan=scan, playing=False)


def step_by(session: Session, delta: int, ready: int, planned: int, first: int = 0) -> Session:
    """Move along the positions and pause."""
    return choose_step(session, shown_step(session, ready, first) + delta, ready, planned, first)


def toggle_play(session: Session, ready: int, planned: int, first: int = 0) -> Session:
    """Play or pause; playing from the end starts over."""
    if session.playing:
        return replace(session, playing=False)
    if session.scan is not None:
        at_end = session.scan >= scan_total(session) - 1
        return replace(session, playing=True, scan=0 if at_end else session.scan)
    at = shown_step(session, ready, first)
    return replace(session, playing=True, step=first if at >= planned else at)


def tick(session: Session, ready: int, planned: int, first: int = 0, patches: int = 1) -> Session:
    """One beat of playback: the next position, or `patches` further along the scan; pauses at the end."""
    if not session.playing:
        return session
    if session.scan is not None:
        last = scan_total(session) - 1
        at = min(session.scan + max(1, patches), last)
        return replace(session, scan=at, playing=at < last)
    step = shown_step(session, ready, first)
    if step >= planned:
        return replace(session, step=None, playing=False)
    if step >= ready:
        return session  # the run has not got there yet
    step += 1
    return replace(session, step=None if step >= planned else step, playing=step < planned)


def set_speed(session: Session, speed: float) -> Session:
    return replace(session, speed=min(MAX_SPEED, max(MIN_SPEED, speed)))


def scan_total(session: Session) -> int:
    """Number of scan positions: 0 when the decoder doesn't scan."""
    rows, columns = session.grid
    return rows * columns if session.scans else 0


def scan_to(session: Session, position: int) -> Session:
    """Show the scan at a position (and pause); nothing happens where there is no scan. From a stage of the
    stream it goes to the last step."""
    total = scan_total(session)
    if total == 0:
        return session
    step = None if session.step is not None and session.step < 0 else session.step
    return replace(session, scan=min(max(0, position), total - 1), step=step, playing=False)


def scan_end(session: Session) -> Session:
    """Leave the scan: all patches at the chosen step."""
    return replace(session, scan=None, playing=False)


def scan_beat(total: int, speed: float, seconds: float = 20.0) -> tuple[int, int]:
    """Beat in milliseconds and patches a beat, so that a whole scan takes `seconds` at speed 1."""
    rate = max(1, total) * speed / seconds
    patches = max(1, round(rate / 30))
    return max(1, round(1000 * patches / rate)), patches
