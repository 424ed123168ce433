"""Commands of models of one's own."""

from __future__ import annotations

from viewer.core.command import Command
from viewer.model.facts.facts import Facts
from viewer.model.session.own_models import is_own
from viewer.model.session.state import Session
from viewer.models.desk import ModelDesk


def _not_own(session: Session, _: Facts) -> str:
    own = session.card is not None and is_own(session.card)
    return "" if own else "the chosen decoder is not one that you opened"


def commands(desk: ModelDesk) -> list[Command]:
    return [
        Command("open.model", "Open model…", "File", 0, desk.ask, ("Ctrl+Alt+M",),
                "A decoder of your own: card and weights, or an ONNX file", icon="open"),
        Command("model.forget", "Remove model from list", "File", 1, desk.drop, (),
                "The chosen decoder, if you opened it; its files stay", why_not=_not_own),
    ]  # fmt: skip
