"""Artefacts in the window: maps on each picture, totals over the steps, the way to where they are worst."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from engine.artefacts.measures import FACTS, Artefact, artefact_maps, artefact_totals
from engine.data.samples import load_sample
from engine.types import Picture, frozen
from tests.support.viewer_engine import Engine, picture, scene_of
from tests.support.viewer_engine import run as made_run
from tests.support.viewer_engine import session as made_session
from tests.support.windows import complete
from viewer.model.facts.artefacts import ARTEFACT_OVERLAYS, OVERLAY_OF, Measured, measured_at
from viewer.model.facts.facts import Facts
from viewer.model.facts.run import Run
from viewer.model.scene.palette import artefact_look
from viewer.model.scene.picture import OverlayScene, PaneScene
from viewer.model.session import pages as s
from viewer.model.session.choices import Mode, Overlay
from viewer.model.session.options import set_quality
from viewer.model.session.state import Session
from viewer.model.session.view_changes import set_peek
from viewer.overlays import artefact_jobs as work_artefacts
from viewer.overlays.artefact_jobs import measured
from viewer.overlays.artefact_worker import ArtefactMeasurer
from viewer.overlays.places import MOST_PLACES, REACH, next_place, places, places_of, visibility
from viewer.overlays.resolve.artefacts import figure
from viewer.panes.canvas.view import PanesView
from viewer.shell.window import MainWindow


def photo() -> Picture:
    """A picture with edges and texture enough for every measure."""
    return Picture("coffee.png", frozen(load_sample("coffee").pixels[:200, :296]))


def known(run: Run) -> dict[int, Measured]:
    original = run.refinement.original
    assert original is not None
    return {at: measured(run.pixels(at), original.pixels) for at in range(run.ready + 1)}


@pytest.fixture
def state(engine: Engine) -> Session:
    return made_session(photo())


@pytest.fixture
def facts(state: Session) -> Facts:
    run = made_run(state)
    return Facts(run=run, measured=known(run))


# ---- what is shown ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("overlay", ARTEFACT_OVERLAYS)
def test_each_picture_wears_its_own_map(state: Session, facts: Facts, overlay: Overlay) -> None:
    artefact, run = ARTEFACT_OVERLAYS[overlay], facts.run
    assert run is not None
    shown = scene_of(replace(s.set_overlay(state, overlay), step=2), facts)
    original, standard, estimate = shown.panes
    over = shown.overlay
    assert over.values_on(original) is None
    assert over.values_on(standard) is facts.measured[0].maps[artefact]
    assert over.values_on(estimate) is over.values is facts.measured[2].maps[artefact]
    assert over.legend == f"{artefact.value} of JPEG and step 2 ({FACTS[artefact].unit})"
    expected = artefact_maps(run.pixels(2), photo().pixels)[artefact]
    assert over.values == pytest.approx(expected, nan_ok=True)
    peeked = scene_of(set_peek(s.set_overlay(state, overlay), "original"), facts)
    assert all(peeked.overlay.values_on(pane) is None for pane in peeked.panes)
    later = scene_of(replace(s.set_overlay(state, overlay), step=3), facts).overlay
    assert (later.low, later.high) == (over.low, over.high)  # one scale, so that a repair is seen


def test_a_map_waits_for_its_measurement(state: Session, facts: Facts) -> None:
    state = s.set_overlay(state, Overlay.RINGING)
    assert scene_of(state, replace(facts, measured={})).overlay.note == "measuring …"
    failed = replace(facts, measured={}, measured_note="not enough memory")
    assert scene_of(state, failed).overlay.note == "not enough memory"
    other = made_run(state)
    stale = scene_of(state, replace(facts, run=other))
    assert stale.overlay.note == "measuring …"  # what is known is of other pictures


def test_a_flat_picture_has_no_ringing_to_show(engine: Engine) -> None:
    flat = Picture("flat.png", np.full((48, 72, 3), 90, np.uint8))
    state = s.set_overlay(made_session(flat), Overlay.RINGING)
    run = made_run(state)
    assert "no patch" in scene_of(state, Facts(run=run, measured=known(run))).overlay.note


def test_without_an_original_two_maps_are_missing(state: Session, facts: Facts) -> None:
    assert facts.run is not None
    run = replace(facts.run, refinement=replace(facts.run.refinement, original=None), errors=())
    blind = Facts(run=run, measured={at: measured(run.pixels(at), None) for at in range(run.ready + 1)})
    for overlay, artefact in ARTEFACT_OVERLAYS.items():
        shown = scene_of(s.set_overlay(state, overlay), blind)
        if FACTS[artefact].needs_original:
            assert "received file" in shown.overlay.note
        else:
            assert shown.overlay.values is not None
            assert shown.overlay.legend.endswith("without an original")
    names = [curve.name for curve in scene_of(state, blind).plots[3].curves]
    assert names == ["block edges", "ringing", "staircasing"]
    labels = [row.label for row in scene_of(state, blind).summary]
    assert "Staircasing" in labels
    assert "Deformed edges" not in labels


def test_totals_over_the_steps(state: Session, facts: Facts) -> None:
    run = facts.run
    assert run is not None
    plot = scene_of(replace(state, step=1), facts).plots[3]
    assert (plot.key, plot.marker) == ("artefacts", 1)
    assert len(plot.curves) == 5
    totals = [artefact_totals(run.pixels(at), photo().pixels) for at in range(run.ready + 1)]
    for number, (artefact, curve) in enumerate(zip(Artefact, plot.curves, strict=True)):
        values = [row[number] for row in totals]
        assert values[0]
        assert curve.y == pytest.approx([100 * (value or 0) / values[0] for value in values])
        assert curve.labels == tuple(figure(artefact, value or 0) for value in values)
        assert not curve.faint
    half = replace(facts, measured={0: facts.measured[0], 3: facts.measured[3]})
    assert np.isnan(scene_of(state, half).plots[3].curves[0].y).tolist() == [False, True, True, False]


def test_the_chosen_artefact_stands_out(state: Session, facts: Facts) -> None:
    plot = scene_of(s.set_overlay(state, Overlay.STAIRCASING), facts).plots[1]
    assert plot.key == "artefacts"
    assert [curve.faint for curve in plot.curves] == [True] * 4 + [False]
    assert plot.curves[-1].name == "staircasing"
    looks = [artefact_look(each.value) for each in Artefact]
    assert len(set(looks)) == len({look[0] for look in looks}) == len({look[2] for look in looks}) == 5


def test_totals_among_the_figures(state: Session, facts: Facts) -> None:
    rows = {row.label: row.value for row in scene_of(replace(state, step=3), facts).summary}
    before, after = facts.measured[0], facts.measured[3]
    assert rows["Block edges"] == f"{before.totals[0]:.2f} → {after.totals[0]:.2f} levels"
    assert rows["Deformed edges"] == f"{before.totals[1]:.1f} → {after.totals[1]:.1f}°"
    alone = {row.label: row.value for row in scene_of(replace(state, step=0), facts).summary}
    assert alone["Ringing"] == f"{before.totals[2]:.2f} levels"


def test_maps_are_painted_over_their_own_pictures(qtbot: QtBot) -> None:
    one, other = (np.full((16, 16, 3), 90, np.uint8) for _ in range(2))
    view = PanesView()
    qtbot.addWidget(view)
    view.resize(400, 260)
    high, low = np.full((2, 2), 1.0, np.float32), np.full((2, 2), 0.0, np.float32)
    overlay = OverlayScene(
        Overlay.RINGING, low, 0, 1, opacity=1, legend="ringing", pictures=((one, high), (other, low))
    )
    panes = (PaneScene("standard", "A", "", one), PaneScene("estimate", "B", "", other))
    view.set_scene(panes, Mode.SIDE, None, overlay)
    view.zoom_to(200)  # from nearer on patches are framed rather than covered
    view.show()
    picture_ = view.grab().toImage()
    middle = round(view.image_position(8, 8).y())
    left, right = (QColor(picture_.pixel(x, middle)) for x in (98, 302))
    assert left.red() > 200  # the yellow end
    assert left.green() > 200
    assert right.red() < 100  # the violet end
    view.set_scene(panes, Mode.WIPE, None, overlay)
    picture_ = view.grab().toImage()
    middle = round(view.image_position(8, 8).y())
    left, right = (QColor(picture_.pixel(x, middle)) for x in (186, 213))  # beside the handle
    assert left.red() > 200 > 100 > right.red()


# ---- where it is worst -----------------------------------------------------------------------------------


def test_places_are_apart_and_in_order() -> None:
    values = np.full((40, 60), np.nan, np.float32)
    values[::3] = 0
    for row, column, size in ((5, 5, 30), (6, 6, 25), (20, 50, 90), (39, 0, 60)):
        values[row, column] = size
    found = places(values, 0.1)
    assert found == ((20, 50), (39, 0), (5, 5))
    assert places(values, 1000) == ()
    assert places(np.full((3, 4), np.nan, np.float32), 0.1) == ()
    many = places(np.random.default_rng(0).random((100, 100)).astype(np.float32), 0.1)
    assert len(many) == MOST_PLACES
    for number, (row, column) in enumerate(many):
        for other in many[number + 1 :]:
            assert max(abs(row - other[0]), abs(column - other[1])) > REACH
    assert places(np.float32([[2.0]]), 0.1) == ((0, 0),)


def test_what_texture_hides_comes_last() -> None:
    picture_ = np.full((64, 96, 3), 120, np.uint8)
    picture_[:, 48:] = np.random.default_rng(0).integers(60, 180, (64, 48, 1), dtype=np.uint8)
    visible = visibility(picture_)
    assert visible.shape == (8, 12)
    assert visible[:, :6].min() > 0.99
    assert visible[:, 6:].max() < 0.1
    values = np.zeros((8, 12), np.float32)
    values[4, 9], values[4, 2] = 30, 10
    assert places(values, 0.1) == ((4, 9), (4, 2))
    assert places(values, 0.1, visible) == ((4, 2), (4, 9))


def test_the_place_after_the_pinned_one_comes_next(state: Session) -> None:
    found = ((1, 2), (3, 4), (5, 6))
    assert next_place(state, found) == 0
    assert next_place(replace(state, pinned=(3, 4)), found) == 2
    assert next_place(replace(state, pinned=(5, 6)), found) == 0


def test_why_there_is_no_place(state: Session, facts: Facts) -> None:
    assert places_of(state, Facts(), Artefact.RINGING) == "Nothing is decoded yet"
    assert "being measured" in places_of(state, replace(facts, measured={}), Artefact.RINGING)
    clean = Measured(photo().pixels, None, {Artefact.RINGING: np.zeros((25, 37), np.float32)}, ())
    assert facts.run is not None
    of_it = replace(clean, pixels=facts.run.pixels(0), original=photo().pixels)
    run = replace(facts.run, refinement=replace(facts.run.refinement, original=None))
    nothing = Facts(run=run, measured={0: replace(of_it, original=None)})
    assert places_of(state, nothing, Artefact.RINGING) == "Hardly any ringing in this picture"
    assert "no original" in places_of(state, Facts(run=run), Artefact.DEFORMED_EDGES)


# ---- the window ------------------------------------------------------------------------------------------


def test_every_picture_of_a_run_is_measured(window: MainWindow, qtbot: QtBot) -> None:
    window.controller.documents.open_picture(photo())
    complete(qtbot, window)
    facts, run = window.controller.facts, window.controller.facts.run
    assert run is not None
    assert sorted(facts.measured) == list(range(run.ready + 1))
    found = measured_at(facts.measured, run, 2)
    assert found is not None
    assert found.totals == artefact_totals(run.pixels(2), photo().pixels)
    window.controller.change(lambda state: set_quality(state, 5))
    complete(qtbot, window)
    again, later = window.controller.facts, window.controller.facts.run
    assert later is not None
    assert later is not run
    assert all(measured_at(again.measured, later, at) for at in range(later.ready + 1))
    assert again.measured[0].totals[0] > facts.measured[0].totals[0]  # type: ignore[operator]


def test_large_pictures_are_measured_where_they_are_looked_at(window: MainWindow, qtbot: QtBot) -> None:
    window.controller.worker(ArtefactMeasurer).most_patches = 10
    window.controller.documents.open_picture(picture())
    complete(qtbot, window)
    assert sorted(window.controller.facts.measured) == [0, 3]
    window.controller.playback.choose_step(1)
    complete(qtbot, window)
    assert sorted(window.controller.facts.measured) == [0, 1, 3]


def test_show_me_goes_from_place_to_place(window: MainWindow, qtbot: QtBot) -> None:
    window.controller.documents.open_picture(photo())
    complete(qtbot, window)
    found = places_of(window.controller.session, window.controller.facts, Artefact.BLOCK_EDGES)
    assert isinstance(found, tuple)
    assert len(found) > 1
    visited = []
    for number in range(len(found) + 1):
        window.menus.run("artefact.block_edges")
        pinned = window.controller.session.pinned
        visited.append(pinned)
        place = f"Block edges {number % len(found) + 1} of {len(found)}: "
        assert window.controller.facts.message.startswith(place)
        assert pinned is not None
        middle = window.panes.image_position(8 * pinned[1] + 4, 8 * pinned[0] + 4)
        assert window.panes.rect().contains(middle.toPoint())
        assert window.panes.zoom() >= 100
    assert visited == [*found, found[0]]
    assert window.controller.session.overlay is Overlay.NONE


def test_show_me_brings_its_own_map_in_place_of_another(window: MainWindow, qtbot: QtBot) -> None:
    window.controller.documents.open_picture(photo())
    window.controller.change(lambda state: s.set_overlay(state, Overlay.RINGING))
    complete(qtbot, window)
    window.menus.run("artefact.staircasing")
    assert window.controller.session.overlay is OVERLAY_OF[Artefact.STAIRCASING]


def test_a_failure_is_told_once_and_mended_by_decoding(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> Measured:
        raise MemoryError

    real = work_artefacts.measured
    monkeypatch.setattr(work_artefacts, "measured", fail)
    window.controller.documents.open_picture(picture())
    qtbot.waitUntil(lambda: bool(window.controller.facts.measured_note), timeout=5000)
    complete(qtbot, window)
    assert window.controller.facts.error == "not enough memory"
    assert not window.menus.by_id["artefact.ringing"].toolTip().startswith("Not now")
    monkeypatch.setattr(work_artefacts, "measured", real)
    window.controller.decode()
    complete(qtbot, window)
    assert sorted(window.controller.facts.measured) == [0, 1, 2, 3]


def test_comparing_measures_nothing(window: MainWindow, qtbot: QtBot) -> None:
    window.controller.documents.open_picture(picture())
    complete(qtbot, window)
    window.menus.run("compare")
    complete(qtbot, window)
    assert not window.controller.facts.measured
    assert not window.menus.by_id["artefact.ringing"].isEnabled()
    window.menus.run("compare")
    complete(qtbot, window)
    assert sorted(window.controller.facts.measured) == [0, 1, 2, 3]
