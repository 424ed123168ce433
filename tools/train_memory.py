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
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from engine.lab.keep import keep
from engine.lab.run import Race, make_task
from engine.lab.settings import lane, load_settings

TASKS = ("late-answer", "differences", "lost-packets")
LANES = ("bptt", "tbptt:1", "tbptt:5", "snap1", "kf-rtrl", "rflo", "uoro")
SUMMARY = "One of a fair set: same network, data, order and number of updates; only the learner differs."


def main() -> int:
    parser = argparse.ArgumentParser(description="train the models of the set 'memory'")
    parser.add_argument("--data", nargs="+", required=True, metavar="DIR")
    parser.add_argument("--validation", nargs="+", required=True, metavar="DIR")
    parser.add_argument("--tasks", nargs="+", default=TASKS, metavar="TASK")
    parser.add_argument("--lanes", nargs="+", default=LANES, metavar="LANE")
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3], metavar="N")
    parser.add_argument("--updates", type=int, default=600, metavar="N")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="RUNS")
    given = parser.parse_args()
    given.output.mkdir(parents=True, exist_ok=True)
    for seed in given.seeds:
        for task in given.tasks:
            chosen = replace(
                load_settings(task),
                seconds=0.0,
                updates=given.updates,
                fair="updates",
                measure_every=max(1, given.updates // 10),
                cosines=True,
                seeds=(seed,),
                data=tuple(given.data),
                validation=tuple(given.validation),
            )
            made = make_task(chosen)
            for text in given.lanes:
                name = f"{task}-{text.replace(':', '-').replace(',', '-').replace('=', '-')}-{seed}"
                path = given.output / f"{name}.json"
                if path.exists():
                    continue
                race = Race(replace(chosen, lanes=(text,)), made)
                for _ in race.play():
                    pass
                title = f"{chosen.title}, {lane(text).title}, seed {seed}"
                keep(race, 0, -1, path, title=title, summary=SUMMARY, study="memory")
                last = race.runner(0).points[-1]
                print(f"{name}: {last.value:.2f} dB after {last.cpu_seconds:.1f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
