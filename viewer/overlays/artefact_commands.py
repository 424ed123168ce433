"""Commands that lead to where a picture shows an artefact most."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from engine.artefacts.measures import FACTS, Artefact
from viewer.core.availability import one_stream_only, single_only, undecoded
from viewer.core.command import Command
from viewer.core.control import Control, Pictures
from viewer.model.facts.artefacts import ARTEFACT_OVERLAYS, OVERLAY_OF, original_pixels
from viewer.model.facts.facts import Facts
from viewer.model.session.state import Session
from viewer.overlays.places import SIDE, Place, next_place, place_words, places_of


def artefact_commands(control: Control, pictures: Pictures) -> list[Command]:
    """One for each artefact; again, and it goes on to the next place."""
    return [
        one_stream_only(single_only(Command(
            f"artefact.{artefact.name.lower()}", f"Show me {artefact.value}", "Overlay", 1,
            partial(show_next, control, pictures, artefact), (f"Ctrl+Alt+{number}",),
            f"Go to where the received picture shows it most; again: the next place. {FACTS[artefact].what} "
            f"({FACTS[artefact].source})",
            None, partial(_why_not, artefact=artefact))))
        for number, artefact in enumerate(Artefact, 1)
    ]  # fmt: skip


def _why_not(session: Session, facts: Facts, artefact: Artefact) -> str:
    why = undecoded(session, facts)
    if not why and facts.run is not None and FACTS[artefact].needs_original:
        return "" if original_pixels(facts.run) is not None else "a received file has no original"
    return why


def show_next(control: Control, pictures: Pictures, artefact: Artefact) -> None:
    """Zoom to the next place and pin its patch. Another artefact's map gives way to this one's; where none
    was shown none is, so that the artefact itself is seen."""
    found = places_of(control.session, control.facts, artefact)
    if isinstance(found, str):
        control.say(found)
        return
    number = next_place(control.session, found)
    at = found[number]
    control.change(lambda session: _at(session, artefact, at))
    row, column = at
    pictures.look_at(8 * column + 4, 8 * row + 4, 2 * SIDE)
    text = place_words(control.session, control.facts, artefact, number, len(found), at)
    control.say(text)


def _at(session: Session, artefact: Artefact, place: Place) -> Session:
    overlay = OVERLAY_OF[artefact] if session.overlay in ARTEFACT_OVERLAYS else session.overlay
    return replace(session, pinned=place, cursor=None, overlay=overlay)
