"""`nrc lab`: let small recurrent networks learn side by side, and keep curves, pictures and a replay."""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.cli import arguments as shared

if TYPE_CHECKING:
    from engine.lab.run import Race
    from engine.lab.settings import LabSettings
    from engine.lab.write import Record

DESCRIPTION = """
Let small recurrent networks learn side by side, each by a learner of its own,
on a task for which something must be remembered. All lanes see the same data in
the same order and start from the same weights; they differ in their gradients.

A lane is learner[:window][,every=N][,cell=NAME][,rate=R][,draws=N][,rank=N]:
every is the number of steps between two updates (0: one at the row's end), rate
a factor on the step sizes, draws how many gradients of a stochastic learner are
averaged, rank the number of terms of OK's sum.

Pictures to learn from come with the program; --data takes your own instead. With
--seconds every lane gets as much CPU time for gradients and updates, with
--updates as many updates.

The folder then holds curves.csv, lab.toml (the settings: 'nrc lab DIR/lab.toml'
runs it again), one PNG a lane, and replay.html, which shows the training in a
browser.
"""
EXAMPLES = """
nrc lab --list
nrc lab late-answer -o runs/late
nrc lab late-answer --lanes bptt tbptt:1 tbptt:5 uoro --seconds 15 \\
    --data photos/train --validation photos/val --picture photo.png -o runs/late
nrc lab late-answer --updates 600 --seeds 1 2 3 --set delay=2 -o runs/delay-2
nrc lab late-answer --keep tbptt:5 mine.json -o runs/late
nrc lab delayed-add --lanes bptt rtrl uoro,rate=0.3 -o runs/add
"""


class _List(argparse.Action):
    """Print the presets and exit."""

    def __init__(self, option_strings: Sequence[str], dest: str, help: str) -> None:
        super().__init__(option_strings, dest, nargs=0, default=argparse.SUPPRESS, help=help)

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        from engine.cli.tables import plain_table
        from engine.lab.settings import load_settings, presets

        every = {name: load_settings(name) for name in presets()}
        rows = [[name, one.task, " ".join(one.lanes), one.title] for name, one in every.items()]
        print(plain_table(["name", "task", "lanes", "title"], rows, left=(0, 1, 2, 3)))
        parser.exit()


def add(subparsers: shared.Subparsers) -> None:
    parser = shared.add_command(subparsers, "lab", "watch learners learn, side by side", DESCRIPTION, run)
    parser.add_argument(
        "preset", metavar="PRESET", help="a preset (--list names them) or a TOML file of yours"
    )
    parser.add_argument("--list", action=_List, help="list the presets and exit")
    parser.add_argument("--lanes", nargs="+", metavar="LANE", help="in place of the preset's, six at most")
    until = parser.add_mutually_exclusive_group()
    until.add_argument(
        "--seconds", type=shared.positive, metavar="S", help="CPU seconds of every lane's own updates"
    )
    until.add_argument("--updates", type=shared.whole(1, 10**9), metavar="N", help="updates of every lane")
    parser.add_argument(
        "--seeds",
        type=shared.whole(0, 2**31 - 1),
        nargs="+",
        default=[],
        metavar="N",
        help="run every lane with each: of data, order, first weights and random signs",
    )
    parser.add_argument(
        "--data",
        type=Path,
        nargs="+",
        default=[],
        metavar="DIR",
        help="folders of pictures to learn from (default: those that come with the program)",
    )
    parser.add_argument(
        "--validation",
        type=Path,
        nargs="+",
        default=[],
        metavar="DIR",
        help="folders of pictures to measure on (default: every tenth of --data is held out)",
    )
    parser.add_argument(
        "--picture",
        type=Path,
        metavar="FILE",
        help="what lanes paint (default: the first that is measured on)",
    )
    parser.add_argument(
        "--set",
        nargs="+",
        default=[],
        metavar="KEY=VALUE",
        help="other settings, as named in the preset's file: delay=2 network.units=64",
    )
    parser.add_argument(
        "--keep",
        action="append",
        nargs=2,
        default=[],
        metavar=("LANE", "FILE"),
        help="write a trained lane, as named in --lanes, as a decoder: a card, FILE, with weights beside it",
    )
    parser.add_argument(
        "-o", "--output", type=Path, required=True, metavar="DIR", help="folder of the run; made if missing"
    )
    shared.examples(parser, EXAMPLES)


def run(arguments: argparse.Namespace) -> int:
    from engine.cli.progress import progress_bar
    from engine.io.atomic import write_atomically
    from engine.io.folders import make_folder
    from engine.lab.keep import keep
    from engine.lab.replay import Replay, write_replay
    from engine.lab.run import Race, make_task, pictures_of
    from engine.lab.settings import as_toml
    from engine.lab.write import CURVES, REPLAY, SETTINGS, Record, write_curves, write_pictures

    settings = _settings(arguments)
    task = make_task(settings)
    pictures = pictures_of(settings, task)
    race = Race(settings, task, pictures)
    kept = _kept(arguments.keep, race)
    make_folder(arguments.output)
    record, replay = Record(), Replay()
    with progress_bar(settings.title) as progress:
        for event in race.play():
            record.take(event)
            replay.take(event)
            progress(_done(race, settings))
    write_curves(arguments.output / CURVES, record)
    write_atomically(arguments.output / SETTINGS, lambda file: file.write(as_toml(settings).encode()))
    write_pictures(arguments.output, record, pictures)
    write_replay(arguments.output / REPLAY, settings, replay, pictures)
    for number, path in kept:
        keep(race, number, -1, path)
    print(_table(record, race))
    return 0


def _settings(arguments: argparse.Namespace) -> LabSettings:
    from engine.lab.settings import changed, load_settings, with_lanes

    settings = changed(load_settings(arguments.preset), arguments.set)
    if arguments.lanes:
        settings = with_lanes(settings, arguments.lanes)
    if arguments.seconds is not None:
        settings = replace(settings, seconds=arguments.seconds, updates=0, fair="seconds")
    if arguments.updates is not None:
        settings = replace(settings, seconds=0.0, updates=arguments.updates, fair="updates")
    given: dict[str, Any] = {
        "seeds": tuple(arguments.seeds),
        "data": tuple(str(path.absolute()) for path in arguments.data),
        "validation": tuple(str(path.absolute()) for path in arguments.validation),
        "picture": str(arguments.picture.absolute()) if arguments.picture else "",
    }
    return replace(settings, **{key: value for key, value in given.items() if value})


def _kept(asked: Sequence[Sequence[str]], race: Race) -> list[tuple[int, Path]]:
    """Numbers of the lanes to keep, of several seeds the first, and where. Raises UserError."""
    from engine.errors import UserError
    from engine.lab.settings import lane

    found = []
    for text, path in asked:
        wanted = lane(text).text
        numbers = [facts.lane for facts in race.facts if facts.text == wanted]
        if not numbers:
            there = " ".join(dict.fromkeys(facts.text for facts in race.facts))
            raise UserError(f"--keep {text}: no such lane (there are: {there})")
        if not race.task.on_pictures:
            raise UserError(f"--keep: task '{race.settings.task}' decodes no pictures")
        found.append((numbers[0], Path(path)))
    return found


def _done(race: Race, settings: LabSettings) -> float:
    shares = []
    for runner in race.runners:
        by_updates = runner.lane.update / settings.updates if settings.updates else 0.0
        by_seconds = runner.lane.cpu_seconds / settings.seconds if settings.seconds else 0.0
        shares.append(1.0 if runner.ended else max(by_updates, by_seconds))
    return sum(shares) / len(shares)


def _table(record: Record, race: Race) -> str:
    """A line a lane: how it ended."""
    from engine.cli.tables import plain_table
    from engine.metrics.as_text import number

    unit = {"dB": "PSNR, dB", "error": "error"}[record.unit]
    rows = []
    for facts in record.lanes:
        point = record.points[facts.lane][-1]
        value = number(point.value) if record.unit == "dB" else f"{point.value:.3g}"
        ended = race.runner(facts.lane).ended
        milliseconds = 1000 * point.cpu_seconds / point.update if point.update else math.nan
        rows.append(
            [facts.title, str(facts.seed), f"{point.update:,}", number(point.cpu_seconds),
             number(milliseconds), value, ended]
        )  # fmt: skip
    header = ["lane", "seed", "updates", "CPU s", "ms/update", unit, "ended by"]
    return plain_table(header, rows, left=(0, 6))
