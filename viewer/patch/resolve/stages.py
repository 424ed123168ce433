"""From the network's estimate of a block to the picture: projection, guard, rounding. No Qt, pure."""

from __future__ import annotations

import numpy as np

from engine.analysis.patch_blocks import Floats, Quantised
from engine.analysis.patch_trace import BlockTrace
from viewer.core import words
from viewer.model.scene.patch import GridScene
from viewer.patch.resolve import symbols
from viewer.patch.resolve.symbols import BlockSymbols, largest, rounded

_EXACT = 1e-3
"""Levels; what arithmetic leaves over."""


def block_trace(view: BlockSymbols) -> BlockTrace | None:
    """Of the component that is shown."""
    if view.trace is None or view.block.component >= len(view.trace.blocks):
        return None
    return view.trace.blocks[view.block.component]


def stage_grids(view: BlockSymbols) -> tuple[GridScene, ...]:
    """Network, projection and finished estimate, on the scale of the pictures' coefficients."""
    trace = block_trace(view)
    if trace is None:
        return ()
    shown = (
        ("Network", trace.network, "What the network estimated"),
        (
            "Projected",
            trace.projected,
            "Kept within the middle part of the interval that the symbol stands for",
        ),
        ("Finished", trace.finished, "After strength and guard, before rounding to 8 bits"),
    )
    limit = largest([*view.values, trace.network], symbols.LEAST_LIMIT)
    return tuple(
        GridScene(
            f"stage-{number}", title, values, rounded(values), "diverging", limit, f"{tip}; in levels",
            beyond(view.sent, values) > _EXACT if view.sent is not None else None,
        )
        for number, (title, values, tip) in enumerate(shown)
    )  # fmt: skip


def beyond(sent: Quantised, values: Floats) -> Floats:
    """By how many levels coefficients lie outside their intervals, float32 (8, 8); 0 inside."""
    return np.asarray(np.maximum(np.maximum(sent.low - values, values - sent.high), 0), np.float32)


def stage_words(view: BlockSymbols) -> str:
    """What projection, guard and strength did, and what rounding left over."""
    trace = block_trace(view)
    if trace is None or view.trace is None or view.sent is None:
        return ""
    outside = int((beyond(view.sent, trace.network) > _EXACT).sum())
    away = f"Network: {outside} of 64 outside their interval" if outside else "Network: all in their interval"
    moved = int((np.abs(trace.projected - trace.network) > _EXACT).sum())
    kept = f"{moved} moved inwards" if view.trace.projects else "not projected"
    parts = [
        f"{away}, {kept}" if outside or moved else away,
        f"{100 * view.trace.share:.0f} % of the change applied",
    ]
    left = beyond(view.sent, view.values[-1])
    count = int((left > _EXACT).sum())
    after = f"{count} outside, by {words.decimal(float(left.max()), 1)} at most" if count else "none outside"
    return " · ".join([*parts, f"8 bits: {after}"])


def readout(view: BlockSymbols, v: int, u: int) -> str:
    """All that is known of one coefficient, in two lines or three."""
    text, trace = symbols.readout(view, v, u), block_trace(view)
    if trace is None:
        return text
    on_its_way = (
        f"{name} {words.decimal(float(values[v, u]), 1)}"
        for name, values in (
            ("network", trace.network), ("projected", trace.projected), ("finished", trace.finished),
            ("8 bits", view.values[-1]),
        )
    )  # fmt: skip
    return f"{text}\n{' → '.join(on_its_way)}"
