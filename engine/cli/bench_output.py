"""What `nrc bench` prints and writes beside its table: summaries, curves, deltas, plots, benchmarks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

from engine.cli import arguments as shared
from engine.cli.tables import markdown_table, plain_table
from engine.data.benchmarks import DATASETS, Dataset
from engine.errors import UserError
from engine.evaluation.bench import BenchSummary
from engine.evaluation.csv_file import Table
from engine.evaluation.published import Standing
from engine.evaluation.rows import Row
from engine.io.atomic import write_atomically
from engine.metrics.as_text import MISSING, number
from engine.rates.curves import (
    FEW_POINTS,
    CurvePoint,
    Delta,
    RateCurve,
    curves_of,
    deltas_of,
    points_of,
    published_curves,
)
from engine.rates.plot import draw_png, draw_svg, legend_name
from engine.registry import CODECS

_KODAK = "kodak"


def codec_words(name: str, subsampling: str) -> str:
    """A codec's title, with the subsampling where it has a choice."""
    codec = CODECS.get(name)
    return f"{codec.title} {subsampling}" if len(codec.subsamplings) > 1 else codec.title


def summary_table(summaries: Sequence[BenchSummary], codec: str, *, markdown: bool = False) -> str:
    """One line per codec, operating point, decoder and context; codec and context only where they tell lines
    apart. codec: title of the only one."""
    steps = max(len(summary.gains_db) for summary in summaries)
    several = len({summary.codec for summary in summaries}) > 1
    points = {(s.codec, s.quality, s.target_bpp, s.decoder) for s in summaries}
    with_context = len(points) < len(summaries)
    asked = summaries[0].target_bpp is not None
    header = [
        *(["codec"] if several else []), "target" if asked else "quality", "bpp",
        "standard, dB" if several else f"{codec}, dB",
    ]  # fmt: skip
    if steps:
        header += ["decoder", *(["context"] if with_context else [])]
        header += [*(f"step {k}" for k in range(1, steps + 1)), "worst", "worse", "seconds"]
    rows = [
        [
            *([CODECS.get(summary.codec).title] if several else []),
            f"{summary.target_bpp:g}" if summary.target_bpp is not None else str(summary.quality),
            number(summary.bits_per_pixel, 3),
            number(summary.standard_db),
            *(_decoded(summary, steps, with_context) if steps else []),
        ]
        for summary in summaries
    ]
    left = [at for at, name in enumerate(header) if name in ("codec", "decoder", "context")]
    return (markdown_table if markdown else plain_table)(header, rows, left)


def standing_table(lines: Sequence[Standing], *, markdown: bool = False) -> str:
    """What was measured beside what was published, a line each, by quality."""
    header = ["quality", "method", "PSNR, dB", "gain, dB", "SSIM, Y", "PSNR-B, dB", "source"]
    rows = [
        [
            str(line.quality),
            line.method,
            number(line.psnr_db),
            MISSING if line.gain_db is None else number(line.gain_db, signed=True),
            number(line.ssim, 4),
            number(line.psnr_b_db),
            line.source or "measured here",
        ]
        for line in lines
    ]
    return (markdown_table if markdown else plain_table)(header, rows, [1, 6])


def _decoded(summary: BenchSummary, steps: int, with_context: bool) -> list[str]:
    if not summary.decoder:
        return [MISSING] * (steps + 4 + with_context)
    gains = [number(gain, signed=True) for gain in summary.gains_db]
    return [
        summary.decoder,
        *([summary.context] if with_context else []),
        *gains,
        *[MISSING] * (steps - len(gains)),
        number(summary.worst_db, signed=True),
        f"{summary.worse} of {summary.pictures}",
        number(summary.seconds),
    ]


def _outputs(name: Path) -> tuple[Path, Path, Path, Path]:
    return (
        name.with_name(f"{name.name}-curves.csv"),
        name.with_name(f"{name.name}-deltas.csv"),
        name.with_name(f"{name.name}.png"),
        name.with_name(f"{name.name}.svg"),
    )


def check_curves(name: Path | None, table: Path, *inputs: Path) -> None:
    """Raise UserError unless the files of `write_curves` can be put there without replacing `inputs` or the
    table of rows, which need not be there yet."""
    if name is not None:
        for path in _outputs(name):
            shared.check_output(path, *inputs)
            if path.resolve() == table.resolve():
                raise UserError(f"{path}: --output and --curves would both write it; name one differently")


def write_curves(name: Path, rows: Sequence[Row], where: str, dataset: Dataset | None) -> None:
    """Write the curves of `rows`, their deltas and plots, and print the deltas. where: names the pictures."""
    curves = curves_of(rows)
    deltas = deltas_of(curves)
    points_path, deltas_path, png_path, svg_path = _outputs(name)
    _write_table(points_path, CurvePoint, points_of(curves))
    _write_table(deltas_path, Delta, deltas)
    print()
    if not curves:
        print("No picture was measured at every point: no curves.")
        return
    pictures = max(curve.pictures for curve in curves)
    title = f"{where}: means over {pictures} picture{'s' if pictures > 1 else ''}"
    published = published_curves() if dataset is not None and dataset.name == _KODAK else []
    for path, draw in ((png_path, draw_png), (svg_path, draw_svg)):
        data = draw(curves, deltas, title, published)
        write_atomically(path, lambda file, data=data: file.write(data))  # type: ignore[misc]
    print(deltas_text(curves, deltas))
    print(shared.one_line(f"Curves: {points_path}, {deltas_path}, {png_path}, {svg_path}"))


def _write_table(path: Path, kind: type[CurvePoint | Delta], rows: Sequence[CurvePoint | Delta]) -> None:
    table = Table(path, [field.name for field in fields(kind)])
    table.add(rows)
    table.close()


def deltas_text(curves: Sequence[RateCurve], deltas: Sequence[Delta]) -> str:
    """Bjøntegaard's deltas as a table, or why there are none."""
    if not deltas:
        return "No deltas: they compare other curves with JPEG's standard decode."
    names = {(c.codec, c.decoder, c.context): legend_name(c, curves) for c in curves}
    rows = [
        [
            names[delta.codec, delta.decoder, delta.context],
            number(delta.bd_rate_percent, 1, signed=True),
            number(delta.bd_psnr_db, signed=True),
        ]
        for delta in deltas
    ]
    text = plain_table(["against JPEG's standard decode", "rate, %", "PSNR, dB"], rows)
    if min(delta.points for delta in deltas) < FEW_POINTS:
        text += f"\nOf fewer than {FEW_POINTS} points a curve: these deltas are rough."
    if len({curve.pictures for curve in curves}) > 1:
        text += "\nNot all curves are of the same pictures: these deltas compare different ones."
    return text


def datasets_text() -> str:
    """What each benchmark expects, how its samples are taken, its source and terms."""
    parts = []
    for dataset in DATASETS:
        parts += [
            f"{dataset.name}: {dataset.title}",
            f"  expects  {dataset.expects}",
            f"  samples  {dataset.samples}",
            f"  source   {dataset.citation}",
            f"  terms    {dataset.terms}",
        ]
    return "\n".join(parts)
