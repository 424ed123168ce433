"""The compare view's part of the window's state, as frozen records. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from engine.types import Context
from viewer.model.reading import read_by_field
from viewer.model.session.choices import AS_TRAINED, Overlay
from viewer.model.session.setting import Kept, Undo, one_of, setting

LEAST, MOST = 2, 6
"""Decoders that can be compared at a time."""
OVERLAYS = (Overlay.NONE, Overlay.GRID, Overlay.BITS, Overlay.WINNER)
"""Overlays that mean something over several decoders' pictures."""


class ComparePage(Enum):
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


@read_by_field
@dataclass(frozen=True)
class Compare:
    """What a person has chosen in the compare view.

    steps: K of every decoder, 0 for as many as each was trained for. original, standard: whether these
    panes stand beside the decoders'. sort: key of the column that the table is sorted by and whether
    downwards; "" leaves the order of the entries. flip: the two entries that the flip key exchanges, as
    indices; flipped: the key is down. earlier: what was compared last on streams of other codecs, by codec.
    baseline: the learner that the others' differences are taken from.
    topic: which conditions the robustness table shows, "" for the first
    there are. cell: the chosen (row, condition) of it, by name.
    """

    entries: tuple[Entry, ...] = setting((), "compared decoders", Kept.ALWAYS)
    steps: int = setting(0, "steps of all", Kept.FILES, words=AS_TRAINED)
    page: ComparePage = setting(ComparePage.PICTURES, "page", Kept.FILES)
    original: bool = setting(False, "pane of the original", Kept.ALWAYS)
    standard: bool = setting(True, "pane of the standard decode", Kept.ALWAYS)
    overlay: Overlay = setting(Overlay.NONE, "overlay", Kept.FILES, limits=one_of(*OVERLAYS))
    axis: Axis = setting(Axis.UPDATES, "axis of training")
    sort: tuple[str, bool] = setting(("", False), "order of the table")
    flip: tuple[int, int] = setting((0, 1), "decoders to flip between", Kept.FILES)
    flipped: bool = False
    earlier: tuple[tuple[str, tuple[Entry, ...]], ...] = setting((), undo=Undo.FOLLOWS)
    topic: str = setting("", "conditions")
    baseline: str = setting("BPTT", "baseline", Kept.ALWAYS)
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


def context_name(context: Context) -> str:
    """After a decoder's name: "raster, no context", "raster, both"."""
    return "no context" if context is Context.NONE else context.value
