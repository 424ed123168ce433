"""Training task of the end-to-end codec: rate and distortion, all rates at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from engine.codecs.learned.codec import UNIT
from engine.codecs.learned.e2e import CODER_FIELDS, LEVELS, quantise
from engine.codecs.learned.e2e_network import E2ENetwork, E2ESizes
from engine.codecs.learned.entropy_latents import LatentModel
from engine.codecs.learned.model import TABLES
from engine.records import build
from engine.training.codec_task import CodecTask, to_planes
from engine.training.config import TrainConfig
from engine.training.e2e_contexts import fit
from engine.training.equal_rate import Reference, middle
from engine.types import Pixels

VALIDATED = (0.2, 0.4, 0.6, 0.8, 1.0)
"""Where in the range of rates a network is measured."""
HEADER_BITS = 8 * 24
FITTED_PICTURES, MEANWHILE_PICTURES = 24, 4
"""Pictures whose latents the coder is fitted to, at the end of a run and on the way."""
FITTED_POINTS = (0, 12, 25, 38, 50, 63)
"""Operating points whose latents the coder is fitted to."""


class E2ETask(CodecTask):
    """Crops in, eq. (8) of `engine.codecs.learned.e2e_network` out. The crops of a batch get rates spread
    evenly."""

    validation_pictures = 16
    fit_seconds = 900.0

    def __init__(self, config: TrainConfig, pictures: Sequence[Pixels], validation: Sequence[Pixels]):
        super().__init__(config, pictures, validation)
        self.sizes = build(E2ESizes, config.network, f"configuration '{config.name}' [network]")
        self.network = E2ENetwork(self.sizes)
        self.coder: LatentModel | None = None

    def loss(self, update: int) -> Tensor:
        """Loss of batch number `update`: bits per pixel and weighted squared error, mean over crops."""
        (pixels, rng), data = self.crops(update), self.config.data
        places = (np.arange(data.batch) + rng.random(data.batch)) / data.batch
        side = data.crop // UNIT
        noise = rng.random((data.batch, self.sizes.latents, side, side), np.float32) - 0.5
        mine = self.share.part(data.batch)
        places, noise = places[mine], noise[mine]
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

    @torch.no_grad()
    def tables(self, network: E2ENetwork, update: int) -> dict[str, Tensor]:
        """The whole numbers that the codec needs beside the weights."""
        if self.coder is None or self.due(update):
            count = FITTED_PICTURES if self.over(update) else MEANWHILE_PICTURES
            chosen = self.pictures[:: max(1, len(self.pictures) // count)][:count]
            self.coder = coder_of(network, [middle(pixels, max(pixels.shape), UNIT) for pixels in chosen])
            self.fitted()
        return tables_of(self.coder)


@torch.no_grad()
def coder_of(network: E2ENetwork, pictures: Sequence[Pixels]) -> LatentModel:
    """Contexts and tables for `network`, fitted to what it sends of `pictures`; sides multiples of `UNIT`.

    First to rounded latents, then to those that the encoder chooses with that in view.
    """
    latents = [network.analyse(to_planes(pixels[None]))[0].numpy() for pixels in pictures]
    rounded = {point: [quantise(network, None, y, point + 1) for y in latents] for point in FITTED_POINTS}
    first = fit(rounded, LEVELS)
    chosen = {point: [quantise(network, first, y, point + 1) for y in latents] for point in FITTED_POINTS}
    return fit(chosen, LEVELS)


def tables_of(coder: LatentModel) -> dict[str, Tensor]:
    """A coder as arrays of a codec model."""
    arrays = {name: getattr(coder, name) for name in CODER_FIELDS}
    arrays |= {name: getattr(coder.tables, name) for name in ("lows", "counts", "frequencies")}
    return {f"{TABLES}{name}": torch.from_numpy(value) for name, value in arrays.items()}
