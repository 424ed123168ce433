"""What a task of the lab offers. Rows of patches to learn from, and a measure of what was learned.

A task is made of its options (a frozen dataclass `Options` in the task's file) and, where it is on images,
of pictures. Everything it draws depends on seed and number of the batch alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from engine.cells import Parameters
from engine.lab.library import Library
from engine.lab.settings import LabSettings
from engine.learners.stream import Patch, RowModel
from engine.registry import Registry
from engine.types import Pixels

ByPlace = tuple[NDArray[np.float64], NDArray[np.float64]]


@dataclass(frozen=True, eq=False)
class Painting:
    """A picture as a network decodes it. psnr_db: against its original, RGB, 8 bits."""

    pixels: Pixels
    psnr_db: float


class Task(Protocol):
    """features, outputs: widths of what goes in and comes out. length: steps of a row, K to a patch. unit:
    of `measure`, "dB" (more is better) or "error" (less is better). on_pictures: whether it paints;
    validation: the pictures that it measures on, if so."""

    features: int
    outputs: int
    length: int
    unit: str
    on_pictures: bool
    validation: Library

    def __init__(self, settings: LabSettings, train: Library | None, validation: Library | None) -> None: ...

    def model(self, cell: str) -> RowModel:
        """The network, without its parameters. cell: a name of the registry."""
        ...

    def frozen(self) -> dict[str, Tensor]:
        """Parameters that are given and stay as they are, by name."""
        ...

    def start(self) -> dict[str, Tensor]:
        """Parameters that begin as given and are learned, by name; the others are drawn."""
        ...

    def batch(self, seed: int, index: int) -> Sequence[Patch]:
        """Batch number `index`: `optimiser.rows` rows, patch after patch."""
        ...

    def measure(self, model: RowModel, parameters: Parameters) -> float:
        """What the network answers, held against what was wanted on data that it never learns from."""
        ...

    def by_place(self, model: RowModel, parameters: Parameters) -> ByPlace:
        """What is measured by the place of a patch in its row, (places,), nan where no answer counts; and of
        the standard decode, empty where there is none."""
        ...

    def span_of(self, ready: Any, row: int, column: int) -> Sequence[Patch]:
        """The span, as a batch of one row, that a patch of a picture lies in. Raises UserError."""
        ...

    def columns_of(self, ready: Any, row: int, column: int) -> tuple[Tensor, Tensor]:
        """Of the span that a patch lies in: columns in the picture of the patches that its steps see, and of
        those that they paint, int64 (patches,) each, −1 for none. Raises UserError."""
        ...

    def standard_db(self) -> float:
        """What `measure` would give of the standard decode; nan without pictures."""
        ...

    def originals(self, pictures: Sequence[Pixels]) -> list[Any]:
        """Pictures made ready to be decoded again and again; empty where `on_pictures` is false."""
        ...

    def paint(self, model: RowModel, parameters: Parameters, ready: Any) -> Painting:
        """A whole picture, one of `originals`, as the network decodes it."""
        ...


TASKS: Registry[Any] = Registry(
    "task",
    {
        "late-answer": "engine.lab.tasks.late_answer:LateAnswer",
        "differences": "engine.lab.tasks.differences:Differences",
        "lost-packets": "engine.lab.tasks.lost_packets:LostPackets",
        "asked-again": "engine.lab.tasks.asked_again:AskedAgain",
        "refine": "engine.lab.tasks.refine:Refine",
        "delayed-add": "engine.lab.tasks.delayed_add:DelayedAdd",
        "influence-balancing": "engine.lab.tasks.influence_balancing:InfluenceBalancing",
        "copy": "engine.lab.tasks.copying:Copy",
        "adding": "engine.lab.tasks.adding:Adding",
    },
)
"""By name; each is a class as `Task` describes it."""
