"""How the window looks: colours, fonts and the style sheet, dark and light.

Sizes follow an 8-pixel grid; every length is in device-independent pixels, so 125 % and 150 % come free.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from pathlib import Path

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetrics, QPalette
from PySide6.QtWidgets import QApplication, QComboBox

from viewer.model.scene.palette import (
    CAUSAL,
    CIVIDIS,
    DIVERGING,
    NONCAUSAL,
    SELF,
    VIRIDIS,
    codec_colour,
    codec_style,
    decoder_colour,
    decoder_style,
    learner_colour,
    learner_style,
    legible,
)
from viewer.ui.stylesheet import SHEET

__all__ = [
    "CAUSAL",
    "CIVIDIS",
    "DARK",
    "DIVERGING",
    "LIGHT",
    "NONCAUSAL",
    "PAPER",
    "SELF",
    "VIRIDIS",
    "Theme",
    "apply",
    "back_row",
    "codec_colour",
    "codec_style",
    "current",
    "decoder_colour",
    "decoder_style",
    "exact_font",
    "font",
    "for_a_while",
    "learner_colour",
    "learner_style",
    "legible",
    "scaled",
    "system_theme",
    "text_scale",
]

FONT_PIXELS = 13
_LEAST_HEIGHT = 20
"""Of what is inside a button or a field, at any size of text."""
_PREFERRED = ("Inter", "Noto Sans", "Cantarell", "Ubuntu", "Open Sans", "DejaVu Sans")


@dataclass(frozen=True)
class Theme:
    """Colours as "#RRGGBB". `canvas` is what surrounds pictures, `raised` the face of buttons."""

    name: str
    window: str
    panel: str
    canvas: str
    raised: str
    hover: str
    line: str
    text: str
    muted: str
    accent: str
    on_accent: str
    error: str
    faint: str
    """Words of what can't be used now."""

    @property
    def dark(self) -> bool:
        return self.name == "dark"


DARK = Theme(
    name="dark",
    window="#15171c",
    panel="#1d2027",
    canvas="#101216",
    raised="#272b34",
    hover="#313640",
    line="#2c313a",
    text="#e8eaed",
    muted="#9aa3ad",
    accent="#56b4e9",
    on_accent="#0b1016",
    error="#ff8f7a",
    faint="#5f6873",
)
LIGHT = Theme(
    name="light",
    window="#eceef1",
    panel="#f8f9fa",
    canvas="#dfe2e6",
    raised="#ffffff",
    hover="#e6eaef",
    line="#cdd2d9",
    text="#1a1d22",
    muted="#545c66",
    accent="#0f6cab",
    on_accent="#ffffff",
    error="#b3261e",
    faint="#9aa1aa",
)

PAPER = replace(LIGHT, panel="#ffffff", text="#000000", muted="#333333", line="#bfbfbf")
"""For figures that are printed."""

_current = DARK
_text_scale = 100


def current() -> Theme:
    """The theme applied last; widgets that paint themselves ask for it at each paint."""
    return _current


def text_scale() -> int:
    """Size of text, percent; see `apply`."""
    return _text_scale


def scaled(pixels: int) -> int:
    """A length that holds text, as it must be at the size of text of the moment."""
    return pixels if _text_scale == 100 else round(pixels * _text_scale / 100)


@contextmanager
def for_a_while(theme: Theme) -> Iterator[None]:
    """Painters that ask for the theme get this one, at 100 % text; widgets themselves stay as they are."""
    global _current, _text_scale
    before = _current, _text_scale
    _current, _text_scale = theme, 100
    try:
        yield
    finally:
        _current, _text_scale = before


def system_theme(app: QApplication) -> Theme:
    """Light where the desktop asks for light, else dark."""
    return LIGHT if app.styleHints().colorScheme() == Qt.ColorScheme.Light else DARK


def back_row(height: int) -> int:
    """Pixels of type that the back row can read in a window of this height: about 27 lines of it."""
    return max(scaled(16), round(height / 27))


def exact_font(pixels: int, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """`font` in a size that the size of text doesn't change."""
    return QFont(_font(max(1, pixels), weight))


def font(pixels: int = FONT_PIXELS, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """The system's UI font with tabular figures, so that numbers don't jitter. pixels: at 100 % text."""
    return QFont(_font(scaled(pixels), weight))


@cache
def _font(pixels: int, weight: QFont.Weight) -> QFont:
    result = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    if result.family() in ("Sans Serif", "Sans", "sans-serif", ""):
        # No desktop has set a font: take the first good one rather than whatever the alias means.
        result.setFamilies([name for name in _PREFERRED if QFontDatabase.hasFamily(name)] or ["Sans Serif"])
    result.setPixelSize(pixels)
    result.setWeight(weight)
    result.setFeature(QFont.Tag("tnum"), 1)
    return result


def apply(app: QApplication, theme: Theme, percent: int = 100) -> None:
    """Give the whole application this theme and size of text; visible widgets repaint themselves."""
    global _current, _text_scale
    grown = percent != _text_scale
    _current, _text_scale = theme, percent
    _font.cache_clear()
    app.setStyle("Fusion")
    app.setFont(font())
    app.setPalette(_palette(theme))
    app.setStyleSheet(_style_sheet(theme))
    if grown:  # layouts know sizes from between the new font and the new sheet
        for widget in app.allWidgets():
            if isinstance(widget, QComboBox):  # keeps the size that it told
                app.sendEvent(widget, QEvent(QEvent.Type.StyleChange))
            widget.updateGeometry()


def _palette(theme: Theme) -> QPalette:
    role = QPalette.ColorRole
    colours = {
        role.Window: theme.window,
        role.WindowText: theme.text,
        role.Base: theme.panel,
        role.AlternateBase: theme.raised,
        role.Text: theme.text,
        role.PlaceholderText: theme.muted,
        role.Button: theme.raised,
        role.ButtonText: theme.text,
        role.BrightText: theme.error,
        role.ToolTipBase: theme.raised,
        role.ToolTipText: theme.text,
        role.Highlight: theme.accent,
        role.HighlightedText: theme.on_accent,
        role.Accent: theme.accent,
        role.Link: theme.accent,
        role.LinkVisited: theme.accent,
        role.Light: theme.hover,
        role.Midlight: theme.raised,
        role.Mid: theme.line,
        role.Dark: theme.line,
        role.Shadow: theme.canvas,
    }
    palette = QPalette()
    for key, value in colours.items():
        palette.setColor(key, QColor(value))
    for key in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, key, QColor(theme.faint))
    return palette


def _asset(name: str) -> str:
    import assets

    return Path(str(files(assets).joinpath("icons", name))).as_posix()


def _style_sheet(theme: Theme) -> str:
    tone = theme.name
    names = {
        "down": _asset(f"chevron-down-{tone}.svg"),
        "up": _asset(f"chevron-up-{tone}.svg"),
        "check": _asset(f"check-{tone}.svg"),
    }
    values = vars(theme) | {key: f'"{path}"' for key, path in names.items()}
    values["menu"] = "10px" if text_scale() <= 100 else "5px"  # large, all of them are to have room
    values["least"] = f"{max(_LEAST_HEIGHT, QFontMetrics(font()).height())}px"

    def meant(match: re.Match[str]) -> str:
        name = match.group(1)
        return f"{scaled(int(name))}px" if name.isdigit() else values[name]

    return re.sub("@([a-z_]+|[0-9]+)", meant, SHEET)
