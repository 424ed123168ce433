"""One row a step: what is measured of a refinement, for tables, CSV and reports."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from engine.models.card import ModelCard
from engine.types import Coded, EncodeOptions, Refinement, Scores


def operating_point(row: Row) -> float:
    """What tells the points of one codec apart: the target rate, or the quality, whichever was asked for."""
    if row.target_bpp is not None:
        return row.target_bpp
    if row.quality is None:
        raise ValueError("only streams encoded here have an operating point")
    return float(row.quality)


@dataclass(frozen=True)
class Row:
    """One step of one refinement, flat; the fields of a benchmark's table, in order.

    decoder: as it was asked for, a shipped name or a path; empty for the standard decode alone, with learner
    and context. quality is None for a stream that was received, or made to a size without one. Scores are
    None where they are undefined: without an original, or on a picture too small for them. seconds: since
    the decode began. target_bpp: the rate that was asked for, if one was.
    """

    image: str
    codec: str
    quality: int | None
    bits: int
    bits_per_pixel: float
    width: int
    height: int
    decoder: str
    learner: str
    context: str
    step: int
    psnr_rgb_db: float | None
    psnr_y_db: float | None
    ssim: float | None
    ms_ssim: float | None
    seconds: float
    target_bpp: float | None = None


def rows_of(refinement: Refinement, card: ModelCard) -> list[Row]:
    """The refinement's steps, flat, step 0 (the standard decode) first."""
    run = run_record(refinement, card)
    image, encode = refinement.request.image, refinement.request.encode
    run["target_bpp"] = None if encode is None else encode.bits_per_pixel
    return [
        Row(image=image, **run, step=step.index, **asdict(step.scores), seconds=step.seconds)
        for step in refinement.steps
    ]


def standard_row(image: str, coded: Coded, encode: EncodeOptions, scores: Scores) -> Row:
    """The standard decode of a stream that nothing refines."""
    return Row(
        image=image,
        **coded_record(coded),
        decoder="",
        learner="",
        context="",
        step=0,
        **asdict(scores),
        seconds=0.0,
        target_bpp=encode.bits_per_pixel,
    )


def run_record(refinement: Refinement, card: ModelCard) -> dict[str, Any]:
    return {
        **coded_record(refinement.coded),
        "decoder": refinement.request.decoder,
        "learner": card.learner,
        "context": refinement.request.options.context.value,
    }


def coded_record(coded: Coded) -> dict[str, Any]:
    return {
        "codec": coded.codec,
        "quality": coded.quality,
        "bits": coded.bits,
        "bits_per_pixel": coded.bits_per_pixel,
        "width": coded.width,
        "height": coded.height,
    }
