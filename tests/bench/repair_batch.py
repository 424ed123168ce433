"""Memory and time of repairing many large files: JPEGs of 12 megapixels are made of pictures, then repaired
one after the other as the Repair page and `nrc decode` do. Prints a line a file, the peak of memory so far in
it; fails unless each file was written exactly once, and nothing else.

    python tests/bench/repair_batch.py PICTURES… [--count 20] [--quality 30] [--format png] [--16-bit]
    python tests/bench/repair_batch.py PICTURES… --count 3 --size 800 600
"""

from __future__ import annotations

import argparse
import itertools
import resource
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from PIL import Image

from engine.repair.formats import SaveAs
from engine.repair.many import Failed, repair_files
from engine.repair.names import find_sources
from engine.repair.one import Order
from engine.types import DecodeOptions

SIZE = (4000, 3000)


def make(pictures: list[Path], folder: Path, count: int, quality: int, size: tuple[int, int]) -> None:
    """Files of a size (width, height), some of them to be turned."""
    for at, path in zip(range(count), itertools.cycle(pictures), strict=False):
        exif = Image.Exif()
        exif[0x0112] = (1, 6, 8)[at % 3]
        with Image.open(path) as image:
            large = image.convert("RGB").resize(size, Image.Resampling.LANCZOS)
        large.save(folder / f"{at:02d}.jpg", quality=quality, exif=exif)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("pictures", type=Path, nargs="+")
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--size", type=int, nargs=2, default=SIZE, metavar=("WIDTH", "HEIGHT"))
    parser.add_argument("--quality", type=int, default=30)
    parser.add_argument("--format", default="png")
    parser.add_argument("--steps", type=int, default=0)
    parser.add_argument("--16-bit", dest="deep", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "in"
        folder.mkdir()
        make(asked.pictures, folder, asked.count, asked.quality, tuple(asked.size))
        options = DecodeOptions(steps=asked.steps, device="cpu")
        order = Order(Path(name) / "out", save=SaveAs(asked.format, deep=asked.deep), options=options)
        start, written = time.perf_counter(), Counter[Path]()
        for outcome in repair_files(find_sources([folder]), order):
            if not isinstance(outcome, Failed):
                written[outcome.target] += 1
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            what = outcome.why if isinstance(outcome, Failed) else f"{outcome.bytes / 1e6:.1f} MB"
            spent = time.perf_counter() - start
            print(f"{outcome.source.name}: {what}, {spent:.0f} s, peak {peak:.0f} MB", flush=True)
        there = sorted(Path(name, "out").iterdir())
    once = there == sorted(written) and set(written.values()) == {1} and len(there) == asked.count
    print(f"{len(there)} of {asked.count} files, {'each written once' if once else 'NOT each written once'}")
    return 0 if once else 1


if __name__ == "__main__":
    sys.exit(main())
