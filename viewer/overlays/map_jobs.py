"""Jobs that measure overlays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engine.metrics.settling import settled_map
from engine.types import Pixels
from viewer.model.facts.facts import MapKey
from viewer.model.session.choices import Overlay

if TYPE_CHECKING:
    from viewer.core.job import Token, Work


def overlay_maps(overlay: Overlay, steps: Sequence[tuple[int, Pixels]]) -> Work:
    """Measure when patches settle over `steps` (index, pixels), all of a run."""

    def work(_: Token) -> Iterator[tuple[MapKey, NDArray[np.float32]]]:
        yield (overlay, steps[-1][0]), settled_map(tuple(pixels for _, pixels in steps))

    return work
