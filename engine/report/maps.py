"""What an HTML report shows of the patches: maps with their ranges."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.errors import UserError
from engine.metrics.as_text import number
from engine.metrics.fidelity import patch_gain_db, patch_means
from engine.metrics.perceptual import flip_map
from engine.plotting.svg import DIVERGING, SEQUENTIAL, coloured_map
from engine.report.numbers import PERCEPTUAL_PIXELS
from engine.types import Pixels, Refinement

_FAINT_FLIP = 0.02


@dataclass(frozen=True, eq=False)
class PatchMap:
    """pixels: uint8 (patch rows, patch columns, 3). low, high: ends of its range, with their unit. stops: the
    colours between them."""

    title: str
    pixels: Pixels
    low: str
    high: str
    stops: str


def patch_maps(refinement: Refinement) -> tuple[PatchMap, ...]:
    """Maps of the gain of the last step, of the bits and of what never came, where there are any; ranges as
    in the window."""
    maps = []
    original, last = refinement.original, refinement.steps[-1]
    if original is not None and last.index:
        gain = patch_gain_db(original.pixels, refinement.coded.standard, last.pixels)
        high = max(1.0, _percentile(np.abs(gain), 98))
        title = f"Gain of step {last.index} over the standard decode"
        colours = coloured_map(gain, -high, high, DIVERGING)
        maps.append(
            PatchMap(title, colours, f"{number(-high)} dB", f"{number(high, signed=True)} dB", DIVERGING)
        )
    if original is not None and original.height * original.width <= PERCEPTUAL_PIXELS:
        with suppress(UserError):  # its package is an extra
            maps += _flip_maps(original.pixels, refinement)
    spent = refinement.coded.patch_bits
    if spent is not None:
        bits = spent.patches.astype(np.float32)
        high = max(1.0, _percentile(bits, 99))
        colours = coloured_map(bits, 0, high, SEQUENTIAL)
        maps.append(PatchMap("Bits of each 8×8 patch", colours, "0", f"{high:.0f} bits", SEQUENTIAL))
    missing = refinement.coded.missing
    if missing is not None:
        colours = coloured_map(missing.astype(np.float32), 0, 1, SEQUENTIAL)
        maps.append(PatchMap("Patches that never came", colours, "came", "never came", SEQUENTIAL))
    return tuple(maps)


def _flip_maps(original: Pixels, refinement: Refinement) -> list[PatchMap]:
    """FLIP before and after, on one scale."""
    steps = refinement.steps[:: max(1, len(refinement.steps) - 1)]
    found = [patch_means(flip_map(original, step.pixels)) for step in steps]
    high = max(_FAINT_FLIP, _percentile(found[0], 99))
    names = ["FLIP error of the standard decode", f"FLIP error of step {steps[-1].index}"]
    return [
        PatchMap(name, coloured_map(values, 0, high, SEQUENTIAL), "0", number(high, 2), SEQUENTIAL)
        for name, values in zip(names, found, strict=False)
    ]


def _percentile(values: NDArray[np.float32], percent: float) -> float:
    return float(np.percentile(values, percent)) if values.size else 0.0
