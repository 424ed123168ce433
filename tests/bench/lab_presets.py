"""What the commentaries of the lab's presets quote, and the lab's bars on pictures.

    python tests/bench/lab_presets.py [PRESET …] [--updates N] [--seeds 1 2 3] [--data DIR… --validation DIR…]
    python tests/bench/lab_presets.py --bars [seconds] [equal] --data DIR… --validation DIR…

Runs each preset, and what its commentary holds beside it; prints a line a lane, in Markdown: what was
measured last, mean ± standard deviation over seeds, how far that lies from the first lane, updates, and
milliseconds of CPU an update. --bars: the late answer by seconds on the given folders, on the pictures that
come with the program, and after equal updates.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from engine.lab.events import Point
from engine.lab.run import Race, make_task
from engine.lab.settings import LabSettings, changed, load_settings, presets, with_lanes

BESIDE: dict[str, tuple[tuple[str, ...], ...]] = {
    "staircase": (("delay=1",), ("delay=4",)),
    "reservoir": (("network.gain=0.5",),),
}
"""Changes of settings that a commentary compares its preset with."""
BARS = ("bptt", "tbptt:1", "tbptt:5")
PARTS = ("seconds", "equal")


def line(*cells: object) -> None:
    print("| " + " | ".join(str(cell) for cell in cells) + " |", flush=True)


def last_points(chosen: LabSettings) -> list[list[Point]]:
    """The last point of every lane, of each seed one after the other."""
    task = make_task(chosen)
    found: list[list[Point]] = [[] for _ in chosen.lanes]
    for seed in chosen.seeds:
        race = Race(replace(chosen, seeds=(seed,), measure_every=10**9), task)
        for _ in race.play():
            pass
        for number, runner in enumerate(race.runners):
            found[number].append(runner.points[-1])
    return found


def spread(values: Iterable[float], on_pictures: bool, plus: bool = False) -> str:
    """Mean ± standard deviation, in dB with their sign where `plus`."""
    known = list(values)
    if not on_pictures:  # errors span orders of magnitude: what lies between says more than a mean
        return " ".join(f"{value:.3g}" for value in known)
    error = f" ± {np.std(known, ddof=1):.2f}" if len(known) > 1 else ""
    return f"{np.mean(known):{'+' if plus else ''}.2f}{error}"


def table(chosen: LabSettings, head: str) -> None:
    """Run it, and print what came out."""
    pictures = make_task(chosen).on_pictures
    limit = f"{chosen.updates} updates" if chosen.updates else f"{chosen.seconds:g} CPU s"
    print(f"\n{head}: {limit}, seeds {' '.join(map(str, chosen.seeds))}", flush=True)
    line("lane", "PSNR, dB" if pictures else "error", "less the first lane", "updates", "ms an update")
    line(*["---"] * 5)
    found = last_points(chosen)
    for text, points in zip(chosen.lanes, found, strict=True):
        less = [a.value - b.value for a, b in zip(points, found[0], strict=True)]
        updates = np.mean([point.update for point in points])
        cost = np.mean([1000 * point.cpu_seconds / max(1, point.update) for point in points])
        value = spread((point.value for point in points), pictures)
        behind = spread(less, pictures, plus=True) if pictures else "–"
        line(text, value, behind, f"{updates:.0f}", f"{cost:.1f}")


def told(names: Sequence[str], own: dict[str, tuple[str, ...]], seeds: tuple[int, ...], updates: int) -> None:
    """The presets' figures, after `updates` of every lane or, for 0, where they end."""
    for name in names:
        settings = replace(load_settings(name), seeds=seeds)
        if updates:
            settings = replace(settings, fair="updates", seconds=0.0, updates=updates)
        if make_task(settings).on_pictures:
            settings = replace(settings, **own)
        table(settings, name)
        for changes in BESIDE.get(name, ()):
            table(changed(settings, changes), f"{name}, {' '.join(changes)}")


def bars(which: Sequence[str], own: dict[str, tuple[str, ...]], seeds: tuple[int, ...]) -> None:
    """What has to be reached: BPTT 20.3 dB and 2.5 above one step in 15 s on the folders, 2.5 above on the
    pictures that come with the program; after 600 updates window 5 above window 1 by 1.5."""
    start = replace(with_lanes(load_settings("late-answer"), BARS), seeds=seeds)
    if "seconds" in which:
        table(replace(start, **own), "late answer, folders")
        table(start, "late answer, pictures that come with the program")
    if "equal" in which:
        lanes = replace(start, lanes=("bptt", "tbptt:5", "tbptt:1"), fair="updates", seconds=0.0, updates=600)
        table(replace(lanes, **own), "late answer, folders, equal updates")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("presets", nargs="*", metavar="PRESET", help="default: all")
    parser.add_argument("--data", nargs="+", default=[], metavar="DIR")
    parser.add_argument("--validation", nargs="+", default=[], metavar="DIR")
    parser.add_argument("--seeds", nargs="+", type=int, default=[1])
    parser.add_argument("--updates", type=int, default=0, metavar="N", help="default: as the preset has it")
    parser.add_argument("--bars", nargs="*", choices=PARTS, help="default: all of them")
    given = parser.parse_args()
    own = {"data": tuple(given.data), "validation": tuple(given.validation)}
    if given.bars is not None:
        bars(given.bars or PARTS, own, tuple(given.seeds))
    else:
        told(given.presets or tuple(presets()), own, tuple(given.seeds), given.updates)


if __name__ == "__main__":
    main()
