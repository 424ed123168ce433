"""Training of the guard (see `engine.decoders.guard`).

Trained decoders are run on pictures of every kind, most of them of kinds that they were not trained on; of
each patch the guard's features are kept, and with r = estimate − standard and t = original − standard, both
8-bit RGB, the sums a = Σ r², b = Σ r t and c = Σ t². With the share g the squared error is c − 2 g b + g²
a, so that nothing has to be decoded again while the guard learns. The loss of a picture is

    Σ e / Σ c  +  λ max(0, Σ e − Σ c) / Σ c,      e = c − 2 g b + g² a

with a larger λ for fine streams and for other codecs' than JPEG: there less can be gained, and what does harm
looks more like what doesn't.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from engine import pipeline
from engine.decoders.base import Decoder
from engine.decoders.guard import HAS_CELLS, SCALE, GuardNetwork, watched
from engine.models.card import SURE
from engine.training.data import turn
from engine.training.made import MADE
from engine.training.made.spare import SPARE
from engine.training.wide import (
    draw_scale,
    encoded_payload,
    libjpeg_tables,
    other_tables,
    quality_of,
    saved_before,
)
from engine.types import PATCH, Coded, DecodeOptions, EncodeOptions, Pixels, ignore, never

SIDE = 128
HARM, FINE_HARM = 4.0, 80.0
"""λ for coarse and for fine streams."""
_FINE = 0.1
"""Logarithm of the step scale below which a stream is fine (about quality 55)."""
_FLOOR = 0.3
"""Squared error, in levels, that is added to a picture's, so that flat ones don't rule."""
_SHARES = (0.4, 0.25, 0.35)
"""Of photographs, kinds that networks were trained on and kinds that they were not."""


@dataclass(frozen=True)
class Case:
    """One picture as one decoder refines it. seen: (COUNT, rows, columns). sums: (3, rows, columns): a,
    b, c."""

    seen: Tensor
    sums: Tensor

    @property
    def fine(self) -> bool:
        """Whether it counts as fine, told by the features."""
        return bool(self.seen[SCALE, 0, 0] < _FINE or not self.seen[HAS_CELLS, 0, 0])


class _Watcher:
    """Lets everything pass and keeps what it was told."""

    def __init__(self) -> None:
        self.told: list[Tensor] = []

    def share(self, seen: Tensor, sure: float = SURE) -> Tensor:
        self.told.append(seen)
        return seen.new_ones(1, 1, *seen.shape[1:])


def cases(
    decoders: Sequence[Decoder], photographs: Sequence[Pixels], seed: int, count: int
) -> Iterator[Case]:
    """Yield two cases for each of `count` pictures: an early step and the last one."""
    rng = np.random.default_rng((seed, 31))
    for _ in range(count):
        decoder = decoders[int(rng.integers(len(decoders)))]
        original, coded, project = _sent(decoder, photographs, rng)
        watcher = _Watcher()
        with watched(watcher):
            options = DecodeOptions(projection=project)
            estimates = list(decoder.refine(coded, options, never, ignore))
        for k in {int(rng.integers(len(estimates))), len(estimates) - 1}:
            sums = _sums(original, coded.standard, estimates[k].pixels)
            yield Case(watcher.told[k].half(), sums)


def _sent(
    decoder: Decoder, photographs: Sequence[Pixels], rng: np.random.Generator
) -> tuple[Pixels, Coded, bool]:
    """A picture, its stream, and whether estimates shall be projected."""
    pixels = _picture(photographs, rng)
    codec = decoder.card.codecs[int(rng.integers(len(decoder.card.codecs)))]
    if rng.random() < 0.12:
        pixels = np.repeat(pixels[..., 1:2], 3, 2)
    if codec != "jpeg":
        original = np.ascontiguousarray(pixels[:SIDE, :SIDE])
        low, high = {"jpeg2000": (10, 72), "e2e": (1, 64), "goog": (1, 8)}.get(codec, (5, 90))
        quality = int(rng.integers(low, high + 1))
        return original, pipeline.encode(codec, original, EncodeOptions(quality=quality)), True
    scale, twice = draw_scale(rng), rng.random() < 0.15
    if twice:
        original, received = saved_before(pixels, rng, scale, SIDE)
    else:
        original = received = np.ascontiguousarray(pixels[:SIDE, :SIDE])
    tables = other_tables(rng, scale) if rng.random() < 0.1 else libjpeg_tables(quality_of(scale))
    payload = encoded_payload(received, tables, bool(rng.random() < 0.3))
    return original, pipeline.decode(payload, "made"), not (twice and rng.random() < 0.5)


def _picture(photographs: Sequence[Pixels], rng: np.random.Generator) -> Pixels:
    side = SIDE + 32
    which = int(rng.choice(3, p=_SHARES))
    if which == 0:
        picture = photographs[int(rng.integers(len(photographs)))]
        y, x = (int(rng.integers(length - side + 1)) for length in picture.shape[:2])
        return turn(picture[y : y + side, x : x + side], rng)
    kinds = tuple((MADE if which == 1 else SPARE).values())
    return np.ascontiguousarray(turn(kinds[int(rng.integers(len(kinds)))](rng, side), rng))


def _sums(original: Pixels, standard: Pixels, estimate: Pixels) -> Tensor:
    received = standard.astype(np.float32)
    residual, wanted = estimate - received, original - received
    rows, columns = original.shape[0] // PATCH, original.shape[1] // PATCH

    def by_patch(values: NDArray[np.float32]) -> NDArray[np.float32]:
        found: NDArray[np.float32] = values.reshape(rows, PATCH, columns, PATCH, 3).sum((1, 3, 4))
        return found

    parts = residual * residual, residual * wanted, wanted * wanted
    return torch.from_numpy(np.stack([by_patch(part) for part in parts]))


def loss_of(share: Tensor, sums: Tensor, harm: Tensor) -> Tensor:
    """The loss of a batch: shares (batch, 1, rows, columns), sums (batch, 3, rows, columns), λ (batch)."""
    a, b, c = sums.unbind(1)
    g = share[:, 0]
    error = c - 2 * g * b + g * g * a
    samples = 3 * PATCH * PATCH * g[0].numel()
    whole, before = error.sum((1, 2)), c.sum((1, 2))
    return ((whole + harm * F.relu(whole - before)) / (before + _FLOOR * samples)).mean()


def train_guard(
    found: Sequence[Case], updates: int, seed: int, start: GuardNetwork | None = None
) -> GuardNetwork:
    """A guard trained on `found`; from the weights of `start`, where it is given, with smaller steps."""
    torch.manual_seed(seed)
    network, rate = (GuardNetwork(), 2e-3) if start is None else (copy.deepcopy(start), 5e-4)
    network.train().requires_grad_(True)
    optimiser = torch.optim.AdamW(network.parameters(), rate, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, updates, pct_start=0.2)
    rng = np.random.default_rng(seed)
    for update in range(updates):
        # With the whole penalty at once an untrained guard closes before anything is told apart.
        grown = 1.0 if start is not None else min(1.0, update / (0.4 * updates))
        chosen = [found[int(index)] for index in rng.integers(0, len(found), 32)]
        seen = torch.stack([case.seen for case in chosen]).float()
        sums = torch.stack([case.sums for case in chosen])
        harm = torch.tensor([grown * (FINE_HARM if case.fine else HARM) for case in chosen])
        optimiser.zero_grad(set_to_none=True)
        loss = loss_of(network(seen), sums, harm)
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        schedule.step()
    return network.eval()
