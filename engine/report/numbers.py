"""All numbers of a refinement as CSV: a row a step, and a row a patch and step.

Numbers are written in full (the shortest text that reads back as the same double), so that rounding them
gives what the window shows. What is undefined is empty: a PSNR without an original, MS-SSIM of a small
picture. An exact copy has an infinite PSNR, written `inf`. `STEP_COLUMNS` and `PATCH_COLUMNS` say what each
column is; `nrc report --help` prints them.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.artefacts.measures import FACTS, Artefact, artefact_maps, artefact_totals
from engine.errors import UserError
from engine.metrics.fidelity import error_gain_db, patch_squared_error
from engine.metrics.perceptual import flip, ssimulacra2
from engine.types import PATCH, Cancelled, Pixels, Progress, Refinement, Scores, ignore, never, patch_grid

PERCEPTUAL_PIXELS = 1 << 22
"""Larger pictures take SSIMULACRA2 and FLIP seconds and hundreds of megabytes each."""
MEASURES = tuple(each.name.lower() for each in Artefact)
"""Columns of the artefacts, in their order."""
STEP_COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "image": "name of the picture",
        "codec": "what sent it",
        "quality": "what its encoder was asked for; empty where nobody knows",
        "decoder": "what refined it; empty for the standard decode alone",
        "context": "neighbouring patches that the decoder looked at",
        "width": "of the picture, pixels",
        "height": "of the picture, pixels",
        "step": "0 is the standard decode; below 0 a progressive stream cut short, -1 by one of its stages",
        "bits": "size of what had to be received, bits, headers included",
        "bits_per_pixel": "the same by the number of pixels",
        "psnr_rgb_db": "PSNR over all RGB samples, peak 255, dB",
        "gain_db": "psnr_rgb_db less that of step 0, dB",
        "psnr_y_db": "PSNR of luma (BT.601), peak 255, dB",
        "ssim": "SSIM of luma, 0 to 1",
        "ms_ssim": "MS-SSIM of luma, 0 to 1",
        "ssimulacra2": "SSIMULACRA2, 100 at most; empty above 4 megapixels or where its package is missing",
        "flip": "mean FLIP error, 0 to 1; empty like ssimulacra2",
        "rmse": "root mean squared error over all RGB samples, levels of 255",
        **{
            key: f"{each.value}: mean over the patches where it can be judged, {FACTS[each].unit}"
            for key, each in zip(MEASURES, Artefact, strict=True)
        },
        "seconds": "since the decode began",
    }
)
PATCH_COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "step": "0 is the standard decode; below 0 a progressive stream cut short, -1 by one of its stages",
        "row": "of the patch in the grid of 8×8 patches, from 0",
        "column": "of the patch in the grid, from 0",
        "x": "of its left pixels",
        "y": "of its upper pixels",
        "pixels": "in it: 64, fewer where the picture's edge cuts it",
        "bits": "that the stream spends on it, its share of chroma included; empty where they can't be told",
        "squared_error": "sum of squared differences to the original over its RGB samples, whole numbers",
        "psnr_rgb_db": "PSNR over its RGB samples, peak 255, dB",
        "gain_db": "PSNR gain over step 0, clipped to ±20 dB",
        **{
            key: f"{each.value}, {FACTS[each].unit}; empty where it can't be judged, 0 or less: none"
            for key, each in zip(MEASURES, Artefact, strict=True)
        },
    }
)


@dataclass(frozen=True, eq=False)
class Shown:
    """One picture of a refinement, by the position of the scrubber."""

    step: int
    pixels: Pixels
    bits: int
    seconds: float | None
    scores: Scores


def shown_pictures(refinement: Refinement) -> tuple[Shown, ...]:
    """The pictures of a refinement in order: the stages of a progressive stream, then the steps."""
    count = len(refinement.stages)
    stages = [
        Shown(at - count, stage.pixels, stage.bits, None, stage.scores)
        for at, stage in enumerate(refinement.stages)
    ]
    bits = refinement.coded.bits
    steps = [Shown(step.index, step.pixels, bits, step.seconds, step.scores) for step in refinement.steps]
    return (*stages, *steps)


def step_rows(
    refinement: Refinement, cancelled: Cancelled = never, progress: Progress = ignore
) -> Iterator[dict[str, Any]]:
    """A row a step, by `STEP_COLUMNS`; values that are undefined are None. Ends early when cancelled."""
    coded, request = refinement.coded, refinement.request
    pictures = shown_pictures(refinement)
    before = refinement.steps[0].scores.psnr_rgb_db
    original = refinement.original.pixels if refinement.original is not None else None
    for number, shown in enumerate(pictures):
        if cancelled():
            return
        db = shown.scores.psnr_rgb_db
        yield {
            "image": request.image,
            "codec": coded.codec,
            "quality": coded.quality,
            "decoder": request.decoder,
            "context": request.options.context.value if request.decoder else "",
            "width": coded.width,
            "height": coded.height,
            "step": shown.step,
            "bits": shown.bits,
            "bits_per_pixel": shown.bits / (coded.width * coded.height),
            "psnr_rgb_db": db,
            "gain_db": None if db is None or before is None else 0.0 if db == before else db - before,
            "psnr_y_db": shown.scores.psnr_y_db,
            "ssim": shown.scores.ssim,
            "ms_ssim": shown.scores.ms_ssim,
            **perceptual_scores(shown.pixels, original),
            "rmse": None if db is None else 255 * 10 ** (-db / 20),
            **dict(zip(MEASURES, artefact_totals(shown.pixels, original), strict=True)),
            "seconds": shown.seconds,
        }
        progress((number + 1) / len(pictures))


def perceptual_scores(pixels: Pixels, original: Pixels | None) -> dict[str, float | None]:
    """SSIMULACRA2 and FLIP; None without an original, above `PERCEPTUAL_PIXELS`, without their packages."""
    found: dict[str, float | None] = {"ssimulacra2": None, "flip": None}
    if original is None or pixels.shape[0] * pixels.shape[1] > PERCEPTUAL_PIXELS:
        return found
    for name, score in (("ssimulacra2", ssimulacra2), ("flip", flip)):
        with suppress(UserError):
            found[name] = score(original, pixels)
    return found


def steps_csv(refinement: Refinement, cancelled: Cancelled = never, progress: Progress = ignore) -> bytes:
    """`step_rows` as a CSV file, UTF-8."""
    return _csv(STEP_COLUMNS, (row.values() for row in step_rows(refinement, cancelled, progress)))


def patches_csv(refinement: Refinement, cancelled: Cancelled = never, progress: Progress = ignore) -> bytes:
    """A row a patch and step, by `PATCH_COLUMNS`, as a CSV file; ends early when cancelled."""
    return _csv(PATCH_COLUMNS, _patch_rows(refinement, cancelled, progress))


def _patch_rows(refinement: Refinement, cancelled: Cancelled, progress: Progress) -> Iterator[Sequence[Any]]:
    coded = refinement.coded
    rows, columns = patch_grid(coded.height, coded.width)
    row, column = (each.ravel() for each in np.mgrid[:rows, :columns])
    x, y = PATCH * column, PATCH * row
    pixels = np.minimum(PATCH, coded.width - x) * np.minimum(PATCH, coded.height - y)
    nothing = [None] * len(row)
    original = refinement.original.pixels if refinement.original is not None else None
    bits = coded.patch_bits.patches.ravel().tolist() if coded.patch_bits is not None else nothing
    pictures = shown_pictures(refinement)
    for number, shown in enumerate(pictures):
        if cancelled():
            return
        values: list[list[Any]] = [each.tolist() for each in (row, column, x, y, pixels)]
        values += [bits if shown.step >= 0 else nothing, *_errors(refinement, shown.pixels, pixels)]
        maps = artefact_maps(shown.pixels, original)
        values += [_plain(maps[each]) if each in maps else nothing for each in Artefact]
        yield from ((shown.step, *line) for line in zip(*values, strict=True))
        progress((number + 1) / len(pictures))


def _errors(refinement: Refinement, shown: Pixels, pixels: NDArray[np.int_]) -> list[list[Any]]:
    """Squared errors, PSNR and gain of each patch; nothing without an original."""
    original = refinement.original
    if original is None:
        return [[None] * len(pixels)] * 3
    error = patch_squared_error(original.pixels, shown)
    before = patch_squared_error(original.pixels, refinement.coded.standard)
    with np.errstate(divide="ignore"):
        db = 10 * np.log10(255.0**2 * 3 * pixels / error.ravel())
    gain = _plain(error_gain_db(before, error))
    return [[int(value) for value in error.ravel()], db.tolist(), gain]


def _plain(values: NDArray[np.float32]) -> list[float | None]:
    """As doubles of the same shortest text, which is what single precision deserves; None for NaN."""
    return [None if np.isnan(value) else float(str(value)) for value in values.ravel()]


def _csv(columns: Mapping[str, str], rows: Iterator[Any]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow(["" if value is None else value for value in row])
    return out.getvalue().encode("utf-8")


def columns_text(columns: Mapping[str, str]) -> str:
    """The columns and what they are, a line each, for people."""
    widest = max(len(name) for name in columns)
    return "\n".join(f"  {name:<{widest}}  {text}" for name, text in columns.items())
