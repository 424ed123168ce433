"""Scores that are measured when asked for: name in `Row` → how it is measured."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from engine.metrics.blocking import psnr_b_db
from engine.metrics.perceptual import flip, ssimulacra2
from engine.types import Pixels

EXTRA_SCORES: Mapping[str, Callable[[Pixels, Pixels], float | None]] = MappingProxyType(
    {"psnr_b_db": psnr_b_db, "ssimulacra2": ssimulacra2, "flip": flip}
)


def extra_scores(original: Pixels, estimate: Pixels, names: Iterable[str]) -> dict[str, Any]:
    """Those of `names`, keys of `EXTRA_SCORES`, a number or None each.

    Raises UserError where an optional package is missing.
    """
    return {name: EXTRA_SCORES[name](original, estimate) for name in names}
