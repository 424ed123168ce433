"""How the command line wants pictures looked at: mode, overlay, and what a snapshot shows at which scale."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from viewer.launch import argument_types as types
from viewer.model.session.choices import Mode, Overlay
from viewer.model.session.view_changes import set_mode

if TYPE_CHECKING:
    from viewer.launch.request import Launch
    from viewer.model.session.state import Session

MODES = {"side": Mode.SIDE, "wipe": Mode.WIPE, "blink": Mode.BLINK, "difference": Mode.DIFFERENCE}
OVERLAYS = {each.name.lower().replace("_", "-"): each for each in Overlay if each is not Overlay.WINNER}
_ONLY_SNAPSHOTS = ("view_scale", "view_only", "step", "zoom", "patch")


def add_looks(parser: argparse.ArgumentParser) -> None:
    """Arguments on how pictures are looked at."""
    add = parser.add_argument
    add("--mode", default="", choices=tuple(MODES), help="how pictures are compared (default: as left)")
    add("--overlay", default="", choices=tuple(OVERLAYS), metavar="NAME",
        help=f"map over the pictures: {', '.join(OVERLAYS)}")  # fmt: skip
    shown = parser.add_argument_group("of a snapshot")
    add = shown.add_argument
    add("--view-scale", type=types.scale, default=None, metavar="S",
        help="draw everything S times as large, words and lines anew, 0.5 to 8 (default: 1)")  # fmt: skip
    add("--view-only", action="store_true", help="only the pictures with their names, not the whole window")
    add("--step", type=types.step, default=None, metavar="K", help="step that is shown (default: the last)")
    add("--zoom", type=types.zoom, default=None, metavar="PERCENT",
        help="zoom about the middle; 100 is one pixel on one of the drawing (default: fit)")  # fmt: skip
    add("--patch", type=types.patch, default=None, metavar="ROW,COLUMN",
        help="patch that is pinned and explained, counted from 0")  # fmt: skip


def check_looks(launch: Launch) -> None:
    """Raise UserError for what only a snapshot can do, where none is asked for."""
    from engine.errors import UserError

    if launch.snapshot is not None:
        return
    for name in _ONLY_SNAPSHOTS:
        value = getattr(launch, name)
        if value is not None and value is not False:
            raise UserError(f"--{name.replace('_', '-')} needs --snapshot OUT.png")


def looked_at(session: Session, launch: Launch) -> Session:
    """The session with the mode and the overlay that the command line asks for."""
    from viewer.model.session import pages as s

    if launch.mode:
        session = set_mode(session, MODES[launch.mode])
    if launch.overlay:
        session = s.set_overlay(session, OVERLAYS[launch.overlay])
    return session
