"""What the learned codecs have in common: the container of what was sent, its model, the grid of cells."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from engine.codecs.damage import DamagedError
from engine.codecs.facts import Described
from engine.codecs.learned.container import MAGIC, Container, unpack
from engine.codecs.learned.model import CodecModel, find_model
from engine.codecs.png import png_of
from engine.errors import UserError
from engine.types import Coded, EncodeOptions, Pixels

UNIT = 16
"""Pixels to a cell (latent) of both networks, down and across."""


class LearnedCodec(Described, ABC):
    """A codec of `engine.registry.Codec`, but for its symbols. Stateless; safe in several threads.

    letter, version: of its streams, see `Container`.
    """

    magic_at = 0

    def __init__(self, name: str, letter: bytes, version: int) -> None:
        super().__init__(name)
        self.letter, self.version = letter, version
        self.magic = (MAGIC + letter,)

    @abstractmethod
    def encode(self, pixels: Pixels, options: EncodeOptions) -> Coded:
        """As `engine.registry.Codec`."""

    @abstractmethod
    def check(self, payload: bytes, name: str) -> None:
        """Raise UserError, naming `name`, unless a stream is whole, undamaged and of the model here."""

    def notes(self, payload: bytes, name: str = "stream") -> tuple[str, ...]:
        """Nothing is left undone with a valid file. Raises UserError as `decode`."""
        self.check(payload, name)
        return ()

    def png(self, pixels: Pixels, coded: Coded) -> bytes:
        """`pixels` as a PNG file; the stream says nothing about showing them."""
        return png_of(pixels)

    def size_and_standard(self, pixels: Pixels, quality: int, subsampling: str) -> tuple[bytes, Pixels]:
        """The payload and its standard decode only; raises UserError as `encode`."""
        coded = self.encode(pixels, EncodeOptions(quality=quality))
        return coded.payload, coded.standard

    def model(self) -> CodecModel:
        """The model that codes and decodes. Raises UserError where it is missing."""
        return find_model(self.name, self.title)

    def unpacked(self, payload: bytes, name: str) -> Container:
        """What a stream holds. Raises UserError, naming `name`, unless it is whole and undamaged."""
        return unpack(payload, self.letter, self.version, self.title, name)

    def opened(self, payload: bytes, name: str) -> tuple[Container, CodecModel]:
        """A stream and the model that it was made with. Raises UserError as `unpacked`, and for another's."""
        container, model = self.unpacked(payload, name), self.model()
        model.check(container.model, self.title, name)
        return container, model

    def packed(
        self, model: CodecModel, size: tuple[int, int], point: int, sections: tuple[bytes, ...]
    ) -> bytes:
        """The stream. size: height and width in pixels. point, sections: see `Container`."""
        height, width = size
        return Container(self.letter, self.version, width, height, model.identity, point, sections).pack()

    @contextmanager
    def reading(self, name: str) -> Iterator[None]:
        """Turns a DamagedError into a UserError that names `name`."""
        try:
            yield
        except DamagedError as reason:
            raise UserError(f"{name}: the {self.title} stream is damaged ({reason})") from None


def cells(height: int, width: int) -> tuple[int, int]:
    """Rows and columns of cells that cover a picture."""
    return -(-height // UNIT), -(-width // UNIT)


def padded(pixels: Pixels) -> NDArray[np.uint8]:
    """`pixels` with the last row and column repeated up to whole cells."""
    height, width = pixels.shape[:2]
    return np.pad(np.array(pixels), ((0, -height % UNIT), (0, -width % UNIT), (0, 0)), mode="edge")
