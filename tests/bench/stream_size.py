"""Size of E2E's streams against the entropy estimate, and of GOOG's planes against their raw bits.

E2E: 8 × payload bytes, container included, over the bits that the coder's own frequencies ask for; of streams
above 10 kB the worst counts. GOOG: payload bits of the first iterations, container included, over one bit a
binary symbol; the mean over the pictures counts.

    python tests/bench/stream_size.py data/kodak
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from statistics import fmean

from measuring import Figure, conclude, machine

from engine.codecs.learned import e2e
from engine.codecs.learned import model as learned
from engine.codecs.learned.codec import UNIT
from engine.codecs.learned.goog import GOOG
from engine.codecs.learned.goog_network import BITS
from engine.errors import UserError
from engine.io.image import SUFFIXES, load_picture
from engine.types import EncodeOptions, Pixels

LARGE = 10_000
"""Bytes from which on a stream's fixed parts should not matter."""
E2E_BAR, GOOG_BAR = 1.0, 90.0
"""Per cent above the estimate; per cent of the raw bits."""
ITERATIONS = 2


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="folder with pictures, e.g. the Kodak set")
    parser.add_argument("--quality", type=int, nargs="+", default=[8, 24, 40, 64], help="E2E's qualities")
    arguments = parser.parse_args()
    paths = sorted(path for path in arguments.folder.iterdir() if path.suffix.lower() in SUFFIXES)
    if not paths:
        raise UserError(f"{arguments.folder}: no pictures in it")
    print(f"{len(paths)} pictures\n{machine()}\n")
    excesses: list[tuple[float, str]] = []
    shares: dict[int, list[float]] = {count: [] for count in range(1, ITERATIONS + 1)}
    for path in paths:
        pixels = load_picture(path).pixels
        for quality in arguments.quality:
            size, estimate = e2e_bits(pixels, quality)
            if size >= 8 * LARGE:
                excesses.append((100 * (size / estimate - 1), f"{path.stem} at quality {quality}"))
        for count, share in enumerate(goog_shares(pixels), 1):
            shares[count].append(share)
    if not excesses:
        raise UserError(f"{arguments.folder}: no E2E stream of it has {LARGE:,} bytes or more")
    worst, which = max(excesses, key=lambda pair: abs(pair[0]))
    detail = f"{which}; {len(excesses)} streams"
    figures = [Figure("E2E above its estimate, worst", abs(worst), "%", E2E_BAR, detail=detail)]
    for count, values in shares.items():
        what = f"GOOG, {count} iteration{'s' * (count > 1)}, of raw bits"
        figures.append(Figure(what, fmean(values), "%", GOOG_BAR, detail=f"at most {max(values):.1f} %"))
    return conclude(figures)


def e2e_bits(pixels: Pixels, quality: int) -> tuple[int, float]:
    """Bits of the payload, and those that its coder's frequencies ask for."""
    payload = e2e.E2E.encode(pixels, EncodeOptions(quality=quality)).payload
    coder = e2e._coder(learned.find_model(e2e.E2E.name, e2e.E2E.title))
    return 8 * len(payload), coder.estimate(e2e.E2E.symbols(payload), quality - 1)


def goog_shares(pixels: Pixels) -> list[float]:
    """Payload bits of the first iterations over their binary symbols, in per cent."""
    height, width = pixels.shape[:2]
    raw = BITS * -(-height // UNIT) * -(-width // UNIT)
    encoded = GOOG.encode(pixels, EncodeOptions(quality=ITERATIONS))
    return [100 * 8 * len(stage.payload) / (raw * stage.quality) for stage in GOOG.stages(encoded.payload)]


if __name__ == "__main__":
    try:
        sys.exit(main())
    except UserError as error:
        sys.exit(f"stream_size: {error}")
