"""jpegli's decoder (Google; package `pyjpegli`, an extra): dequantises in floating point, with a bias of its
own towards the Laplacian's mean, and upsamples smoothly.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from engine.errors import UserError
from engine.models.card import ModelCard
from engine.types import Cancelled, Coded, DecodeOptions, Estimate, Pixels, Progress, frozen


class JpegliDecoder:
    """The baseline "jpegli": one step, no network, nothing trained."""

    def __init__(self, card: ModelCard) -> None:
        self.card = card

    @classmethod
    def load(cls, card: ModelCard) -> JpegliDecoder:
        """Raises UserError where the package is missing."""
        try:
            import pyjpegli  # noqa: F401
        except ImportError:
            raise UserError(
                f"decoder '{card.name}' needs the package pyjpegli "
                "(install it with: pip install nrc-viewer[baselines])"
            ) from None
        return cls(card)

    def refine(
        self, coded: Coded, options: DecodeOptions, cancelled: Cancelled, progress: Progress
    ) -> Iterator[Estimate]:
        """The one estimate, as often as steps are asked for. Raises UserError on files it can't read."""
        start = time.perf_counter()
        pixels = self._decoded(coded)
        for step in range(1, (options.steps or self.card.steps) + 1):
            if cancelled():
                return
            progress(1.0)
            yield Estimate(step, pixels, time.perf_counter() - start)

    def _decoded(self, coded: Coded) -> Pixels:
        import pyjpegli

        try:
            data, width, height = pyjpegli.decode(coded.payload, None)
        except (ValueError, RuntimeError) as error:
            raise UserError(f"decoder '{self.card.name}' can't read this stream ({error})") from None
        if (height, width) != (coded.height, coded.width):
            raise UserError(f"decoder '{self.card.name}' reads {width}×{height} pixels, another size")
        return frozen(np.frombuffer(data, np.uint8).reshape(height, width, 3).copy())
