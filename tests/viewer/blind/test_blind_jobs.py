"""The pictures of a blind test."""

from __future__ import annotations

from pathlib import Path

from engine.evaluation.blind import Trial
from engine.types import EncodeOptions, RefineRequest
from tests.support.repair_files import camera_file
from tests.support.tiny_models import textured_pixels
from viewer.blind.jobs import Pair, pair
from viewer.core.job import Token


def test_a_photograph_stands_upright(tmp_path: Path) -> None:
    camera_file(tmp_path / "a.jpg", 6, pixels=textured_pixels(40, 72))
    request = RefineRequest("", "jpeg", EncodeOptions(quality=30), "")
    (found,) = pair(tmp_path, 0, Trial("a.jpg", True), request, "")(Token(lambda _: None))
    assert isinstance(found, Pair)
    assert not found.failure
    assert found.a is not None
    assert found.a.shape == (72, 40, 3)
