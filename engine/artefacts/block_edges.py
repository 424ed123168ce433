"""Block edges: steps at the sides of the codec's 8×8 blocks that are larger than those inside. Levels.

Wang, Sheikh, Bovik, "No-reference perceptual quality assessment of JPEG compressed images", ICIP 2002: the
mean step across block boundaries (their B) against the mean step between neighbouring pixels inside the
blocks (their A); Yim, Bovik, "Quality assessment of deblocked images", IEEE TIP 20(1), 2011 (PSNR-B), compare
the two likewise. Here it is done at each side of each block and subtracted: B - A, with A from the two blocks
that meet there. Without coding it's about 0. Needs no original.
"""

from __future__ import annotations

import numpy as np

from engine.artefacts.planes import Map, Plane, Planes, patch_sums, unknown
from engine.types import PATCH


def block_edges(picture: Planes, _original: Planes | None) -> Map:
    """The mean of B - A over each patch's sides but the picture's border, levels; NaN for a lone patch."""
    beside = _boundary_excess(picture.x)  # (rows, columns - 1)
    below = _boundary_excess(picture.x.T).T  # (rows - 1, columns)
    shape = (below.shape[0] + 1, beside.shape[1] + 1)
    total, sides = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    for excess, one, other in (
        (beside, np.s_[:, :-1], np.s_[:, 1:]),
        (below, np.s_[:-1], np.s_[1:]),
    ):
        for part in (one, other):
            total[part] += excess
            sides[part] += 1
    result: Map = np.divide(total, sides, out=unknown(shape), where=sides > 0)
    return result


def _boundary_excess(x: Plane) -> Map:
    """B - A at the boundary between each patch and its right neighbour: (patch rows, patch columns - 1)."""
    steps = np.zeros_like(x)
    np.abs(np.diff(x, axis=1), out=steps[:, :-1])
    exists = np.zeros_like(x)
    exists[:, :-1] = 1
    across = np.arange(x.shape[1]) % PATCH == PATCH - 1
    inside, inside_count = patch_sums(steps * ~across), patch_sums(exists * ~across)
    at_side, side_count = patch_sums(steps * across)[:, :-1], patch_sums(exists * across)[:, :-1]
    both, both_count = inside[:, :-1] + inside[:, 1:], inside_count[:, :-1] + inside_count[:, 1:]
    result: Map = at_side / side_count - both / both_count
    return result
