"""Jobs that read and score results of other programs. No Qt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import UserError, printable
from engine.remote import LONGEST_NAME
from engine.types import Pixels, Scores
from viewer.model.facts.guests import Guest

if TYPE_CHECKING:
    from viewer.core.job import Token, Work


def size_words(pixels: Pixels) -> str:
    return f"{pixels.shape[1]} × {pixels.shape[0]}"


def other_size(pixels: Pixels, size: tuple[int, int]) -> str:
    """Why a picture can't be a result of what is open, whose (height, width) is `size`."""
    return f"has {size_words(pixels)} pixels, what is open has {size[1]} × {size[0]}"


def read(paths: Sequence[Path], size: tuple[int, int], taken: Sequence[str]) -> Work:
    """Read files that are to be `size` (height, width); yields a `Guest` for each.

    taken: names that are others' already. Raises UserError for the first that can't be read, or has another
    size.
    """

    def work(token: Token) -> Iterator[Guest]:
        from engine.io.image import load_picture

        names = list(taken)
        for path in paths:
            if token.cancelled():
                return
            pixels = load_picture(path).pixels
            if pixels.shape[:2] != size:
                raise UserError(f"{path}: {other_size(pixels, size)}")
            names.append(free_name(printable(path.name), names))
            yield Guest(names[-1], pixels)

    return work


def free_name(name: str, taken: Sequence[str]) -> str:
    """The name, shortened where it is long, with a number where it is taken."""
    short = name if len(name) <= LONGEST_NAME - 4 else f"{name[: LONGEST_NAME - 5]}…"
    numbered = [short, *(f"{short} {number}" for number in range(2, len(taken) + 3))]
    return next(each for each in numbered if each not in taken)


def score(guests: Sequence[Guest], original: Pixels | None) -> Work:
    """Score guests against the original; yields each with its scores, empty ones without an original."""

    def work(token: Token) -> Iterator[Guest]:
        from engine.metrics.fidelity import scores

        for guest in guests:
            if token.cancelled():
                return
            marks = Scores() if original is None else scores(original, guest.pixels)
            yield Guest(guest.name, guest.pixels, marks)

    return work
