"""What the playlist's jobs do: small pictures of what its entries open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from engine.errors import UserError
from engine.types import Pixels, frozen
from viewer.classroom.file import Item
from viewer.core.answers import answer
from viewer.core.job import Token, Work

WIDTH, HEIGHT = 96, 64
_PATIENCE_SECONDS = 20.0
"""How long a picture may take: one whose folder doesn't answer holds up no other."""


@dataclass(frozen=True, eq=False)
class Thumb:
    """Of an entry. pixels: None where it can't be had; why says so."""

    item: Item
    pixels: Pixels | None
    why: str = ""


def thumbs(items: Sequence[Item]) -> Work:
    """Yield a `Thumb` for each entry that opens a picture."""

    def work(token: Token) -> Iterator[Thumb]:
        for item in items:
            if token.cancelled():
                return
            try:
                pixels = answer(partial(_pixels, item, token), None, _PATIENCE_SECONDS)
            except UserError as error:
                yield Thumb(item, None, str(error))
                continue
            if pixels is not None:
                yield Thumb(item, _small(pixels))

    return work


def _pixels(item: Item, token: Token) -> Pixels | None:
    from engine.data.samples import load_sample
    from engine.io.image import load_picture
    from engine.io.orientation import upright
    from viewer.documents.open_jobs import open_session

    if item.kind == "sample":
        return load_sample(item.sample).pixels
    if item.kind == "picture" and item.path is not None:
        return load_picture(item.path).pixels
    if item.kind == "session" and item.path is not None:
        for opened in open_session(item.path)(token):
            if opened.picture is not None:
                return opened.picture.pixels  # type: ignore[no-any-return]
            coded = opened.coded
            return upright(coded.standard, coded.orientation) if coded is not None else None
    return None


def _small(pixels: Pixels) -> Pixels:
    from PIL import Image

    image = Image.fromarray(pixels)
    image.thumbnail((2 * WIDTH, 2 * HEIGHT))
    import numpy as np

    return frozen(np.asarray(image, np.uint8))
