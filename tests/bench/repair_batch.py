"""Memory and time of repairing many large files: JPEGs of 12 megapixels are made of pictures, then repaired
one after the other as the Repair page and `nrc decode` do. Prints a line a file, the peak of memory so far in
it; fails unless each file was written exactly once, and nothing else.

    python tests/bench/repair_batch.py PICTURES… [--count 20] [--quality 30] [--format png] [--16-bit]
    python tests/bench/repair_batch.py PICTURES… --count 3 --size 800 600
    python tests/bench/repair_batch.py PICTURES… --window   # by the page, in a window without a display

With --window also how long the window's thread computes at a turn of its loop meanwhile, which other programs
on the machine don't change: at most 33 ms in 95 of 100 turns.
"""

from __future__ import annotations

import argparse
import itertools
import os
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from engine.repair.formats import SaveAs
from engine.repair.many import Failed, repair_files
from engine.repair.names import find_sources
from engine.repair.one import Order
from engine.types import DecodeOptions

SIZE = (4000, 3000)
BAR_MS = 33.0


def make(pictures: list[Path], folder: Path, count: int, quality: int, size: tuple[int, int]) -> None:
    """Files of a size (width, height), some of them to be turned."""
    for at, path in zip(range(count), itertools.cycle(pictures), strict=False):
        exif = Image.Exif()
        exif[0x0112] = (1, 6, 8)[at % 3]
        with Image.open(path) as image:
            large = image.convert("RGB").resize(size, Image.Resampling.LANCZOS)
        large.save(folder / f"{at:02d}.jpg", quality=quality, exif=exif)


def by_window(folder: Path, target: Path, kind: str) -> tuple[Counter[Path], float]:
    """How often the page wrote each file, and the 95th percentile of the loop's turns, ms of CPU."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QSettings

    from viewer.launch.build import application, build_window
    from viewer.launch.request import Launch
    from viewer.model.facts.repair import FileState
    from viewer.model.session import repair_changes as changes

    app = application()
    store = QSettings(str(target.parent / "none.ini"), QSettings.Format.IniFormat)
    window = build_window(Launch(store=store))
    window.show()
    turns: list[float] = []

    def until(wanted: Callable[[], bool]) -> None:
        while not wanted():
            busy = time.thread_time()
            app.processEvents()
            turns.append(1000 * (time.thread_time() - busy))
            time.sleep(0.002)

    worker, change = window.repair.worker, window.controller.change
    window.repair.open_with([folder])
    until(window.controller.complete)
    change(lambda state: changes.set_folder(changes.set_kind(state, kind), str(target)))
    until(window.controller.complete)
    turns.clear()
    start, written = time.perf_counter(), Counter[Path]()
    worker.start()
    told = 0

    def ended() -> bool:
        nonlocal told
        done = [file for file in worker.facts.files if file.state in (FileState.DONE, FileState.FAILED)]
        for file in done[told:]:
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            spent = time.perf_counter() - start
            print(f"{file.path.name}: {file.state.value}, {spent:.0f} s, peak {peak:.0f} MB", flush=True)
            written.update([file.target] if file.target is not None else [])
        told = max(told, len(done))
        return told == len(worker.facts.files) and not worker.busy()

    until(ended)
    busy = sorted(each for each in turns if each > 1)
    window.close()
    most = busy[int(0.95 * len(busy))] if busy else 0.0
    print(f"{len(busy)} busy turns, 95th percentile {most:.1f} ms, the longest {max(turns):.1f} ms of CPU")
    return written, most


def by_engine(folder: Path, target: Path, asked: argparse.Namespace) -> Counter[Path]:
    """How often each file was written, as `nrc decode` does it."""
    options = DecodeOptions(steps=asked.steps, device="cpu")
    order = Order(target, save=SaveAs(asked.format, deep=asked.deep), options=options)
    start, written = time.perf_counter(), Counter[Path]()
    for outcome in repair_files(find_sources([folder]), order):
        if not isinstance(outcome, Failed):
            written[outcome.target] += 1
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        what = outcome.why if isinstance(outcome, Failed) else f"{outcome.bytes / 1e6:.1f} MB"
        spent = time.perf_counter() - start
        print(f"{outcome.source.name}: {what}, {spent:.0f} s, peak {peak:.0f} MB", flush=True)
    return written


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
    parser.add_argument("--window", action="store_true", help="by the Repair page of a window")
    asked = parser.parse_args()
    most = 0.0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "in"
        folder.mkdir()
        make(asked.pictures, folder, asked.count, asked.quality, tuple(asked.size))
        if asked.window:
            written, most = by_window(folder, Path(name) / "out", asked.format + "-16" * asked.deep)
        else:
            written = by_engine(folder, Path(name) / "out", asked)
        there = sorted(Path(name, "out").iterdir())
    once = there == sorted(written) and set(written.values()) == {1} and len(there) == asked.count
    print(f"{len(there)} of {asked.count} files, {'each written once' if once else 'NOT each written once'}")
    return 0 if once and most <= BAR_MS else 1


if __name__ == "__main__":
    sys.exit(main())
