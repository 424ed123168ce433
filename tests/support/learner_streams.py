"""Tiny streams for learners: everything in float64, weights far from symmetric."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product

import torch
from torch import Tensor

from engine.cells import uniform
from engine.cells.attention import Attention
from engine.learners.base import Learner, LearnerOptions, RowRecord, walk
from engine.learners.stream import Gradient, Patch, RowModel
from engine.registry import CELLS, LEARNERS

RECURRENT_CELLS = tuple(name for name in CELLS if name not in ("mlp", "lru"))
"""With recurrent weights between units."""
FORWARD = ("rtrl", "uoro", "snap1", "kf-rtrl", "rflo", "immediate", "snap2", "snap3", "ok", "diagonal")
ELMAN_ONLY = ("kf-rtrl", "ok")
SIGNS = {"kf-rtrl": 2, "ok": 2 * 5}
"""Signs a step, where they aren't as many as the state has numbers."""
DRIVING = {
    "elman": ("W", "b"),
    "lstm": ("W", "b"),
    "gru": ("W", "b"),
    "delta": ("W",),
    "lru": ("W", "b"),
    "mlp": ("W", "b"),
}
"""The parameters of each cell that act through its drive alone."""


@dataclass(frozen=True)
class Stream:
    """A network, its parameters and the patches of its rows."""

    model: RowModel
    parameters: dict[str, Tensor]
    patches: list[Patch]

    @property
    def steps(self) -> int:
        return self.model.steps * len(self.patches)

    def row(self, index: int) -> Stream:
        """One row of the batch alone."""
        return self.rows(slice(index, index + 1))

    def rows(self, chosen: slice | list[int]) -> Stream:
        patches = [Patch(p.features[chosen], p.target[chosen], p.weights[:, chosen]) for p in self.patches]
        return replace(self, patches=patches)

    def repeated(self, times: int) -> Stream:
        """The first row, many times."""
        return self.rows([0] * times)

    def with_parameters(self, **changes: Tensor) -> Stream:
        """Some recurrent parameters replaced."""
        new = {f"recurrent.{name}": value for name, value in changes.items()}
        return replace(self, parameters={**self.parameters, **new})


def make_stream(
    cell: str,
    *,
    rows: int = 2,
    patches: int = 3,
    steps: int = 2,
    units: int = 3,
    features: int = 4,
    embed: int | None = None,
    attention: Attention | None = None,
    seed: int = 0,
) -> Stream:
    """Random rows; each with targets and loss weights of its own. embed: its width, if not `units`."""
    generator = torch.Generator().manual_seed(seed)
    model = RowModel(CELLS.get(cell), units, steps, attention)

    def normal(*shape: int) -> Tensor:
        return torch.randn(shape, generator=generator, dtype=torch.float64)

    drawn = model.initial(features, 3, generator)
    if embed is not None:
        drawn |= {"embed.weight": uniform(embed, features, generator), "embed.bias": torch.zeros(embed)}
        wider = model.cell.initial(embed, units, generator)
        drawn |= {f"recurrent.{name}": value for name, value in wider.items()}
    parameters = {name: value.double() + 0.3 * normal(*value.shape) for name, value in drawn.items()}
    made = [
        Patch(normal(rows, features), normal(rows, 3), 0.5 + normal(steps, rows).square())
        for _ in range(patches)
    ]
    return Stream(model, parameters, made)


def learner(name: str, stream: Stream, **options: object) -> Learner:
    made: Learner = LEARNERS.get(name)(stream.model, LearnerOptions(**options))  # type: ignore[arg-type]
    return made


def run(name: str, stream: Stream, **options: object) -> tuple[Gradient, RowRecord]:
    """A learner's gradient of the whole stream, and its record."""
    return walk(learner(name, stream, **options), stream.parameters, stream.patches)


def gradient(name: str, stream: Stream, **options: object) -> Gradient:
    return run(name, stream, **options)[0]


def distance(a: Gradient, b: Gradient, prefix: str = "") -> float:
    """Largest difference of any number of two gradients."""
    assert a.keys() == b.keys()
    return max(float((a[name] - b[name]).abs().max()) for name in a if name.startswith(prefix))


def same(a: Gradient, b: Gradient) -> bool:
    """Whether two gradients are equal to the last bit."""
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


def every_sign(count: int) -> Tensor:
    """(2^count, count): all patterns of ±1."""
    return torch.tensor(list(product((-1.0, 1.0), repeat=count)), dtype=torch.float64)


class GivenSigns:
    """In place of a random learner's `signs`: the entries of (rows, steps, …) one after the other."""

    def __init__(self, table: Tensor) -> None:
        self.table, self.asked = table, 0

    def __call__(self, shape: tuple[int, ...]) -> Tensor:
        signs = self.table[:, self.asked]
        assert signs.shape == shape
        self.asked += 1
        return signs
