"""The records of a saved state: everything by name or number, so that it outlives versions, models and
pictures. No Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.types import Context
from viewer.model.session.choices import PANES, Mode, Overlay, Scale
from viewer.model.session.compare import Page as ComparePage

DECODER, COMPARE, CODECS = "decoder", "compare", "codecs"
"""Pages of the window: one decoder, several compared, the codecs view."""


@dataclass(frozen=True)
class ImageReference:
    """Which picture. Exactly one of sample, path and embedded is set, or none where nothing is open.

    sample: a bundled one. path: absolute; relative: the same, as seen from the folder of the file that the
    reference is written to, with slashes, "" where there is none. sha256: of the file's bytes, lower-case
    hexadecimal, "" where nobody has read them. embedded: a PNG in Base64, of a picture that has no file.
    received: the file is the stream, it has no original.
    """

    name: str = ""
    sample: str = ""
    path: str = ""
    relative: str = ""
    sha256: str = ""
    embedded: str = ""
    received: bool = False


@dataclass(frozen=True)
class View:
    """Where one looks. scale: device pixels per image pixel; centre: of the view, as parts of the picture's
    (width, height), 0 to 1. fitted: the whole picture, whatever the window's size; scale and centre then say
    nothing. divider: of the wipe, 0 (left) to 1."""

    fitted: bool = True
    scale: float = 1.0
    centre: tuple[float, float] = (0.5, 0.5)
    divider: float = 0.5

    @staticmethod
    def of(panes: Mapping[str, Any]) -> View:
        """From what the panes tell of themselves (`PanesView.state`)."""
        return View(bool(panes["fit"]), panes["zoom"] / 100, (panes["x"], panes["y"]), panes["wipe"])

    def panes(self) -> dict[str, Any]:
        """As `PanesView.restore` takes it."""
        x, y = self.centre
        return {"fit": self.fitted, "zoom": 100 * self.scale, "x": x, "y": y, "wipe": self.divider}


@dataclass(frozen=True)
class Compared:
    """The compare view. entries: (decoder, context) each; steps: K of all, 0 as trained; page: by name."""

    entries: tuple[tuple[str, str], ...] = ()
    steps: int = 0
    original: bool = False
    standard: bool = True
    overlay: str = Overlay.NONE.value
    page: str = ComparePage.PICTURES.value
    flip: tuple[int, int] = (0, 1)


@dataclass(frozen=True)
class Differences:
    """How pictures are compared. luma: differences of luma only; scale: fixed, adaptive or root, by its
    value; blink_rate: changes per second; the rest: what may lie over the panes."""

    luma: bool = False
    scale: str = Scale.FIXED.value
    blink_rate: float = 2.0
    zoom_box: bool = False
    minimap: bool = True
    pixels: bool = True


@dataclass(frozen=True)
class SavedState:
    """Everything by name or number, so that it outlives versions, models and pictures.

    quality: 1 to 100; bits_per_pixel: a target in its place, None for none. decoder: "" for none. steps: K,
    0 for as many as the decoder was trained for. step: the one that is shown, None the newest, below 0 the
    stages of a progressive stream. scan: position of the scan, None for all patches. panes: keys in their
    order. solo: the one that is shown alone, "" for all. patch: the pinned (row, column). page: one of
    `DECODER`, `COMPARE`, `CODECS`. codecs: choices of the codecs view (`rates_memory`).
    """

    image: ImageReference = field(default_factory=ImageReference)
    codec: str = "jpeg"
    quality: int = 15
    bits_per_pixel: float | None = None
    subsampling: str = "4:2:0"
    decoder: str = ""
    context: str = Context.BOTH.value
    carry: bool = False
    steps: int = 0
    step: int | None = None
    scan: int | None = None
    panes: tuple[str, ...] = PANES
    solo: str = ""
    mode: str = Mode.SIDE.value
    wipe: tuple[str, str] = ("standard", "estimate")
    absolute: bool = False
    gain: int = 4
    looking: Differences = field(default_factory=Differences)
    overlay: str = Overlay.NONE.value
    opacity: float = 0.6
    patch: tuple[int, int] | None = None
    show_inside: bool = False
    view: View = field(default_factory=View)
    page: str = DECODER
    compared: Compared = field(default_factory=Compared)
    codecs: dict[str, Any] = field(default_factory=dict)
