"""One row a step: what is measured of a refinement, for tables, CSV and reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from engine.evaluation.extra_scores import extra_scores
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
    the decode began. target_bpp: the rate that was asked for, if one was. The scores that follow are there
    when asked for (see `engine.evaluation.extra_scores`). lossy_original: the lossy codec of the original's
    own file, "" for none; scores then hold that codec's faults for the truth.
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
    psnr_b_db: float | None = None
    ssimulacra2: float | None = None
    flip: float | None = None
    lossy_original: str = ""


def rows_of(refinement: Refinement, card: ModelCard, extra: Sequence[str] = ()) -> list[Row]:
    """The refinement's steps, flat, step 0 (the standard decode) first, with the `extra` scores.

    Raises UserError where an optional package is missing.
    """
    run = run_record(refinement, card)
    image, encode = refinement.request.image, refinement.request.encode
    run["target_bpp"] = None if encode is None else encode.bits_per_pixel
    original = refinement.original
    return [
        Row(
            image=image,
            **run,
            step=step.index,
            **asdict(step.scores),
            seconds=step.seconds,
            **({} if original is None else extra_scores(original.pixels, step.pixels, extra)),
            lossy_original="" if original is None else original.lossy,
        )
        for step in refinement.steps
    ]


def standard_row(
    image: str,
    coded: Coded,
    encode: EncodeOptions,
    scores: Scores,
    extra: Mapping[str, Any],
    lossy_original: str = "",
) -> Row:
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
        **extra,
        lossy_original=lossy_original,
    )


def lossy_words(rows: Sequence[Row]) -> str:
    """What must be said of scores against originals that are lossy files themselves; "" where none is."""
    by_image = {row.image: row.lossy_original for row in rows}
    lossy = sorted({kind for kind in by_image.values() if kind})
    if not lossy:
        return ""
    count = sum(bool(kind) for kind in by_image.values())
    which = "the original is" if len(by_image) == 1 else f"{count} of {len(by_image)} originals are"
    kinds = " and ".join(lossy)
    return f"{which} from lossy files ({kinds}): scores take their artefacts for the truth"


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
