"""Commands of the window itself: its parts, its end, help."""

from __future__ import annotations

from functools import partial

from viewer.core.command import Command
from viewer.core.control import Control, changing
from viewer.model.facts.facts import Facts
from viewer.model.session.choices import Page
from viewer.model.session.state import Session
from viewer.model.session.view_changes import show_inside
from viewer.shell.window_commands import WindowCommands

PAPERS = (
    ("Learners compared (DCC 2021)", "Mali, Ororbia, Kifer, Giles: An Empirical Analysis of Recurrent "
     "Learning Algorithms in Neural Lossy Image Compression Systems", "https://arxiv.org/abs/2201.11782"),
    ("Neural iterative decoding (DCC 2019)", "Ororbia, Mali et al.: Learned Neural Iterative Decoding for "
     "Lossy Image Compression Systems", "https://arxiv.org/abs/1803.05863"),
    ("Sibling estimator (DCC 2020)", "Ororbia, Mali et al.: The Sibling Neural Estimator: Improving "
     "Iterative Image Decoding with Gradient Communication", "https://arxiv.org/abs/1911.08478"),
)  # fmt: skip
"""The papers that the program follows: title in the menu, authors and title, address."""


def _presenting(session: Session, _: Facts) -> str:
    return "presentation mode is on" if session.presentation.on else ""


def _touring(session: Session, facts: Facts) -> str:
    if session.page is not Page.PICTURES:
        return "only beside the pictures of one decoder"
    if session.picture is None and session.stream is not None:
        return "not with a received file, which has no original"
    return _presenting(session, facts)


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
        Command("scan.diagram", "Raster scan, animated", "Help", 0, window.show_scan, ("Ctrl+F1",),
                "How patches are gone through, and which neighbours each context knows; Space plays it"),
        Command("tour", "Tour", "Help", 0, window.show_tour, ("Alt+F1",),
                "The first minute again: what the parts of the window are for", why_not=_touring),
        *(
            Command(f"paper.{number}", title, "Help", 1, partial(window.open_link, link), (),
                    f"{words}: open {link} in the browser")
            for number, (title, words, link) in enumerate(PAPERS, 1)
        ),
        Command("about", "About", "Help", 1, window.show_about, (),
                "About the program and the paper it follows"),
    ]  # fmt: skip
