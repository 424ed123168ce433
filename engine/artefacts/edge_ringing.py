"""Ringing: ripples beside strong edges. Levels.

A codec confines ringing to the blocks that an edge crosses, and there it is seen on the smooth ground beside
the edge. Its size is the activity there, the root mean square over 3×3 pixels of what a 3×3 mean removes.

With an original, what has been added to it: Feng, Allebach, "Measurement of ringing artifacts in JPEG
images", SPIE 6076, 2006, and Marziliano, Dufaux, Winkler, Ebrahimi, "Perceptual blur and ringing metrics",
Signal Processing: Image Communication 19, 2004, which compare decoded and original next to the original's
edges. Texture hides ringing, so only pixels that were smooth count.

Without one, after Liu, Klomp, Heynderickx, "A no-reference metric for perceived ringing artifacts in images",
IEEE TCSVT 20(4), 2010: the activity of the pixels near strong edges against that of the neighbouring
background, which are the blocks around that no edge crosses.
"""

from __future__ import annotations

import numpy as np

from engine.artefacts.planes import TEXTURED, Map, Planes, dilated, patch_sums, sum3, unknown

_EDGE_REACH = 2  # pixels this close to a strong edge belong to the edge itself
_FEWEST_NEAR, _FEWEST_BACKGROUND = 6, 32  # pixels to judge by


def ringing(picture: Planes, original: Planes | None) -> Map:
    """How much more active the pixels off the edges of a patch are than they were, or, without an original,
    than the background around it, levels; NaN for patches without a strong edge and where there is nothing to
    compare."""
    return _background_excess(picture) if original is None else _added(picture, original)


def _added(picture: Planes, original: Planes) -> Map:
    smooth = ~dilated(original.edges, _EDGE_REACH) & (original.activity < TEXTURED)
    pixels = patch_sums(smooth)
    more = patch_sums(np.where(smooth, picture.activity - original.activity, np.float32(0)))
    judged = (patch_sums(original.edges) > 0) & (pixels >= _FEWEST_NEAR)
    result = unknown(pixels.shape)
    result[judged] = more[judged] / pixels[judged]
    return result


def _background_excess(picture: Planes) -> Map:
    off_edges = (~dilated(picture.edges, _EDGE_REACH)).astype(np.float32)
    crossed = patch_sums(picture.edges) > 0
    pixels, active = patch_sums(off_edges), patch_sums(off_edges * picture.activity)
    around = sum3(np.where(crossed, 0, pixels))
    around_active = sum3(np.where(crossed, 0, active))
    judged = crossed & (pixels >= _FEWEST_NEAR) & (around >= _FEWEST_BACKGROUND)
    result = unknown(crossed.shape)
    result[judged] = active[judged] / pixels[judged] - around_active[judged] / around[judged]
    return result
