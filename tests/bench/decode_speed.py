"""Time to decode a 768×512 picture, all steps, against the bars and against a peer in the same run.

The peer is jpegqs at its best setting (JPEG Quant Smooth, Debian package jpegqs), a program that repairs
JPEG files, timed as a command; where it is not installed, total-variation denoising (scikit-image). All
are timed in turns, so that a busy machine slows them alike; medians are shown. Beside the elapsed time
stands the processors' time, which other programs disturb less: with --threads 1 on an idle core the two
are equal. The flagship's bar is 0.55 times what `sweep` takes in the same run without what came after it:
guard, projection and other precisions than single.

    python tests/bench/decode_speed.py data/kodak
    python tests/bench/decode_speed.py data/kodak --threads 1 --repeats 15
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from measuring import Figure, conclude, machine, pictures_of

from engine import pipeline
from engine.types import Coded, Context, DecodeOptions, EncodeOptions, ignore, never

HEIGHT, WIDTH = 512, 768
DECODERS = (
    ("sweep", Context.BOTH, 1.2, 0.6),
    ("raster", Context.BOTH, 1.5, 0.5),
    ("raster", Context.NONE, None, None),
)
"""Name, context, bar and aim in seconds. Context both has true causal context: fronts in order."""
FLAGSHIP, BEFORE = "flagship", "sweep as it was"
PLAIN = DecodeOptions(device="cpu", precision="single", guard=False, projection=False, earlier=False)
SHARE, AIM = 0.55, 0.35
"""The flagship's bar, a share of the time that `sweep` takes, and its aim in seconds."""


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="folder with a 768×512 picture, e.g. the Kodak set")
    parser.add_argument("--quality", type=int, default=15, help="JPEG quality (default: 15)")
    parser.add_argument("--repeats", type=int, default=7, help="timed runs of each (default: 7)")
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    parser.add_argument("--threads", type=int, default=cores, help=f"threads (default: {cores}, every core)")
    arguments = parser.parse_args()

    import torch

    torch.set_num_threads(arguments.threads)
    name, pixels = pictures_of(arguments.folder, HEIGHT, WIDTH)[0]
    coded = pipeline.encode("jpeg", pixels, EncodeOptions(quality=arguments.quality))
    print(f"{name}, {WIDTH}×{HEIGHT}, JPEG quality {arguments.quality}, {arguments.threads} thread(s), CPU")
    print(f"{machine()}\n")
    contenders = {
        f"{decoder}, context {c.value}": decode(decoder, DecodeOptions(context=c, device="cpu"), coded)
        for decoder, c, _, _ in DECODERS
    }
    newest = {
        FLAGSHIP: decode(FLAGSHIP, DecodeOptions(device="cpu"), coded),
        BEFORE: decode("sweep", PLAIN, coded),
    }
    peer, run_peer = peer_of(coded, arguments.threads)
    times = measure({**newest, **contenders, peer: run_peer}, arguments.repeats)
    wall, busy = times[peer]
    figures = [Figure(peer, wall, "s", detail=f"{busy:.2f} s of CPU, the peer")]
    (own, own_busy), (before, _) = times[FLAGSHIP], times[BEFORE]
    detail = f"{own_busy:.2f} s of CPU, {own / before:.3f} × {BEFORE}"
    figures += [
        Figure(FLAGSHIP, own, "s", round(SHARE * before, 3), AIM, detail),
        Figure(BEFORE, before, "s", detail="single precision, no guard, no projection"),
    ]
    for what, (_, _, bar, aim) in zip(contenders, DECODERS, strict=True):
        detail = f"{times[what][1]:.2f} s of CPU, {times[what][0] / wall:.2f} × the peer's time"
        figures.append(Figure(what, times[what][0], "s", bar, aim, detail))
    return conclude(figures)


def decode(name: str, options: DecodeOptions, coded: Coded) -> Callable[[], None]:
    """All steps of a bundled decoder on `coded`."""
    decoder = pipeline.load_decoder(name)

    def run() -> None:
        steps = list(decoder.refine(coded, options, never, ignore))
        if len(steps) != decoder.card.steps:
            raise AssertionError("a step is missing")

    return run


def peer_of(coded: Coded, threads: int) -> tuple[str, Callable[[], None]]:
    """The peer's name and a run of it."""
    program = shutil.which("jpegqs")
    if program is None:
        from skimage.restoration import denoise_tv_chambolle

        return "TV denoising (scikit-image)", lambda: denoise_tv_chambolle(coded.standard, channel_axis=-1)

    def run() -> None:
        with tempfile.TemporaryDirectory() as folder:
            source, target = Path(folder, "a.jpg"), Path(folder, "b.jpg")
            source.write_bytes(coded.payload)
            command = [program, "-q", "6", "-t", str(threads), "-i", "0", str(source), str(target)]
            subprocess.run(command, check=True)

    return "jpegqs -q 6", run


def measure(contenders: dict[str, Callable[[], None]], repeats: int) -> dict[str, tuple[float, float]]:
    """Median elapsed and processor seconds of each, run in turns after one untimed round."""
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in contenders}
    for turn in range(repeats + 1):
        for name, run in contenders.items():
            start, busy = time.perf_counter(), processor_seconds()
            run()
            if turn:
                times[name].append((time.perf_counter() - start, processor_seconds() - busy))
    return {name: (median(w for w, _ in runs), median(b for _, b in runs)) for name, runs in times.items()}


def processor_seconds() -> float:
    """Processor time of this process and of the children that ended."""
    return sum(os.times()[:4])


if __name__ == "__main__":
    sys.exit(main())
