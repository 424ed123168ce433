"""Commands of the class playlist."""

from __future__ import annotations

from functools import partial

from viewer.classroom.desk import ClassDesk
from viewer.core.command import Command


def commands(desk: ClassDesk) -> list[Command]:
    return [
        Command("class", "Class playlist", "Lessons", 3, desk.show, ("Ctrl+L",),
                "Pictures, sessions and lessons of a lecture in their order, in one file"),
        Command("class.next", "Next in the class", "Lessons", 3, partial(desk.go, 1), ("Alt+PgDown",),
                "Show the next entry of the class playlist"),
        Command("class.previous", "Previous in the class", "Lessons", 3, partial(desk.go, -1), ("Alt+PgUp",),
                "Show the entry of the class playlist before"),
    ]  # fmt: skip
