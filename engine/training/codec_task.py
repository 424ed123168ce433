"""What the training of both learned codecs has in common: crops by number, references, fits of the coder."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from engine.codecs.learned.codec import UNIT
from engine.training.config import TrainConfig
from engine.training.data import draw_square, turn
from engine.training.equal_rate import reference_curves
from engine.training.share import WHOLE, Share
from engine.types import Pixels

VALIDATION_SIDE = 256


class CodecTask(ABC):
    """A task of `engine.training.run`, but for its network, loss and coder.

    validation_pictures: how many of `validation` a network is measured on. fit_seconds: between two fits of
    the coder before the end of a run; tables in between are a little out of date.
    """

    validation_pictures: int
    fit_seconds: float
    share: Share = WHOLE

    def __init__(self, config: TrainConfig, pictures: Sequence[Pixels], validation: Sequence[Pixels]) -> None:
        self.config = config
        self.pictures = pictures
        self.references = reference_curves(validation[: self.validation_pictures], VALIDATION_SIDE, UNIT)
        self._fitted_at = 0.0

    @abstractmethod
    def loss(self, update: int) -> Tensor:
        """Loss of batch number `update`."""

    def start(self, averaged: nn.Module, update: int) -> None:  # noqa: B027 (there is nothing to do)
        """Nothing to prepare: every batch depends on the seed and its number alone."""

    def backward(self, update: int) -> float:
        """Leave the gradient of batch `update` in the parameters' `.grad`; the batch's loss."""
        loss = self.loss(update)
        loss.backward()  # type: ignore[no-untyped-call]
        return loss.item()

    def crops(self, update: int) -> tuple[Tensor, np.random.Generator]:
        """The share of batch `update` as `to_planes` has it, and the source of its further chances."""
        rng, data = np.random.default_rng((self.config.seed, update)), self.config.data
        crops = [turn(draw_square(self.pictures, rng, data), rng) for _ in range(data.batch)]
        return to_planes(np.stack(crops[self.share.part(data.batch)])), rng

    def over(self, update: int) -> bool:
        """Whether the run ends with this update."""
        return update >= self.config.optimiser.updates

    def due(self, update: int) -> bool:
        """Whether a coder that was fitted before is to be fitted again."""
        return self.over(update) or time.monotonic() - self._fitted_at > self.fit_seconds

    def fitted(self) -> None:
        """The coder was fitted now."""
        self._fitted_at = time.monotonic()


def to_planes(pixels: Pixels) -> Tensor:
    """uint8 (batch, height, width, 3) to float32 (batch, 3, height, width), 0 to 1."""
    return torch.from_numpy(np.array(pixels)).permute(0, 3, 1, 2).contiguous().float() / 255
