"""Peak resident memory of repairing a 24-megapixel JPEG file with the sweep decoder.

The picture is a mosaic of the folder's pictures, encoded at quality 15; `nrc decode` runs in a process of
its own, which reports its peak (ru_maxrss) at the end. Everything counts: PyTorch, the stream, the
standard decode, every step's picture, and the PNG file that is written.

    python tests/bench/memory.py data/kodak
    python tests/bench/memory.py data/kodak --decoder raster --megapixels 6
"""

from __future__ import annotations

import argparse
import math
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from measuring import Figure, child_environment, conclude, machine, pictures_of

from engine import pipeline
from engine.types import EncodeOptions, Pixels

HEIGHT, WIDTH = 512, 768
BAR, AIM = 3.0, 1.5
CHILD = """
import resource, sys, time
from engine.cli.main import main
start = time.perf_counter()
status = main(sys.argv[1:])
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
print(f"peak {peak} {time.perf_counter() - start}")
sys.exit(status)
"""


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="folder of 768×512 pictures, e.g. the Kodak set")
    parser.add_argument("--megapixels", type=float, default=24.0, help="size of the mosaic (default: 24)")
    parser.add_argument("--decoder", default="sweep", help="decoder to measure (default: sweep)")
    arguments = parser.parse_args()
    width = round(math.sqrt(arguments.megapixels * 1e6 * 3 / 2))
    height = round(width * 2 / 3)
    with tempfile.TemporaryDirectory() as folder:
        stream, output = Path(folder, "large.jpg"), Path(folder, "repaired.png")
        pictures = [pixels for _, pixels in pictures_of(arguments.folder, HEIGHT, WIDTH)]
        coded = pipeline.encode("jpeg", mosaic(pictures, height, width), EncodeOptions(quality=15))
        stream.write_bytes(coded.payload)
        del coded, pictures  # a child's peak starts from what its parent held when it was started
        print(f"{width}×{height} pixels, {arguments.decoder}, JPEG quality 15\n{machine()}\n")
        command = [
            "decode",
            str(stream),
            "--decoder",
            arguments.decoder,
            "--device",
            "cpu",
            "-o",
            str(output),
        ]
        process = subprocess.run(
            [sys.executable, "-c", CHILD, *command],
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            env=child_environment(),
        )
        if not output.is_file():
            raise AssertionError("nothing was written")
    _, peak, seconds = process.stdout.splitlines()[-1].split()
    measured = arguments.decoder == "sweep" and arguments.megapixels >= 24
    bars = (BAR, AIM) if measured else (None, None)
    detail = f"in {float(seconds):.0f} s"
    return conclude([Figure("peak resident memory", int(peak) / 1e9, "GB", *bars, detail=detail)])


def mosaic(pictures: list[Pixels], height: int, width: int) -> Pixels:
    """The pictures side by side, again and again, cut to size."""
    rows, columns = math.ceil(height / HEIGHT), math.ceil(width / WIDTH)
    count = len(pictures)
    canvas = np.empty((rows * HEIGHT, columns * WIDTH, 3), np.uint8)
    for row in range(rows):
        for column in range(columns):
            top, left = row * HEIGHT, column * WIDTH
            canvas[top : top + HEIGHT, left : left + WIDTH] = pictures[(row * columns + column) % count]
    return canvas[:height, :width]


if __name__ == "__main__":
    sys.exit(main())
