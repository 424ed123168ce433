"""The Measure page's jobs by themselves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.benchmark.folder import Began, Measured
from engine.benchmark.plan import Asked
from tests.support.viewer_engine import png
from viewer.bench.jobs import Found, measure
from viewer.core.job import Token


def test_another_baseline_counts_from_the_next_picture_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.png", "b.png"):
        png(tmp_path / "photos" / name)
    compared: Any = lambda rows, cards, baseline: (len(rows), baseline)  # noqa: E731
    monkeypatch.setattr("engine.benchmark.results.results_of", compared)
    names = iter(("standard", "sweep"))
    work = measure(
        tmp_path / "photos", tmp_path / "t.csv", lambda: Asked(("jpeg",), (30,)), (), lambda: next(names),
        lambda: None,
    )  # fmt: skip
    found: list[Any] = [news.results for news in work(Token(lambda _: None)) if isinstance(news, Found)]
    assert found == [(1, "standard"), (2, "sweep")]


def test_results_over_many_pictures_are_not_made_for_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = 200
    for at in range(count):
        (tmp_path / "photos").mkdir(exist_ok=True)
        (tmp_path / "photos" / f"{at:03}.png").touch()
    news = [each for at in range(count) for each in (Began(f"{at:03}.png"), Measured((object(),)))]  # type: ignore[arg-type]
    monkeypatch.setattr("engine.benchmark.folder.measure_folder", lambda *_, **__: (each for each in news))
    monkeypatch.setattr("engine.benchmark.results.results_of", lambda rows, *_: len(rows))
    work = measure(
        tmp_path / "photos", tmp_path / "t.csv", lambda: Asked(("jpeg",), (30,)), (), lambda: "standard",
        lambda: None,
    )  # fmt: skip
    found: list[Any] = [each.results for each in work(Token(lambda _: None)) if isinstance(each, Found)]
    assert found[:3] == [1, 2, 3]
    assert found[-1] == count
    assert sum(found) < 12 * count
