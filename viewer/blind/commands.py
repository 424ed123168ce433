"""The command of the blind test."""

from __future__ import annotations

from viewer.blind.desk import BlindDesk
from viewer.core.command import Command
from viewer.model.facts.facts import Facts
from viewer.model.session.choices import Page
from viewer.model.session.state import Session


def _why_not(session: Session, _: Facts) -> str:
    if session.page not in (Page.PICTURES, Page.REPAIR):
        return "several results are compared"
    return "" if session.card is not None else "no decoder is chosen"


def commands(desk: BlindDesk) -> list[Command]:
    return [
        Command("blind", "Blind test over a folder…", "Present", 1, desk.ask, ("Ctrl+B",),
                "Pairs of the standard and the refined picture in random order, answered by keys; with a "
                "protocol file and a test against guessing", why_not=_why_not),
    ]  # fmt: skip
