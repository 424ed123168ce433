"""The codec "e2e": Ballé, Laparra, Simoncelli 2017 at any of `LEVELS` rates; see
`engine.codecs.learned.e2e_network`.

What is sent are the rounded latents, coded with contexts (`engine.codecs.learned.entropy_latents`), in a
container (`engine.codecs.learned.container`). Symbols are decoded before any network runs, so they are the
same on every machine; the pixels that the synthesis makes of them may differ by a level where floating point
rounds otherwise.
"""

from __future__ import annotations

import math
import weakref
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engine.codecs.checks import check_pixels, check_quality, check_rate
from engine.codecs.damage import DamagedError
from engine.codecs.facts import CODEC_FACTS
from engine.codecs.learned import model as learned
from engine.codecs.learned.codec import UNIT, LearnedCodec, cells, padded
from engine.codecs.learned.container import Container
from engine.codecs.learned.entropy import FrequencyTables
from engine.codecs.learned.entropy_latents import LatentModel
from engine.errors import UserError
from engine.types import Coded, EncodeOptions, Pixels, frozen

if TYPE_CHECKING:
    from engine.codecs.learned.e2e_network import E2ENetwork

LEVELS = CODEC_FACTS["e2e"].qualities[1]
"""Operating points: λ spaced geometrically over the model's range, and on to its `furthest` position."""
LETTER = b"E"
VERSION = 1
REFERENCE_TRADE = 0.02
"""λ at which photographs come out about as JPEG leaves them at quality 50, whose scale is 1 (see `Coded`)."""
ERROR_WEIGHT = 12.0
"""Bits that a unit of squared error of a symbol is worth to the encoder. 6 / ln 2 would be right for fine
uniform quantisation, where the step balances rate against error; more is on the safe side."""
CODER_FIELDS = ("order", "ends", "means", "weights", "edges")
"""Arrays of a `LatentModel` by the names that the model file has them under."""
NOTE = "a latent's bits belong to no patch alone"


class E2ECodec(LearnedCodec):
    """The codec "e2e"."""

    def encode(self, pixels: Pixels, options: EncodeOptions) -> Coded:
        """Encode uint8 (height, width, 3) sRGB at a quality, or at the one whose file comes nearest to a
        number of bits per pixel. `subsampling` means nothing here. Raises UserError on impossible options
        and sizes, and where the model is missing."""
        check_rate(options, self.title)
        check_pixels(pixels)
        model = self.model()
        if options.quality is not None:
            check_quality(options.quality, self.qualities, self.title)
        with learned.enough_memory(*pixels.shape[:2]):
            latents = _latents(model, pixels)
            if options.quality is not None:
                quality = options.quality
            else:
                quality = self._nearest(model, latents, pixels, options.bits_per_pixel or 0.0)
            symbols = quantise(_network(model), _coder(model), latents, quality)
            payload = _pack(model, symbols, pixels, quality)
            return _coded(model, symbols, payload, pixels.shape[0], pixels.shape[1], quality)

    def decode(self, payload: bytes, name: str = "stream") -> Coded:
        """Read a stream. Raises UserError, naming `name`, on any that is not whole and undamaged, and on
        those of another model."""
        container, model, symbols = self._symbols(payload, name)
        with learned.enough_memory(container.height, container.width):
            return _coded(model, symbols, payload, container.height, container.width, container.point)

    def symbols(self, payload: bytes, name: str = "stream") -> NDArray[np.int32]:
        """What was sent: q of eq. (3), (latents, ⌈height/16⌉, ⌈width/16⌉). Raises UserError as `decode`."""
        return self._symbols(payload, name)[2]

    def check(self, payload: bytes, name: str) -> None:
        self._symbols(payload, name)

    def _symbols(self, payload: bytes, name: str) -> tuple[Container, learned.CodecModel, NDArray[np.int32]]:
        container, model = self.opened(payload, name)
        low, high = self.qualities
        with self.reading(name):
            if not low <= container.point <= high or len(container.sections) != 1:
                raise DamagedError("its header makes no sense")
            size = cells(container.height, container.width)
            symbols = _coder(model).decode(container.sections[0], container.point - 1, *size)
        return container, model, symbols

    def _nearest(
        self, model: learned.CodecModel, latents: NDArray[np.float32], pixels: Pixels, target: float
    ) -> int:
        """The quality whose file is nearest to `target` bits per pixel, by bisection."""
        network, coder, area = _network(model), _coder(model), pixels.shape[0] * pixels.shape[1]
        rates: dict[int, float] = {}

        def rate(quality: int) -> float:
            if quality not in rates:
                symbols = quantise(network, coder, latents, quality)
                rates[quality] = 8 * len(_pack(model, symbols, pixels, quality)) / area
            return rates[quality]

        low, high = self.qualities
        rate(low), rate(high)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if rate(middle) < target else (low, middle)
        return min(rates, key=lambda quality: (abs(rates[quality] - target), quality))


E2E = E2ECodec("e2e", LETTER, VERSION)


def position(network: E2ENetwork, quality: int) -> float:
    """Where in the range of rates a quality lies, 0 to `E2ESizes.furthest`."""
    return network.sizes.furthest * (quality - 1) / (LEVELS - 1)


def quantise(
    network: E2ENetwork,
    coder: LatentModel | None,
    latents: NDArray[np.float32],
    quality: int,
    weight: float = ERROR_WEIGHT,
) -> NDArray[np.int32]:
    """q of eq. (3) for latents y (latents, rows, columns), with an eye on the rate.

    A value is rounded to the next but one whole number towards 0 where that saves more bits than `weight`
    times what it adds to its squared error, in the context that rounding alone gives. Nothing in the stream
    tells, and no decoder need know. Without a coder values are just rounded.
    """
    gain, _ = _gains(network, quality)
    scaled = latents * gain
    nearest: NDArray[np.int32] = np.rint(scaled).astype(np.int32)
    if coder is None:
        return nearest
    lower = nearest - np.sign(nearest)
    bins = coder.bins(nearest, quality - 1)
    saved = coder.bits(nearest, bins) - coder.bits(lower, bins)
    added = np.square(scaled - lower) - np.square(scaled - nearest)
    symbols: NDArray[np.int32] = np.where(saved > weight * added, lower, nearest)
    return symbols


def _pack(model: learned.CodecModel, symbols: NDArray[np.int32], pixels: Pixels, quality: int) -> bytes:
    data = _coder(model).encode(symbols, quality - 1)
    return E2E.packed(model, pixels.shape[:2], quality, (data,))


def _coded(
    model: learned.CodecModel,
    symbols: NDArray[np.int32],
    payload: bytes,
    height: int,
    width: int,
    quality: int,
) -> Coded:
    """The record. Its scale is √(`REFERENCE_TRADE` / λ), as the error that an encoder accepts grows with
    1/λ, and the step with its root."""
    network = _network(model)
    return Coded(
        codec=E2E.name,
        payload=payload,
        standard=frozen(_synthesise(network, symbols, quality)[:height, :width]),
        scale=math.sqrt(REFERENCE_TRADE / network.sizes.trade(position(network, quality))),
        quality=quality,
        subsampling=E2E.subsamplings[0],
        patch_bits_note=NOTE,
    )


@lru_cache(maxsize=2)
def _network(model: learned.CodecModel) -> E2ENetwork:
    from engine.codecs.learned.e2e_network import E2ENetwork, E2ESizes
    from engine.records import build

    network = E2ENetwork(build(E2ESizes, model.card.network, f"model '{model.card.name}'"))
    model.fill(network)
    return network.eval().requires_grad_(False)


@lru_cache(maxsize=2)
def _coder(model: learned.CodecModel) -> LatentModel:
    try:
        tables = FrequencyTables(*(model.tables[name] for name in ("lows", "counts", "frequencies")))
        order, ends, means, weights, edges = (model.tables[name] for name in CODER_FIELDS)
        coder = LatentModel(order, ends, means, weights, edges, tables)
    except (KeyError, ValueError) as error:
        raise UserError(f"{model.card.name}: its tables are broken ({error})") from None
    if coder.means.shape != (LEVELS, model.card.network.get("latents")):
        raise UserError(f"{model.card.name}: its tables are for other sizes")
    return coder


def _gains(network: E2ENetwork, quality: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    import torch

    gain, inverse = network.gains(torch.tensor([position(network, quality)]))
    return gain[0].numpy(), inverse[0].numpy()


_ANALYSED: list[tuple[weakref.ref[Pixels], learned.CodecModel, NDArray[np.float32]]] = []
"""The picture analysed last, for as long as it lives, and its latents: rate searches, sliders and curves ask
for the same picture again and again."""


def _latents(model: learned.CodecModel, pixels: Pixels) -> NDArray[np.float32]:
    """y of eq. (1); computed once for a picture that can't change. Safe to call from several threads."""
    for picture, by, latents in tuple(_ANALYSED):
        if picture() is pixels and by is model and not pixels.flags.writeable:
            return latents
    latents = _analyse(_network(model), pixels)
    _ANALYSED[:] = [(weakref.ref(pixels, lambda _: _ANALYSED.clear()), model, latents)]
    return latents


def _analyse(network: E2ENetwork, pixels: Pixels) -> NDArray[np.float32]:
    """y of eq. (1), (latents, ⌈height/16⌉, ⌈width/16⌉)."""
    import torch

    from engine.codecs.learned.e2e_network import ANALYSIS_REACH, by_strips

    planes = torch.from_numpy(padded(pixels)).permute(2, 0, 1)[None]
    with torch.inference_mode():
        latents = by_strips(
            lambda strip: network.analyse(strip.float() / 255), planes, UNIT, 1, ANALYSIS_REACH
        )
    return latents[0].numpy()


def _synthesise(network: E2ENetwork, symbols: NDArray[np.int32], quality: int) -> Pixels:
    """x̂ of eq. (4), 8-bit, with what padding added."""
    import torch

    from engine.codecs.learned.e2e_network import SYNTHESIS_REACH, by_strips

    latents = torch.from_numpy(symbols.astype(np.float32) * _gains(network, quality)[1])[None]

    def pixels(strip: torch.Tensor) -> torch.Tensor:
        return (network.synthesise(strip).clamp(0, 1) * 255).round().to(torch.uint8)

    with torch.inference_mode():
        planes = by_strips(pixels, latents, 1, UNIT, SYNTHESIS_REACH)
    standard: Pixels = planes[0].permute(1, 2, 0).contiguous().numpy()
    standard.setflags(write=False)
    return standard
