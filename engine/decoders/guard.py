"""The guard: how much of an estimate to believe, patch by patch, told from the outside.

Networks are sure of themselves on pictures unlike any that they were trained on, and do harm there. The
guard is a small network of its own that sees no pixels, only what is told of every 8×8 patch: how strong
the residual is in each band of frequencies against the quantisation step, how much of it left the
quantisation cells (a bound from below on the estimate's error), how much was sent in the band, whether the
residual adds to what was sent or takes from it, how the samples are spread (two tones, black and white). So
one guard serves every decoder, and it can be trained on pictures, and on estimates, that the decoder's own
training never saw.

    g = σ(N(features)),   0 to 1, the share of the residual to apply

(nothing is applied up to 0.05, all from `sure_at` on), trained to minimise ‖g r − t‖² with r the residual
and t the wanted one, plus a penalty where a picture comes out worse than it came
(`engine.training.guard_task`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Protocol

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.models.card import SURE
from engine.models.checkpoint import load_weights
from engine.types import PATCH, Coded

WIDTH = 32
_BANDS = ((0, 1), (1, 3), (3, 6), (6, 15))
"""Bands of vertical plus horizontal frequency: from, up to."""
COUNT = 6 * len(_BANDS) + 12
"""Features of a patch."""
SCALE, HAS_CELLS = COUNT - 3, COUNT - 2
"""Those that tell the logarithm of the step scale, and whether the codec has quantisation cells."""
_SMALL = 0.02
_NEVER = 0.05
"""Share up to which nothing of the residual is applied."""


_COMMON = (1.1, 7.0)
_RARE = (0.8, 10.0)


def sure_at(scale: float, common: float) -> float:
    """Share from which on all of the residual is applied to streams of step scale `scale`, so that the guard,
    where it is sure, leaves no trace: `common` (see `ModelCard.sure`) between 1.1 and 7, libjpeg's qualities
    45 to 7, `SURE` below 0.8 and above 10, where its doubts are seldom mistaken; linear in log scale between.
    """
    at = math.log(scale)
    (low, high), (below, above) = (tuple(map(math.log, ends)) for ends in (_COMMON, _RARE))
    inside = min((at - below) / (low - below), (above - at) / (above - high))
    return SURE + (common - SURE) * min(max(inside, 0.0), 1.0)


class Guard(Protocol):
    def share(self, seen: Tensor, sure: float = SURE) -> Tensor:
        """Features (COUNT, rows, columns) of one picture to the shares to apply, (1, 1, rows, columns)."""
        ...


class GuardNetwork(nn.Module):
    """Three convolutions over the grid of patches, 3 patches of reach."""

    def __init__(self) -> None:
        super().__init__()
        self.own = nn.Conv2d(COUNT, WIDTH, 1)
        self.near = nn.Conv2d(WIDTH, WIDTH, 3, padding=1, padding_mode="replicate")
        self.far = nn.Conv2d(WIDTH, WIDTH, 3, padding=2, dilation=2, padding_mode="replicate")
        self.out = nn.Conv2d(WIDTH, 1, 1)
        nn.init.zeros_(self.out.weight)
        nn.init.constant_(self.out.bias, 3.0)  # type: ignore[arg-type]

    def forward(self, seen: Tensor) -> Tensor:
        """seen: (batch, COUNT, rows, columns), to (batch, 1, rows, columns), 0 to 1."""
        h = F.leaky_relu(self.own(seen), 0.1)
        h = h + F.leaky_relu(self.near(h), 0.1)
        h = h + F.leaky_relu(self.far(h), 0.1)
        share: Tensor = torch.sigmoid(self.out(h))
        return share

    def share(self, seen: Tensor, sure: float = SURE) -> Tensor:
        """Of one picture's features (COUNT, rows, columns): (1, 1, rows, columns). Below a twentieth it is
        nothing, from `sure` on all."""
        share: Tensor = self(seen[None])
        return ((share - _NEVER) / (sure - _NEVER)).clamp(0, 1)


def guard_path() -> Path:
    with as_file(files("assets").joinpath("guard", "guard.safetensors")) as path:
        return Path(path)


@lru_cache(maxsize=1)
def shipped_guard() -> GuardNetwork | None:
    """The bundled guard; None where there is none."""
    path = guard_path()
    return read_guard(path) if path.exists() else None


def read_guard(path: Path) -> GuardNetwork:
    """The guard whose weights `path` holds (safetensors). Raises UserError."""
    network = GuardNetwork()
    load_weights(network, path)
    return network.eval().requires_grad_(False)


_watching: ContextVar[Guard | None] = ContextVar("guard", default=None)


@contextmanager
def watched(guard: Guard) -> Iterator[None]:
    """Let another guard take the bundled one's place in this context."""
    token = _watching.set(guard)
    try:
        yield
    finally:
        _watching.reset(token)


def current_guard() -> Guard | None:
    return _watching.get() or shipped_guard()


class Told:
    """What the guard is told of every patch. What the stream alone tells is computed once."""

    def __init__(self, coded: Coded, received: list[Tensor], standard: Tensor) -> None:
        """received: coefficients (rows, columns, 64) of Y, Cb and Cr of the standard decode, in levels.
        standard: (1, 3, height, width) YCbCr, 0 to 1."""
        self.received = received
        q, grid = received[0], received[0].shape[:2]
        steps = _steps(coded, q)
        self.each = _band_means(str(q.device))
        self.step = (steps.square() @ self.each).sqrt()
        self.size = (q.square() @ self.each).sqrt()
        self.sent = torch.log(self.size / self.step + _SMALL)
        self.counted = (q.abs() > 0.5 * steps).float() @ self.each
        self.rest = [torch.log(_size(q[..., 1:]) + 0.5), *_spread(255 * standard[0, 0])]
        self.chroma = torch.maximum(*(_on_grid(_size(received[part][..., 1:]), grid) for part in (1, 2)))
        self.stream = [
            torch.log(q.new_tensor(coded.scale)).expand(grid),
            q.new_full(grid, float(coded.symbols is not None)),
            q.new_full(grid, float(coded.subsampling == "4:4:4")),
        ]

    def features(self, found: list[Tensor], wanted: list[Tensor]) -> Tensor:
        """(COUNT, rows, columns) of the luma's grid of patches. found, wanted: coefficients as `received`: of
        an estimate, and of the estimate as projected (or again the estimate)."""
        q, each, step = self.received[0], self.each, self.step
        residual, left = wanted[0] - q, found[0] - wanted[0]
        r_size, v_size = ((part.square() @ each).sqrt() for part in (residual, left))
        along = ((residual * q) @ each) / (r_size * self.size + (_SMALL * step) ** 2)
        bands = [
            torch.log(r_size / step + _SMALL),
            torch.log(v_size / step + _SMALL),
            self.sent,
            v_size / (r_size + v_size + _SMALL * step),
            self.counted,
            along,
        ]
        told = torch.stack(bands, -1).flatten(2).permute(2, 0, 1)
        grid = q.shape[:2]
        colour = [
            torch.maximum(*(_on_grid(_size(ends[part] - starts[part]), grid) for part in (1, 2)))
            for ends, starts in ((wanted, self.received), (found, wanted))
        ]
        own = [torch.log(_size(residual) + 0.1), *self.rest, *colour, self.chroma, *self.stream]
        return torch.cat([told, torch.stack(own)])


def _size(values: Tensor) -> Tensor:
    return values.square().mean(-1).sqrt()


def _steps(coded: Coded, like: Tensor) -> Tensor:
    """Luma's quantisation steps (64,), or about what the step scale amounts to for streams without blocks."""
    if coded.symbols is None:
        return like.new_full((PATCH * PATCH,), 16 * coded.scale)
    table = coded.symbols.components[0].quantisation
    return torch.from_numpy(table.reshape(-1).astype("float32")).to(like.device)


@lru_cache(maxsize=4)
def _band_means(device: str) -> Tensor:
    """(64, bands): coefficients times it are each band's mean."""
    order = (torch.arange(PATCH)[:, None] + torch.arange(PATCH)[None, :]).reshape(-1)
    masks = torch.stack([(order >= low) & (order < high) for low, high in _BANDS], 1).float()
    means = masks / masks.sum(0)
    return means.T.contiguous().T.to(device)  # laid out so, products with so few columns take half the time


def _spread(luma: Tensor) -> list[Tensor]:
    """Of each patch of (height, width) levels: log of the range, how two-toned it is, the shares of black and
    of white."""
    rows, columns = luma.shape[0] // PATCH, luma.shape[1] // PATCH
    blocks = luma.reshape(rows, PATCH, columns, PATCH).permute(0, 2, 1, 3).reshape(rows, columns, -1)
    low, high = blocks.amin(-1), blocks.amax(-1)
    middle = (low + high)[..., None] / 2
    two_toned = (blocks - middle).abs().mean(-1) / ((high - low) / 2 + 1)
    return [
        torch.log(high - low + 1),
        two_toned,
        (blocks < 12).float().mean(-1),
        (blocks > 243).float().mean(-1),
    ]


def _on_grid(size: Tensor, grid: Sequence[int]) -> Tensor:
    """Logarithm of what a chroma component has, on the luma's grid of patches."""
    down, across = grid[0] // size.shape[0], grid[1] // size.shape[1]
    return torch.log(size.repeat_interleave(down, 0).repeat_interleave(across, 1) + 0.1)
