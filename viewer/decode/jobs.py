"""What the window's jobs do: functions for `Lane.start`. No Qt, no threads, no widgets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engine import pipeline
from engine.artefacts.jpeg_history import History, history_of
from engine.codecs.facts import codec_facts
from engine.models.card import ModelCard
from engine.types import Coded, Picture, Pixels, RatePoint, Refinement, RefineRequest, Stage
from viewer.model.facts.run import Run

if TYPE_CHECKING:
    from viewer.core.job import Token, Work

CURVE_QUALITIES = (10, 30, 60, 20, 5, 80, 15, 40, 8, 12, 25, 50, 70, 90, 96)
"""Qualities of the rate–distortion curve, in an order that shows its shape early."""
_CURVES = {
    "jpeg2000": (1, 5, 10, 14, 18, 24, 30, 37, 45, 60, 75, 90),
    "jpeg2000-nomct": (1, 5, 8, 12, 18, 24, 30, 38, 50, 65, 80),
    "webp": (1, 5, 9, 14, 25, 32, 40, 55, 70, 80, 90),
    "avif": (8, 16, 24, 30, 38, 45, 52, 62, 74),
    "e2e": (1, 6, 12, 17, 22, 28, 34, 40, 46, 56, 64),
}
"""Those of other codecs, denser at low rates; fewer where encoding is slow."""


def refine(
    request: RefineRequest,
    picture: Picture | None,
    coded: Coded | None,
    prepare: Callable[[], None],
    linger: float = 0.0,
    address: str = "",
    known: tuple[Stage, ...] = (),
) -> Work:
    """Encode unless `coded` is given, then refine. After the standard decode the job waits `linger`
    seconds, so that a moving slider shows what it does to the picture before a decoder starts in vain.
    `prepare` runs before any network. address: where the engine finds the decoder (see `address_of`).
    known: stages of `coded`, if it is progressive and they are there already.
    """

    def work(token: Token) -> Iterator[Run]:
        run: Run | None = None
        located = replace(request, decoder=address or request.decoder)
        if codec_facts(request.codec).torch:
            prepare()
        for found in pipeline.refine(
            located, picture, coded, progressive=True, known=known, cancelled=token.cancelled,
            progress=token.progress,
        ):  # fmt: skip
            record = replace(found, request=request)
            first = run is None
            run = measured(record, run)
            yield run
            if first and not record.finished:
                if token.wait(linger):
                    return
                prepare()

    return work


def address_of(card: ModelCard | None) -> str:
    """How the engine is told of a decoder; "" for none."""
    return card.address if card is not None else ""


def measured(record: Refinement, before: Run | None) -> Run:
    """A refinement with its patches' squared errors; those of its steps and stages that `before` has are
    kept."""
    known = before.errors if before is not None else ()
    staged = before.stage_errors if before is not None else ()
    return Run(
        record,
        known + _errors(record, [step.pixels for step in record.steps[len(known) :]]),
        stage_errors=staged + _errors(record, [stage.pixels for stage in record.stages[len(staged) :]]),
        history=before.history if before is not None else _history(record),
    )


def _history(record: Refinement) -> History | None:
    """Of a received stream; of one that was made here it is known."""
    return history_of(record.coded) if record.request.encode is None else None


def _errors(record: Refinement, pictures: Sequence[Pixels]) -> tuple[NDArray[np.float64], ...]:
    """Squared errors per patch of each picture; none without an original."""
    original = record.original
    if original is None:
        return ()
    from engine.metrics.fidelity import patch_squared_error

    return tuple(patch_squared_error(original.pixels, pixels) for pixels in pictures)


def curve_qualities(codec: str, near: int) -> tuple[int, ...]:
    """Qualities of a codec's rate–distortion curve, first those that lie nearest to the one in use."""
    if codec == "jpeg":
        return CURVE_QUALITIES  # all are there in a second, so the curve's shape may come first
    low, high = codec_facts(codec).qualities
    every = _CURVES.get(codec) or tuple(dict.fromkeys(round(low + (high - low) * k / 11) for k in range(12)))
    return tuple(sorted(every, key=lambda quality: abs(quality - near)))


def rate_curve(codec: str, pixels: Pixels, subsampling: str, near: int = 0) -> Work:
    """Yield the points measured so far, in order of quality, each time one more. near: the quality in use."""

    def work(token: Token) -> Iterator[tuple[RatePoint, ...]]:
        points: list[RatePoint] = []
        order = curve_qualities(codec, near)
        for point in pipeline.rate_curve(codec, pixels, subsampling, order, token.cancelled):
            points.append(point)
            yield tuple(sorted(points, key=lambda each: each.quality))

    return work


def prepare_torch() -> None:
    """Load PyTorch and keep a core free for the window; called on the thread that will compute."""
    import torch

    from viewer.core.process import compute_threads

    torch.set_num_threads(compute_threads())
