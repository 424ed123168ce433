"""The records of a saved state. No Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any


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
class SavedState:
    """What a slot, a session file or a lesson keeps. values: of settings (`setting.declared`), by their path.

    Pictures, decoders and codecs stand there by name, so that a state outlives them.
    """

    values: Mapping[str, Any]
    image: ImageReference = field(default_factory=ImageReference)
    view: View = field(default_factory=View)

    def __getitem__(self, path: str) -> Any:
        return self.values[path]

    def having(self, values: Mapping[str, Any]) -> SavedState:
        """The same with other values."""
        return replace(self, values={**self.values, **values})
