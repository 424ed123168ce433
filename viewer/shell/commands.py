"""Every command of the window, in one table.

Menus, shortcuts, tooltips, the list of keys and the command palette are all made from it.
"""

from __future__ import annotations

from viewer.compare.commands import compare_commands
from viewer.core.command import Command
from viewer.decode.commands import decode_commands, help_commands, playback_commands
from viewer.documents.commands import file_commands
from viewer.lessons.commands import lesson_commands
from viewer.overlays.artefact_commands import artefact_commands
from viewer.overlays.commands import overlay_commands
from viewer.panes.commands import view_commands
from viewer.panes.pane_commands import slot_commands
from viewer.patch.commands import patch_commands
from viewer.rate_distortion.commands import rates_commands
from viewer.shell.edit_commands import edit_commands
from viewer.shell.looks_commands import looks_commands

MENUS = (
    "File", "Edit", "View", "Slots", "Overlay", "Compare", "Codecs", "Lessons", "Playback", "Decode", "Help"
)  # fmt: skip
"""Menus in their order."""


def commands() -> tuple[Command, ...]:
    """The whole table, in the order of the menus."""
    return (
        *file_commands(),
        *edit_commands(),
        *view_commands(),
        *patch_commands(),
        *looks_commands(),
        *slot_commands(),
        *overlay_commands(),
        *artefact_commands(),
        *compare_commands(),
        *rates_commands(),
        *lesson_commands(),
        *playback_commands(),
        *decode_commands(),
        *help_commands(),
    )
