"""A lane kept as a decoder: card, weights and training record, for `nrc decode --decoder` and the window."""

from __future__ import annotations

import math
import platform
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import torch

from engine.decoders.memory import PICTURE, RESIDUAL, TASKS, MemoryNetwork, MemorySizes
from engine.errors import UserError, printable, system_reason
from engine.io.atomic import write_atomically
from engine.lab.events import Kept, Point
from engine.lab.run import Race
from engine.models.card import ModelCard
from engine.models.checkpoint import save_model
from engine.models.training_record import TrainingRecord
from engine.types import Context

if TYPE_CHECKING:
    from engine.lab.tasks.pictures import PictureTask

_UNTOLD = ("title", "see", "commentary", "verdict", "lanes", "seeds", "data", "validation", "picture")
"""Settings of a run that say nothing of one lane, or name folders of this machine."""


def keep(
    race: Race, number: int, update: int, path: Path, *, title: str = "", summary: str = "", study: str = ""
) -> Kept:
    """Write lane `number` as it was at its last moment kept that is not after `update` (−1: as it is now).

    path: of the card; its name without ".json" becomes the model's, and weights and record lie beside it.
    Raises UserError for tasks without pictures and when a file can't be written.
    """
    runner = race.runner(number)
    if update >= 0:
        snapshot = runner.newest(update)
        weights, at = snapshot.averaged, snapshot.update
        spent = snapshot.patches, snapshot.cpu_seconds
    else:
        weights, at = runner.lane.answering(), runner.lane.update
        spent = runner.lane.patches, runner.lane.cpu_seconds
    task = cast("PictureTask", race.task)
    if not race.task.on_pictures:
        raise UserError(f"task '{race.settings.task}' decodes no pictures: there is no decoder to keep")
    if race.settings.task not in TASKS:
        raise UserError(
            f"lanes of task '{race.settings.task}' can't be kept as decoders (of: {', '.join(TASKS)})"
        )
    sizes = _sizes(race, number, task)
    network = MemoryNetwork(sizes)
    network.load_state_dict(weights)
    file = path if path.suffix == ".json" else path.with_name(path.name + ".json")
    lane, settings = runner.lane.lane, race.settings
    points = tuple(point for point in runner.points if point.update <= at)
    training: dict[str, Any] = {
        "data": {"folders": [Path(each).name for each in settings.data], "pictures": len(task.train)},
        "configuration": {
            **{key: value for key, value in asdict(settings).items() if key not in _UNTOLD},
            "lane": lane.text,
        },
        "updates": at,
        "patches": spent[0],
        "cpu_seconds": round(spent[1], 2),
        "seed": runner.lane.seed,
        "machine": f"{platform.machine()}, 1 CPU thread, PyTorch {torch.__version__}",
    }
    card = ModelCard(
        name=file.stem,
        kind="memory",
        title=title or f"{settings.title}, {lane.title}",
        summary=summary or f"Kept from the lab after {at:,} updates: {settings.task}, {lane.title}.",
        cell=sizes.cell,
        learner=lane.title,
        steps=sizes.steps,
        contexts=(Context.NONE,),
        carry=False,
        weights=sum(parameter.numel() for parameter in network.parameters()),
        network=asdict(sizes),
        study=study,
        training=training,
    )
    try:
        save_model(card, network, file.parent)
        record = _record(race, number, points).to_json()
        kept = replace(card, path=file)
        write_atomically(kept.record_path, lambda out: out.write(record.encode()))
    except OSError as error:
        raise UserError(f"{printable(str(file))}: {system_reason(error)}") from None
    return Kept(number, at, str(file))


def _sizes(race: Race, number: int, task: PictureTask) -> MemorySizes:
    settings, model = race.settings, race.runner(number).lane.model
    own: dict[str, Any] = asdict(task.options)
    network = settings.network
    answer = {RESIDUAL: "residual", PICTURE: "picture"}[task.scale]
    return MemorySizes(
        task=settings.task,
        cell=model.cell.name,
        units=network.units,
        embed=network.embed,
        steps=network.steps,
        span=own["span"],
        k_top=network.k_top,
        k_att=network.k_att,
        carried=network.carried,
        delay=own.get("delay", 0),
        answer=answer,
        keep=own.get("keep", 4),
        lose=own.get("lose", 3),
    )


def _record(race: Race, number: int, points: tuple[Point, ...]) -> TrainingRecord:
    """Measured gains over the standard decode: of pictures painted from memory they are losses."""
    learned = [point for point in points if point.update]
    runner, standard = race.runner(number), race.task.standard_db() if learned else 0.0
    last = learned[-1] if learned else None
    cosines = tuple(
        (point.update, round(point.cosine, 5)) for point in learned if math.isfinite(point.cosine)
    )
    return TrainingRecord(
        updates=tuple(point.update for point in learned),
        patches=tuple(point.patches for point in learned),
        seconds=tuple(round(point.cpu_seconds, 3) for point in learned),
        loss=tuple(round(point.loss, 5) for point in learned),
        validation_db=tuple((round(point.value - standard, 4),) for point in learned),
        ms_per_update=round(1000 * last.cpu_seconds / last.update, 3) if last else 0.0,
        peak_mb=round(runner.megabytes, 3) if math.isfinite(runner.megabytes) else 0.0,
        cosines={runner.facts.learner: cosines} if cosines else {},
    )
