"""The table of the Measure page: means, or every picture. No Qt, pure."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from engine.codecs.facts import codec_facts
from engine.models.card import ModelCard
from viewer.bench.resolve.looks import Look, looks_of, names_in
from viewer.core import words
from viewer.core.table_order import order_of
from viewer.model.scene.bench import Leading
from viewer.model.scene.compare import Column, TableRow, TableScene
from viewer.model.session.bench import BenchView
from viewer.model.session.decoder_names import decoder_title, group_title

if TYPE_CHECKING:
    from engine.benchmark.results import MeanLine, PictureLine, Results

_BD = "Bjøntegaard delta (ITU-T VCEG-M33) to the baseline on this codec: "
_PAIRED = "Two-sided, over pictures, seeds averaged; not adjusted for the number of comparisons"
_DECODER = Column("decoder", "Decoder", "Models that differ by their seed alone are averaged", numeric=False)
_CODEC = Column("codec", "Codec", "Codec of the streams", numeric=False)
_POINT = Column("point", "Quality", "Quality of the encoder, or bits per pixel asked for")
_CONTEXT = Column("context", "Context", "Neighbouring patches it looks at", numeric=False)
MEANS = (
    _DECODER, _CODEC, _POINT, _CONTEXT,
    Column("gain_db", "Gain", "Mean gain over the standard decode, dB"),
    Column("difference_db", "Difference", "To the baseline on the same streams, with 95 % interval"),
    Column("p_t", "p, t", f"Paired t test. {_PAIRED}"),
    Column("p_wilcoxon", "p, W", f"Wilcoxon's signed-rank test. {_PAIRED}"),
    Column("seed_difference_db", "Over seeds", "The same over seeds, pictures averaged, dB"),
    Column("bd_rate_percent", "BD-rate", f"{_BD}bits for equal PSNR, %"),
    Column("bd_psnr_db", "BD-PSNR", f"{_BD}dB at equal rate"),
    Column("bits_per_pixel", "bpp", "Mean bits per pixel, headers included"),
    Column("standard_db", "Standard", "Mean RGB PSNR of the standard decodes, dB"),
    Column("psnr_rgb_db", "PSNR", "Mean RGB PSNR after the last step, dB"),
    Column("worst_db", "Worst", "Smallest gain of a picture, dB"),
    Column("pictures", "n", "Pictures"),
    Column("seeds", "Seeds", "Models averaged"),
    Column("seconds", "s", "Mean seconds for all steps"),
)  # fmt: skip
PICTURES = (
    Column("image", "Picture", "Return opens it so", numeric=False),
    _DECODER, _CODEC, _POINT, _CONTEXT,
    Column("gain_db", "Gain", "Gain over the standard decode, dB"),
    Column("difference_db", "Difference", "To the baseline on the same stream, dB, seeds averaged"),
    Column("bits_per_pixel", "bpp", "Bits per pixel, headers included"),
    Column("standard_db", "Standard", "RGB PSNR of the standard decode, dB"),
    Column("psnr_rgb_db", "PSNR", "RGB PSNR after the last step, dB"),
    Column("psnr_y_db", "PSNR, Y", "Of luma, dB"),
    Column("ssim", "SSIM", "Of luma"),
    Column("ms_ssim", "MS-SSIM", "Of luma"),
    Column("seconds", "s", "For all steps"),
)  # fmt: skip
_STANDARD = "standard"
_LEFT_OUT = ("codec", "context", "pictures", "seeds", "seed_difference_db", "ms_ssim")
"""Columns that stand there only where they tell something."""
Value = str | float | None


def bench_table(
    results: Results | None, view: BenchView, sort: tuple[str, bool], cards: tuple[ModelCard, ...] = ()
) -> tuple[TableScene, tuple[Leading, ...]]:
    """The table in its order, and where each line leads."""
    means = view is BenchView.MEANS
    columns = MEANS if means else PICTURES
    if results is None:
        return TableScene((), ()), ()
    looks = looks_of(names_in(results))
    plain = ("#888888", "solid", "o")
    if means:
        at, called = 0, group_title
        rows = [_mean_row(each, looks[each.codec, each.decoder, each.context]) for each in results.means]
        leads = [_mean_lead(line) for line in results.means]
    else:  # each seed looks like its group
        at, called = 1, decoder_title
        of = [looks.get((line.last.codec, line.title, line.last.context), plain) for line in results.pictures]
        rows = [_row(line, look) for line, look in zip(results.pictures, of, strict=True)]
        leads = [_lead(line) for line in results.pictures]
    rows = [_called(row, at, called, cards) for row in rows]
    by_title = [replace(row, values=(*row.values[:at], row.cells[at], *row.values[at + 1 :])) for row in rows]
    order, keys = order_of(by_title, columns, sort), [column.key for column in columns]
    shown = [at for at, key in enumerate(keys) if key not in _LEFT_OUT or _tells(rows, at, key)]
    table = TableScene(
        tuple(columns[at] for at in shown),
        tuple(
            replace(
                rows[number],
                values=tuple(rows[number].values[at] for at in shown),
                cells=tuple(rows[number].cells[at] for at in shown),
            )
            for number in order
        ),
        sort if sort[0] in keys else ("", False),
    )
    return table, tuple(leads[number] for number in order)


def _called(
    row: TableRow, at: int, title: Callable[[str, tuple[ModelCard, ...]], str], cards: tuple[ModelCard, ...]
) -> TableRow:
    """With the decoder's title in cell `at`; its value stays the name in the file."""
    cells = (*row.cells[:at], title(row.cells[at], cards), *row.cells[at + 1 :])
    return replace(row, cells=cells)


def _tells(rows: list[TableRow], at: int, key: str) -> bool:
    values = {row.values[at] for row in rows}
    if key == "seeds":
        return any(isinstance(value, float) and value > 1 for value in values)
    return len(values - {None, ""}) > (1 if key in ("codec", "context", "pictures") else 0)


def _mean_row(line: MeanLine, look: Look) -> TableRow:
    over = line.difference.pictures if line.difference is not None else None
    seeds = line.difference.seeds if line.difference is not None else None
    delta = line.delta
    mean_gain = sum(line.gains) / len(line.gains) if line.gains else None
    values: tuple[Value, ...] = (
        line.decoder or _STANDARD, codec_facts(line.codec).title, line.point, line.context, mean_gain,
        over.mean if over else None, over.t_test if over else None, over.rank_test if over else None,
        seeds.mean if seeds else None, delta.bd_rate_percent if delta else None,
        delta.bd_psnr_db if delta else None, line.bits_per_pixel, line.standard_db, line.psnr_db,
        min(line.gains, default=None), float(line.pictures), float(line.seeds),
        line.seconds if line.decoder else None,
    )  # fmt: skip
    cells = [write(value) for write, value in zip(_MEAN_CELLS, values, strict=True)]
    for at, paired in ((5, over), (8, seeds)):
        if paired is not None and paired.half is not None:
            cells[at] += f" ± {paired.half:.2f}"
    return TableRow(*look[:2], values, tuple(cells))


def _row(line: PictureLine, look: Look) -> TableRow:
    row = line.last
    values: tuple[Value, ...] = (
        row.image, row.decoder or _STANDARD, codec_facts(row.codec).title, line.point, row.context,
        line.gain_db, line.difference, row.bits_per_pixel, line.first.psnr_rgb_db, row.psnr_rgb_db,
        row.psnr_y_db, row.ssim, row.ms_ssim, row.seconds if row.decoder else None,
    )  # fmt: skip
    cells = tuple(write(value) for write, value in zip(_PICTURE_CELLS, values, strict=True))
    return TableRow(*look[:2], values, cells)


def _lead(line: PictureLine) -> Leading:
    row = line.last
    return Leading(row.image, row.codec, line.point, row.target_bpp is not None, row.decoder, row.context)


def _mean_lead(line: MeanLine) -> Leading:
    return Leading("", line.codec, line.point, line.asked_rate, line.decoder, line.context)


def _decimals(places: int) -> Callable[[Value], str]:
    def write(value: Value) -> str:
        if value is None or isinstance(value, str):
            return value or "–"
        return "–" if math.isnan(value) else words.decimal(value, places)

    return write


def _signed(value: Value) -> str:
    return words.gain(value, "") if isinstance(value, float) and math.isfinite(value) else "–"


def _percent(value: Value) -> str:
    return f"{value:+.1f} %".replace("-", "−") if isinstance(value, float) else "–"


def _chance(value: Value) -> str:
    if not isinstance(value, float):
        return "–"
    return "<0.001" if value < 0.001 else f"{value:.3f}"


def _whole(value: Value) -> str:
    return f"{value:g}" if isinstance(value, float) else value or "–"


_MEAN_CELLS: tuple[Callable[[Value], str], ...] = (
    _whole, _whole, _whole, _whole, _signed, _signed, _chance, _chance, _signed, _percent, _signed,
    _decimals(3), _decimals(2), _decimals(2), _signed, _whole, _whole, _decimals(2),
)  # fmt: skip
_PICTURE_CELLS: tuple[Callable[[Value], str], ...] = (
    _whole, _whole, _whole, _whole, _whole, _signed, _signed, _decimals(3), _decimals(2), _decimals(2),
    _decimals(2), _decimals(4), _decimals(4), _decimals(2),
)  # fmt: skip
