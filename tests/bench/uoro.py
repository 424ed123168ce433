"""Why UORO stays behind on the late answer: step sizes, optimisers, averaging over draws, and its variance
against the exact gradient.

    python tests/bench/uoro.py [--data DIR… --validation DIR] [--updates 300] [--draws 4 16 64] [--seeds 1]

Prints three tables in Markdown. All lanes get the same updates on the same data from the same weights.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from engine.lab.credit import angles
from engine.lab.run import Race, make_task
from engine.lab.settings import LabSettings, load_settings
from engine.lab.tasks.base import Task

RATES = (0.1, 0.3, 1.0, 3.0)
MOMENTS = (25, 100, 300)
DRAWN = 32


def settings(given: argparse.Namespace) -> LabSettings:
    return replace(
        load_settings("late-answer"),
        seconds=0.0,
        updates=given.updates,
        fair="updates",
        measure_every=25,
        data=tuple(given.data),
        validation=tuple(given.validation),
    )


def learned(chosen: LabSettings, task: Task, lane: str, seeds: Sequence[int]) -> tuple[str, str]:
    """PSNR at the end, mean ± standard deviation over seeds, and CPU milliseconds an update."""
    values, costs = [], []
    for seed in seeds:
        race = Race(replace(chosen, lanes=(lane,), seeds=(seed,), measure_every=chosen.updates), task)
        for _ in race.play():
            pass
        last = race.runner(0).points[-1]
        values.append(last.value)
        costs.append(1000 * last.cpu_seconds / last.update)
    spread = f" ± {np.std(values, ddof=1):.2f}" if len(values) > 1 else ""
    return f"{np.mean(values):.2f}{spread}", f"{np.mean(costs):.0f}"


def line(*cells: object) -> None:
    print("| " + " | ".join(str(cell) for cell in cells) + " |", flush=True)


def rates(given: argparse.Namespace, chosen: LabSettings, task: Task) -> None:
    line("optimiser", *(f"rate × {rate:g}" for rate in RATES))
    line(*["---"] * (1 + len(RATES)))
    for title, muon in (("Muon and Adam", 0.02), ("Adam alone", 0.0)):
        own = replace(chosen, optimiser=replace(chosen.optimiser, muon_rate=muon))
        made = make_task(own)
        found = [learned(own, made, f"uoro,rate={rate:g}", given.seeds)[0] for rate in RATES]
        line(title, *found)


def averaged(given: argparse.Namespace, chosen: LabSettings, task: Task) -> None:
    line("lane", "PSNR, dB", "ms an update")
    line("---", "---", "---")
    lanes = ["bptt", "kf-rtrl", "uoro", *(f"uoro,draws={count}" for count in given.draws), "tbptt:1"]
    for text in lanes:
        line(text, *learned(chosen, task, text, given.seeds))


def variance(given: argparse.Namespace, chosen: LabSettings, task: Task) -> None:
    """Along BPTT's own run, so that all are held against the same gradients."""
    race = Race(replace(chosen, lanes=("bptt",), seeds=(given.seeds[0],)), task)
    for _ in race.play():
        pass
    line("update", "learner", "relative variance", *(f"angle of {n}" for n in (1, 4, 16, 32)))
    line(*["---"] * 7)
    for update in [each for each in MOMENTS if each <= chosen.updates]:
        for learner in ("uoro", "kf-rtrl"):
            found = angles(race, 0, update, learner, DRAWN)
            narrowed = dict(zip(found.counts, found.narrowed, strict=True))
            # of the mean of all draws, and of the draws around it
            square = float((found.lengths**2).mean())
            mean = float((found.lengths * np.cos(np.deg2rad(found.angles))).mean())
            degrees = [f"{narrowed[count]:.0f}°" for count in (1, 4, 16, 32)]
            line(found.update, learner, f"{square - mean**2:.2f}", *degrees)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", nargs="+", default=[])
    parser.add_argument("--validation", nargs="+", default=[])
    parser.add_argument("--updates", type=int, default=300)
    parser.add_argument("--draws", nargs="+", type=int, default=[4, 16, 64])
    parser.add_argument("--seeds", nargs="+", type=int, default=[1])
    given = parser.parse_args()
    chosen = settings(given)
    task = make_task(chosen)
    for table in (variance, averaged, rates):
        table(given, chosen, task)
        print(flush=True)


if __name__ == "__main__":
    main()
