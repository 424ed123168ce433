"""The compare view's part of the window's state, as frozen records. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from engine.types import Context
from viewer.model.session.choices import Overlay

LEAST, MOST = 2, 6
"""Decoders that can be compared at a time."""
OVERLAYS = (Overlay.NONE, Overlay.GRID, Overlay.BITS, Overlay.WINNER)
"""Overlays that mean something over several decoders' pictures."""


class Page(Enum):
    """What the compare view shows in the middle of the window."""

    PICTURES = "pictures"
    TABLE = "table"
    TRAINING = "training"
    ROBUSTNESS = "robustness"


class Axis(Enum):
    """What training curves are drawn over."""

    UPDATES = "updates"
    PATCHES = "patches"
    SECONDS = "seconds"


@dataclass(frozen=True)
class Entry:
    """One decoder in the comparison, with the context it may look at. decoder: name of its card."""

    decoder: str
    context: Context = Context.BOTH

    @property
    def key(self) -> str:
        """Names the entry's pane."""
        return f"{self.decoder}/{self.context.value}"


@dataclass(frozen=True)
class Compare:
    """What a person has chosen in the compare view.

    steps: K of every decoder, 0 for as many as each was trained for. original, standard: whether these
    panes stand beside the decoders'. sort: key of the column that the table is sorted by and whether
    downwards; "" leaves the order of the entries. flip: the two entries that the flip key exchanges, as
    indices; flipped: the key is down. earlier: what was compared last on streams of other codecs, by codec.
    topic: which conditions the robustness table shows, "" for the first
    there are. cell: the chosen (row, condition) of it, by name.
    """

    on: bool = False
    entries: tuple[Entry, ...] = ()
    steps: int = 0
    original: bool = False
    standard: bool = True
    overlay: Overlay = Overlay.NONE
    page: Page = Page.PICTURES
    axis: Axis = Axis.UPDATES
    sort: tuple[str, bool] = ("", False)
    flip: tuple[int, int] = (0, 1)
    flipped: bool = False
    earlier: tuple[tuple[str, tuple[Entry, ...]], ...] = ()
    topic: str = ""
    cell: tuple[str, str] = ("", "")

    @property
    def pair(self) -> tuple[int, int]:
        """The two entries to flip between, kept within those there are."""
        last = max(0, len(self.entries) - 1)
        one, other = (min(max(0, at), last) for at in self.flip)
        return (one, other) if one != other or not last else (one, (one + 1) % (last + 1))

    @property
    def panes(self) -> tuple[str, ...]:
        """Keys of the panes in their order."""
        extras = (("original", self.original), ("standard", self.standard))
        return (*(key for key, shown in extras if shown), *(entry.key for entry in self.entries))
