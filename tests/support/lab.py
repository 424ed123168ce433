"""Small runs of the lab: pictures with edges at many angles, and settings that take seconds."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from engine.lab.events import Event, Point
from engine.lab.run import Race, make_task
from engine.lab.settings import LabSettings, NetworkSettings, OptimiserSettings
from engine.lab.tasks.pictures import PictureTask
from engine.types import Pixels


def picture(number: int, height: int = 72, width: int = 84) -> Pixels:
    """Waves and a disc, in colour."""
    y, x = np.mgrid[0:height, 0:width]
    wave = np.sin(x * 0.2 * (number + 1) + y * 0.1) * 60
    disc = (x - 40) ** 2 + (y - 30) ** 2 < (12 + 4 * number) ** 2
    planes = [128 + wave, 60 + x * 1.5 + disc * 60, disc * 120 + y * 1.2]
    return np.clip(np.stack(planes, -1), 0, 255).astype(np.uint8)


def small_crops(monkeypatch: pytest.MonkeyPatch) -> None:
    """Crops of 64² pixels, a few at a time."""
    monkeypatch.setattr(PictureTask, "crop", 64)
    monkeypatch.setattr(PictureTask, "pool", 6)


def folder_of_pictures(folder: Path, count: int = 3) -> Path:
    folder.mkdir(exist_ok=True)
    for i in range(count):
        Image.fromarray(picture(i)).save(folder / f"{i}.png")
    return folder


def settings(folder: Path | None = None, **changes: Any) -> LabSettings:
    """Late answer with a tiny network, or what `changes` say; learns from and measures on `folder`."""
    record: dict[str, Any] = {
        "title": "Tiny",
        "task": "late-answer",
        "options": {"delay": 2, "span": 4},
        "lanes": ("bptt", "tbptt:1"),
        "fair": "updates",
        "seconds": 0.0,
        "updates": 6,
        "measure_every": 2,
        "pictures": 1,
        "network": NetworkSettings(units=6, embed=8),
        "optimiser": OptimiserSettings(rows=4, warmup=2),
    }
    if folder is not None:
        record |= {"data": (str(folder),), "validation": (str(folder),)}
    return LabSettings(**{**record, **changes})


def race(chosen: LabSettings, *pictures: Pixels) -> Race:
    return Race(chosen, make_task(chosen), pictures)


def curves(events: Iterable[Event]) -> dict[int, list[tuple[int, float, float]]]:
    """By lane: update, loss and value of every point; only clocks are left out."""
    found: dict[int, list[tuple[int, float, float]]] = {}
    for event in events:
        if isinstance(event, Point):
            loss = 0.0 if event.update == 0 else event.loss
            found.setdefault(event.lane, []).append((event.update, loss, event.value))
    return found


def weights(one: Race, lane: int) -> torch.Tensor:
    """All parameters of a lane, one after the other."""
    return torch.cat([value.flatten() for value in one.runners[lane].lane.parameters().values()]).clone()
