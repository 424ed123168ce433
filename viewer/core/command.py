"""What a command of the window is, why one can't be used, and how one is found by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from viewer.model.facts.facts import Facts
from viewer.model.session.state import Session

Act = Callable[[], None]
Why = Callable[[Session, Facts], str]
"""Says why a command can't be used now; "" when it can."""


@dataclass(frozen=True)
class Command:
    """One command. group: commands of one group stand together in a menu.

    keys: in Qt's portable notation, the first one is shown. checked: for commands that are on or off.
    label: the text of the moment, where it changes. release: what to do when the key is let go, for commands
    that act while it is held; held: whether it acts now.
    """

    id: str
    text: str
    menu: str
    group: int
    run: Act
    keys: tuple[str, ...] = ()
    tooltip: str = ""
    checked: Callable[[Session], bool] | None = None
    why_not: Why | None = None
    release: Act | None = None
    icon: str = ""
    held: Callable[[Session], bool] | None = None
    label: Callable[[Session, Facts], str] | None = None


def unless(command: Command, why: Why) -> Command:
    """`command`, which can't be used, either, while `why` gives a reason."""
    inner = command.why_not

    def both(session: Session, facts: Facts) -> str:
        return why(session, facts) or (inner(session, facts) if inner is not None else "")

    return replace(command, why_not=both)


def after(name: str, table: Sequence[Command], others: Sequence[Command]) -> list[Command]:
    """`table` with `others` behind the command of this id."""
    at = next(at for at, command in enumerate(table, 1) if command.id == name)
    return [*table[:at], *others, *table[at:]]


def find(text: str, table: Sequence[Command]) -> list[Command]:
    """Commands that match what was typed, the best first.

    Every typed word must begin a word of the command or stand somewhere in it; beginnings count more.
    """
    typed = text.lower().split()

    def score(command: Command) -> int:
        total = 0
        name = f"{command.menu} {command.text}".lower()
        parts = name.replace("-", " ").split()
        for word in typed:
            if any(part.startswith(word) for part in parts):
                total += 3 + name.startswith(word)
            elif word in name:
                total += 2
            elif word in command.tooltip.lower():
                total += 1
            else:
                return -1
        return total

    ranked = [(score(command), -place, command) for place, command in enumerate(table)]
    return [command for points, _, command in sorted(ranked, key=lambda each: each[:2], reverse=True)
            if points >= 0]  # fmt: skip
