"""What of the window is shown while somebody presents, as a frozen record. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from viewer.model.reading import read_by_field
from viewer.model.session.choices import Mode


class Poll(Enum):
    """Two pictures without their names: not asked, to be guessed, told."""

    NONE = "none"
    ASKED = "asked"
    REVEALED = "revealed"


@read_by_field
@dataclass(frozen=True)
class Presentation:
    """spot, magnifier: all but the pinned patch's surroundings is dimmed; they are enlarged in every pane.
    plot: key of the plot beside the pictures, "" for none. lesson: the panel of an open lesson is shown, too.

    before: the patch that was pinned before, of the same picture. poll: of the two pictures of the wipe;
    swapped: they stand the other way round; mode: the view mode before it was asked.
    """

    on: bool = False
    spot: bool = False
    magnifier: bool = False
    plot: str = ""
    lesson: bool = False
    before: tuple[int, int] | None = None
    poll: Poll = Poll.NONE
    swapped: bool = False
    mode: Mode = Mode.SIDE
