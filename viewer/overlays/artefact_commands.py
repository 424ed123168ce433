"""Commands that lead to where a picture shows an artefact most."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from engine.artefacts.measures import FACTS, Artefact
from viewer.core.availability import one_stream_only, single_only, undecoded
from viewer.core.command import Command
from viewer.model.facts.artefacts import ARTEFACT_OVERLAYS, OVERLAY_OF, original_pixels
from viewer.model.facts.facts import Facts
from viewer.model.session.state import Session
from viewer.overlays.places import SIDE, Place, next_place, place_words, places_of

if TYPE_CHECKING:
    from viewer.shell.window import MainWindow


def artefact_commands() -> list[Command]:
    """One for each artefact; again, and it goes on to the next place."""
    return [
        one_stream_only(single_only(Command(
            f"artefact.{artefact.name.lower()}", f"Show me {artefact.value}", "Overlay", 1,
            partial(show_next, artefact=artefact), (f"Ctrl+Alt+{number}",),
            f"Go to where what was received shows it most; again: the next place. {FACTS[artefact].what} "
            f"({FACTS[artefact].source})",
            None, partial(_why_not, artefact=artefact))))
        for number, artefact in enumerate(Artefact, 1)
    ]  # fmt: skip


def _why_not(session: Session, facts: Facts, artefact: Artefact) -> str:
    why = undecoded(session, facts)
    if not why and facts.run is not None and FACTS[artefact].needs_original:
        return "" if original_pixels(facts.run) is not None else "a received file has no original"
    return why


def show_next(window: MainWindow, artefact: Artefact) -> None:
    """Zoom to the next place and pin its patch. Another artefact's map gives way to this one's; where none
    was shown none is, so that the artefact itself is seen."""
    controller = window.controller
    found = places_of(controller.session, controller.facts, artefact)
    if isinstance(found, str):
        controller.say(found)
        return
    number = next_place(controller.session, found)
    at = found[number]
    controller.change(lambda session: _at(session, artefact, at))
    row, column = at
    window.panes.look_at(8 * column + 4, 8 * row + 4, 2 * SIDE)
    text = place_words(controller.session, controller.facts, artefact, number, len(found), at)
    controller.say(text)


def _at(session: Session, artefact: Artefact, place: Place) -> Session:
    overlay = OVERLAY_OF[artefact] if session.overlay in ARTEFACT_OVERLAYS else session.overlay
    return replace(session, pinned=place, cursor=None, overlay=overlay)
