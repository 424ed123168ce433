"""A wheel built from the checkout, installed elsewhere, runs both programs with all they need inside.

The environment it goes into is new; third-party packages are lent to it by a path, which brings no
editable installs along, so whatever of this project is found there came out of the wheel.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
NOT_SOURCE = shutil.ignore_patterns(
    ".*", "*.egg-info", "__pycache__", "build", "dist", "runs", "out", "tests"
)
PACKAGES = ("engine", "viewer", "assets")


@dataclass(frozen=True)
class Elsewhere:
    """An environment with the wheel in it, and an empty folder to work in."""

    wheel: Path
    environment: Path
    folder: Path

    def run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one of the environment's programs in the folder, knowing nothing of the checkout."""
        path = self.environment / ("Scripts" if sys.platform == "win32" else "bin") / program
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        return subprocess.run(
            [str(path), *arguments],
            cwd=self.folder,
            env=inherited,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=240,
        )


def call(*command: str | Path) -> None:
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Elsewhere:
    base = tmp_path_factory.mktemp("package")
    # A copy, so that building leaves nothing in the checkout and takes nothing stale from it.
    shutil.copytree(ROOT, base / "source", ignore=NOT_SOURCE)
    offline = ("--no-deps", "--no-index", "--disable-pip-version-check")
    pip = (sys.executable, "-m", "pip")
    # The wheel is built from the source distribution, so that this holds all that is needed.
    call(sys.executable, "-m", "build", "--no-isolation", "--outdir", base / "wheel", base / "source")
    (wheel,) = (base / "wheel").glob("*.whl")
    shutil.rmtree(base / "source")
    call(sys.executable, "-m", "venv", "--without-pip", base / "environment")
    inside = Elsewhere(wheel, base / "environment", base / "folder")
    inside.folder.mkdir()
    call(*pip, "--python", inside.environment, "install", *offline, wheel)
    (site,) = inside.environment.rglob("site-packages")
    lent = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (site / "lent.pth").write_text("\n".join(sorted(lent)) + "\n", encoding="utf-8")
    return inside


def test_the_wheel_holds_every_module_and_asset_and_nothing_else(elsewhere: Elsewhere) -> None:
    held = set(zipfile.ZipFile(elsewhere.wheel).namelist())
    own = {name for name in held if ".dist-info/" not in name}
    assert {name.split("/")[0] for name in own} == set(PACKAGES)
    assert not [name for name in own if "__pycache__" in name]
    modules = {path for top in PACKAGES for path in (ROOT / top).rglob("*.py")}
    data = {
        path for folder in ("models", "icons", "studies") for path in (ROOT / "assets" / folder).rglob("*.*")
    }
    data |= set((ROOT / "engine" / "training" / "configs").glob("*.toml"))
    assert {path.suffix for path in data} >= {".safetensors", ".json", ".svg", ".toml", ".csv"}
    wanted = {path.relative_to(ROOT).as_posix() for path in modules | data if "__pycache__" not in path.parts}
    assert wanted <= own
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in held)


def test_both_distributions_are_fit_for_the_index(elsewhere: Elsewhere) -> None:
    """By the index's own checks of metadata and of how the description is shown."""
    both = sorted(elsewhere.wheel.parent.iterdir())
    assert {path.suffix for path in both} == {".gz", ".whl"}
    call(sys.executable, "-m", "twine", "check", "--strict", *both)


def test_what_runs_there_is_the_wheel(elsewhere: Elsewhere) -> None:
    done = elsewhere.run(
        "python",
        "-c",
        "import assets, engine, viewer; print(*map(str, (\
        assets.__file__, engine.__file__, viewer.__file__)), sep='\\n')",
    )
    assert done.returncode == 0, done.stderr
    for line in done.stdout.splitlines():
        assert Path(line).is_relative_to(elsewhere.environment)


def test_models_are_listed(elsewhere: Elsewhere) -> None:
    done = elsewhere.run("nrc", "models")
    assert (done.returncode, done.stderr) == (0, "")
    everything = sorted((ROOT / "assets" / "models").glob("*.json"))
    cards = [path for path in everything if not path.name.endswith(".record.json")]
    assert len(cards) >= 2
    for card in cards:
        assert json.loads(card.read_text(encoding="utf-8"))["name"] in done.stdout


def test_a_picture_is_refined(elsewhere: Elsewhere) -> None:
    rows, columns = np.mgrid[0:50, 0:75]
    waves = [127 + 100 * np.sin((rows * a + columns * b) / 9) for a, b in ((1, 2), (2, -1), (0, 1))]
    Image.fromarray(np.stack(waves, axis=-1).astype(np.uint8)).save(elsewhere.folder / "waves.png")
    options = ("--codec", "jpeg", "--quality", "10", "--decoder", "sweep", "--steps", "2", "-o", "out")
    done = elsewhere.run("nrc", "refine", "waves.png", *options)
    assert done.returncode == 0, done.stderr
    out = elsewhere.folder / "out"
    assert {path.name for path in out.iterdir()} == {
        "original.png", "received.jpg", "step-0.png", "step-1.png", "step-2.png", "report.json",
    }  # fmt: skip
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    assert (report["width"], report["height"], report["decoder"]) == (75, 50, "sweep")
    assert report["bits"] == 8 * (out / "received.jpg").stat().st_size
    assert [step["index"] for step in report["steps"]] == [0, 1, 2]
    received, step_0 = (np.asarray(Image.open(out / name)) for name in ("received.jpg", "step-0.png"))
    assert np.array_equal(received, step_0)
    assert not np.array_equal(step_0, np.asarray(Image.open(out / "step-2.png")))


def test_the_window_is_rendered_with_a_bundled_sample(elsewhere: Elsewhere) -> None:
    done = elsewhere.run("nrc-viewer", "--steps", "1", "--snapshot", "window.png")
    assert done.returncode == 0, done.stderr
    window = np.asarray(Image.open(elsewhere.folder / "window.png").convert("RGB"))
    assert window.shape[0] >= 500
    assert window.shape[1] >= 800
    assert len(np.unique(window.reshape(-1, 3), axis=0)) > 1000  # pictures, not an empty frame


def test_a_mistake_is_one_line_and_status_2(elsewhere: Elsewhere) -> None:
    done = elsewhere.run("nrc", "refine", "nowhere.png", "--quality", "10", "--decoder", "sweep", "-o", "out")
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert "nowhere.png" in line
