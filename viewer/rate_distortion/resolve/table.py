"""Figures of the codecs view: beside the plots, and as a table to export. No Qt, pure."""

from __future__ import annotations

import math

from engine.codecs.facts import codec_facts
from viewer.core import words
from viewer.model.facts.facts import Facts
from viewer.model.facts.rate_distortion import Deltas
from viewer.model.scene.compare import Column, TableRow, TableScene
from viewer.model.scene.palette import codec_colour, decoder_colour
from viewer.model.scene.plots import InspectorRow
from viewer.model.session.rate_distortion import Metric, RatesPage, RatesSource
from viewer.model.session.state import Session
from viewer.rate_distortion.resolve.deltas import anchor_of, delta_of
from viewer.rate_distortion.resolve.lines import CodecLine, at_rate
from viewer.rate_distortion.resolve.panes import Seen, rate_off
from viewer.rate_distortion.resolve.plot import current_rate

COLUMNS = (
    Column("codec", "Codec", "Codec of the stream", numeric=False),
    Column("decoder", "Decoder", "What decoded it: the codec's own, or a refining one", numeric=False),
    Column("quality", "Quality", "Quality setting of the encoder"),
    Column("bits_per_pixel", "bpp", "Bits per pixel, headers included"),
    Column("psnr_rgb_db", "RGB PSNR", "dB"),
    Column("ms_ssim", "MS-SSIM", "Of luma"),
    Column("figures", "Figures", "What they were measured on", numeric=False),
    Column("bd_rate_percent", "BD-rate", "Bjøntegaard delta of the curve: bits for equal PSNR, %"),
    Column("bd_psnr_db", "BD-PSNR", "Bjøntegaard delta of the curve: dB at equal rate"),
)
_OWN = "standard"
Value = str | float | None


def rates_table(
    session: Session, lines: tuple[CodecLine, ...], seen: tuple[Seen, ...], deltas: Deltas | None = None
) -> TableScene:
    """What is shown, one row a point or picture. seen: the pictures that are there."""
    if session.rates.page is RatesPage.EQUAL:
        return TableScene(COLUMNS, tuple(_seen_row(session, one) for one in seen))
    kodak = session.rates.source is RatesSource.KODAK
    source = "Kodak mean" if kodak else session.name
    rows = []
    anchor = anchor_of(session.rates.anchor, lines)
    for line in lines:
        found = delta_of(deltas, lines, anchor, line)
        for rate, scores, quality in zip(line.rates, line.scores, line.qualities, strict=True):
            values: tuple[Value, ...] = (
                codec_facts(line.codec).title, line.decoder or _OWN,
                float(quality) if quality is not None else None, rate, scores.psnr_rgb_db, scores.ms_ssim,
                source, found[0] if found else None, found[1] if found else None,
            )  # fmt: skip
            style = "dash" if line.decoder else "solid"
            rows.append(TableRow(codec_colour(line.codec), style, values, _written(values)))
    return TableScene(COLUMNS, tuple(rows))


def _seen_row(session: Session, seen: Seen) -> TableRow:
    coded = seen.coded
    assert coded is not None
    values: tuple[Value, ...] = (
        codec_facts(coded.codec).title, seen.refined or _OWN,
        float(coded.quality) if coded.quality is not None else None, coded.bits_per_pixel,
        seen.scores.psnr_rgb_db, seen.scores.ms_ssim, session.name,
        None, None,
    )  # fmt: skip
    return TableRow(seen.colour, "dash" if seen.refined else "solid", values, _written(values))


def _written(values: tuple[Value, ...]) -> tuple[str, ...]:
    places = (0, 0, 0, 3, 2, 4, 0, 1, 2)
    return tuple(
        "–" if value is None else value if isinstance(value, str) else words.decimal(value, decimals)
        for value, decimals in zip(values, places, strict=True)
    )


# ---- beside the pictures -----------------------------------------------------------------------------------


def rates_summary(
    session: Session, facts: Facts, lines: tuple[CodecLine, ...], seen: tuple[Seen, ...]
) -> tuple[InspectorRow, ...]:
    """Every codec at the rate of the current stream: read off the curves, or as measured at it."""
    rate = current_rate(session, facts)
    if session.size is None:
        return ()
    if rate is None:
        return (InspectorRow("Picture", f"{session.size[1]} × {session.size[0]}"),)
    if session.rates.page is RatesPage.EQUAL:
        target = facts.rates.equal.target
        if not target:
            return (_stream_row(session, rate),)
        return (InspectorRow("All near", words.bpp(target)), *_equal_rows(seen, target))
    if session.picture is None and session.rates.source is RatesSource.PICTURE:
        return (_stream_row(session, rate),)
    metric = session.rates.metric
    name = "RGB PSNR" if metric is Metric.PSNR else "MS-SSIM"
    return (InspectorRow(f"{name} at", words.bpp(rate)), *_line_rows(lines, rate, metric))


def _stream_row(session: Session, rate: float) -> InspectorRow:
    return InspectorRow("Sent" if session.stream is None else "Received", words.bpp(rate))


def _line_rows(lines: tuple[CodecLine, ...], rate: float, metric: Metric) -> list[InspectorRow]:
    rows = []
    for line in lines:
        if line.decoder:
            continue
        value = at_rate(line, rate, metric)
        refined = next((other for other in lines if other.decoder and other.codec == line.codec), None)
        after = at_rate(refined, rate, metric) if refined is not None else None
        text = _figure(value, metric)
        if value is not None and after is not None:
            text += f" → {_figure(after, metric)}"
        rows.append(InspectorRow(codec_facts(line.codec).name, text, codec_colour(line.codec)))
    return rows


def _figure(value: float | None, metric: Metric) -> str:
    if value is None or math.isnan(value):
        return "–"
    return words.db(value) if metric is Metric.PSNR else f"{value:.4f}"


def _equal_rows(seen: tuple[Seen, ...], rate: float) -> list[InspectorRow]:
    """From the nearest to the original on down."""
    there = [one for one in seen if one.scores.psnr_rgb_db is not None]
    there.sort(key=lambda one: -(one.scores.psnr_rgb_db or 0.0))
    rows = []
    for one in there:
        assert one.coded is not None
        off = rate_off(one.coded, rate)
        text = words.db(one.scores.psnr_rgb_db)
        if off:
            text += f" ({words.bpp(one.coded.bits_per_pixel)})"
        colour = decoder_colour(one.refined) if one.refined else one.colour
        rows.append(InspectorRow(one.title.split(",")[0], text, colour))
    return rows
