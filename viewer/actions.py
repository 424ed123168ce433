"""Every command of the window, in one table.

Menus, shortcuts, tooltips, the list of keys and the command palette are all made from it.
"""

from __future__ import annotations

from viewer.actions_artefacts import artefact_commands
from viewer.actions_compare import compare_commands
from viewer.actions_edit import edit_commands
from viewer.actions_file import file_commands
from viewer.actions_lessons import lesson_commands
from viewer.actions_looks import looks_commands
from viewer.actions_panes import slot_commands
from viewer.actions_patch import patch_commands
from viewer.actions_rates import rates_commands
from viewer.actions_run import decode_commands, help_commands, playback_commands
from viewer.actions_view import overlay_commands, view_commands
from viewer.command import Command

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
