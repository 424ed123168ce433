"""Colours that keep their meaning, maps that can be read, themes with enough contrast."""

from __future__ import annotations

import importlib
import itertools
import subprocess
import sys

import numpy as np
import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon, QPalette
from PySide6.QtWidgets import QApplication

from viewer.model.scene import palette as colours
from viewer.ui import icons, theme


def test_meanings_are_the_published_colours() -> None:
    assert (theme.CAUSAL, theme.NONCAUSAL) == ("#0072B2", "#E69F00")


LEARNERS = [
    "bptt", "tbptt", "sab", "uoro", "rtrl", "snap1", "snap2", "snap3", "kf-rtrl", "ok", "rflo", "immediate",
    "diagonal", "eprop",
]  # fmt: skip


@pytest.mark.parametrize(
    ("table", "names"),
    [
        ("codec", ["jpeg", "jpeg2000", "webp", "avif", "goog", "e2e"]),
        ("decoder", ["sweep", "raster", "sibling"]),
        ("learner", LEARNERS),
    ],
)
def test_every_name_has_a_look_of_its_own(table: str, names: list[str]) -> None:
    colour, style = (getattr(colours, f"{table}_{part}") for part in ("colour", "style"))
    looks = [(colour(name), style(name)) for name in names]
    assert len(set(looks)) == len(names)
    assert (colour("unheard-of"), style("unheard-of")) == (colours.GREY, "dash")


def test_a_longer_name_takes_the_look_of_the_longest_known_start() -> None:
    assert theme.decoder_colour("raster-lstm") == theme.decoder_colour("raster")
    assert theme.codec_colour("jpeg2000") != theme.codec_colour("jpeg")


@pytest.mark.parametrize("ramp", [colours.VIRIDIS, colours.CIVIDIS])
def test_sequential_maps_brighten_all_the_way(ramp: np.ndarray) -> None:
    assert ramp.shape == (256, 3)
    assert ramp.dtype == np.uint8
    light = [colours.luminance("#{:02X}{:02X}{:02X}".format(*entry)) for entry in ramp[::8]]
    assert all(a < b for a, b in itertools.pairwise(light))


def test_the_diverging_map_is_lightest_at_zero_and_equally_dark_at_both_ends() -> None:
    light = [colours.luminance("#{:02X}{:02X}{:02X}".format(*entry)) for entry in colours.DIVERGING]
    assert 120 <= int(np.argmax(light)) <= 135
    assert abs(light[0] - light[-1]) < 0.08
    assert colours.DIVERGING[0][2] > colours.DIVERGING[0][0]
    assert colours.DIVERGING[-1][0] > colours.DIVERGING[-1][2]


@pytest.mark.parametrize("look", [theme.DARK, theme.LIGHT], ids=lambda look: look.name)
def test_words_stand_out_from_every_ground(look: theme.Theme) -> None:
    for ground in (look.window, look.panel, look.canvas, look.raised, look.hover):
        assert colours.contrast(look.text, ground) >= 7
        assert colours.contrast(look.muted, ground) >= 4.5
    assert colours.contrast(look.accent, look.panel) >= 4.5
    assert colours.contrast(look.on_accent, look.accent) >= 4.5
    assert colours.contrast(look.error, look.panel) >= 4.5


@pytest.mark.parametrize("look", [theme.DARK, theme.LIGHT], ids=lambda look: look.name)
@pytest.mark.parametrize("colour", ["#F0E442", "#000000", "#56B4E9", "#0072B2", "#009E73"])
def test_legible_colours_stand_out_and_change_no_more_than_needed(look: theme.Theme, colour: str) -> None:
    shown = theme.legible(colour, look.panel)
    assert colours.contrast(shown, look.panel) >= 3
    if colours.contrast(colour, look.panel) >= 3:
        assert shown == colour


def test_apply_sets_palette_font_and_current_theme(qapp: QApplication) -> None:
    theme.apply(qapp, theme.LIGHT)
    assert theme.current() is theme.LIGHT
    assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(theme.LIGHT.window)
    theme.apply(qapp, theme.DARK)
    assert theme.current() is theme.DARK
    assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(theme.DARK.window)
    assert qapp.font().pixelSize() == 13
    assert qapp.font().featureValue(qapp.font().featureTags()[0]) == 1
    assert "@" not in qapp.styleSheet()


def test_style_sheet_drawings_exist(qapp: QApplication) -> None:
    theme.apply(qapp, theme.DARK)
    paths = {part.split('"')[1] for part in qapp.styleSheet().split("url(")[1:]}
    assert len(paths) == 3
    assert not any(QIcon(path).pixmap(QSize(10, 10)).isNull() for path in paths)


@pytest.mark.parametrize("name", list(icons.names()))
@pytest.mark.parametrize("look", [theme.DARK, theme.LIGHT], ids=lambda look: look.name)
def test_icons_are_drawn_at_their_size_in_the_theme_colour(
    qapp: QApplication, name: str, look: theme.Theme
) -> None:
    picture = icons.icon(name, look).pixmap(QSize(25, 25), 1.0)
    assert picture.size() == QSize(25, 25)
    image = picture.toImage()
    solid = [
        image.pixelColor(x, y) for x in range(25) for y in range(25) if image.pixelColor(x, y).alpha() == 255
    ]
    assert solid
    assert all(colour.name() == look.text for colour in solid)
    edge = [image.pixelColor(x, y).alpha() for x in range(25) for y in (0, 24)]
    assert max(edge) == 0, "touches its edge"


def test_unknown_icons_are_an_error(qapp: QApplication) -> None:
    with pytest.raises(KeyError):
        icons.icon("no such icon")


@pytest.mark.parametrize(
    "module", ["viewer.panes.canvas.view", "viewer.ui.plot.column", "viewer.playback.filmstrip"]
)
def test_views_load_nothing_heavy(module: str) -> None:
    importlib.import_module(module)
    program = (
        f"import sys, {module}; "
        "print([m for m in ('torch', 'skimage', 'scipy', 'tifffile', 'pyqtgraph') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "[]", done.stderr
