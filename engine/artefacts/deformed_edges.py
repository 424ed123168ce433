"""Deformed edges: by how much strong edges have turned away from where they ran in the original. Degrees.

The direction across an edge is that of the structure tensor (Bigün, Granlund, "Optimal orientation detection
of linear symmetry", ICCV 1987) over 3×3 pixels; comparing directions of gradients at the edges of the
original is the idea of Ni, Ma, Zeng, Chen, Zhang, "Gradient direction for screen content image quality
assessment", IEEE Signal Processing Letters 23(10), 2016. Edges are pixels with a strong gradient and one
clear direction; the stronger ones count more. 0 where edges run as they did, 45 on average where nothing is
left of their direction. Needs the original.
"""

from __future__ import annotations

import math

import numpy as np

from engine.artefacts.planes import Map, Plane, Planes, patch_sums, weighted_means

_ONE_DIRECTION = 0.64  # of 1: one direction only
_FEWEST = 4


def deformed_edges(picture: Planes, original: Planes | None) -> Map:
    """The mean angle, degrees, between the edges of each patch and those of the original, 0 to 90; NaN for
    patches that no clear edge of the original crosses."""
    assert original is not None
    edges = original.edges & (original.anisotropy >= _ONE_DIRECTION)
    cosine, sine, _ = original.orientation
    angles = np.zeros_like(cosine)
    angles[edges] = _turned(cosine[edges], sine[edges], *(part[edges] for part in picture.orientation[:2]))
    weights: Plane = np.where(edges, original.strength, np.float32(0))
    return weighted_means(angles, weights, patch_sums(edges), _FEWEST)


def _turned(cosine: Plane, sine: Plane, other_cosine: Plane, other_sine: Plane) -> Plane:
    """Angle between two orientations given in double angles, degrees, 0 to 90."""
    cross = cosine * other_sine - sine * other_cosine
    along = cosine * other_cosine + sine * other_sine
    result: Plane = np.abs(np.arctan2(cross, along)) * np.float32(math.degrees(0.5))
    return result
