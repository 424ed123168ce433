"""The lab in the window, driven as a person would; a tiny network on small pictures."""

from __future__ import annotations

import csv
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, QSize, Qt
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from engine.errors import UserError
from engine.lab.settings import as_toml, load_settings
from tests.support.lab_windows import SmallProcess, long_run, until
from tests.support.viewer_engine import picture
from tests.support.window_walk import apply
from tests.support.windows import Make, complete
from viewer.documents.settings import Settings
from viewer.lab.areas import AREAS
from viewer.lab.process import LabProcess
from viewer.lab.views.form import SettingsArea
from viewer.lab.views.race import RaceArea
from viewer.lab.views.runs import RunsArea
from viewer.lab.worker import LabRunner
from viewer.launch.arguments import check, parse
from viewer.launch.build import first_session
from viewer.model.facts.lab import LabState
from viewer.model.session import lab_changes as c
from viewer.model.session.choices import Page
from viewer.model.session.lab import LabAxis, preset_names
from viewer.shell.window import MainWindow
from viewer.ui.scrolled import Scrolled

Key, LEFT = Qt.Key, Qt.MouseButton.LeftButton


@pytest.fixture
def lab(make: Make, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> MainWindow:
    """A window with a picture, at the lab with a run that is made and paused."""
    monkeypatch.setattr(LabProcess, "COMMAND", SmallProcess.COMMAND)
    window = make()
    window.controller.documents.open_picture(picture())
    complete(qtbot, window)
    window.controller.change(partial(c.set_settings, settings=long_run(tmp_path)))
    qtbot.keyClick(window, Key.Key_T)
    until(qtbot, lambda: window.lab.runner.facts.state is LabState.PAUSED)
    return window


@pytest.fixture
def still(make: Make, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> MainWindow:
    """The same where no process is started: for what needs none."""
    monkeypatch.setattr(LabRunner, "begin", lambda self: None)
    window = make()
    window.controller.change(partial(c.set_settings, settings=long_run(tmp_path)))
    qtbot.keyClick(window, Key.Key_T)
    return window


@pytest.fixture
def learned(lab: MainWindow, qtbot: QtBot) -> MainWindow:
    """Paused again after some measurements and a picture of every lane."""
    qtbot.keyClick(lab, Key.Key_Space)
    facts = lab.lab.runner
    until(qtbot, lambda: len(facts.facts.courses[0].table) > 4 and all(x.shots for x in facts.facts.courses))
    qtbot.keyClick(lab, Key.Key_Space)
    until(qtbot, lambda: facts.facts.state is LabState.PAUSED)
    until(qtbot, lambda: all(x.shots[-1].update >= x.update for x in facts.facts.courses))
    return lab


def page(window: MainWindow) -> Page:
    return window.controller.session.page


def test_a_key_opens_the_page_and_closes_it(lab: MainWindow, qtbot: QtBot) -> None:
    assert page(lab) is Page.LAB
    assert lab.middle.currentWidget() is lab.parts.lab
    assert lab.side.isHidden()
    assert not lab.toolbar.codec.isVisible()
    qtbot.keyClick(lab, Key.Key_T)
    assert page(lab) is Page.PICTURES
    assert lab.middle.currentWidget() is lab.pages
    assert not lab.side.isHidden()
    assert lab.toolbar.codec.isVisible()


def test_closing_the_window_in_the_lab_keeps_the_column(lab: MainWindow) -> None:
    pid = lab.lab.runner.pid()
    assert pid is not None
    lab.close()
    assert "side" not in Settings(lab.settings._store).load_layout().hidden
    assert lab.lab.runner.pid() is None


def test_lanes_stand_beside_the_original_while_they_learn(learned: MainWindow) -> None:
    scene = learned.controller.scene.lab
    assert scene is not None
    assert [pane.title for pane in scene.panes] == ["Original", "BPTT", "TBPTT (1)"]
    assert scene.panes[0].pixels is not None
    session = learned.controller.session
    assert session.picture is not None
    assert (scene.panes[0].pixels == session.picture.pixels).all()  # the open picture is what they decode
    assert all(pane.pixels is not None and pane.detail.endswith(" dB") for pane in scene.panes[1:])
    race = learned.parts.lab.areas["race"]
    assert isinstance(race, RaceArea)
    assert [curve.name for curve in race.plot.scene.curves if not curve.faint] == [
        "BPTT",
        "TBPTT (1)",
    ]


def test_the_scrubber_shows_the_past_and_end_the_newest(learned: MainWindow, qtbot: QtBot) -> None:
    control, scrub = learned.controller, learned.parts.lab.scrub
    scrub.bar.setValue(400)
    at = control.session.lab.at
    assert at is not None
    scene = control.scene.lab
    assert scene is not None
    assert scene.race.marker is not None
    course = learned.lab.runner.facts.courses[0]
    shown = course.table[course.table[:, 0] <= at][-1, 0]
    until(qtbot, lambda: f"update {shown:.0f} " in control.scene.lab.panes[1].detail)
    qtbot.keyClick(learned, Key.Key_Home)
    assert control.session.lab.at == 0
    qtbot.keyClick(learned, Key.Key_Right)
    assert control.session.lab.at == course.table[1, 0]
    qtbot.keyClick(learned, Key.Key_End)
    assert control.session.lab.at is None


def test_going_on_from_a_moment_forgets_what_came_later(learned: MainWindow, qtbot: QtBot) -> None:
    runner = learned.lab.runner
    update = int(runner.facts.courses[0].table[2, 0])
    learned.lab.show(float(update))
    assert learned.parts.lab.scrub.back.isEnabled()
    qtbot.mouseClick(learned.parts.lab.scrub.back, LEFT)
    until(qtbot, lambda: [course.update for course in runner.facts.courses] == [update, update])
    assert learned.controller.session.lab.at is None


def test_a_fork_from_the_menu_adds_a_lane(learned: MainWindow, qtbot: QtBot) -> None:
    menu = learned.parts.lab.bar.fork.menu()
    inner = menu.actions()[0].menu()
    assert menu.actions()[0].text() == "From BPTT"
    next(action for action in inner.actions() if action.text() == "UORO").trigger()
    runner = learned.lab.runner
    until(qtbot, lambda: len(runner.facts.courses) == 3)
    until(qtbot, lambda: len(learned.controller.scene.lab.panes) == 4)
    assert learned.controller.scene.lab.panes[3].title.startswith("UORO, from update ")


def test_escape_pauses_first_and_closes_then(lab: MainWindow, qtbot: QtBot) -> None:
    qtbot.mouseClick(lab.parts.lab.bar.play, LEFT)
    until(qtbot, lambda: lab.lab.runner.facts.state is LabState.PLAYING)
    assert lab.parts.lab.bar.play.text() == "Pause"
    qtbot.keyClick(lab, Key.Key_Escape)
    until(qtbot, lambda: lab.lab.runner.facts.state is LabState.PAUSED)
    assert page(lab) is Page.LAB
    qtbot.keyClick(lab, Key.Key_Escape)
    assert page(lab) is Page.PICTURES


def test_the_button_of_the_area_that_is_shown_is_down(still: MainWindow) -> None:
    assert still.lab.page.switch.current() == "race"
    still.controller.change(partial(c.set_area, key="about"))
    assert still.lab.page.switch.current() == "about"


def test_a_narrow_page_folds_its_areas_below_the_pictures(still: MainWindow, qtbot: QtBot) -> None:
    """As beside a lesson with large text: pictures have the room until an area is asked for."""
    page, change = still.lab.page, still.controller.change
    for area in AREAS:  # each of them made: a stack is as wide as its widest page
        change(partial(c.set_area, key=area.key))
    apply(still, QSize(900, 600), 200, "light")
    assert page.minimumSizeHint().width() <= 900 - 430  # what a lesson leaves
    qtbot.waitUntil(lambda: page.folded)
    assert page.switch.current() is None
    high = page.panes.height()
    button = page.switch.button("race")
    qtbot.mouseClick(button, LEFT)
    assert (page.folded, page.switch.current()) == (False, "race")
    assert page.areas["race"].isVisible()
    qtbot.mouseClick(button, LEFT)
    assert page.folded
    apply(still, QSize(1280, 720), 100, "light")
    qtbot.waitUntil(lambda: not page.folded)
    assert page.panes.height() > high
    form = page.area("settings")
    assert isinstance(form, SettingsArea)
    change(partial(c.set_area, key="settings"))
    row = form.lanes.rows[0]
    qtbot.waitUntil(lambda: row.width() > 300 and row.height() < 2 * row.drop.height())  # in one line


def test_settings_are_undone_like_others(still: MainWindow) -> None:
    control = still.controller
    control.change(partial(c.set_area, key="settings"))
    form = still.parts.lab.areas["settings"]
    assert isinstance(form, SettingsArea)
    form._fields["options.delay"].setValue(1)  # type: ignore[attr-defined]
    assert control.session.lab.settings.options["delay"] == 1
    assert control.facts.undo == "delay 2 → 1"
    form.lanes.add_lane()
    assert control.session.lab.settings.lanes == ("bptt", "tbptt:1", "uoro")
    still.menus.run("undo")
    still.menus.run("undo")
    assert control.session.lab.settings.options["delay"] == 2
    assert form._fields["options.delay"].value() == 2  # type: ignore[attr-defined]
    assert [row.learner.currentData() for row in form.lanes.rows] == ["bptt", "tbptt"]
    form.cosines.click()
    assert control.session.lab.settings.cosines
    control.change(partial(c.set_axis, axis=LabAxis.PATCHES))
    still.menus.run("undo")
    assert control.session.lab.axis is LabAxis.SECONDS


def test_what_cannot_be_is_not_taken(still: MainWindow) -> None:
    still.controller.change(partial(c.set_area, key="settings"))
    form = still.parts.lab.areas["settings"]
    assert isinstance(form, SettingsArea)
    before = still.controller.session.lab.settings
    form._fields["network.units"].setValue(0)  # type: ignore[attr-defined]
    assert still.controller.session.lab.settings == before
    assert form._fields["network.units"].value() == before.network.units  # type: ignore[attr-defined]
    form.seeds.setText("1 x")
    form.seeds.editingFinished.emit()
    assert still.controller.session.lab.settings.seeds == before.seeds


def test_updates_of_truncated_bptt_come_at_the_ends_of_windows(still: MainWindow) -> None:
    still.controller.change(partial(c.set_area, key="settings"))
    form = still.parts.lab.areas["settings"]
    assert isinstance(form, SettingsArea)
    row = form.lanes.rows[1]
    row.reach.setValue(2)
    row.every.setValue(1)
    assert still.controller.session.lab.settings.lanes[1] == "tbptt:2,every=2"
    row.learner.setCurrentIndex(row.learner.findData("bptt"))
    row.learner.activated.emit(row.learner.currentIndex())
    assert still.controller.session.lab.settings.lanes[1] == "bptt"


def test_a_new_seed_is_a_setting_too(learned: MainWindow, qtbot: QtBot) -> None:
    qtbot.mouseClick(learned.parts.lab.bar.seed, LEFT)
    assert learned.controller.session.lab.settings.seeds == (2,)
    runner = learned.lab.runner
    until(qtbot, lambda: runner.facts.state is LabState.PAUSED and len(runner.facts.courses) == 2)
    assert {course.facts.seed for course in runner.facts.courses} == {2}
    assert learned.controller.facts.undo == "seed 1 → 2"


def test_limits_change_where_a_run_stops(learned: MainWindow, qtbot: QtBot) -> None:
    runner, bar = learned.lab.runner, learned.parts.lab.bar
    end = runner.facts.courses[0].update + 10
    bar.updates.setValue(end)
    qtbot.mouseClick(bar.play, LEFT)
    until(qtbot, lambda: runner.facts.state is LabState.DONE)
    assert runner.facts.courses[0].update == end
    assert len(runner.facts.courses[0].table) > 5  # it went on rather than beginning anew


def test_presets_are_chosen_and_told(still: MainWindow) -> None:
    bar = still.parts.lab.bar
    assert bar.preset.count() == len(preset_names()) + 1  # and a line before those that go wrong
    at = bar.preset.findData("truncation-diverges")
    bar.preset.activated.emit(at)
    scene = still.controller.scene.lab
    assert scene is not None
    assert scene.settings.task == "influence-balancing"
    assert not scene.pictures
    assert not still.parts.lab.panes.isVisible()
    assert "push the one weight" in still.parts.lab.see.text()


# ---- files ------------------------------------------------------------------------------------------------


def chosen(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    """Let every dialog answer with a path."""
    for name in ("getSaveFileName", "getOpenFileName"):
        monkeypatch.setattr(QFileDialog, name, lambda *_, path=path: (str(path), ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_, path=path: str(path))


def test_settings_are_saved_and_opened_again(
    still: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = still.controller.session.lab.settings
    chosen(monkeypatch, tmp_path / "mine.toml")
    still.menus.run("lab.save.settings")
    until(qtbot, lambda: not still.exports.exporter.busy())
    assert load_settings(tmp_path / "mine.toml") == settings
    still.controller.change(partial(c.set_preset, name="copy"))
    still.menus.run("lab.open")
    assert still.controller.session.lab.settings == settings
    (tmp_path / "mine.toml").write_text(as_toml(settings).replace("elman", "gone"))
    still.menus.run("lab.open")
    assert "unknown cell 'gone'" in still.controller.facts.error
    assert still.controller.session.lab.settings == settings


def test_the_run_is_written_as_nrc_lab_writes_it(
    learned: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "run"
    chosen(monkeypatch, folder)
    learned.menus.run("lab.save.run")
    until(qtbot, lambda: not learned.exports.exporter.busy())
    names = {path.name for path in folder.iterdir()}
    assert {"curves.csv", "lab.toml", "replay.html", "original.png", "0-bptt-seed1.png"} <= names
    with (folder / "curves.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    course = learned.lab.runner.facts.courses[0]
    assert len([row for row in rows if row["lane"] == "bptt"]) == len(course.table)
    assert float(rows[-1]["psnr_db"]) == learned.lab.runner.facts.courses[1].table[-1, 4]
    page = (folder / "replay.html").read_text("utf-8")
    assert page.count("data:image/jpeg") >= 3


@pytest.mark.parametrize("name", ["training.gif", "replay.html", "curves.csv"])
def test_each_file_of_a_run(
    learned: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    chosen(monkeypatch, tmp_path / name)
    learned.menus.run(f"lab.save.{name.partition('.')[0]}")
    until(qtbot, lambda: not learned.exports.exporter.busy())
    assert (tmp_path / name).stat().st_size > 500
    assert learned.controller.facts.message.startswith(f"Saved {name}")


def test_the_table_of_runs_is_sorted_and_written(
    learned: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    learned.controller.change(partial(c.set_area, key="runs"))
    area = learned.parts.lab.areas["runs"]
    assert isinstance(area, RunsArea)
    assert area.table.model().rowCount() == 2
    area.table.sort_chosen.emit("result")
    area.table.sort_chosen.emit("result")
    assert learned.controller.session.lab.sort == ("result", True)
    values = [row.values[4] for row in learned.controller.scene.lab.runs.rows]
    assert values == sorted(values, reverse=True)
    chosen(monkeypatch, tmp_path / "runs.csv")
    learned.lab.do("runs.save")
    until(qtbot, lambda: not learned.exports.exporter.busy())
    with (tmp_path / "runs.csv").open(newline="") as file:
        assert [row["lane"] for row in csv.DictReader(file)] == [
            row.values[2] for row in learned.controller.scene.lab.runs.rows
        ]


def test_sessions_keep_the_lab(still: MainWindow) -> None:
    from viewer.model.session.capture import apply, capture
    from viewer.model.session.state import Session

    still.controller.change(partial(c.set_area, key="meters"))
    state = capture(still.controller.session)
    again = apply(replace(Session(), models=still.controller.session.models), state)
    assert again.page is Page.LAB
    assert again.lab.area == "meters"
    assert again.lab.settings == still.controller.session.lab.settings


def test_the_command_line_opens_the_lab(store: QSettings) -> None:
    launch = parse(["--lab", "staircase"])
    check(launch)
    session = first_session(launch, Settings(store))
    assert session.page is Page.LAB
    assert session.lab.preset == "staircase"
    assert parse(["--lab"]).lab == "late-answer"
    with pytest.raises(UserError, match="--lab gone: no such preset"):
        check(parse(["--lab", "gone"]))


def test_the_settings_keep_no_width_of_larger_words(still: MainWindow, qtbot: QtBot) -> None:
    still.controller.change(partial(c.set_area, key="settings"))
    inside = still.lab.page.area("settings").findChild(Scrolled)
    assert isinstance(inside, Scrolled)
    content, widths = inside.widget(), []
    assert content is not None
    for text in (100, 125, 150, 200, 100):
        apply(still, QSize(900, 600), text, "dark")
        for _ in range(4):
            QApplication.processEvents()
        widths.append(content.minimumSizeHint().width())
    assert widths[0] == widths[-1]
    assert content.width() <= inside.viewport().width()
