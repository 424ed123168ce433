"""The lab in the window: a lane looked into by a click and kept as a decoder; a lesson's run to its end."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from engine.lab.settings import LabSettings, NetworkSettings
from engine.models.card import read_card
from tests.support.lab_windows import SmallProcess, long_run, until
from tests.support.viewer_engine import picture
from tests.support.windows import Make
from viewer.lab.process import LabProcess
from viewer.lab.views.credit import CreditArea
from viewer.lessons.file import parse_course
from viewer.model.facts.lab import LabState
from viewer.model.session import lab as lab_settings
from viewer.model.session import lab_changes as c
from viewer.shell.window import MainWindow

LEFT = Qt.MouseButton.LeftButton
LESSON = """
[[lesson]]
title = "Memory"
text = "A patch is to be painted later."
lab = "late-answer"
[lesson.predict]
question = "Which is better?"
choices = ["This", "That"]
answer = 2
outcome = "That, because."
"""


@pytest.fixture
def attentive(tmp_path: Path) -> LabSettings:
    """Six updates of a tiny network that recalls its states."""
    network = NetworkSettings(units=6, embed=8, k_top=2)
    return replace(long_run(tmp_path), updates=6, lanes=("sab:2", "bptt"), network=network)


@pytest.fixture
def window(make: Make, monkeypatch: pytest.MonkeyPatch) -> MainWindow:
    monkeypatch.setattr(LabProcess, "COMMAND", SmallProcess.COMMAND)
    window = make()
    window.controller.documents.open_picture(picture())
    return window


def test_a_click_looks_into_a_patch_and_a_lane_is_kept(
    window: MainWindow, attentive: LabSettings, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    control, desk, runner = window.controller, window.lab, window.lab.runner
    control.change(partial(c.set_settings, settings=attentive))
    control.change(c.open_lab)
    desk.play()
    until(qtbot, lambda: runner.facts.state is LabState.DONE)
    control.change(partial(c.set_area, key="credit"))
    area, panes = desk.page.areas["credit"], desk.page.panes
    assert isinstance(area, CreditArea)
    place = panes.image_position(20, 12)
    qtbot.mouseClick(panes, LEFT, pos=QPointF(place).toPoint())
    assert control.session.lab.place == (1, 2)
    until(qtbot, lambda: runner.facts.credit.course is not None and control.scene.lab.patch.recalls)
    credit = runner.facts.credit.credit
    assert credit is not None
    assert (credit.row, credit.column) == (1, 2)
    assert not runner.facts.fault
    patch = control.scene.lab.patch
    assert [key for key, _ in patch.recalls] == ["lane/0"]
    assert sum(arrow.weight for arrow in patch.recalls[0][1]) == pytest.approx(1)
    assert panes.places.patch == patch
    assert "the span of patch (1, 2)" in area.about.text()

    path = tmp_path / "mine.json"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    window.menus.run("lab.keep")
    until(qtbot, lambda: control.facts.message.startswith("Kept as mine.json"))
    card = read_card(path)
    assert (card.kind, card.learner, card.training["updates"]) == ("memory", "SAB (2)", 6)
    assert path.with_suffix(".safetensors").exists()

    qtbot.mouseClick(panes, LEFT, pos=QPointF(place).toPoint())
    assert control.session.lab.place is None
    assert control.scene.lab.patch is None


def test_a_lesson_asks_runs_and_tells_the_outcome(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny = replace(long_run(tmp_path), updates=6)
    monkeypatch.setattr(lab_settings, "preset_settings", lambda _: tiny)
    runner, lessons = window.lab.runner, window.lessons
    lessons.open_course(parse_course(LESSON, "x.toml"))
    view = lessons.panel.predict
    assert view.run.isVisible()
    assert not view.run.isEnabled()
    qtbot.mouseClick(view.choices[1], LEFT)
    assert runner.facts.state is not LabState.PLAYING
    qtbot.mouseClick(view.run, LEFT)
    until(qtbot, lambda: runner.facts.state is LabState.DONE)
    assert [course.update for course in runner.facts.courses] == [6, 6]
    until(qtbot, view.reveal.isVisible)
    assert not view.outcome.isVisible()
    assert view.results.text().count(" dB") == 2
    qtbot.mouseClick(view.reveal, LEFT)
    assert view.outcome.text() == "That, because."
    assert view.verdict.text() == "As you said: That"
