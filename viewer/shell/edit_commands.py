"""Commands that take settings back, and bring them again."""

from __future__ import annotations

from viewer.core.command import Command
from viewer.model.facts.facts import Facts
from viewer.model.session.state import Session
from viewer.shell.controller.undo import UndoRedo


def _nothing_done(_: Session, facts: Facts) -> str:
    return "" if facts.undo else "no setting has been changed"


def _nothing_undone(_: Session, facts: Facts) -> str:
    return "" if facts.redo else "nothing has been undone"


def _label(word: str, name: str) -> str:
    return f"{word}: {name}" if name else word


def commands(undo: UndoRedo) -> list[Command]:
    return [
        Command("undo", "Undo", "Edit", 0, undo.take_back, ("Ctrl+Z",),
                "Undo the last change of a setting: codec, quality, decoder, view, overlay …; "
                "dragging a slider is one change", why_not=_nothing_done,
                label=lambda _, facts: _label("Undo", facts.undo)),
        Command("redo", "Redo", "Edit", 0, undo.bring_again, ("Ctrl+Shift+Z", "Ctrl+Y"),
                "Redo the change that was undone last", why_not=_nothing_undone,
                label=lambda _, facts: _label("Redo", facts.redo)),
    ]  # fmt: skip
