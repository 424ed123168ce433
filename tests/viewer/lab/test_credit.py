"""Where the credit goes, on screen: what heat maps and plots are made of, and the area that shows them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from engine.lab.credit import Place, along_training, angles, credit
from engine.lab.settings import NetworkSettings, as_toml, settings_from
from tests.support.lab import folder_of_pictures, picture, race, settings, small_crops
from viewer.lab.record import CourseRecord
from viewer.lab.resolve.arrows import arrows_of, credit_patch
from viewer.lab.resolve.credit import credit_scene
from viewer.lab.resolve.lanes import lane_items
from viewer.lab.views.credit import CreditArea
from viewer.lab.views.heat import HeatMap
from viewer.model.facts.lab import CreditFacts, LaneCourse
from viewer.model.scene.lab import CreditScene, HeatScene, LabTransport


@cache
def ran(folder: Path, k_top: int = 0) -> tuple[Any, tuple[LaneCourse, ...], dict[int, CreditFacts]]:
    """A tiny run of two lanes: its settings, courses, and answers about each lane, by 2 about a patch."""
    network = NetworkSettings(units=6, embed=8, k_top=k_top)
    lanes = ("sab:2", "bptt") if k_top else ("tbptt:2", "snap1")
    chosen = settings(folder, lanes=lanes, network=network)
    one, record = race(chosen, picture(0)), CourseRecord()
    for event in one.play():
        record.take(event)
    answers = {
        lane: CreditFacts(
            (lane, 6, -1, -1),
            credit(one, lane, 6),
            None if k_top else angles(one, lane, 6, draws=4),
            along_training(one, lane),
        )
        for lane in (0, 1)
    }
    answers[2] = CreditFacts((0, 6, 1, 3), credit(one, 0, 6, Place(0, 1, 3)))
    answers[3] = CreditFacts((0, 0, -1, -1), credit(one, 0, 0))
    return chosen, record.courses(), answers


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    small_crops(monkeypatch)
    return folder_of_pictures(tmp_path_factory.getbasetemp() / "credit")


def scene_of(folder: Path, lane: int = 0, k_top: int = 0) -> CreditScene:
    chosen, courses, answers = ran(folder, k_top)
    return credit_scene(chosen, courses, answers[lane], lane, None, None)


def heat(scene: CreditScene, key: str) -> HeatScene:
    found = next(view.heat for view in scene.views if view.key == key)
    assert found is not None
    return found


def test_what_truncation_cuts_off_is_greyed(folder: Path) -> None:
    triangle = heat(scene_of(folder), "triangle")
    rows, columns = triangle.values.shape
    assert rows == columns == 6
    for t in range(rows):
        for s in range(columns):
            if s > t:
                assert np.isnan(triangle.values[t, s])
            elif np.isfinite(triangle.values[t, s]):
                assert triangle.veil[t, s] == (0 if t // 2 == s // 2 else 1)
    words = next(view.words for view in scene_of(folder).views if view.key == "lags")
    assert "comes through time" in words


def test_what_cuts_nothing_off_says_so(folder: Path) -> None:
    views = scene_of(folder, lane=1, k_top=3).views
    assert "cuts nothing off" in next(view.words for view in views if view.key == "triangle")


def test_without_any_credit_a_view_says_so(folder: Path) -> None:
    chosen, courses, answers = ran(folder)
    scene = credit_scene(chosen, courses, answers[3], 0, 0.0, None)
    assert heat(scene, "triangle").note.startswith("No credit yet")
    assert not any("nan" in view.words for view in scene.views)


def test_snap_greys_a_part(folder: Path) -> None:
    scene = scene_of(folder, lane=1)
    veil = heat(scene, "triangle").veil
    assert ((veil > 0) & (veil < 1)).any()
    reach = heat(scene, "reach")
    assert (np.diag(reach.veil) == 0).all()
    assert (reach.veil[~np.eye(6, dtype=bool)] > 0).all()
    keys = [view.key for view in scene.views]
    assert {"cone", "narrowed", "spectrum", "places", "cosine", "variance", "influence"} <= set(keys)


def test_attentive_lanes_show_their_memories(folder: Path) -> None:
    scene = scene_of(folder, k_top=2)
    memories = heat(scene, "memories")
    assert memories.values.shape == (6, 7)
    assert memories.first == (0, -1)
    assert heat(scene, "influence").note.startswith("Networks with attention")
    assert heat(scene_of(folder), "memories").note.startswith("This network recalls nothing")


def test_arrows_stop_where_truncation_cuts(folder: Path) -> None:
    chosen, courses, answers = ran(folder)
    found = answers[2].credit
    assert found is not None
    assert found.seen.tolist() == [0, 1, 2, 3, -1, -1]
    assert found.painted.tolist() == [-1, -1, 0, 1, 2, 3]
    patch = credit_patch(chosen, courses, answers[2], 0, None, (1, 3))
    assert patch is not None
    (arrow,) = patch.recalled_in("lane/0")  # the last step's window of two begins where patch 2 is painted
    assert (patch.row, patch.column, arrow.column, arrow.start) == (1, 3, 2, False)
    assert arrow.weight == pytest.approx(found.triangle[5, 4] / np.nansum(found.triangle[5, :5]), rel=1e-5)
    bare = credit_patch(chosen, courses, answers[2], 0, None, (1, 2))
    assert bare is not None
    assert not bare.recalls  # what is known is of another patch
    assert credit_patch(chosen, courses, answers[2], 0, None, None) is None


def test_arrows_of_attention_go_to_the_memories(folder: Path) -> None:
    found = ran(folder, 2)[2][2].credit
    assert found is not None
    arrows = arrows_of(found)
    assert sum(arrow.weight for arrow in arrows) == pytest.approx(1)
    sent = found.memory_credit[5]
    start = [arrow.weight for arrow in arrows if arrow.start]
    assert sum(start) == pytest.approx(float(sent[0] / sent.sum()), rel=1e-5)
    assert {arrow.column for arrow in arrows} <= {0, 1, 2, 3}


def test_answers_of_another_moment_are_stale(folder: Path) -> None:
    chosen, courses, answers = ran(folder)
    assert not credit_scene(chosen, courses, answers[0], 0, None, None).stale
    assert credit_scene(chosen, courses, answers[0], 1, None, None).stale
    assert credit_scene(chosen, courses, answers[0], 0, 2.0, None).stale
    assert credit_scene(chosen, courses, answers[0], 0, None, (3, 4)).stale
    waits = credit_scene(chosen, courses, CreditFacts((0, 6, -1, -1)), 0, None, None)
    assert waits.waiting
    assert not waits.views
    assert settings_from(as_toml(chosen), "x") == chosen


def test_the_area_shows_view_after_view(folder: Path, qtbot: QtBot) -> None:
    area = CreditArea()
    qtbot.addWidget(area)
    area.resize(560, 620)
    area.show()
    _, courses, _ = ran(folder)
    scene = scene_of(folder)
    lab: Any = SimpleNamespace(credit=scene, lanes=lane_items(courses), transport=LabTransport())
    area.set_scene(lab)
    assert area.lane.count() == 2
    assert area.view.count() == len(scene.views)
    for number, view in enumerate(scene.views):
        area.view.setCurrentIndex(number)
        area.view.activated.emit(number)
        shown = area.heat if view.heat is not None else area.plot
        assert area.stack.currentWidget() is shown
        assert area.words.text() == view.words
    assert not area.renew.isEnabled()
    with qtbot.waitSignal(area.changed) as said:
        area.lane.activated.emit(1)
    assert said.args == ["lane", 1, ""]


def test_a_map_tells_what_is_under_the_mouse(qtbot: QtBot) -> None:
    values = np.array([[1.0, np.nan], [2.0, 3.0]])
    veil = np.array([[0.0, 0.0], [1.0, 0.25]])
    shown = HeatMap()
    qtbot.addWidget(shown)
    shown.show()
    shown.set_scene(HeatScene("T", "x", "y", "bar", values, veil, "{0} {1} {2:.0f} {3:.0f} %", (0, -1)))
    assert shown.told(QPointF(-1, 1)) == "1 -1 2 100 %"
    assert shown.told(QPointF(0.2, 0.9)) == "1 0 3 25 %"
    assert shown.told(QPointF(0, 0)) == ""  # nothing is there
    assert shown.told(QPointF(1, 0)) == ""
    colours = shown.grab().toImage()
    seen = {colours.pixelColor(x, y).rgb() for x in range(0, colours.width(), 4) for y in range(0, 200, 4)}
    assert len(seen) > 4  # values, axes and scale are painted
    shown.set_scene(HeatScene("", "", "", "", np.empty((0, 0)), np.empty((0, 0)), "", note="None here"))
    assert shown.told(QPointF(0, 0)) == ""
