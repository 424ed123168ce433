"""Fixtures of the codecs view."""

from __future__ import annotations

import pytest

from engine.rates import survey as rate_curves
from engine.rates.survey import surveyed
from engine.registry import CODECS
from tests.support.rate_windows import CODECS_HERE
from viewer.model.session import rate_distortion_changes as r
from viewer.shell.window import MainWindow


@pytest.fixture(autouse=True)
def few_points(monkeypatch: pytest.MonkeyPatch) -> None:
    """Curves of four points each, and of three codecs unless a test asks for more."""
    monkeypatch.setattr(rate_curves, "SURVEYED", {codec: surveyed(codec)[2:9:2] for codec in CODECS})


@pytest.fixture
def window(shown: MainWindow) -> MainWindow:
    """A window with a decoded picture; three codecs are switched on."""
    for codec in CODECS:
        if codec not in CODECS_HERE and codec not in shown.controller.session.rates.hidden:
            shown.controller.change(lambda state, codec=codec: r.toggle_codec(state, codec))  # type: ignore[misc]
    return shown
