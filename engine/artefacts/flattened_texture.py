"""Flattened texture: how much of the fine detail of textured patches is lost. Per cent.

Of the detail o that a 3×3 mean removes from the original, the decoded detail d keeps the part that goes with
it, with the gain g = Σ o d / Σ o² over the patch, held to 0 … 1. This is the gain of the distortion channel
of Sheikh, Bovik, "Image information and visual quality", IEEE TIP 15(2), 2006, equation 5 of the estimation
of its parameters, and it separates lost detail from added noise as Li, Zhang, Ma, Ngan, "Image quality
assessment by separately evaluating detail losses and additive impairments", IEEE Trans. Multimedia 13(5),
2011, do: ripples and block edges don't make up for texture that is gone. The loss is 100 (1 - g).

A patch is textured where three quarters of its pixels are active in the original; an edge alone doesn't reach
so many. Needs the original.
"""

from __future__ import annotations

import numpy as np

from engine.artefacts.planes import TEXTURED, Map, Planes, patch_sums, unknown

_LEAST_SHARE = 0.75


def flattened_texture(picture: Planes, original: Planes | None) -> Map:
    """100 (1 - g) of each textured patch, per cent; NaN for the others."""
    assert original is not None
    o, d = original.detail, picture.detail
    energy, common = patch_sums(o * o), patch_sums(o * d)
    pixels = patch_sums(np.ones_like(o))
    textured = patch_sums(original.activity >= TEXTURED) >= _LEAST_SHARE * pixels
    result = unknown(energy.shape)
    gain = np.clip(common[textured] / energy[textured], 0, 1)
    result[textured] = 100 * (1 - gain)
    return result
