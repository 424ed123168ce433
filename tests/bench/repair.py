"""How much decoders repair, over all qualities and kinds of picture, and where they do harm.

python tests/bench/repair.py photographs FOLDER --decoder NAME [--qualities 10,50,90] [--grey] [--csv FILE]
python tests/bench/repair.py made --decoder NAME [--decoder NAME …] [--qualities 25,50,75,90]

`photographs` prints the mean and the worst gain in PSNR (RGB, or Y for --grey) over the standard decode at
each quality, and how many pictures came out worse. `made` does so for pictures of the kinds in
`unseen_kinds`, which nothing was trained on; worse is a loss of over 0.05 dB and over 0.05 in squared
error. Every exception is listed. Decoders for other codecs get streams of theirs.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from measuring import machine

from engine import pipeline
from engine.io.image import find_pictures, load_picture
from engine.metrics.fidelity import psnr_rgb_db
from engine.types import DecodeOptions, EncodeOptions, Pixels, ignore, never
from tests.support.unseen_kinds import KINDS, unseen

ALL = (1, 2, 5, 10, 15, 20, 30, 40, 50, 60, 70, 75, 80, 90, 95, 98, 100)
OTHERS = {"jpeg2000": (20, 35, 50, 65), "e2e": (8, 24, 40, 56), "goog": (1, 3, 5, 8)}
"""Qualities of the codecs that count them otherwise."""


@dataclass(frozen=True)
class Row:
    """decoder, picture, quality; standard_db; gains of every step in dB; change of the squared error."""

    decoder: str
    picture: str
    quality: int
    standard_db: float
    gains: tuple[float, ...]
    error: float

    @property
    def worse(self) -> bool:
        return self.gains[-1] < -0.05 and self.error > 0.05


def rows(
    names: Sequence[str],
    pictures: Sequence[tuple[str, Pixels]],
    qualities: Sequence[int],
    options: DecodeOptions,
) -> Iterator[Row]:
    for name in names:
        decoder = pipeline.load_decoder(name)
        codec = decoder.card.codecs[0]
        for quality in OTHERS.get(codec, qualities):
            for index, (picture, pixels) in enumerate(pictures):
                chroma = "4:4:4" if len(pictures) < 24 and index % 2 else "4:2:0"
                coded = pipeline.encode(codec, pixels, EncodeOptions(quality=quality, subsampling=chroma))
                before = psnr_rgb_db(pixels, coded.standard)
                steps = [e.pixels for e in pipeline.estimates(decoder, coded, options, never, ignore)]
                gains = tuple(psnr_rgb_db(pixels, step) - before for step in steps)
                error = _error(pixels, steps[-1]) - _error(pixels, coded.standard)
                yield Row(name, picture, quality, before, gains, error)


def _error(original: Pixels, pixels: Pixels) -> float:
    return float(np.square(original.astype(np.float64) - pixels).mean())


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=("photographs", "made"))
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--decoder", action="append", default=[])
    parser.add_argument("--qualities", default="")
    parser.add_argument("--grey", action="store_true")
    parser.add_argument("--no-guard", action="store_true")
    parser.add_argument("--no-projection", action="store_true")
    parser.add_argument("--csv", type=Path)
    given = parser.parse_args()
    options = DecodeOptions(guard=not given.no_guard, projection=not given.no_projection)
    if given.what == "made":
        pictures = [(kind, unseen(kind)) for kind in KINDS]
        qualities: Sequence[int] = (25, 50, 75, 90)
    else:
        pictures = [(path.name, load_picture(path).pixels) for path in find_pictures(given.folder)]
        qualities = ALL
    if given.grey:
        pictures = [(name, np.repeat(_luma(pixels)[..., None], 3, 2)) for name, pixels in pictures]
    if given.qualities:
        qualities = [int(text) for text in given.qualities.split(",")]
    print(machine())
    found: list[Row] = []
    for row in rows(given.decoder or ["sweep"], pictures, qualities, options):
        found.append(row)
        if len(found) % len(pictures) == 0:
            tell(found[-len(pictures) :])
    print(f"worse: {sum(row.worse for row in found)} of {len(found)}")
    if given.csv:
        with given.csv.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["image", "codec", "quality", "decoder", "context", "step", "psnr_rgb_db"])
            for row in found:
                codec = pipeline.load_decoder(row.decoder).card.codecs[0]
                for step, value in enumerate((0.0, *row.gains)):
                    score = f"{row.standard_db + value:.4f}"
                    writer.writerow([row.picture, codec, row.quality, row.decoder, "both", step, score])


def tell(some: Sequence[Row]) -> None:
    """The line of one decoder and quality."""
    gains = np.array([row.gains for row in some])
    finite = gains[np.isfinite(gains).all(1)]
    steps = " ".join(f"{value:+.3f}" for value in finite.mean(0))
    bad = [f"{row.picture} {row.gains[-1]:+.2f}" for row in some if row.worse]
    print(
        f"{some[0].decoder} q{some[0].quality}: {steps}, worst {gains[:, -1].min():+.2f}, "
        f"{sum(gains[:, -1] < 0)} below 0, {len(bad)} worse {'; '.join(bad)}",
        flush=True,
    )


def _luma(pixels: Pixels) -> Pixels:
    return np.round(pixels @ np.array([0.299, 0.587, 0.114])).astype(np.uint8)


if __name__ == "__main__":
    main()
