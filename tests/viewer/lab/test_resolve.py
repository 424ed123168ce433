"""What the lab shows of a run, at every moment of it."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from engine.lab.settings import LabSettings
from engine.types import frozen
from tests.support.lab_courses import SETTINGS, course
from viewer.core.memo import Memo
from viewer.lab.areas import AREAS
from viewer.lab.resolve.curves import growth_plot, race_plot, smoothed
from viewer.lab.resolve.lanes import label, looks
from viewer.lab.resolve.moment import moment_words, newest, row_at, update_at
from viewer.lab.resolve.panes import lane_panes
from viewer.lab.resolve.scene import resolve_lab
from viewer.lab.resolve.tables import meters_table, runs_table
from viewer.lab.tried import tried_of
from viewer.lab.views.race import RaceArea
from viewer.lab.wanted import ON_PICTURES
from viewer.model.facts.lab import LabFacts, LabState
from viewer.model.session import lab_changes as c
from viewer.model.session.lab import LabAxis
from viewer.model.session.state import Session


def test_lanes_stand_at_other_updates_at_one_moment() -> None:
    quick, slow = course(speed=0.1), course(1, "uoro", speed=0.4)
    assert newest((quick, slow), "seconds") == pytest.approx(1.6)
    assert [update_at(each, "seconds", 0.45) for each in (quick, slow)] == [40, 10]
    assert [update_at(each, "updates", 25) for each in (quick, slow)] == [20, 20]
    assert [update_at(each, "seconds", None) for each in (quick, slow)] == [40, 40]
    assert row_at(course(count=0), "seconds", 3.0) == -1
    late = course(facts=replace(quick.facts, parent=0, fork=20))
    assert update_at(replace(late, table=late.table[2:]), "updates", 5) == 20


def test_moments_in_words() -> None:
    assert moment_words(SETTINGS, 3.14159) == "3.1 CPU s"
    assert moment_words(replace(SETTINGS, fair="updates"), 12_345.0) == "12\u2009345 updates"


def test_pictures_are_of_the_moment() -> None:
    original = frozen(np.zeros((8, 8, 3), np.uint8))
    lanes = (course(), course(1, "uoro", speed=0.4))
    panes = lane_panes(SETTINGS, lanes, original, "a.png", 0.45)
    assert [pane.key for pane in panes] == ["original", "lane/0", "lane/1"]
    assert panes[0].pixels is original
    assert panes[1].pixels is lanes[0].shots[2].pixels
    assert panes[2].pixels is lanes[1].shots[0].pixels
    assert panes[1].detail == "update 40 · 10.0 ms · 1.5 MB · 13.00 dB"
    follows = lane_panes(SETTINGS, lanes, original, "a.png", None)
    assert follows[2].pixels is lanes[1].shots[-1].pixels


def test_of_several_seeds_the_first_is_painted() -> None:
    lanes = (course(), course(1, seed=2))
    assert [pane.title for pane in lane_panes(SETTINGS, lanes, None, "", None)] == [
        "Original",
        "BPTT, seed 1",
    ]


def test_names_and_looks_tell_lanes_apart() -> None:
    facts = [course(k, text).facts for k, text in enumerate(("bptt", "tbptt:1", "tbptt:5", "tbptt:1"))]
    faces = looks(tuple(facts))
    assert faces[1] == faces[3]  # seeds of one lane
    assert len({faces[0], faces[1], faces[2]}) == 3
    assert faces[1][1] != faces[2][1]  # by more than their hue
    fork = replace(facts[0], parent=1, fork=1200)
    assert label(fork, True) == "BPTT, from update 1\u2009200, seed 1"


def test_smoothing_keeps_ends_and_leaves_out_what_is_no_number() -> None:
    values = np.array([0.0, 3.0, 6.0, math.nan, 12.0])
    np.testing.assert_allclose(smoothed(values, 1), [0, 3, 4.5, 9, 12])
    assert smoothed(values, 0) is values
    np.testing.assert_allclose(smoothed(np.arange(9.0), 3), np.arange(9.0))


def test_the_race_over_every_axis() -> None:
    lanes = (course(), course(1, "uoro", speed=0.4))
    ends = {LabAxis.UPDATES: 40, LabAxis.PATCHES: 1280, LabAxis.SECONDS: 0.4}
    for axis, end in ends.items():
        scene = race_plot(SETTINGS, lanes, "dB", axis, 0, None)
        assert [curve.name for curve in scene.curves] == ["BPTT", "UORO", "target"]
        assert scene.curves[0].x[-1] == pytest.approx(end)
        assert scene.curves[0].y.tolist() == [10, 11, 12, 13, 14]
        assert scene.curves[2].y.tolist() == [14, 14]
    memory = race_plot(SETTINGS, lanes, "dB", LabAxis.MEMORY, 0, None)
    assert [(curve.x.tolist(), curve.y.tolist()) for curve in memory.curves[:2]] == [([1.5], [14.0])] * 2


def test_one_point_makes_no_curve() -> None:
    lanes = (course(count=1), course(1, "uoro", count=1))
    scene = race_plot(SETTINGS, lanes, "dB", LabAxis.SECONDS, 2, None)
    assert (scene.curves, scene.note) == ((), "Curves begin at the second measurement")
    assert race_plot(SETTINGS, (lanes[0], course(1, "uoro")), "dB", LabAxis.SECONDS, 2, None).curves


def test_raw_points_stay_under_the_smoothed_ones() -> None:
    table = course().table.copy()
    table[2, 4] = 30.0
    scene = race_plot(SETTINGS, (course(table=frozen(table)),), "dB", LabAxis.UPDATES, 1, None)
    raw, line = scene.curves[0], scene.curves[1]
    assert raw.faint
    assert raw.y[2] == 30
    assert line.y[2] == pytest.approx((11 + 30 + 13) / 3)


def test_seeds_make_a_band_as_far_as_all_have_come() -> None:
    higher = course(1, seed=2, count=4)
    table = higher.table.copy()
    table[:, 4] += 2
    lanes = (course(), replace(higher, table=frozen(table)))
    scene = race_plot(SETTINGS, lanes, "dB", LabAxis.UPDATES, 0, None)
    low, high, mean = scene.curves[:3]
    assert (low.name, high.name, mean.name) == (
        "BPTT, lowest seed", "BPTT, highest seed", "BPTT, mean of 2 seeds",
    )  # fmt: skip
    assert [curve.banded for curve in scene.curves[:3]] == [True, False, False]
    assert mean.x.tolist() == [0, 10, 20, 30]
    np.testing.assert_allclose(mean.y - low.y, 1)
    np.testing.assert_allclose(high.y - mean.y, 1)


def test_the_marker_stands_at_the_moment_on_every_axis() -> None:
    lanes = (course(), course(1, "uoro", speed=0.4))
    assert race_plot(SETTINGS, lanes, "dB", LabAxis.SECONDS, 0, 0.25).marker == 0.25
    assert race_plot(SETTINGS, lanes, "dB", LabAxis.UPDATES, 0, 0.25).marker == 20
    assert race_plot(SETTINGS, lanes, "dB", LabAxis.UPDATES, 0, None).marker is None


def test_long_curves_are_thinned_and_keep_their_end() -> None:
    rows = np.stack([np.arange(9000.0)] * 6, 1)
    scene = race_plot(SETTINGS, (course(table=frozen(rows)),), "dB", LabAxis.UPDATES, 2, None)
    for curve in scene.curves[:2]:
        assert len(curve.x) == 600
        assert curve.x[-1] == 8999
        assert len(curve.y) == 600


def test_memory_over_the_span() -> None:
    growth = frozen(np.array([[2.0, 4.0], [1.0, 2.0]]))
    scene = growth_plot((course(growth=growth), course(1, "uoro")), False)
    assert [(curve.name, curve.y.tolist()) for curve in scene.curves] == [("BPTT", [1.0, 2.0])]


def test_the_table_of_runs_sorts_and_puts_what_is_unknown_last() -> None:
    good, bad = course(), course(1, "uoro", count=3, megabytes=math.nan, ended="diverged")
    tried = tried_of(1, SETTINGS, "dB", (good, bad, course(2, count=1)))
    assert [each.lane for each in tried] == ["BPTT", "UORO"]  # the third has not learned
    for sort, lanes in (
        (("", False), ["UORO", "BPTT"]), (("result", False), ["UORO", "BPTT"]),
        (("result", True), ["BPTT", "UORO"]), (("megabytes", False), ["BPTT", "UORO"]),
        (("megabytes", True), ["BPTT", "UORO"]), (("lane", False), ["BPTT", "UORO"]),
    ):  # fmt: skip
        assert [row.values[2] for row in runs_table(tried, sort).rows] == lanes, sort
    row = runs_table(tried, ("result", True)).rows[0]
    assert row.cells[4] == "14.00 dB"
    assert runs_table(tried, ("result", False)).rows[0].cells[9] == "not a number"


def test_meters_say_what_lanes_cost() -> None:
    table = meters_table((course(),), "dB")
    cells = dict(zip([column.key for column in table.columns], table.rows[0].cells, strict=True))
    assert cells["ms"] == "10.00"
    assert cells["megabytes"] == "1.50"
    assert cells["result"] == "14.00 dB"


# ---- the whole ---------------------------------------------------------------------------------------------


def known(settings: LabSettings = SETTINGS, state: LabState = LabState.PAUSED) -> LabFacts:
    return LabFacts(state, settings, courses=(course(),))


def test_curves_are_shown_while_settings_are_those_of_the_run() -> None:
    session = c.set_settings(c.open_lab(Session()), SETTINGS)
    scene = resolve_lab(session, known(), Memo())
    assert next(curve.name for curve in scene.race.curves if not curve.faint) == "BPTT"
    assert not scene.transport.stale
    limits = c.set_settings(session, replace(SETTINGS, seconds=99.0, target=0.0))
    assert resolve_lab(limits, known(), Memo()).race.curves
    other = c.set_settings(session, replace(SETTINGS, lanes=("uoro",)))
    stale = resolve_lab(other, known(), Memo())
    assert stale.race.curves == ()
    assert stale.transport.stale
    assert [item.label for item in stale.lanes] == ["UORO"]


def test_the_scrubber_stands_where_the_session_says() -> None:
    session = c.show_moment(c.set_settings(c.open_lab(Session()), SETTINGS), 0.1)
    transport = resolve_lab(session, known(), Memo()).transport
    assert transport.at == pytest.approx(0.25)
    assert not transport.followed
    assert transport.words == "0.1 CPU s"


def test_what_did_not_change_is_the_same_object() -> None:
    session, memo = c.open_lab(Session()), Memo()
    facts = known(session.lab.settings)
    first = resolve_lab(session, facts, memo)
    assert resolve_lab(session, facts, memo) is first
    assert resolve_lab(replace(session, cursor=(1, 1)), facts, memo) is first
    smooth = resolve_lab(c.set_smoothing(session, 9), facts, memo)
    assert smooth.panes is first.panes
    assert smooth.race is not first.race


def test_tasks_without_pictures_have_no_panes() -> None:
    scene = resolve_lab(c.set_preset(c.open_lab(Session()), "copy"), LabFacts(), Memo())
    assert not scene.pictures
    assert scene.panes == ()


def test_tasks_on_pictures_are_those_that_the_engine_says() -> None:
    from engine.lab.tasks.base import TASKS

    assert {name for name in TASKS if TASKS.get(name).on_pictures} == set(ON_PICTURES)


def test_every_area_can_be_made(qtbot: QtBot) -> None:
    for area in AREAS:
        view = area.make()
        qtbot.addWidget(view)
        view.set_scene(resolve_lab(c.open_lab(Session()), known(), Memo()))
        assert view.isEnabled()


def test_the_read_out_stays_true_while_data_come_in(qtbot: QtBot) -> None:
    """The mouse rests in the curves; a point more arrives, and what is read is a point of the new curves."""
    session = c.set_settings(c.open_lab(Session()), replace(SETTINGS, target=0.0))
    view = RaceArea()
    qtbot.addWidget(view)
    view.resize(600, 400)
    view.set_scene(resolve_lab(session, known(), Memo()))
    view.show()
    figure = view.plot.figure()
    qtbot.waitUntil(view.plot.drawn)
    at = figure.place_of((view.plot.scene.curves[-1], 2))
    view.plot.point_at(at)
    assert figure.point is not None
    view.set_scene(resolve_lab(session, replace(known(), courses=(course(count=9),)), Memo()))
    view.plot._at = at  # where the mouse rests; the display of tests has none
    view.plot._read_again()
    assert figure.point is not None
    assert any(figure.point[0] is each for each in view.plot.scene.curves)
    view.plot.point_at(None)
    view.plot._read_again()
    assert figure.point is None


def test_tenths_of_seconds_are_not_written_as_hundreds(qtbot: QtBot) -> None:
    """The library would scale small numbers by a prefix of a unit that the axis doesn't have."""
    session = c.set_settings(c.open_lab(Session()), replace(SETTINGS, target=0.0))
    view = RaceArea()
    qtbot.addWidget(view)
    view.resize(600, 400)
    view.show()
    for count in (2, 3, 4):
        facts = replace(known(), courses=(course(count=count),))
        view.set_scene(resolve_lab(session, facts, Memo()))
        qtbot.waitUntil(view.plot.drawn)
        view.plot.figure().draw()
    assert view.plot.figure().plotItem.getAxis("bottom").autoSIPrefixScale == 1
