"""The codec "goog": Toderici et al. 2017 at reduced width; see `engine.codecs.learned.goog_network`.

Its quality is a number of iterations. Each iteration's bits are coded with adaptive contexts
(`engine.codecs.learned.entropy_planes`) as a section of the container (`engine.codecs.learned.container`),
so that a stream cut after any of them is a valid one, too. Bits are decoded before any network runs, so they
are the same on every machine; the pixels that the network makes of them may differ by a level where floating
point rounds otherwise.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from engine.codecs.checks import check_pixels, check_quality, check_rate
from engine.codecs.damage import DamagedError
from engine.codecs.facts import CODEC_FACTS
from engine.codecs.learned import model as learned
from engine.codecs.learned.codec import UNIT, LearnedCodec, cells, padded
from engine.codecs.learned.container import Container
from engine.codecs.learned.entropy_planes import PlaneModel, Planes, decode_planes, encode_planes
from engine.errors import UserError
from engine.types import Coded, EncodeOptions, Pixels

if TYPE_CHECKING:
    from torch import Tensor

    from engine.codecs.learned.goog_network import GoogNetwork

ITERATIONS = CODEC_FACTS["goog"].qualities[1]
"""At most, as trained: a bit per pixel before entropy coding."""
LETTER = b"G"
VERSION = 1
REFERENCE_ITERATIONS = 8
"""After which photographs come out about as JPEG leaves them at quality 50: scale 1 (see `Coded`)."""
NOTE = "a cell's bits belong to no patch alone"


class GoogCodec(LearnedCodec):
    """The codec "goog"."""

    def encode(self, pixels: Pixels, options: EncodeOptions) -> Coded:
        """Encode uint8 (height, width, 3) sRGB with as many iterations as `quality` says, or as bring the
        file nearest to a number of bits per pixel. `subsampling` means nothing here. Raises UserError on
        impossible options and sizes, and where the model is missing."""
        *_, last = self.encode_stages(pixels, options)
        return last

    def encode_stages(self, pixels: Pixels, options: EncodeOptions) -> Iterator[Coded]:
        """What `encode` returns, last, and before it the shorter streams that it begins with: an iteration
        more each time. Raises UserError as `encode`."""
        check_rate(options, self.title)
        if options.quality is not None:
            check_quality(options.quality, self.qualities, self.title, "quality (iterations)")
        target, missed = options.bits_per_pixel, math.inf
        for now in self.growing(pixels):
            if target is not None:
                before, missed = missed, abs(now.bits_per_pixel - target)
                if before <= missed:
                    return
            yield now
            if now.quality == options.quality:
                return

    def growing(self, pixels: Pixels) -> Iterator[Coded]:
        """What `encode` gives with 1, 2, … iterations; each costs only what it adds. Raises UserError as
        `encode`."""
        check_pixels(pixels)
        height, width = pixels.shape[:2]
        model = self.model()
        sections: list[bytes] = []
        with learned.enough_memory(height, width):
            run = _Encoding(_network(model), pixels)
            for section in encode_planes(_planes(model), run.planes()):
                sections.append(section)
                payload = self.packed(model, (height, width), len(sections), tuple(sections))
                yield _coded(payload, run.shown(), len(sections))

    def decode(self, payload: bytes, name: str = "stream") -> Coded:
        """Read a stream. Raises UserError, naming `name`, on any that is not whole and undamaged, and on
        those of another model."""
        *_, last = self.stages(payload, name)
        return last

    def stages(self, payload: bytes, name: str = "stream") -> Iterator[Coded]:
        """The stream cut after each of its iterations, and what is decoded of it; the last one is whole.

        Raises UserError as `decode`, before the first.
        """
        container, model, planes = self._read(payload, name)
        with learned.enough_memory(container.height, container.width):
            run = _Decoding(_network(model), container.height, container.width)
            for count, bits in enumerate(planes, 1):
                run.advance(bits)
                yield _coded(_cut(container, count), run.shown(), count)

    def stage_count(self, payload: bytes, name: str = "stream") -> int:
        """Number of iterations in the stream. Raises UserError as `decode`, but where only bits are wrong."""
        return len(self.unpacked(payload, name).sections)

    def planes(self, payload: bytes, name: str = "stream") -> list[Planes]:
        """What was sent: b_t of eq. (1), ±1, (32, ⌈height/16⌉, ⌈width/16⌉). Raises UserError as `decode`."""
        return self._read(payload, name)[2]

    def check(self, payload: bytes, name: str) -> None:
        self._read(payload, name)

    def _read(self, payload: bytes, name: str) -> tuple[Container, learned.CodecModel, list[Planes]]:
        container, model = self.opened(payload, name)
        with self.reading(name):
            if container.point != len(container.sections):
                raise DamagedError("its header makes no sense")
            size = cells(container.height, container.width)
            return container, model, decode_planes(_planes(model), container.sections, *size)


GOOG = GoogCodec("goog", LETTER, VERSION)


def _cut(container: Container, count: int) -> bytes:
    return replace(container, point=count, sections=container.sections[:count]).pack()


def _coded(payload: bytes, standard: Pixels, iterations: int) -> Coded:
    """The record. Its scale falls with the iterations, as the error does."""
    return Coded(
        codec=GOOG.name,
        payload=payload,
        standard=standard,
        scale=REFERENCE_ITERATIONS / iterations,
        quality=iterations,
        subsampling=GOOG.subsamplings[0],
        patch_bits_note=NOTE,
    )


class _Decoding:
    """The receiver's side of eq. (2)."""

    def __init__(self, network: GoogNetwork, height: int, width: int) -> None:
        import torch

        self.network, self.height, self.width, self.done = network, height, width, 0
        self.estimate = torch.zeros(1, 3, height + -height % UNIT, width + -width % UNIT)
        self.states = network.fresh()[1]

    def advance(self, bits: Planes) -> None:
        import torch

        with torch.inference_mode():
            signs = torch.from_numpy(bits.astype(np.float32))[None]
            self.estimate = self.estimate + self.network.decode_step(signs, self.states, self.done)
        self.done += 1

    def shown(self) -> Pixels:
        """The estimate in 8 bits, without what padding added."""
        import torch

        with torch.inference_mode():
            levels = ((self.estimate[0] + 0.5).clamp(0, 1) * 255).round().to(torch.uint8)
            inside = levels[:, : self.height, : self.width].permute(1, 2, 0).contiguous()
        pixels: Pixels = inside.numpy()
        pixels.setflags(write=False)
        return pixels


class _Encoding:
    """The sender's side, which runs the receiver's too."""

    def __init__(self, network: GoogNetwork, pixels: Pixels) -> None:
        import torch

        height, width = pixels.shape[:2]
        planes = torch.from_numpy(padded(pixels)).permute(2, 0, 1)[None].contiguous()
        self.network, self.target = network, planes.float() / 255 - 0.5
        self.states = network.fresh()[0]
        self.receiver = _Decoding(network, height, width)

    def planes(self) -> Iterator[Planes]:
        """Bits of each iteration, as many as the network was trained for."""
        for t in range(self.network.sizes.iterations):
            bits = self._bits(t)
            self.receiver.advance(bits)
            yield bits

    def _bits(self, t: int) -> Planes:
        import torch

        with torch.inference_mode():
            residual: Tensor = self.target - self.receiver.estimate
            soft = self.network.encode_step(residual, self.states, t)[0].numpy()
        return np.where(soft >= 0, 1, -1).astype(np.int8)

    def shown(self) -> Pixels:
        return self.receiver.shown()


@lru_cache(maxsize=2)
def _network(model: learned.CodecModel) -> GoogNetwork:
    from engine.codecs.learned.goog_network import GoogNetwork, GoogSizes, channels_last
    from engine.records import build

    network = GoogNetwork(build(GoogSizes, model.card.network, f"model '{model.card.name}'"))
    model.fill(network)
    return channels_last(network.eval().requires_grad_(False))


@lru_cache(maxsize=2)
def _planes(model: learned.CodecModel) -> PlaneModel:
    try:
        planes = PlaneModel(*(model.tables[name] for name in ("weights", "bias", "counts")))
    except (KeyError, ValueError) as error:
        raise UserError(f"{model.card.name}: its tables are broken ({error})") from None
    if planes.iterations != ITERATIONS or model.card.network.get("iterations") != ITERATIONS:
        raise UserError(f"{model.card.name}: is made for another number of iterations than {ITERATIONS}")
    return planes
