"""Train the models of the set `memory`: small networks of the lab, learner by learner, on tasks for which
something must be remembered.

    python tools/train_memory.py --data DIR… --validation DIR -o RUNS [--tasks late-answer …] [--updates 600]

Every learner gets the same updates on the same data from the same weights. A model that lies in RUNS already
is left alone, so the script can be stopped and called again; cards, weights and records then belong in
`assets/models`.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from itertools import product
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from engine.lab.keep import keep
from engine.lab.run import Race, make_task
from engine.lab.settings import changed, lane, load_settings

TASKS = ("late-answer", "differences", "lost-packets")
NETWORKS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "plain": ((), ("bptt", "tbptt:1", "tbptt:5", "snap1", "kf-rtrl", "rflo", "uoro", "ok", "rtrl")),
    "lru": (("network.cell=lru",), ("bptt", "tbptt:1", "diagonal")),
    "attentive": (("network.k_top=3", "network.carried=false"), ("bptt", "tbptt:5", "sab:5")),
}
"""Changes to a preset's network, and the learners that train it. Left out are `immediate`, which with one
step a patch is a window of one, and SnAp-2 and -3, which with dense recurrent weights are RTRL."""
SUMMARY = "One of a fair set: same network, data, order and number of updates; only the learner differs."


def _name(task: str, network: str, text: str, seed: int) -> str:
    """Of a model: "late-answer-lru-diagonal-1"."""
    kind = "" if network == "plain" else f"{network}-"
    return f"{task}-{kind}{text.replace(':', '-').replace(',', '-').replace('=', '-')}-{seed}"


def main() -> int:
    parser = argparse.ArgumentParser(description="train the models of the set 'memory'")
    parser.add_argument("--data", nargs="+", required=True, metavar="DIR")
    parser.add_argument("--validation", nargs="+", required=True, metavar="DIR")
    parser.add_argument("--tasks", nargs="+", default=TASKS, metavar="TASK")
    parser.add_argument("--networks", nargs="+", choices=NETWORKS, default=list(NETWORKS))
    parser.add_argument("--lanes", nargs="+", metavar="LANE", help="default: all of a network")
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3], metavar="N")
    parser.add_argument("--updates", type=int, default=600, metavar="N")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="RUNS")
    given = parser.parse_args()
    given.output.mkdir(parents=True, exist_ok=True)
    for seed, network, task in product(given.seeds, given.networks, given.tasks):
        changes, lanes = NETWORKS[network]
        chosen = replace(
            changed(load_settings(task), changes),
            seconds=0.0,
            updates=given.updates,
            fair="updates",
            measure_every=max(1, given.updates // 10),
            cosines=True,
            seeds=(seed,),
            data=tuple(given.data),
            validation=tuple(given.validation),
        )
        names = {text: _name(task, network, text, seed) for text in lanes if text in (given.lanes or lanes)}
        left = [text for text, name in names.items() if not (given.output / f"{name}.json").exists()]
        made = make_task(chosen) if left else None
        for text in left:
            assert made is not None
            race = Race(replace(chosen, lanes=(text,)), made)
            for _ in race.play():
                pass
            kind = "" if network == "plain" else f", {network}"
            title = f"{chosen.title}, {lane(text).title}{kind}, seed {seed}"
            path = given.output / f"{names[text]}.json"
            keep(race, 0, -1, path, title=title, summary=SUMMARY, study="memory")
            last = race.runner(0).points[-1]
            print(f"{names[text]}: {last.value:.2f} dB after {last.cpu_seconds:.1f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
