"""Directions of dependence, the cost of importing; contracts on whole layers are in `pyproject.toml`."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FILES = sorted(path for top in ("engine", "viewer") for path in (ROOT / top).rglob("*.py"))

THREADS_ALLOWED = ("viewer/core/threads.py",)
PROCESSES_ALLOWED = "engine/evaluation/spread.py"
THREAD_MODULES = {"threading", "_thread", "concurrent", "multiprocessing", "asyncio"}
LOCKS = {"Lock", "RLock"}
"""What any module may take from `threading`: the engine is called from several threads."""
THREAD_NAMES = {"QThread", "QRunnable", "QThreadPool", "QtConcurrent", "moveToThread", "start_new_thread"}
HEAVY = ("torch", "skimage", "scipy", "tifffile")
MAY_LOAD_TORCH = (
    "engine.decoders.", "engine.cells.", "engine.learners.", "engine.training.",
    "engine.onnx.", "engine.lab.tasks.", "engine.lab.network.", "engine.lab.lane.", "engine.lab.run.",
    "engine.lab.credit.", "engine.lab.credit_forward.", "engine.lab.credit_graph.", "engine.lab.keep.",
    "engine.models.checkpoint.", "engine.codecs.learned.e2e_network.", "engine.codecs.learned.goog_network.",
)  # fmt: skip


def imports(tree: ast.AST) -> Iterator[str]:
    """Every module that a module imports, wherever in it, with dots."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def names(tree: ast.AST) -> Iterator[str]:
    """Every name and attribute that a module mentions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.alias):
            yield node.name


def threading_of(source: str) -> set[str]:
    """What a module mentions that starts or steers threads; locks don't."""
    tree = ast.parse(source)
    modules = {name for name in imports(tree) if name.split(".")[0] in THREAD_MODULES}
    if "threading" in modules and only_locks(tree):
        modules.remove("threading")
    return modules | (THREAD_NAMES & set(names(tree)))


def only_locks(tree: ast.AST) -> bool:
    """Whether all that a module takes from `threading`, imported under its own name, is locks."""
    taken: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=aliases):
                taken |= {"as" for alias in aliases if alias.name == "threading" and alias.asname}
            case ast.ImportFrom(module="threading", names=aliases):
                taken |= {alias.name for alias in aliases}
            case ast.Attribute(value=ast.Name(id="threading"), attr=attribute):
                taken.add(attribute)
    return taken <= LOCKS


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_threads_live_in_few_files(path: Path) -> None:
    found = threading_of(path.read_text(encoding="utf-8"))
    if relative(path) == PROCESSES_ALLOWED:
        assert {name.split(".")[0] for name in found} == {"multiprocessing"}
    elif relative(path) in THREADS_ALLOWED:
        assert found, f"{path.name} has no threads: the rule has lost its subject"
    else:
        assert not found, f"only {' and '.join(THREADS_ALLOWED)} may use {', '.join(sorted(found))}"


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_imports_are_absolute(path: Path) -> None:
    """So that the contracts, and readers, see what is imported."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level]


@pytest.mark.parametrize(
    "source",
    [
        "import threading\nthreading.Thread(target=print).start()",
        "import threading as t",
        "from threading import Lock, Timer",
        "import concurrent.futures as futures",
        "def late():\n    from multiprocessing import Pool",
        "from PySide6.QtCore import QThread",
        "from PySide6 import QtCore\nclass Worker(QtCore.QRunnable): pass",
        "worker.moveToThread(thread)",
    ],
)
def test_the_check_for_threads_sees(source: str) -> None:
    assert threading_of(source)


@pytest.mark.parametrize(
    "source",
    [
        "from PySide6.QtCore import QTimer\nQTimer.singleShot(0, print)",
        "import threading\nguard = threading.Lock()",
    ],
)
def test_the_check_for_threads_lets_timers_and_locks_pass(source: str) -> None:
    assert not threading_of(source)


def loaded(code: str) -> list[str]:
    """The heavy packages that are loaded once `code` ran in a fresh interpreter."""
    report = f"\nimport sys\nprint(*[name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code + report], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_what_the_window_needs_at_launch_loads_nothing_heavy() -> None:
    light = [name for name in map(module_name, FILES) if not f"{name}.".startswith(MAY_LOAD_TORCH)]
    assert "viewer.core.jobs" in light
    heavy = loaded("\n".join(f"import {name}" for name in light))
    culprits = [name for name in light if loaded(f"import {name}")] if heavy else []
    assert not heavy, f"{', '.join(heavy)} loaded by importing {', '.join(culprits)}"


def test_the_check_for_heavy_imports_sees() -> None:
    assert "torch" in loaded("import engine.decoders.sweep")
