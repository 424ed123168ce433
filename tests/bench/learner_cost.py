"""What an update costs by each learner, on the networks of the fair sets: time against BPTT's, and memory.

Every learner gets batches of random spans of the size that it trains on: 64 spans of 8 patches, 4 steps each.
Learners take turns, so that all of them meet the same moods of the machine; the median of the rounds counts.

    OMP_NUM_THREADS=1 python tests/bench/learner_cost.py
"""

from __future__ import annotations

import argparse
import sys
import time
from statistics import median

from measuring import machine

FORWARD = ("rtrl", "uoro", "snap1", "kf-rtrl", "rflo")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=9, help="batches for each learner (default: 9)")
    arguments = parser.parse_args()
    import torch

    torch.set_num_threads(1)
    print(f"{machine()}, one thread\n")
    print(f"{'network':<20}{'learner':<10}{'ms/update':>10}{'× BPTT':>9}{'peak MB':>9}")
    for config, learners in (
        ("learners", ("bptt", "tbptt", *FORWARD)),
        ("learners-attentive", ("bptt", "tbptt", "sab")),
    ):
        costs = measure(config, learners, arguments.rounds)
        for name, (milliseconds, megabytes) in costs.items():
            ratio = milliseconds / costs["bptt"][0]
            print(f"{config:<20}{name:<10}{milliseconds:>10.1f}{ratio:>9.2f}{megabytes:>9.1f}")
    return 0


def measure(config: str, learners: tuple[str, ...], rounds: int) -> dict[str, tuple[float, float]]:
    """Median milliseconds a batch, and peak MB (10^6 bytes), by learner."""
    from engine.learners.base import LearnerOptions, walk
    from engine.registry import LEARNERS
    from engine.training.config import load_config
    from engine.training.course import peak_bytes

    settings = load_config(config)
    model, parameters, patches = batch(config)
    options = LearnerOptions(window=settings.learner.window, every=model.steps * len(patches))
    made = {name: LEARNERS.get(name)(model, options) for name in learners}
    times: dict[str, list[float]] = {name: [] for name in learners}
    for turn in range(rounds + 1):
        for name, learner in made.items():
            start = time.perf_counter()
            walk(learner, parameters, patches)
            if turn:  # the first one warms up
                times[name].append(1000 * (time.perf_counter() - start))
    memory = {
        name: peak_bytes(lambda learner=learner: walk(learner, parameters, patches)) / 1e6
        for name, learner in made.items()
    }
    return {name: (median(times[name]), memory[name]) for name in learners}


def batch(config: str):  # type: ignore[no-untyped-def]
    """The network of a configuration, random parameters, and random patches."""
    import torch

    from engine.decoders import raster_features as rf
    from engine.decoders.dct import COEFFICIENTS
    from engine.decoders.raster_network import RasterNetwork, RasterSizes
    from engine.learners.stream import Patch, decoder_model
    from engine.training.config import load_config

    settings = load_config(config)
    torch.manual_seed(1)
    sizes = RasterSizes(**settings.network)
    network = RasterNetwork(sizes)
    torch.nn.init.normal_(network.out.weight, std=0.01)
    parameters = {name: value.detach() for name, value in network.named_parameters()}
    rows = settings.data.batch
    patches = [
        Patch(torch.randn(rows, rf.FEATURES), torch.randn(rows, COEFFICIENTS), torch.ones(sizes.steps, rows))
        for _ in range(sizes.span)
    ]
    return decoder_model(sizes.cell, sizes.units, sizes.steps, sizes.attention), parameters, patches


if __name__ == "__main__":
    sys.exit(main())
