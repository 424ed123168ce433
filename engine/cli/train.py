"""`nrc train`: train a decoder from a configuration."""

from __future__ import annotations

import argparse
import math
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.cli import arguments as shared
from engine.registry import CELLS, LEARNERS

if TYPE_CHECKING:
    from engine.types import TrainEvent

DESCRIPTION = """
Train a decoder on photographs and keep everything in a folder: the model
(NAME.json and NAME.safetensors, which --decoder takes by path), a checkpoint
every few minutes, and record.jsonl with one line per validation. Photographs
are encoded on the fly; equal seeds and data give equal batches.

Each line printed gives the update, the mean loss and updates a second since the
last validation, time left and, where it was measured, the gain in dB over the
standard decode after each step on pictures held out.

--learner, --cell and --seed take the place of the configuration's: 'learners'
trains one small network by any learner of the registry, 'learners-attentive'
the same with attention, 'cells' with any cell. Beside the model lies the record
of the run, NAME.record.json: loss, gain, time and gradients' cosines over
updates.

Under torchrun every process trains on its share of the batch, on a few cores
or, with --device cuda, on a card each (docs/scaling.md).

Ctrl+C stops after the current update with a checkpoint. --resume goes on from
it, also after a kill, which costs at most the work since the last checkpoint.
"""
EXAMPLES = """
nrc train --list
nrc train sweep --data photos/train --validation photos/val -o runs/sweep
nrc train sweep --data photos/train --validation photos/val -o runs/sweep \\
    --resume
nrc train learners --learner rtrl --seed 2 --data photos/train -o runs/rtrl-2
nrc train my-raster.toml --data photos more-photos -o runs/my-raster
torchrun --nproc-per-node 8 --no-python nrc train flagship --device cuda \\
    --data photos -o runs/flagship
nrc decode holiday.jpg --decoder runs/my-raster/my-raster.json -o repaired.png
"""
INTERRUPTED = 130


class _List(argparse.Action):
    """Print the shipped configurations and exit."""

    def __init__(self, option_strings: Sequence[str], dest: str, help: str) -> None:
        super().__init__(option_strings, dest, nargs=0, default=argparse.SUPPRESS, help=help)

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        from engine.cli.tables import plain_table
        from engine.training.config import load_config, shipped_configs

        rows = []
        for name in shipped_configs():
            config = load_config(name)
            rows.append([name, config.kind, f"{config.optimiser.updates:,}", config.title])
        print(plain_table(["name", "kind", "updates", "title"], rows, left=(0, 1, 3)))
        parser.exit()


def add(subparsers: shared.Subparsers) -> None:
    parser = shared.add_command(subparsers, "train", "train a decoder from a configuration", DESCRIPTION, run)
    parser.add_argument(
        "config", metavar="CONFIG", help="a shipped configuration (--list names them) or a TOML file of yours"
    )
    parser.add_argument("--list", action=_List, help="list the shipped configurations and exit")
    parser.add_argument(
        "--data",
        type=Path,
        nargs="+",
        required=True,
        metavar="DIR",
        help="folders of photographs to train on; those in folders below them count too",
    )
    parser.add_argument(
        "--validation",
        type=Path,
        nargs="+",
        default=[],
        metavar="DIR",
        help="folders of photographs to measure on (default: every tenth of --data is held out)",
    )
    parser.add_argument(
        "-o", "--output", type=Path, required=True, metavar="RUN", help="folder of the run; made if missing"
    )
    instead = parser.add_argument_group("in place of the configuration's")
    instead.add_argument(
        "--learner",
        choices=tuple(LEARNERS),
        metavar="NAME",
        help=f"one of {', '.join(LEARNERS)} (kind 'rows')",
    )
    instead.add_argument(
        "--cell", choices=tuple(CELLS), metavar="NAME", help=f"one of {', '.join(CELLS)} (raster networks)"
    )
    instead.add_argument("--seed", type=shared.whole(0, 2**31 - 1), metavar="N", help="of weights and data")
    parser.add_argument("--resume", action="store_true", help="go on from the checkpoint in RUN")
    parser.add_argument(
        "--device",
        choices=("cpu", "cuda"),
        default="cpu",
        metavar="D",
        help="cpu or cuda (kind 'sweep'), on which bf16 is mixed precision (default: cpu)",
    )
    shared.examples(parser, EXAMPLES)


def run(arguments: argparse.Namespace) -> int:
    from engine.training.config import load_config
    from engine.training.run import train

    config = load_config(
        arguments.config, learner=arguments.learner, cell=arguments.cell, seed=arguments.seed
    )
    complete = train(
        config,
        arguments.data,
        arguments.output,
        resume=arguments.resume,
        validation=arguments.validation,
        device=arguments.device,
        report=lambda event: print(describe(event), flush=True),
    )
    if int(os.environ.get("RANK", 0)):  # of torchrun's processes the first one speaks
        return 0 if complete else INTERRUPTED
    if complete:
        print(shared.one_line(f"finished: the model is in {arguments.output}"))
        return 0
    print(f"nrc: stopped with a checkpoint in {arguments.output}; --resume goes on", file=sys.stderr)
    return INTERRUPTED


def describe(event: TrainEvent) -> str:
    """One line on how a run is getting on."""
    parts = [
        f"update {event.update:,} of {event.updates:,}",
        f"loss {event.loss:.4f}",
        f"{event.updates_per_second:.2f} updates/s",
        f"{duration(event.seconds_left)} left",
    ]
    if event.validation_db:
        parts.append("validation " + " ".join(f"{gain:+.2f}" for gain in event.validation_db) + " dB")
    return " · ".join(parts)


def duration(seconds: float) -> str:
    """A time span as people say it: "45 s", "12 min", "3 h 05 min"."""
    if not math.isfinite(seconds):
        return "unknown time"
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02} min"
