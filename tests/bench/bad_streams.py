"""What becomes of damaged `.nrc` files of real pictures: 500 corruptions and 500 cuts of each codec's files,
and forgeries, whose check sum is right again.

Corrupted and cut files must all be told in one line. A forged file may come out as another picture of the
size that it names, if it is soon there; nothing else. Counts are printed, and the longest time that a file
took. Pictures are cut to a square of --side pixels, so that forgeries take no minutes.

    python tests/bench/bad_streams.py data/kodak
    python tests/bench/bad_streams.py data/kodak --count 2000 --forgeries 300 --seed 7
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from measuring import machine

from engine import pipeline
from engine.cli.tables import plain_table
from engine.errors import UserError
from engine.io.image import find_pictures, load_picture
from engine.types import EncodeOptions
from tests.support.stream_damage import CORRUPTIONS, FORGERIES, cut, damaged

QUALITIES = {"e2e": (4, 24, 48), "goog": (1, 3, 8)}
KINDS = {"corrupted": CORRUPTIONS, "cut": {"cut": cut}, "forged": FORGERIES}
NAME = "bad.nrc"
LONGEST = 30.0
"""Seconds from which on a file counts as a hang."""
COLUMNS = ("told", "another picture", "not told", "crash", "hang")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="folder of pictures, e.g. the Kodak set")
    parser.add_argument("--count", type=int, default=500, help="corruptions, and cuts, of each codec")
    parser.add_argument("--forgeries", type=int, default=120, help="forgeries of each codec (default: 120)")
    parser.add_argument("--side", type=int, default=192, help="of the pictures, in pixels (default: 192)")
    parser.add_argument("--seed", type=int, default=0, help="another seed, other damage (default: 0)")
    arguments = parser.parse_args()
    pictures = find_pictures(arguments.folder)[:4]
    if not pictures:
        sys.exit(f"error: {arguments.folder}: holds no picture")
    print(f"{machine()}\n")
    rows, failed = [], 0
    for codec, qualities in QUALITIES.items():
        try:
            streams = [stream(codec, path, arguments.side, q) for path in pictures for q in qualities]
        except UserError as error:
            print(f"left out: {error}", file=sys.stderr)
            failed += 1
            continue
        rng = np.random.default_rng(arguments.seed)
        for kind, damages in KINDS.items():
            count = arguments.forgeries if kind == "forged" else arguments.count
            bad = (damaged(damages, streams[n % len(streams)], n, rng) for n in range(count))
            found, longest = ends(bad, forged=kind == "forged")
            failed += count - found["told"] - found["another picture"]
            cells = [str(found[column]) for column in COLUMNS]
            rows.append([codec, kind, str(count), *cells, f"{longest:.2f} s"])
    print(plain_table(["codec", "files", "number", *COLUMNS, "longest"], rows, (0, 1)))
    return 1 if failed else 0


def stream(codec: str, path: Path, side: int, quality: int) -> bytes:
    """The file of a picture's upper left corner."""
    pixels = np.ascontiguousarray(load_picture(path).pixels[:side, :side])
    return pipeline.encode(codec, pixels, EncodeOptions(quality=quality)).payload


def ends(files: Iterable[bytes], *, forged: bool) -> tuple[Counter[str], float]:
    """How damaged files ended, and the longest time that one took."""
    found: Counter[str] = Counter()
    longest = 0.0
    for bad in files:
        start = time.perf_counter()
        end = outcome(bad, forged=forged)
        seconds = time.perf_counter() - start
        longest = max(longest, seconds)
        found["hang" if seconds > LONGEST else end] += 1
    return found, longest


def outcome(bad: bytes, *, forged: bool) -> str:
    """How one file ended, as one of `COLUMNS`."""
    try:
        coded = pipeline.decode(bad, NAME)
    except UserError as error:
        line = str(error)
        return "told" if line.startswith(f"{NAME}: ") and line.isprintable() else "not told"
    except Exception as error:
        print(f"crash: {error!r} for {bad[:24].hex()}…", file=sys.stderr)
        return "crash"
    size = int.from_bytes(bad[6:8], "big"), int.from_bytes(bad[8:10], "big")
    return "another picture" if forged and (coded.width, coded.height) == size else "not told"


if __name__ == "__main__":
    sys.exit(main())
