"""Mutated files of every format through every reader: none may crash, hang or take too much memory.

Files are read in a process of their own, which is started again behind one that brought it down. Counts are
printed, by kind of file, with the slowest file and the most memory; files that failed are kept in --keep.

    python tests/bench/fuzz.py --count 10000 --seed 1
    python tests/bench/fuzz.py --count 400 --seconds 60 --keep failed
"""

from __future__ import annotations

import argparse
import os
import queue
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
START_SECONDS = 120.0
BUSY = 6
"""A busy machine may take so many times as long as a file's seconds of computing, which are what counts."""
Command = Callable[[int, int, int], Sequence[str]]


@dataclass
class Found:
    """ends: number of files by how they ended: read, crash, hang, memory, fault. failed: number, end and
    words. began: when the first file's turn came; what is loaded before takes long on a busy machine."""

    ends: Counter[str] = field(default_factory=Counter)
    failed: list[tuple[int, str, str]] = field(default_factory=list)
    slowest: tuple[float, int] = (0.0, -1)
    peak: int = 0
    began: float = float("inf")

    @property
    def files(self) -> int:
        return sum(self.ends.values())


def command(seed: int, start: int, count: int) -> Sequence[str]:
    """The process that reads files."""
    return (sys.executable, "-m", "tests.support.fuzzing", str(seed), str(start), str(count))


def fuzz(
    seed: int,
    count: int,
    *,
    seconds: float = float("inf"),
    longest: float = 10.0,
    most: int = 2_000_000_000,
    run: Command = command,
) -> Found:
    """Read `count` files of a seed, or as many as `seconds` allow. longest: seconds a file; most: bytes."""
    found, number = Found(), 0
    while number < count and time.monotonic() < found.began + seconds:
        number = _one_process(found, run(seed, number, count - number), number, seconds, longest, most)
    return found


def _one_process(
    found: Found, words: Sequence[str], number: int, seconds: float, longest: float, most: int
) -> int:
    """Follow a process until it ends or has to be ended; returns the number of the next file."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        words, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout is not None
    lines: queue.Queue[str | None] = queue.Queue()
    reader = threading.Thread(target=_pass_on, args=(process.stdout, lines), daemon=True)
    reader.start()
    reading, patience = False, START_SECONDS
    try:
        while True:
            try:
                line = lines.get(timeout=patience)
            except queue.Empty:
                found.ends["hang"] += 1
                found.failed.append((number, "hang", f"no answer for {patience:g} s"))
                return number + 1
            if line is None:
                code = process.wait()
                if reading or code not in (0, 3):
                    found.ends["crash"] += 1
                    found.failed.append((number, "crash", f"exit status {code}"))
                    return number + 1
                return number
            what, *rest = line.split(" ", 4)
            if what == "begin":
                number, reading, patience = int(rest[0]), True, BUSY * longest
                found.began = min(found.began, time.monotonic())
            elif what == "end":
                end = _ended(found, number, float(rest[1]), int(rest[2]), rest[3].strip(), longest, most)
                found.ends[end] += 1
                number, reading = number + 1, False
                if time.monotonic() > found.began + seconds:
                    return number
    finally:
        process.kill()
        process.wait()
        reader.join()
        process.stdout.close()


def _pass_on(stream: Iterator[str], lines: queue.Queue[str | None]) -> None:
    for line in stream:
        lines.put(line)
    lines.put(None)


def _ended(
    found: Found, number: int, seconds: float, peak: int, fault: str, longest: float, most: int
) -> str:
    found.slowest = max(found.slowest, (seconds, number))
    found.peak = max(found.peak, peak)
    for end, failed, words in (
        ("fault", bool(fault), fault),
        ("hang", seconds > longest, f"{seconds:.1f} s"),
        ("memory", peak > most, f"{peak / 1e9:.2f} GB"),
    ):
        if failed:
            found.failed.append((number, end, words))
            return end
    return "read"


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=10_000, help="files (default: 10,000)")
    parser.add_argument("--seed", type=int, default=1, help="another seed, other files (default: 1)")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="read for so long")
    parser.add_argument("--keep", type=Path, help="folder for files that failed")
    arguments = parser.parse_args()
    began = time.monotonic()
    found = fuzz(arguments.seed, arguments.count, seconds=arguments.seconds)
    ends = ", ".join(f"{found.ends[end]:,} {end}" for end in ("read", "crash", "hang", "memory", "fault"))
    print(f"{found.files:,} files of seed {arguments.seed} in {time.monotonic() - began:.0f} s: {ends}")
    print(
        f"slowest {found.slowest[0]:.2f} s (file {found.slowest[1]}), most memory {found.peak / 1e9:.2f} GB"
    )
    for number, end, words in found.failed:
        print(f"  file {number}: {end}, {words}")
    if arguments.keep is not None and found.failed:
        _keep(arguments.keep, arguments.seed, found)
    return 1 if found.failed else 0


def _keep(folder: Path, seed: int, found: Found) -> None:
    sys.path.insert(0, str(ROOT))
    import tempfile

    from tests.support import fuzzing

    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        fuzzing._use_tiny_codecs(Path(place))
        for number, end, _ in found.failed:
            (folder / f"{seed}-{number}-{end}").write_bytes(fuzzing.case(seed, number).data)


if __name__ == "__main__":
    sys.exit(main())
