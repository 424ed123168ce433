"""Commands of presenting, and what keys of the window mean meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from viewer.core.command import Act, Command, unless
from viewer.core.control import Control, changing
from viewer.model.facts.facts import Facts
from viewer.model.session import presentation_changes as p
from viewer.model.session.choices import Page
from viewer.model.session.playback import shown_step
from viewer.model.session.presentation import Poll, Presentation
from viewer.model.session.state import Session
from viewer.presentation.desk import PresentationDesk

PAGES = {"quality.up": ("step.previous", -1), "quality.down": ("step.next", 1)}
"""Commands on a clicker's keys: the step that they take while one presents, and pages of a lesson."""


def away(session: Session, _: Facts) -> str:
    return "" if session.presentation.on else "presentation mode is off  (F11)"


def _no_picture(session: Session, facts: Facts) -> str:
    why = away(session, facts)
    if session.page is Page.LAB:
        return why or "the lab is open"
    return why or ("" if session.size is not None else "nothing is open")


def _no_lesson(session: Session, facts: Facts) -> str:
    return away(session, facts) or ("" if session.lessons.on else "no lessons are open")


def _no_poll(session: Session, facts: Facts) -> str:
    why = away(session, facts)
    if session.page is not Page.PICTURES:
        return why or "several results are compared"
    if why or facts.run is None:
        return why or "nothing is decoded yet"
    step = shown_step(session, facts.run.ready)
    refined = session.presentation.poll is not Poll.NONE or "estimate" not in session.wipe or step > 0
    return "" if refined else "step 0 is the standard decode itself"


def _has(part: Callable[[Presentation], bool]) -> Callable[[Session], bool]:
    return lambda session: session.presentation.on and part(session.presentation)


def commands(control: Control, desk: PresentationDesk) -> list[Command]:
    return [
        Command("present", "Presentation", "Present", 0, desk.toggle, ("F11",),
                "Full screen, pictures and large captions; Page Down and Page Up go through steps, or an "
                "open lesson. Again, or Esc: as before", lambda session: session.presentation.on),
        Command("present.spot", "Spotlight", "Present", 0, desk.toggle_spot, ("F6",),
                "Dim all but the pinned patch's surroundings; Ctrl and arrows move it",
                _has(lambda known: known.spot), _no_picture),
        Command("present.magnifier", "Magnifier", "Present", 0, desk.toggle_magnifier, ("F7",),
                "Enlarge the pinned patch with its eight neighbours in every pane",
                _has(lambda known: known.magnifier), _no_picture),
        Command("present.plot", "Next plot", "Present", 0, desk.next_plot, ("F8",),
                "Show one of the plots beside the pictures, then the next, then none",
                _has(lambda known: bool(known.plot)), _no_picture),
        Command("present.lesson", "Lesson beside the pictures", "Present", 0,
                changing(control)(p.toggle_lesson), ("Shift+F8",),
                "Show the open lesson's text and figure, too", _has(lambda known: known.lesson), _no_lesson),
        Command("present.notes", "Speaker notes", "Present", 0, desk.toggle_notes, ("F12",),
                "Notes of the open lesson and a clock in a second window, on the second screen"),
        Command("present.poll", "Ask which one is refined", "Present", 0, desk.next_poll, ("Q",),
                "Two pictures without their names, in an order drawn by lot; again: reveal; again: go on",
                _has(lambda known: known.poll is not Poll.NONE), _no_poll),
    ]  # fmt: skip


def paging(table: Sequence[Command], control: Control, desk: PresentationDesk) -> list[Command]:
    """The table, in which a clicker's keys go through steps, or pages of a lesson, while one presents."""
    by_id = {command.id: command for command in table}
    return [
        _paging(command, by_id[PAGES[command.id][0]], PAGES[command.id][1], control, desk)
        if command.id in PAGES
        else command
        for command in table
    ]


def _paging(command: Command, step: Command, by: int, control: Control, desk: PresentationDesk) -> Command:
    def usable_step() -> None:
        if step.why_not is None or not step.why_not(control.session, control.facts):
            step.run()

    act: Act = partial(desk.page, by, usable_step)
    plain, inner = command.run, command.why_not

    def run() -> None:
        (act if control.session.presentation.on else plain)()

    def why(session: Session, facts: Facts) -> str:
        if session.presentation.on:
            return ""
        return inner(session, facts) if inner is not None else ""

    words = "next step, or page of the lesson" if by > 0 else "previous step, or page of the lesson"
    return replace(command, run=run, why_not=why, tooltip=f"{command.tooltip}. Presenting: {words}")


def not_here(command: Command) -> Command:
    """A command of parts that presenting has no room for."""
    return unless(command, lambda session, _: "presentation mode is on" if session.presentation.on else "")
