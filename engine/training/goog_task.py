"""Training task of the recurrent codec: the residual that each iteration leaves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from engine.codecs.learned.codec import UNIT
from engine.codecs.learned.entropy_planes import PlaneModel
from engine.codecs.learned.goog_network import BITS, GoogNetwork, GoogSizes, channels_last
from engine.codecs.learned.model import TABLES
from engine.records import build
from engine.training.codec_task import CodecTask, to_planes
from engine.training.config import TrainConfig
from engine.training.equal_rate import middle
from engine.training.goog_contexts import fit
from engine.types import Pixels

FITTED_PICTURES = 24


class GoogTask(CodecTask):
    """Crops in, eq. (4) of `engine.codecs.learned.goog_network` out.

    Bits are drawn at random, as in the paper, until the step size falls; from there on their sign counts,
    as it does in use.
    """

    validation_pictures = 12
    fit_seconds = 1200.0  # a fit takes half a minute

    def __init__(self, config: TrainConfig, pictures: Sequence[Pixels], validation: Sequence[Pixels]):
        super().__init__(config, pictures, validation)
        self.sizes = build(GoogSizes, config.network, f"configuration '{config.name}' [network]")
        self.network = channels_last(GoogNetwork(self.sizes))
        self.contexts_model: PlaneModel | None = None

    def loss(self, update: int) -> Tensor:
        """Loss of batch number `update`: mean absolute residual, in 8-bit levels, over all iterations."""
        (planes, rng), data = self.crops(update), self.config.data
        pixels = (planes - 0.5).contiguous(memory_format=torch.channels_last)
        noise, optimiser = None, self.config.optimiser
        if update < optimiser.decay_from * optimiser.updates:
            side = data.crop // UNIT
            drawn = rng.random((self.sizes.iterations, data.batch, BITS, side, side), np.float32)
            noise = torch.from_numpy(2 * drawn[:, self.share.part(data.batch)] - 1)
        with torch.autocast("cpu", torch.bfloat16, enabled=optimiser.bf16):
            errors = [(pixels - estimate).abs().mean() for estimate, _ in self.network(pixels, noise)]
        return 255 * torch.stack(errors).mean()

    @torch.no_grad()
    def validate(self, network: GoogNetwork) -> tuple[float, ...]:
        """Mean PSNR (dB, 8-bit RGB) over JPEG 4:2:0 at the rate before entropy coding, by iteration."""
        gains = []
        for reference in self.references:
            pixels = to_planes(reference.pixels[None])
            row = []
            for t, (estimate, _) in enumerate(network(pixels - 0.5), 1):
                shown = ((estimate + 0.5).clamp(0, 1) * 255).round()
                error = (shown - 255 * pixels).square().mean().item()
                row.append(reference.gain_db(t * BITS / UNIT**2, error))
            gains.append(row)
        return tuple(np.mean(gains, axis=0).tolist())

    @torch.no_grad()
    def tables(self, network: GoogNetwork, update: int) -> dict[str, Tensor]:
        """The whole numbers that the codec needs beside the weights."""
        model = self.contexts_model
        if model is None or self.due(update):
            self.contexts_model = model = fit(self._bits(network))
            self.fitted()
        return {
            f"{TABLES}{name}": torch.from_numpy(getattr(model, name))
            for name in ("weights", "bias", "counts")
        }

    def _bits(self, network: GoogNetwork) -> list[list[np.ndarray]]:
        """What the network sends for some of the pictures, by iteration."""
        step = max(1, len(self.pictures) // FITTED_PICTURES)
        sent = []
        for picture in self.pictures[::step][:FITTED_PICTURES]:
            pixels = to_planes(middle(picture, max(picture.shape), UNIT)[None]) - 0.5
            sent.append([bits[0].numpy().astype(np.int8) for _, bits in network(pixels)])
        return sent
