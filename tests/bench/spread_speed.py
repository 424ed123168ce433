"""How much quicker `nrc bench` is on several processes, or on a Dask cluster, than on one; for idle cores.

    python tests/bench/spread_speed.py kodak --workers 2
    python tests/bench/spread_speed.py kodak --dask 2 --pictures 12
    python tests/bench/spread_speed.py kodak --scheduler tcp://127.0.0.1:8786

Each process computes with one thread, so that what is compared is processes. Prints seconds and the factor,
and fails where rows differ in anything but their seconds.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path


def measured(folder: Path, decoder: str, table: Path, *where: str) -> tuple[float, list[dict[str, str]]]:
    """Seconds that `nrc bench` takes, and its rows without theirs."""
    command = [sys.executable, "-m", "engine.cli.main", "bench", str(folder), "--quality", "10", "20"]
    began = time.perf_counter()
    subprocess.run(
        [*command, "--decoder", decoder, "--device", "cpu", "-o", str(table), *where],
        env={**os.environ, "OMP_NUM_THREADS": "1"}, stdout=subprocess.DEVNULL, check=True,
    )  # fmt: skip
    seconds = time.perf_counter() - began
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return seconds, [{name: text for name, text in row.items() if name != "seconds"} for row in rows]


@contextlib.contextmanager
def cluster(workers: int) -> Iterator[str]:
    """Address of a cluster of workers on this machine, a process and a thread each."""
    from distributed import LocalCluster

    os.environ["OMP_NUM_THREADS"] = "1"
    with LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address="") as made:
        yield str(made.scheduler_address)


@contextlib.contextmanager
def first(folder: Path, count: int) -> Iterator[Path]:
    """A folder of links to the first pictures of another."""
    with tempfile.TemporaryDirectory() as place:
        for path in sorted(folder.absolute().glob("*.png"))[:count]:
            Path(place, path.name).symlink_to(path)
        yield Path(place)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--decoder", default="sweep")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument(
        "--dask", type=int, default=0, metavar="N", help="a cluster of N workers, made for this"
    )
    parser.add_argument("--scheduler", default="")
    parser.add_argument("--pictures", type=int, metavar="N", help="only the first N of the folder")
    arguments = parser.parse_args()
    with contextlib.ExitStack() as stack:
        scheduler = arguments.scheduler
        if arguments.dask:
            scheduler = stack.enter_context(cluster(arguments.dask))
        if arguments.pictures:
            arguments.folder = stack.enter_context(first(arguments.folder, arguments.pictures))
        spread = ("--scheduler", scheduler) if scheduler else ("--workers", str(arguments.workers))
        return compare(arguments.folder, arguments.decoder, spread)


def compare(folder: Path, decoder: str, spread: tuple[str, str]) -> int:
    """Measure and print; the status."""
    with tempfile.TemporaryDirectory() as place:
        one, rows = measured(folder, decoder, Path(place, "one.csv"))
        several, same = measured(folder, decoder, Path(place, "several.csv"), *spread)
    print(f"{len(rows)} rows: one process {one:.1f} s, {' '.join(spread)} {several:.1f} s")
    print(f"{one / several:.2f} times as quick")
    if rows != same:
        print("the rows differ", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
