"""What the job does that measures artefacts: a function for `Lane.start`. No Qt, no threads, no widgets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from engine.artefacts.measures import Artefact, artefact_maps, total
from engine.types import Pixels
from viewer.model.facts.artefacts import Measured

if TYPE_CHECKING:
    from viewer.core.job import Token, Work


def measure_artefacts(pictures: Sequence[tuple[int, Pixels]], original: Pixels | None) -> Work:
    """Yield the position of each picture with its `Measured`, in the order given."""

    def work(token: Token) -> Iterator[tuple[int, Measured]]:
        for position, pixels in pictures:
            if token.cancelled():
                return
            yield position, measured(pixels, original)

    return work


def measured(pixels: Pixels, original: Pixels | None) -> Measured:
    """One picture's maps and totals; those that need an original are missing without one."""
    maps = artefact_maps(pixels, original)
    totals = tuple(total(maps[each]) if each in maps else None for each in Artefact)
    return Measured(pixels, original, MappingProxyType(maps), totals)
