"""The plots of the Measure page: rate–distortion, and differences to the baseline. No Qt, pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from engine.codecs.facts import CODEC_FACTS, codec_facts
from engine.models.card import ModelCard
from viewer.bench.resolve.looks import Look, Name, looks_of, names_in
from viewer.core import words
from viewer.model.scene.plots import Curve, PlotScene
from viewer.model.session.bench import STANDARD, BenchView
from viewer.model.session.decoder_names import group_title

if TYPE_CHECKING:
    from engine.benchmark.results import MeanLine, Results

_FEW = 9
"""Names that an axis has room for."""


def bench_plots(
    results: Results | None, view: BenchView, cards: tuple[ModelCard, ...] = ()
) -> tuple[PlotScene, ...]:
    """What there is to plot, the differences below the curves."""
    if results is None:
        return ()
    looks = looks_of(names_in(results))
    names = _names(looks, cards)
    base = baseline_title(results.baseline, cards)
    if view is BenchView.PICTURES:
        return (_picture_plot(results, looks, names, base), _rate_plot(results, looks, names))
    return (_rate_plot(results, looks, names), _difference_plot(results, looks, names, base))


def _rate_plot(results: Results, looks: Mapping[Name, Look], names: Mapping[Name, str]) -> PlotScene:
    """Means over the pictures; who has a Bjøntegaard delta says so in the legend."""
    deltas = {(each.codec, each.decoder, each.context): each for each in results.deltas}
    curves = []
    for curve in results.curves:
        key = (curve.codec, curve.decoder, curve.context)
        delta, name = deltas.get(key), names[key]
        if delta is not None and delta.bd_rate_percent is not None:
            saved = f"{delta.bd_rate_percent:+.1f} %".replace("-", words.MINUS)
            name += f" (BD-rate {saved})"
        told = f"mean of {curve.pictures} pictures"
        if delta is not None and delta.bd_psnr_db is not None:
            told += f", BD-PSNR {words.gain(delta.bd_psnr_db)}"
        colour, style, symbol = looks[key]
        curves.append(
            Curve(name, _array(curve.bits_per_pixel), _array(curve.psnr_rgb_db), colour, style, symbol,
                  labels=(told,) * len(curve.psnr_rgb_db))
        )  # fmt: skip
    return PlotScene(
        "bench-rate", "Rate–distortion, means", "bits per pixel (bpp)", "RGB PSNR (dB)", tuple(curves),
        note="No picture was measured at every point", x_decimals=3,
    )  # fmt: skip


def _difference_plot(
    results: Results, looks: Mapping[Name, Look], names: Mapping[Name, str], base: str
) -> PlotScene:
    """Differences with the 95 % intervals of their means: over the rate, or side by side at one point."""
    lines = [line for line in results.means if line.difference is not None]
    by_curve: dict[Name, list[MeanLine]] = {}
    for line in lines:
        by_curve.setdefault((line.codec, line.decoder, line.context), []).append(line)
    single = all(len(each) == 1 for each in by_curve.values()) and len(by_curve) > 1
    curves: list[Curve] = []
    for number, (key, members) in enumerate(by_curve.items(), 1):
        members = sorted(members, key=lambda line: line.bits_per_pixel)
        x = [float(number)] if single else [line.bits_per_pixel for line in members]
        curves += _with_bars(names[key], x, members, looks[key], points=single)
    x_names = tuple(
        (float(number), _short(names[key]), names[key]) for number, key in enumerate(by_curve, 1)
    ) if single and len(by_curve) <= _FEW else ()  # fmt: skip
    across = "decoder" if single else "bits per pixel (bpp)"
    return PlotScene(
        "bench-difference", f"Difference to {base}, 95 % interval", across, "RGB PSNR (dB)",
        tuple(curves), note="Nothing was measured on the same streams as the baseline",
        x_decimals=0 if single else 3, x_names=x_names,
    )  # fmt: skip


def _with_bars(
    name: str, x: Sequence[float], lines: Sequence[MeanLine], look: Look, points: bool
) -> list[Curve]:
    """The means, and a bar through each as wide as its interval."""
    colour, style, symbol = look
    over = [line.difference.pictures for line in lines if line.difference is not None]
    labels = tuple(
        f"± {each.half:.3f} dB, {each.count} pictures, p = {each.t_test:.2g} (t), {each.rank_test:.2g} (W)"
        if each.half is not None
        else "one picture"
        for each in over
    )
    curves = [
        Curve(name, _array(x), _array(each.mean for each in over), colour, "points" if points else style,
              symbol, labels=labels)
    ]  # fmt: skip
    across, along = list[float](), list[float]()
    for at, each in zip(x, over, strict=True):
        if each.half is not None:
            across += [at, at, math.nan]
            along += [each.mean - each.half, each.mean + each.half, math.nan]
    if across:
        curves.append(
            Curve(f"{name}, 95 % interval", _array(across), _array(along), colour, "solid", "",
                  faint=True, listed=False)
        )  # fmt: skip
    return curves


def _picture_plot(
    results: Results, looks: Mapping[Name, Look], names: Mapping[Name, str], base: str
) -> PlotScene:
    """Every picture's difference, and its place in the order of measuring; mean of operating points."""
    images = list(dict.fromkeys(row.image for row in results.rows))
    by_name: dict[Name, dict[str, list[float]]] = {}
    for each in results.differences:
        held = by_name.setdefault((each.codec, each.decoder, each.context), {})
        for image, db in each.by_picture.items():
            held.setdefault(image, []).append(db)
    curves = []
    for key, held in by_name.items():
        colour, _, symbol = looks[key]
        there = [image for image in images if image in held]
        curves.append(
            Curve(names[key], _array(images.index(image) + 1.0 for image in there),
                  _array(float(np.mean(held[image])) for image in there), colour, "points", symbol,
                  labels=tuple(there))
        )  # fmt: skip
    return PlotScene(
        "bench-pictures", f"Difference to {base}, by picture", "picture", "RGB PSNR (dB)", tuple(curves),
        note="Nothing was measured on the same streams as the baseline", x_decimals=0,
        x_span=(0.5, len(images) + 0.5) if images else None,
    )  # fmt: skip


def baseline_title(baseline: str, cards: Sequence[ModelCard]) -> str:
    """What the baseline is called in a sentence."""
    return "the standard decode" if baseline == STANDARD else group_title(baseline, cards)


def _names(looks: Iterable[Name], cards: Sequence[ModelCard]) -> dict[Name, str]:
    """What tells lines apart, for legends."""
    names = list(looks)
    codecs = len({name[0] for name in names}) > 1
    found: dict[Name, str] = {}
    for codec, decoder, context in names:
        title = codec_facts(codec).title if codec in CODEC_FACTS else codec
        several = sum(name[:2] == (codec, decoder) for name in names) > 1
        if not decoder:
            found[codec, decoder, context] = f"{title}, standard"
        else:
            called = group_title(decoder, cards)
            told = f"{title} + {called}" if codecs else called
            found[codec, decoder, context] = f"{told}, {context}" if several else told
    return found


def _short(name: str) -> str:
    return name if len(name) <= 12 else f"{name[:11]}…"


def _array(values: Iterable[float]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    array = np.array([value if math.isfinite(value) else math.nan for value in values], np.float64)
    array.setflags(write=False)
    return array
