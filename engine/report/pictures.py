"""The pictures of an HTML report: all of them once, two in one place under a divider, maps of the patches."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
from PIL import Image

from engine.animation.frames import Stopped
from engine.codecs.facts import codec_facts
from engine.io.orientation import upright
from engine.metrics.as_text import number
from engine.plotting.svg import png_uri
from engine.report import maps as report_maps
from engine.report.numbers import Shown, shown_pictures
from engine.types import Cancelled, Pixels, Progress, Refinement

MOST_PIXELS = 4_000_000
"""Larger pictures are reduced for the page, which says so; numbers are always those of the whole ones."""


@dataclass(frozen=True)
class PagePicture:
    """One of the page's pictures. detail: its figures."""

    key: str
    name: str
    detail: str
    address: str
    width: int


def page_pictures(refinement: Refinement, cancelled: Cancelled, progress: Progress) -> list[PagePicture]:
    shown = shown_pictures(refinement)
    before = refinement.steps[0].scores.psnr_rgb_db
    wanted: list[tuple[str, str, str, Pixels]] = []
    if refinement.original is not None:
        wanted.append(("original", "Original", "", refinement.original.pixels))
    for each in shown:
        wanted.append(
            (f"step{each.step}", picture_name(refinement, each), _figures(each, before), each.pixels)
        )
    pictures = []
    for at, (key, name, detail, pixels) in enumerate(wanted):
        if cancelled():
            raise Stopped
        small = _for_the_page(upright(pixels, refinement.coded.orientation))
        pictures.append(PagePicture(key, name, detail, png_uri(small), small.shape[1]))
        progress((at + 1) / len(wanted))
    return pictures


def _for_the_page(pixels: Pixels) -> Pixels:
    """Itself, or reduced by a whole factor to what a page can hold."""
    factor = reduction(pixels.shape[0], pixels.shape[1])
    pixels = np.ascontiguousarray(pixels)
    return pixels if factor == 1 else np.asarray(Image.fromarray(pixels).reduce(factor))


def reduction(height: int, width: int) -> int:
    """By what whole factor the sides of a picture are reduced for the page."""
    return max(1, math.ceil(math.sqrt(height * width / MOST_PIXELS)))


def reduced_note(refinement: Refinement) -> str:
    coded = refinement.coded
    factor = reduction(coded.height, coded.width)
    if factor == 1:
        return ""
    return (
        f'<p class="note">Pictures are shown at 1/{factor} of their size; all numbers are of whole ones.</p>'
    )


def picture_name(refinement: Refinement, shown: Shown) -> str:
    if shown.step == 0:
        return f"{codec_facts(refinement.coded.codec).name}, as sent"
    if shown.step > 0:
        return f"Step {shown.step}"
    stage = codec_facts(refinement.coded.codec).stage or "stage"
    return f"{stage.capitalize()} {len(refinement.stages) + 1 + shown.step}"


def _figures(shown: Shown, before: float | None) -> str:
    db = shown.scores.psnr_rgb_db
    if db is None:
        return ""
    if math.isinf(db):
        return "identical"
    gain = f" ({number(db - before, signed=True)})" if before is not None and shown.step else ""
    return f"RGB {number(db)} dB{gain}"


def wipe(pictures: Sequence[PagePicture]) -> str:
    """Two pictures in one place; the script fills it from those of the page, so none is there twice."""
    named = [f"{each.name}{f', {each.detail}' if each.detail else ''}" for each in pictures]
    received = next(at for at, each in enumerate(pictures) if each.key == "step0")

    def options(chosen: int) -> str:
        return "".join(
            f'<option value="{each.key}"{" selected" if at == chosen else ""}>{escape(name)}</option>'
            for at, (each, name) in enumerate(zip(pictures, named, strict=True))
        )

    zooms = "".join(f'<option value="{times}">{times}00 %</option>' for times in (1, 2, 4, 8))
    return (
        '<section id="compare" class="screen" hidden><h2>Compare</h2><div class="tools">'
        f'<label>Left <select id="left">{options(received)}</select></label>'
        f'<label>Right <select id="right">{options(len(pictures) - 1)}</select></label>'
        '<label>Divider <input id="place" type="range" min="0" max="100" step="0.1" value="50"></label>'
        f'<label>Zoom <select id="zoom"><option value="fit">fit</option>{zooms}</select></label></div>'
        '<div id="stage" class="stage" tabindex="0" '
        'aria-label="Two pictures with a divider; 1, 2 and 3 put it left, in the middle, right">'
        f'<div id="wipe" class="wipe fit" data-width="{pictures[0].width}">'
        '<img alt=""><img alt=""><i></i></div></div>'
        '<p class="names"><span id="name-left"></span><span id="name-right"></span></p></section>'
    )


def gallery(pictures: Sequence[PagePicture]) -> str:
    figures = "".join(
        f'<figure><img id="{each.key}" src="{each.address}" alt="{escape(each.name)}">'
        f"<figcaption>{escape(each.name)} <span>{escape(each.detail)}</span></figcaption></figure>"
        for each in pictures
    )
    return f'<div class="pictures">{figures}</div>'


def maps(refinement: Refinement) -> str:
    drawn = report_maps.patch_maps(refinement)
    if not drawn:
        return ""
    parts, turned = [], refinement.coded.orientation
    for each in drawn:
        stops = ", ".join(each.stops.split())
        pixels = np.ascontiguousarray(upright(each.pixels, turned))
        parts.append(
            f'<figure class="map"><h3>{escape(each.title)}</h3>'
            f'<img src="{png_uri(pixels)}" alt="{escape(each.title)}">'
            f'<div class="ramp">{escape(each.low)}<i '
            f'style="background: linear-gradient(to right, {stops})"></i>{escape(each.high)}</div></figure>'
        )
    return f'<div class="pictures">{"".join(parts)}</div>'
