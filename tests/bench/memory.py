"""Time and peak memory of repairing a 24-megapixel JPEG file, as a whole process.

The picture is a mosaic of the folder's pictures, encoded at quality 15; `nrc decode`, or with --window the
window until all is measured, runs in a process of its own, which reports its peak (ru_maxrss) and its
processors' time at the end. Everything counts: PyTorch, the stream, the standard decode, the steps' pictures,
and the PNG file that is written. On a busy machine the processors' time is the one to trust.

    python tests/bench/memory.py data/kodak
    python tests/bench/memory.py data/kodak --window
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
BARS = {False: ((1.5, 1.3), (40.0, 25.0)), True: ((1.8, 1.5), (75.0, 45.0))}
"""GB and seconds, bar and aim, by whether it is the window."""
CHILD = """
import resource, sys, time
from {module} import main
start = time.perf_counter()
status = main(sys.argv[1:])
used = resource.getrusage(resource.RUSAGE_SELF)
peak = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
print(f"peak {{peak}} {{time.perf_counter() - start}} {{used.ru_utime + used.ru_stime}}")
sys.exit(status)
"""


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="folder of 768×512 pictures, e.g. the Kodak set")
    parser.add_argument("--megapixels", type=float, default=24.0, help="size of the mosaic (default: 24)")
    parser.add_argument("--decoder", default="flagship", help="decoder to measure (default: flagship)")
    parser.add_argument("--window", action="store_true", help="the window until all is measured")
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
        named = ["--decoder", arguments.decoder]
        command, module = ["decode", str(stream), *named, "-o", str(output)], "engine.cli.main"
        if arguments.window:
            command = [str(stream), "--received", *named, "--snapshot", str(output)]
            module = "viewer.launch.app"
        process = subprocess.run(
            [sys.executable, "-c", CHILD.format(module=module), *command],
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            env=child_environment(),
        )
        if not output.is_file():
            raise AssertionError("nothing was written")
    _, peak, seconds, busy = process.stdout.splitlines()[-1].split()
    measured = arguments.decoder == "flagship" and arguments.megapixels >= 24
    memory, whole = BARS[arguments.window] if measured else ((None, None), (None, None))
    return conclude(
        [
            Figure("peak resident memory", int(peak) / 1e9, "GB", *memory),
            Figure("elapsed", float(seconds), "s", *whole, detail=f"{float(busy):.0f} s of CPU"),
        ]
    )


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
