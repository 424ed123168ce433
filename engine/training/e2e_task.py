"""Training task of the end-to-end codec: rate and distortion, all rates at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.codecs.e2e import LEVELS, position
from engine.codecs.e2e_network import UNIT, E2ENetwork, E2ESizes
from engine.codecs.entropy import FrequencyTables, frequency_tables
from engine.codecs.learned import TABLES
from engine.records import build
from engine.training.config import TrainConfig
from engine.training.data import draw_square, turn
from engine.training.equal_rate import Reference, reference_curves
from engine.types import Pixels

VALIDATED = (0.2, 0.4, 0.6, 0.8, 1.0)
"""Where in the range of rates a network is measured."""
VALIDATION_PICTURES = 16
VALIDATION_SIDE = 256
HEADER_BITS = 8 * 24


class E2ETask:
    """Crops in, eq. (8) of `engine.codecs.e2e_network` out. The crops of a batch get rates spread evenly."""

    def __init__(self, config: TrainConfig, pictures: Sequence[Pixels], validation: Sequence[Pixels]):
        self.config = config
        self.sizes = build(E2ESizes, config.network, f"configuration '{config.name}' [network]")
        self.network = E2ENetwork(self.sizes)
        self.pictures = pictures
        self.references = reference_curves(validation[:VALIDATION_PICTURES], VALIDATION_SIDE, UNIT)

    def start(self, averaged: E2ENetwork, update: int) -> None:
        """Nothing to prepare: every batch depends on the seed and its number alone."""

    def backward(self, update: int) -> float:
        loss = self.loss(update)
        loss.backward()  # type: ignore[no-untyped-call]
        return loss.item()

    def loss(self, update: int) -> Tensor:
        """Loss of batch number `update`: bits per pixel and weighted squared error, mean over crops."""
        rng, data = np.random.default_rng((self.config.seed, update)), self.config.data
        crops = [turn(draw_square(self.pictures, rng, data), rng) for _ in range(data.batch)]
        pixels = to_planes(np.stack(crops))
        places = (np.arange(data.batch) + rng.random(data.batch)) / data.batch
        side = data.crop // UNIT
        noise = rng.random((data.batch, self.sizes.latents, side, side), np.float32) - 0.5
        with torch.autocast("cpu", torch.bfloat16, enabled=self.config.optimiser.bf16):
            decoded, bits = self.network(pixels, torch.tensor(places).float(), torch.from_numpy(noise))
        error = (decoded.float() - pixels).square().mean((1, 2, 3)) * 255**2
        trades = torch.tensor([self.sizes.trade(place) for place in places])
        loss: Tensor = (bits / data.crop**2 + trades * error).mean()
        return loss

    @torch.no_grad()
    def validate(self, network: E2ENetwork) -> tuple[float, ...]:
        """Mean PSNR (dB, 8-bit RGB) over JPEG 4:2:0 at equal rate, at each of `VALIDATED`; the rate is
        estimated from the prior."""
        gains = [self._gains_db(network, reference) for reference in self.references]
        return tuple(np.mean(gains, axis=0).tolist())

    @staticmethod
    def _gains_db(network: E2ENetwork, reference: Reference) -> list[float]:
        planes = to_planes(reference.pixels[None])
        latents, result = network.analyse(planes), []
        for place in VALIDATED:
            gain, inverse = network.gains(torch.tensor([place]))
            symbols = (latents * gain).round()
            bits = network.probability(symbols, gain).clamp(min=1e-9).log2().sum().neg().item() + HEADER_BITS
            decoded = (network.synthesise(symbols * inverse).clamp(0, 1) * 255).round() / 255
            error = (decoded - planes).square().mean().item() * 255**2
            result.append(reference.gain_db(bits / planes[0, 0].numel(), error))
        return result

    def tables(self, network: E2ENetwork, update: int) -> dict[str, Tensor]:
        """The integer tables that the codec needs beside the weights."""
        tables = tables_of(network)
        return {
            f"{TABLES}{name}": torch.from_numpy(getattr(tables, name))
            for name in ("lows", "counts", "frequencies")
        }


def to_planes(pixels: Pixels) -> Tensor:
    """uint8 (batch, height, width, 3) to float32 (batch, 3, height, width), 0 to 1."""
    return torch.from_numpy(np.array(pixels)).permute(0, 3, 1, 2).contiguous().float() / 255


@torch.no_grad()
def tables_of(network: E2ENetwork) -> FrequencyTables:
    """Frequency tables of every quality and channel, from the prior (6)."""

    def probability(values: NDArray[np.int64], level: int) -> NDArray[np.float64]:
        gain, _ = network.gains(torch.tensor([position(level + 1)]))
        everywhere = torch.from_numpy(values).double().view(1, 1, -1, 1)
        channels = everywhere.expand(1, network.sizes.latents, -1, 1)
        result: NDArray[np.float64] = network.probability(channels, gain)[0, :, :, 0].double().numpy()
        return result

    return frequency_tables(probability, LEVELS)
