"""Time to encode and decode a 768×512 picture with every codec at one rate, against peers in the same run.

The peers are Pillow's own JPEG encoder and decoder, which are libjpeg-turbo's, with optimised tables as
`cjpeg -optimize` has them: what a plain program needs for the same file; and JPEG through this program, which
also reads the symbols and counts the bits of every patch. All are timed in turns, so that a busy machine
slows them alike; medians are shown. The search for the rate is not timed. Beside the elapsed time stands the
processors' time, which other programs disturb less: on a busy machine its ratios are the ones to trust.

    python tests/bench/codec_speed.py data/kodak
    python tests/bench/codec_speed.py data/kodak --threads 1 --codec jpeg e2e goog --bpp 0.5
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from statistics import median

from measuring import Figure, conclude, machine, pictures_of
from PIL import Image

from engine import pipeline
from engine.errors import UserError
from engine.registry import CODECS
from engine.types import Coded, EncodeOptions, Pixels

HEIGHT, WIDTH = 512, 768
BARS = {"e2e": (1.5, 0.4)}
"""Bar and aim in seconds for encoding and decoding together, on two idle cores."""
PLAIN, OURS = "Pillow's JPEG", "jpeg"

Work = tuple[Callable[[], object], Callable[[], object]]
"""Encoding and decoding."""


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="folder with a 768×512 picture, e.g. the Kodak set")
    parser.add_argument("--codec", nargs="+", choices=CODECS.names(), default=CODECS.names(), metavar="NAME")
    parser.add_argument("--bpp", type=float, default=0.5, help="rate of the streams (default: 0.5)")
    parser.add_argument("--repeats", type=int, default=5, help="timed runs of each (default: 5)")
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    parser.add_argument("--threads", type=int, default=cores, help=f"threads (default: {cores}, every core)")
    arguments = parser.parse_args()

    import torch

    torch.set_num_threads(arguments.threads)
    name, pixels = pictures_of(arguments.folder, HEIGHT, WIDTH)[0]
    print(f"{name}, {WIDTH}×{HEIGHT}, {arguments.bpp:g} bpp, {arguments.threads} thread(s) of PyTorch, CPU")
    print(f"{machine()}\n")
    streams: dict[str, Coded] = {}
    for codec in dict.fromkeys([OURS, *arguments.codec]):
        try:
            streams[codec] = pipeline.encode(codec, pixels, EncodeOptions(bits_per_pixel=arguments.bpp))
        except UserError as error:
            print(f"left out: {error}", file=sys.stderr)
    contenders = {PLAIN: plain(pixels, streams[OURS])}
    contenders |= {codec: through(pixels, coded, arguments.bpp) for codec, coded in streams.items()}
    return conclude(figures_of(contenders, streams, arguments.repeats))


def plain(pixels: Pixels, coded: Coded) -> Work:
    """What a program does that only saves and opens the file of `coded`."""
    image = Image.fromarray(pixels)

    def encode() -> bytes:
        file = BytesIO()
        image.save(file, "JPEG", quality=coded.quality, subsampling=2, optimize=True)
        return file.getvalue()

    if encode() != coded.payload:
        raise AssertionError("the peer makes another file")
    return encode, lambda: Image.open(BytesIO(coded.payload)).convert("RGB").tobytes()


def through(pixels: Pixels, coded: Coded, bits_per_pixel: float) -> Work:
    """What this program does: encoding includes the standard decode, as it is shown at once."""
    options = EncodeOptions(quality=coded.quality)
    if coded.quality is None:
        options = EncodeOptions(bits_per_pixel=bits_per_pixel)
    return lambda: pipeline.encode(coded.codec, pixels, options), lambda: pipeline.decode(coded.payload, "it")


def figures_of(contenders: dict[str, Work], streams: dict[str, Coded], repeats: int) -> list[Figure]:
    """Encoding, decoding and both of each, with ratios to the peers' times for both."""
    runs: dict[str, Callable[[], object]] = {}
    for name, (encode, decode) in contenders.items():
        runs[f"{name} encode"], runs[f"{name} decode"] = encode, decode
    times = measure(runs, repeats)
    both, work = (
        {name: times[f"{name} encode"][which] + times[f"{name} decode"][which] for name in contenders}
        for which in (0, 1)
    )
    figures = []
    for name in contenders:
        for part in ("encode", "decode"):
            wall, busy = times[f"{name} {part}"]
            figures.append(Figure(f"{name}: {part}", 1000 * wall, "ms", detail=f"{1000 * busy:.1f} ms CPU"))
        rate = f"{streams[name].bits_per_pixel:.3f} bpp, " if name in streams else ""
        ratios = [
            f"{peer}: {both[name] / both[peer]:.1f} × its time, {work[name] / work[peer]:.1f} × its CPU"
            for peer in (PLAIN, OURS)
        ]
        detail = rate + "; ".join(ratios)
        figures.append(Figure(f"{name}: both", both[name], "s", *BARS.get(name, ()), detail=detail))
    return figures


def measure(runs: dict[str, Callable[[], object]], repeats: int) -> dict[str, tuple[float, float]]:
    """Median elapsed and processor seconds of each, run in turns after one untimed round."""
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in runs}
    for turn in range(repeats + 1):
        for name, run in runs.items():
            start, busy = time.perf_counter(), time.process_time()
            run()
            if turn:
                times[name].append((time.perf_counter() - start, time.process_time() - busy))
    return {name: (median(w for w, _ in all_), median(b for _, b in all_)) for name, all_ in times.items()}


if __name__ == "__main__":
    sys.exit(main())
