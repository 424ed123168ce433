"""Commands of the window itself: its parts, its end, help."""

from __future__ import annotations

from functools import partial

from viewer.core.command import Command
from viewer.core.control import Control, changing
from viewer.model.facts.facts import Facts
from viewer.model.session.state import Session
from viewer.model.session.view_changes import show_inside
from viewer.shell.window_commands import WindowCommands


def _presenting(session: Session, _: Facts) -> str:
    return "presentation mode is on" if session.presentation.on else ""


def view_commands(control: Control, window: WindowCommands) -> list[Command]:
    """The window's parts and its look: the end of the menu of the view."""
    change = changing(control)
    return [
        Command("show.side", "Plots and figures", "View", 7, partial(window.toggle_part, "side"), ("F9",),
                "Show or hide the right column"),
        Command("show.inside", "Hidden state", "View", 7,
                change(lambda session: show_inside(session, not session.show_inside)), ("H",),
                "What the network holds at the patch pointed at, in place of the figures",
                lambda session: session.show_inside),
        Command("show.film", "Filmstrip", "View", 7, partial(window.toggle_part, "film"), ("F10",),
                "Show or hide the steps below"),
        Command("fullscreen", "Full screen", "View", 7, window.toggle_full_screen, ("Shift+F11",),
                "The whole window fills the screen; again, or Esc: as before",
                why_not=_presenting),
        Command("theme", "Light or dark", "View", 7, window.toggle_theme, ("Ctrl+T",),
                "Change between the dark and the light look", icon="theme"),
    ]  # fmt: skip


def quit_command(window: WindowCommands) -> Command:
    """Stands at the end of the menu of files."""
    return Command("quit", "Quit", "File", 4, window.close_window, ("Ctrl+Q",),
                   "Close the window; settings and layout are kept")  # fmt: skip


def help_commands(window: WindowCommands) -> list[Command]:
    return [
        Command("keys", "All keys", "Help", 0, window.show_keys, ("?", "F1"), "Every key, in one list",
                icon="help"),
        Command("palette", "Command palette…", "Help", 0, window.show_palette, ("Ctrl+Shift+P",),
                "Find a command by its name", icon="search"),
        Command("glossary", "Glossary", "Help", 0, window.show_glossary, ("Shift+F1",),
                "Terms of the field, each with its formula and source"),
        Command("about", "About", "Help", 1, window.show_about, (),
                "About the program and the paper it follows"),
    ]  # fmt: skip
