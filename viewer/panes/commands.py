"""Commands of the view: how pictures are compared, zoom, overlays."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from viewer.core.availability import no_original, one_stream_only, single_only, undecoded
from viewer.core.command import Command, Why, change
from viewer.model.facts.facts import Facts
from viewer.model.session import pages as s
from viewer.model.session.choices import Mode
from viewer.model.session.state import Session
from viewer.model.session.view_changes import (
    set_mode,
    set_peek,
    set_wipe,
    show_inside,
    show_side,
    toggle_mode,
)
from viewer.panes.pane_commands import (
    blink_commands,
    difference_commands,
    in_groups,
    pane_commands,
    place_commands,
)
from viewer.rate_distortion.commands import toggle_command

if TYPE_CHECKING:
    from viewer.shell.window import MainWindow


def _mode(mode: Mode) -> Callable[[Session], bool]:
    return lambda session: session.mode is mode


def _peeking(session: Session) -> bool:
    return bool(session.peek)


def _pair(left: str, right: str) -> Callable[[Session], bool]:
    def checked(session: Session) -> bool:
        return session.mode is Mode.WIPE and set(session.wipe) == {left, right}

    return checked


def view_commands() -> list[Command]:
    commands = [
        Command("mode.side", "Side by side", "View", 0, change(partial(set_mode, mode=Mode.SIDE)),
                (), "All pictures beside each other", _mode(Mode.SIDE), icon="side"),
        Command("mode.wipe", "Wipe", "View", 0, change(partial(toggle_mode, mode=Mode.WIPE)), ("W",),
                "Two pictures in one place with a divider to drag; 1, 2 and 3 put it left, in the middle, "
                "right", _mode(Mode.WIPE), icon="wipe"),
        Command("mode.difference", "Difference", "View", 0,
                change(partial(toggle_mode, mode=Mode.DIFFERENCE)), ("D",),
                "Errors against the original, and what the decoder changed", _mode(Mode.DIFFERENCE),
                icon="difference"),
        Command("swap", "Swap", "View", 1, change(s.swap), ("S",),
                "Exchange the two sides of the wipe, or the last two panes"),
        Command("peek.original", "Peek at the original", "View", 1,
                change(partial(set_peek, key="original")), ("O",),
                "While the key is held, every pane shows the original", None, no_original,
                change(partial(set_peek, key="")), held=_peeking),
        Command("peek.standard", "Peek at the received", "View", 1,
                change(partial(set_peek, key="standard")), ("R",),
                "While the key is held, every pane shows what was received", None, undecoded,
                change(partial(set_peek, key="")), held=_peeking),
    ]  # fmt: skip
    commands = [single_only(each) if each.id in _SINGLE else each for each in commands]
    commands.insert(3, toggle_command())
    commands += [
        Command(f"pane.{number}", f"Pane {number} only" if number else "All panes", "View", 3,
                partial(_pane, number=number), (str(number),),
                _pane_tip(number), None, _no_pane(number))
        for number in (1, 2, 3, 4, 5, 6, 7, 8, 0)
    ]  # fmt: skip
    commands += [
        one_stream_only(single_only(Command(f"wipe.{left}.{right}", f"Wipe {name}", "View", 4,
                change(partial(set_wipe, left=left, right=right)), (),
                "The two pictures of the wipe", _pair(left, right),
                no_original if left == "original" else None)))
        for left, right, name in (
            ("standard", "estimate", "received and refined"),
            ("original", "estimate", "original and refined"),
            ("original", "standard", "original and received"),
        )
    ]  # fmt: skip
    commands += [*blink_commands(), *difference_commands(), *pane_commands(), *place_commands()]
    return in_groups([*commands, *_window_commands()])


_SINGLE = ("mode.wipe", "mode.difference", "swap")


def _pane_tip(number: int) -> str:
    if number == 0:
        return "Show every pane"
    places = ("left", "in the middle", "right")
    wipe = f". In a wipe: divider {places[number - 1]}" if number <= len(places) else ""
    wipe += ". Blinking: that of the pair" if number <= 2 else ""
    return f"Only pane {number}; again: all panes{wipe}"


def _no_pane(number: int) -> Why:
    def why(session: Session, _: Facts) -> str:
        count = len(s.panes_available(session))
        return "" if number <= max(3, count) else f"there are {count} panes"

    return why


def _pane(window: MainWindow, number: int) -> None:
    """A digit chooses a pane; while wiping it puts the divider, while blinking it chooses one of the pair."""
    if window.controller.session.mode is Mode.WIPE and 0 < number <= 3:
        window.panes.set_wipe((number - 1) / 2)
    elif window.controller.session.mode is Mode.BLINK and 0 < number <= 2:
        window.controller.change(partial(show_side, second=number == 2))
    else:
        window.controller.change(partial(s.solo_pane, number=number))


def _window_commands() -> list[Command]:
    return [
        Command("show.side", "Plots and figures", "View", 7, lambda w: w.toggle_part("side"), ("F9",),
                "Show or hide the right column"),
        Command("show.inside", "Hidden state", "View", 7,
                change(lambda session: show_inside(session, not session.show_inside)), ("H",),
                "What the network holds at the patch pointed at, in place of the figures",
                lambda session: session.show_inside),
        Command("show.film", "Filmstrip", "View", 7, lambda w: w.toggle_part("film"), ("F10",),
                "Show or hide the steps below"),
        Command("fullscreen", "Full screen", "View", 7, lambda w: w.toggle_full_screen(), ("F11",),
                "The window fills the screen; again, or Esc: as before"),
        Command("theme", "Light or dark", "View", 7, lambda w: w.toggle_theme(), ("Ctrl+T",),
                "Change between the dark and the light look", icon="theme"),
    ]  # fmt: skip
