"""What the measuring scripts share: the machine in words, medians, and figures held against their bars."""

from __future__ import annotations

import os
import platform
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))  # this checkout is measured, whatever is installed

from engine.cli.tables import plain_table  # noqa: E402
from engine.io.image import SUFFIXES, load_picture  # noqa: E402
from engine.types import Pixels  # noqa: E402


@dataclass(frozen=True)
class Figure:
    """One measured value; smaller is better. bar: what must be reached; aim: what is wished for."""

    what: str
    value: float
    unit: str
    bar: float | None = None
    aim: float | None = None
    detail: str = ""

    @property
    def met(self) -> bool:
        return self.bar is None or self.value <= self.bar

    def cells(self) -> list[str]:
        places = 1 if self.unit == "ms" else 2
        verdict = "" if self.bar is None else "missed"
        if self.bar is not None and self.met:
            verdict = "aim reached" if self.aim is not None and self.value <= self.aim else "bar met"
        limits = ["–" if limit is None else f"{limit:g} {self.unit}" for limit in (self.bar, self.aim)]
        return [self.what, f"{self.value:.{places}f} {self.unit}", *limits, verdict, self.detail]


def conclude(figures: list[Figure]) -> int:
    """Print the figures against their bars; returns 1 when one is missed, else 0."""
    print(plain_table(["what", "measured", "bar", "aim", "", ""], [f.cells() for f in figures], (0, 4, 5)))
    return 0 if all(figure.met for figure in figures) else 1


def machine() -> str:
    """The machine in words, with how busy it was: figures from a busy one are upper bounds."""
    cpus = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    words = f"{platform.system()} {platform.machine()}, {cpus} CPU(s), Python {platform.python_version()}"
    if hasattr(os, "getloadavg"):
        words += f", load {os.getloadavg()[0]:.1f} at the start"
    return words


def pictures_of(folder: Path, height: int, width: int) -> list[tuple[str, Pixels]]:
    """Pictures of one size in `folder`, by name; ends the script with one line when there is none."""
    found = []
    if folder.is_dir():
        for path in sorted(folder.iterdir()):
            if path.suffix.lower() in SUFFIXES:
                pixels = load_picture(path).pixels
                if pixels.shape[:2] == (height, width):
                    found.append((path.name, pixels))
    if not found:
        sys.exit(f"error: {folder}: holds no picture of {width}×{height} pixels")
    return found


def child_environment() -> dict[str, str]:
    """Environment of a process that is measured: it finds this checkout, too."""
    return {**os.environ, "PYTHONPATH": str(ROOT)}
