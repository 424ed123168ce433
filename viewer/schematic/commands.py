"""The command of the network's diagram."""

from __future__ import annotations

from viewer.core.command import Command
from viewer.core.control import Control, changing
from viewer.model.facts.facts import Facts
from viewer.model.session.choices import Page
from viewer.model.session.schematic_changes import shown, toggle
from viewer.model.session.state import Session


def _why_not(session: Session, facts: Facts) -> str:
    if session.size is None:
        return "nothing is open"
    if session.page is not Page.PICTURES:
        return "only beside the pictures of one decoder"
    return "" if facts.run is not None else "nothing is decoded yet"


def commands(control: Control) -> list[Command]:
    return [
        Command("show.network", "Network of the decoder", "View", 7, changing(control)(toggle), ("Ctrl+N",),
                "A diagram of the network below the pictures: features, state and residual of the patch "
                "pointed at, at the step shown", shown, _why_not),
    ]  # fmt: skip
