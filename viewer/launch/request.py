"""What was asked for on the command line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtCore import QSettings


@dataclass(frozen=True)
class Launch:
    """What the command line asked for; None and "" leave a choice to the settings."""

    file: Path | None = None
    sample: str = ""
    received: bool = False
    codec: str = ""
    quality: int | None = None
    bits_per_pixel: float | None = None
    subsampling: str = ""
    decoder: str = ""
    steps: int | None = None
    context: str = ""
    carry: bool | None = None
    theme: str = ""
    size: tuple[int, int] | None = None
    snapshot: Path | None = None
    store: QSettings | None = None
    compare: tuple[str, ...] = ()
    codecs: bool = False
    equal_rate: str = ""
    lesson: str = ""
    lab: str = ""
    mode: str = ""
    overlay: str = ""
    view_scale: float | None = None
    view_only: bool = False
    step: int | None = None
    zoom: float | None = None
    patch: tuple[int, int] | None = None
    beside: tuple[Path, ...] = ()
    listen: bool = False
    desktop: str = ""
