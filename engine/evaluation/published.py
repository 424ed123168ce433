"""Published results of JPEG restoration, beside which a measurement is set."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from statistics import fmean

from engine.evaluation.protocol import Protocol
from engine.evaluation.rows import Row


@dataclass(frozen=True)
class PublishedScore:
    """One method's mean PSNR on a benchmark. dataset: as in `DATASETS`. psnr_db: of 8-bit pixels, luma where
    the protocol is grey, RGB else. source: paper and table."""

    dataset: str
    protocol: Protocol
    quality: int
    method: str
    psnr_db: float
    source: str


@dataclass(frozen=True)
class Standing:
    """One line of a comparison. gain_db: over that line's own JPEG decode, None for JPEG itself. Scores that
    are not known are None. psnr_b_db, ssim: of luma. source: "" for what was measured here."""

    quality: int
    method: str
    psnr_db: float
    gain_db: float | None
    ssim: float | None = None
    psnr_b_db: float | None = None
    source: str = ""


def published_results(dataset: str, protocol: Protocol) -> list[PublishedScore]:
    """What is known of a benchmark under a protocol, in the order of the file."""
    text = files("assets").joinpath("published/jpeg_restoration.csv").read_text(encoding="utf-8")
    known = []
    for record in csv.DictReader(io.StringIO(text)):
        first = int(record["first_quality"]) if record["first_quality"] else None
        down, right = map(int, record["shift"].split())
        known.append(
            PublishedScore(
                record["dataset"],
                Protocol(record["grey"] == "1", first, (down, right)),
                int(record["quality"]),
                record["method"],
                float(record["psnr_db"]),
                record["source"],
            )
        )
    return [one for one in known if (one.dataset, one.protocol) == (dataset, protocol)]


def standings(rows: Sequence[Row], published: Sequence[PublishedScore]) -> list[Standing]:
    """Means of the first and the last step of JPEG `rows`, then the published ones, by quality.

    Only rows made at a quality count. Published gains are over the JPEG line of the same table.
    """
    result: list[Standing] = []
    for quality in sorted({row.quality for row in rows if row.codec == "jpeg" and row.quality is not None}):
        of_quality = [row for row in rows if row.codec == "jpeg" and row.quality == quality]
        result += _measured(quality, of_quality)
        there = [one for one in published if one.quality == quality]
        jpeg = next((one.psnr_db for one in there if one.method == "JPEG"), None)
        for one in there:
            gain = None if one.method == "JPEG" or jpeg is None else one.psnr_db - jpeg
            method = "JPEG, as published" if one.method == "JPEG" else one.method
            result.append(Standing(quality, method, one.psnr_db, gain, source=one.source))
    return result


def _measured(quality: int, rows: Sequence[Row]) -> list[Standing]:
    standard = {row.image: row for row in rows if row.step == 0}
    lines = [_line(quality, "JPEG, measured", list(standard.values()), None)]
    for decoder, context in dict.fromkeys((row.decoder, row.context) for row in rows if row.decoder):
        runs: dict[str, Row] = {}
        for row in rows:
            if (row.decoder, row.context) == (decoder, context) and row.step >= runs.get(row.image, row).step:
                runs[row.image] = row
        name = f"JPEG + {decoder}, {context}" if context else f"JPEG + {decoder}"
        lines.append(_line(quality, name, list(runs.values()), lines[0].psnr_db))
    return lines


def _line(quality: int, method: str, rows: Sequence[Row], before: float | None) -> Standing:
    psnr = _mean([row.psnr_rgb_db for row in rows])
    assert psnr is not None
    return Standing(
        quality,
        method,
        psnr,
        None if before is None else psnr - before,
        _mean([row.ssim for row in rows]),
        _mean([row.psnr_b_db for row in rows]),
    )


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return fmean(known) if known and len(known) == len(values) else None
