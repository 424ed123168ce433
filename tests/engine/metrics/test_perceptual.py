"""Perceptual scores: right direction, right range, a clear word where a package is missing."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from engine.errors import UserError
from engine.metrics.perceptual import flip, flip_map, ssimulacra2
from tests.engine.metrics.test_blocking import jpeg, picture


def test_better_decodes_score_better() -> None:
    original = picture(96, 128)
    good, bad = jpeg(original, 90), jpeg(original, 10)
    high, low = ssimulacra2(original, good), ssimulacra2(original, bad)
    assert high is not None
    assert low is not None
    assert 100 >= high > low
    assert ssimulacra2(original, original) == pytest.approx(100, abs=1e-6)
    assert 0 <= flip(original, good) < flip(original, bad) <= 1
    assert flip(original, original) == pytest.approx(0, abs=1e-6)


def test_the_map_of_flip_lies_where_the_pictures_differ() -> None:
    original = picture(96, 128)
    changed = original.copy()
    changed[40:56, 60:76] = 0
    errors = flip_map(original, changed)
    assert errors.shape == (96, 128)
    assert errors.dtype == np.float32
    assert not errors.flags.writeable
    assert errors[44:52, 64:72].min() > 0.1
    assert errors[:16, :16].max() < 1e-3
    assert flip(original, changed) == pytest.approx(float(errors.mean()), abs=1e-6)


def test_shapes_and_small_pictures() -> None:
    small = picture(24, 24)[:7, :7]
    assert ssimulacra2(small, small) is None
    for score in (ssimulacra2, flip):
        with pytest.raises(ValueError, match="one shape"):
            score(picture(24, 24), picture(24, 32))


def test_a_missing_package_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    pixels = picture(24, 24)
    monkeypatch.setitem(sys.modules, "ssimulacra2", None)
    monkeypatch.setitem(sys.modules, "flip_evaluator", None)
    with pytest.raises(UserError, match=r"ssimulacra2 .*pip install nrc-viewer\[scores\]"):
        ssimulacra2(pixels, pixels)
    with pytest.raises(UserError, match=r"flip-evaluator .*pip install nrc-viewer\[scores\]"):
        flip(pixels, pixels)
