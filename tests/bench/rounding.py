"""How far RTRL's run and BPTT's come apart, in single and in double precision.

    python tests/bench/rounding.py [PRESET] [--updates 500] [--set KEY=VALUE …]

Two lanes of a preset (default: rtrl-live) that differ in their learner alone. Prints, in Markdown, the
largest difference between their weights, and between their losses, as shares of the largest weight and of the
loss.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace

import torch

from engine.lab.lane import RaceLane
from engine.lab.run import make_task
from engine.lab.settings import changed, load_settings
from engine.lab.settings import lane as lane_of
from engine.learners.stream import Patch

AT = (1, 10, 25, 50, 100, 200, 300, 400, 500, 600, 800, 1000)


class InDouble:
    """A task whose batches are of double precision."""

    def __init__(self, task: object) -> None:
        self._task = task

    def __getattr__(self, name: str) -> object:
        return getattr(self._task, name)

    def batch(self, seed: int, index: int) -> Sequence[Patch]:
        found = self._task.batch(seed, index)  # type: ignore[attr-defined]
        return [Patch(p.features.double(), p.target.double(), p.weights.double()) for p in found]


def weights(lane: RaceLane) -> torch.Tensor:
    return torch.cat([value.flatten().double() for value in lane.parameters().values()])


def apart(name: str, updates: int, double: bool, changes: Sequence[str]) -> dict[int, tuple[float, float]]:
    """By update: how far weights and losses lie apart."""
    chosen = replace(changed(load_settings(name), changes), lanes=("bptt", "rtrl"), pictures=1)
    task = make_task(chosen)
    lanes = [
        RaceLane(chosen, lane_of(text), InDouble(task) if double else task, chosen.seeds[0])  # type: ignore[arg-type]
        for text in chosen.lanes
    ]
    for each in lanes if double else ():
        each.network.double()
        each.averaged.double()
    found = {}
    for update in range(1, updates + 1):
        one, other = (each.advance() for each in lanes)
        if update in AT:
            first, second = (weights(each) for each in lanes)
            share = float((first - second).abs().max() / first.abs().max())
            found[update] = share, abs(one - other) / abs(one)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("preset", nargs="?", default="rtrl-live")
    parser.add_argument("--updates", type=int, default=500, metavar="N")
    parser.add_argument("--set", nargs="+", default=[], metavar="KEY=VALUE", dest="changes")
    given = parser.parse_args()
    torch.set_num_threads(1)
    single, double = (apart(given.preset, given.updates, each, given.changes) for each in (False, True))
    print("| update | weights, single | loss, single | weights, double | loss, double |")
    print("| --- | --- | --- | --- | --- |")
    for update in single:
        figures = [f"{value:.1e}" for value in (*single[update], *double[update])]
        print("| " + " | ".join([str(update), *figures]) + " |", flush=True)


if __name__ == "__main__":
    main()
