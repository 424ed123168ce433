"""Commands of the view: how pictures are compared, zoom, overlays."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from viewer.core.availability import no_original, one_stream_only, single_only, undecoded
from viewer.core.command import Act, Command, Why
from viewer.core.control import Control, Pictures, changing
from viewer.model.facts.facts import Facts
from viewer.model.session import pages as s
from viewer.model.session.choices import Mode
from viewer.model.session.state import Session
from viewer.model.session.view_changes import (
    set_mode,
    set_peek,
    set_wipe,
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


def _mode(mode: Mode) -> Callable[[Session], bool]:
    return lambda session: session.mode is mode


def _peeking(session: Session) -> bool:
    return bool(session.peek)


def _pair(left: str, right: str) -> Callable[[Session], bool]:
    def checked(session: Session) -> bool:
        return session.mode is Mode.WIPE and set(session.wipe) == {left, right}

    return checked


def commands(control: Control, pictures: Pictures, choose: Act) -> list[Command]:
    """choose: opens the menu of all panes that there are."""
    change = changing(control)
    table = [
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
    table = [single_only(each) if each.id in _SINGLE else each for each in table]
    table += [
        Command(f"pane.{number}", f"Pane {number} only" if number else "All panes", "View", 3,
                partial(_pane, control, pictures, number), (str(number),),
                _pane_tip(number), None, _no_pane(number))
        for number in (1, 2, 3, 4, 5, 6, 7, 8, 0)
    ]  # fmt: skip
    table += [
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
    table += [*blink_commands(control), *difference_commands(control), *pane_commands(control, choose)]
    return in_groups([*table, *place_commands(control, pictures)])


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


def _pane(control: Control, pictures: Pictures, number: int) -> None:
    """A digit chooses a pane; while wiping it puts the divider, while blinking it chooses one of the pair."""
    if control.session.mode is Mode.WIPE and 0 < number <= 3:
        pictures.set_wipe((number - 1) / 2)
    elif control.session.mode is Mode.BLINK and 0 < number <= 2:
        control.change(partial(show_side, second=number == 2))
    else:
        control.change(partial(s.solo_pane, number=number))
