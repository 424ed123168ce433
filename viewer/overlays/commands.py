"""Commands of the overlays."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from viewer.core.availability import overlay_why
from viewer.core.command import Command
from viewer.core.control import Control, Pictures, changing
from viewer.model.session import pages as s
from viewer.model.session.choices import Overlay
from viewer.model.session.state import Session
from viewer.overlays.artefact_commands import artefact_commands
from viewer.overlays.titles import OVERLAY_TIPS, overlay_title

_OVERLAY_KEYS = {
    Overlay.NONE: "N",
    Overlay.GRID: "G",
    Overlay.BITS: "Shift+B",
    Overlay.GAIN: "Shift+G",
    Overlay.BLOCK_EDGES: "Shift+K",
    Overlay.DEFORMED_EDGES: "Shift+E",
    Overlay.RINGING: "Shift+R",
    Overlay.FLATTENED_TEXTURE: "Shift+F",
    Overlay.STAIRCASING: "Shift+A",
    Overlay.FLIP: "Shift+U",
    Overlay.SETTLED: "Shift+T",
    Overlay.MISSING: "Shift+N",
    Overlay.WINNER: "Shift+W",
}


def commands(control: Control, pictures: Pictures) -> list[Command]:
    """Overlays, and the places where each artefact shows most."""
    return [*_overlay_commands(control), *artefact_commands(control, pictures)]


def _overlay_commands(control: Control) -> list[Command]:
    change = changing(control)

    def checked(overlay: Overlay) -> Callable[[Session], bool]:
        return lambda session: s.shown_overlay(session) is overlay

    return [
        Command(f"overlay.{overlay.name.lower()}", overlay_title(overlay), "Overlay", 0,
                change(partial(s.toggle_overlay, overlay=overlay)), (_OVERLAY_KEYS[overlay],),
                OVERLAY_TIPS[overlay], checked(overlay), overlay_why(overlay),
                icon="grid" if overlay is Overlay.GRID else "")
        for overlay in Overlay
    ]  # fmt: skip
