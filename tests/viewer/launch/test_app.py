"""Starting: the command line, what it costs, and the window drawn into a file."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QEvent, QSettings
from pytestqt.qtbot import QtBot

from engine import pipeline
from engine.errors import UserError
from engine.models import card as models
from engine.types import Context
from tests.support.repository import ROOT
from tests.support.viewer_engine import Engine, png
from tests.support.windows import complete
from viewer.documents.settings import Settings
from viewer.launch import app
from viewer.launch.arguments import check, parse
from viewer.launch.build import application, build_window, first_session
from viewer.launch.request import Launch
from viewer.model.session.choices import Overlay, Page
from viewer.model.session.compare_changes import close_compare
from viewer.model.session.decoder_names import decoder_title
from viewer.model.session.options import set_quality
from viewer.model.session.pages import set_overlay


@pytest.fixture
def engine(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Engine:
    monkeypatch.setattr(models, "find_card", pipeline.find_card)
    return engine


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    return png(tmp_path / "photo.png")


def start(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The program in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "viewer.launch.app", *arguments],
        capture_output=True,
        text=True,
        timeout=280,
        cwd=ROOT,
        env={**os.environ, **environment},
    )


def test_the_command_line_is_read(tmp_path: Path) -> None:
    launch = parse(
        ["a.png", "--codec", "jpeg", "--quality", "12", "--subsampling", "4:4:4", "--decoder", "raster",
         "--steps", "3", "--context", "non-causal", "--no-carry", "--theme", "light", "--size", "1280x800"]
    )  # fmt: skip
    assert launch == Launch(
        file=Path("a.png"), codec="jpeg", quality=12, subsampling="4:4:4", decoder="raster", steps=3,
        context="non-causal", carry=False, theme="light", size=(1280, 800),
    )  # fmt: skip
    assert parse([]) == Launch()
    assert parse(["--bpp", "0.4", "--sample", "coffee"]).bits_per_pixel == 0.4


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--quality", "0"], "argument --quality: invalid quality (1 to 100) value: '0'"),
        (["--quality", "many"], "--quality"),
        (["--bpp", "-1"], "--bpp"),
        (["--bpp", "nan"], "--bpp"),
        (["--quality", "10", "--bpp", "1"], "not allowed with"),
        (["--steps", "99"], "--steps"),
        (["--size", "wide"], "--size"),
        (["--context", "some"], "--context"),
        (["--nonsense"], "unrecognized arguments: --nonsense"),
    ],
)
def test_bad_arguments(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        app.main(arguments)
    assert stopped.value.code == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("nrc-viewer: error: ")
    assert said.err.count("\n") == 1
    assert words in said.err


@pytest.mark.parametrize(
    ("launch", "words"),
    [
        (Launch(file=Path("missing.png")), "missing.png: no such file"),
        (Launch(file=Path("a.png"), sample="coffee"), "not both"),
        (Launch(received=True), "--received needs a FILE"),
        (Launch(sample="nothing"), "nothing"),
        (Launch(codec="gif"), "unknown codec 'gif'"),
        (Launch(decoder="nothing"), "unknown decoder 'nothing'"),
        (Launch(decoder="sweep", context="causal"), "decoder 'sweep' has no context 'causal'"),
        (Launch(decoder="sweep", carry=True), "no state to carry"),
        (Launch(snapshot=Path("no/such/folder/out.png")), "folder doesn't exist"),
    ],
)
def test_mistakes_found_before_anything_is_loaded(engine: Engine, launch: Launch, words: str) -> None:
    with pytest.raises(UserError, match=words.replace("(", r"\(")):
        check(launch)


def test_mistakes_exit_with_status_2_and_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main(["--decoder", "nothing"]) == 2
    said = capsys.readouterr()
    assert said.err.startswith("nrc-viewer: error: unknown decoder 'nothing'")
    assert said.err.count("\n") == 1


def test_the_first_session(engine: Engine, tmp_path: Path) -> None:
    store = QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat)
    settings = Settings(store)
    fresh = first_session(Launch(), settings)
    assert (fresh.options.decoder, fresh.options.quality) == ("sweep", 15)
    settings.save_session(set_overlay(set_quality(fresh, 44), Overlay.BITS))
    assert first_session(Launch(), settings).options.quality == 44
    given = first_session(Launch(quality=9, theme="light", steps=2), settings)
    assert (given.options.quality, given.theme, given.options.steps) == (9, "light", 2)
    assert given.overlay is Overlay.BITS
    causal = first_session(Launch(context="causal", carry=True), settings)
    assert (causal.options.decoder, causal.options.context) == ("raster", Context.CAUSAL)
    assert causal.options.carry
    rate = first_session(Launch(bits_per_pixel=0.7, subsampling="4:4:4"), settings)
    assert (rate.options.bits_per_pixel, rate.options.subsampling) == (0.7, "4:4:4")


def test_a_built_window_opens_its_file_once_shown(
    qtbot: QtBot, engine: Engine, photo: Path, tmp_path: Path
) -> None:
    store = QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat)
    window = build_window(Launch(file=photo, decoder="raster", size=(900, 700), store=store))
    qtbot.addWidget(window)
    assert window.controller.session.picture is None
    assert not window.controller.documents.loading.busy()
    window.show()
    complete(qtbot, window)
    assert (window.width(), window.height()) == (900, 700)
    assert window.controller.session.name == "photo.png"
    assert window.controller.facts.run is not None
    assert window.controller.facts.run.refinement.request.decoder == "raster"
    window.close()


def test_a_snapshot_is_the_finished_window(
    qtbot: QtBot, engine: Engine, photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "window.png"
    seen: list[int] = []
    real = build_window

    def build(launch: Launch) -> object:
        window = real(launch)
        window.destroyed.connect(lambda: seen.append(-1))
        window.controller.changed.connect(lambda: seen.append(len(window.controller.scene.plots[1].curves)))
        return window

    monkeypatch.setattr("viewer.launch.build.build_window", build)
    assert app.main([str(photo), "--snapshot", str(out), "--size", "1280x800", "--quality", "20"]) == 0
    with Image.open(out) as image:
        assert image.size == (1280, 800)
        assert len(image.convert("RGB").getcolors(1 << 24) or []) > 500
    assert max(seen) == 3  # curve, sent, refined: nothing was missing when it was drawn
    application().sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert seen[-1] == -1


def test_a_snapshot_of_a_comparison(
    qtbot: QtBot, engine: Engine, photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "window.png"
    shown: list[list[str]] = []
    real = build_window

    def build(launch: Launch) -> object:
        window = real(launch)
        window.controller.changed.connect(
            lambda: shown.append([pane.detail for pane in window.controller.scene.panes])
        )
        return window

    monkeypatch.setattr("viewer.launch.build.build_window", build)
    arguments = [str(photo), "--snapshot", str(out), "--compare", "raster:causal", "raster", "sweep"]
    assert app.main(arguments) == 0
    with Image.open(out) as image:
        assert image.size == (1600, 900)
    assert len(shown[-1]) == 4
    assert all(" dB (" in detail for detail in shown[-1][1:])


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        (("sweep",), "--compare takes 2 to 6 different decoders, not 1"),
        (("sweep", "sweep"), "--compare takes 2 to 6 different decoders, not 1"),
        (("sweep", "nothing"), "unknown decoder 'nothing'"),
        (("sweep:causal", "raster"), "decoder 'sweep' has no context 'causal'"),
        (("learners",), "--compare learners: its decoders are not installed"),
    ],
)
def test_comparisons_that_can_t_be_had(
    engine: Engine, names: tuple[str, ...], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert app.main(["--compare", *names]) == 2
    said = capsys.readouterr().err
    assert reason in said
    assert said.count("\n") == 1


def test_a_preset_may_be_compared_by_name(engine: Engine, store: QSettings) -> None:
    launch = Launch(compare=("context",), store=store)
    check(launch)
    session = first_session(launch, Settings(store))
    assert session.page is Page.COMPARE
    assert [entry.context for entry in session.compare.entries] == list(Context)


def test_one_s_own_model_is_found_by_its_path(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, photo: Path, tmp_path: Path, store: QSettings
) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "tests" / "engine"))
    from tests.support.tiny_models import save_tiny_model

    path = save_tiny_model(tmp_path)
    launch = Launch(file=photo, decoder=str(path), compare=(str(path), "raster"), store=store)
    check(launch)
    window = build_window(launch)
    qtbot.addWidget(window)
    window.show()
    complete(qtbot, window)
    cards = window.controller.session.models
    called = [decoder_title(name, cards) for name in ("tiny-sweep", "raster")]
    assert [pane.title for pane in window.controller.scene.panes[1:]] == called
    assert not window.controller.facts.compare.failures
    window.controller.change(close_compare)
    complete(qtbot, window)
    assert window.controller.scene.panes[2].title == "Step 2 · Tiny sweep"
    window.close()


def test_a_snapshot_of_a_bad_file(
    qtbot: QtBot, engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.png"
    bad.write_bytes(b"not a picture")
    out = tmp_path / "window.png"
    assert app.main([str(bad), "--snapshot", str(out)]) == 2
    said = capsys.readouterr().err
    assert said.startswith("nrc-viewer: error: ")
    assert "bad.png" in said
    assert said.count("\n") == 1
    assert not out.exists()


def test_help_and_mistakes_need_neither_display_nor_pytorch() -> None:
    program = (
        "import sys\n"
        "from viewer.launch import app\n"
        "try:\n    app.main(['--help'])\nexcept SystemExit as stop:\n    assert stop.code == 0\n"
        "assert app.main(['--decoder', 'nothing']) == 2\n"
        "heavy = {'torch', 'skimage', 'scipy', 'PIL', 'PySide6', 'pyqtgraph'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    environment = {key: value for key, value in os.environ.items() if "DISPLAY" not in key}
    environment.pop("QT_QPA_PLATFORM", None)
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, env=environment, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert "--snapshot OUT.png" in done.stdout


def test_the_window_opens_without_heavy_libraries() -> None:
    program = (
        "import sys, viewer.launch.app, viewer.shell.window\n"
        "from viewer.launch.build import build_window\n"
        "from viewer.launch.request import Launch\n"
        "window = build_window(Launch())\n"
        "window.show()\n"
        "heavy = {'torch', 'skimage', 'scipy', 'pyqtgraph', 'tifffile', 'PIL'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
        "window.close()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, timeout=60
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="other systems always have a display")
def test_without_a_display_it_says_so() -> None:
    done = start(DISPLAY="", WAYLAND_DISPLAY="", QT_QPA_PLATFORM="")
    assert done.returncode == 2
    assert done.stderr == (
        "nrc-viewer: error: there is no display (use --snapshot OUT.png to draw the window into a file)\n"
    )


@pytest.mark.skipif(not pipeline.model_cards(), reason="no models are bundled yet")
def test_a_snapshot_with_a_bundled_model(photo: Path, tmp_path: Path) -> None:
    """The whole program as people start it: real models, real processes."""
    out = tmp_path / "window.png"
    done = start(str(photo), "--snapshot", str(out), "--size", "1280x800", "--bpp", "1.0")
    assert (done.returncode, done.stderr) == (0, "")
    with Image.open(out) as image:
        assert image.size == (1280, 800)
