"""`nrc bench`: measure decoders on a folder of pictures."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from engine.commands import arguments as shared

if TYPE_CHECKING:
    from engine.bench import Plan, Summary, Table
    from engine.report import Row

DESCRIPTION = """
Encode every picture of a folder at every quality, refine each stream with
every decoder, and write one row per picture, quality, decoder and step to a
CSV file. Its fields are those of the report of 'nrc refine': image, codec,
quality, bits, bits_per_pixel, width, height, decoder, learner, context, step,
psnr_rgb_db, psnr_y_db, ssim, ms_ssim, seconds. Step 0 is the standard decode.

Rows are written as they come; Ctrl+C keeps and sums up what was measured.
Undefined scores are empty fields, the PSNR of an exact copy is "inf". Pictures
are decoded one at a time, so that the seconds of different runs compare.

A summary ends the run, one line per quality and decoder, with means over the
pictures: bits per pixel, RGB PSNR of the standard decode, gain over it in dB
after each step; then the gain of the picture that gains least, how many
pictures the last step makes worse, and the mean seconds for all steps.

A picture that can't be read or encoded costs one line on standard error; the
others are still measured, and the exit status is 2 at the end.
"""
EXAMPLES = """
nrc bench kodak --quality 10 15 20 30 --decoder sweep raster -o kodak.csv
nrc bench kodak --quality 15 --decoder raster --context none causal both \\
    -o context.csv
nrc bench kodak --quality 15 --decoder sweep runs/mine/mine.json -o mine.csv \\
    --markdown > mine.md
"""


def add(subparsers: shared.Subparsers) -> None:
    parser = shared.add_command(
        subparsers, "bench", "measure decoders on a folder of pictures", DESCRIPTION, run
    )
    parser.add_argument(
        "folder", type=Path, metavar="DIR", help="folder of pictures; those in folders below it count too"
    )
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FILE.csv", help="file to write")
    parser.add_argument("--markdown", action="store_true", help="print the summary as a Markdown table")
    sent = parser.add_argument_group("what is sent")
    shared.add_codec(sent)
    sent.add_argument(
        "--quality",
        type=shared.whole(1, 100),
        nargs="+",
        required=True,
        metavar="Q",
        help="one or more qualities of the encoder, 1 to 100",
    )
    shared.add_subsampling(sent)
    decoded = parser.add_argument_group("how it is decoded")
    decoded.add_argument(
        "--decoder",
        nargs="+",
        required=True,
        metavar="NAME",
        help="one or more shipped decoders ('nrc models' lists them) or paths of models' cards",
    )
    shared.add_run_options(decoded)
    decoded.add_argument(
        "--context",
        choices=shared.CONTEXTS,
        nargs="+",
        default=[],
        metavar="C",
        help="one or more of none, causal, non-causal, both: neighbouring patches a decoder may look at; "
        "each decoder runs with those that it offers (default: its widest)",
    )
    decoded.add_argument(
        "--carry",
        action="store_true",
        help="decoders with a state to carry start each patch from the state of the patch to its left",
    )
    shared.examples(parser, EXAMPLES)


def run(arguments: argparse.Namespace) -> int:
    from engine.bench import Table
    from engine.image import find_pictures
    from engine.pipeline import load_decoder

    plan = _plan(arguments)
    pictures = find_pictures(arguments.folder)
    shared.check_output(arguments.output, *pictures)
    for entry in plan.runs:
        load_decoder(entry.name)  # a broken model is told now, and loading counts in no picture's time
    table = Table(arguments.output)
    rows: list[Row] = []
    try:
        failed = _measure(arguments.folder, pictures, plan, table, rows)
    finally:  # also after Ctrl+C: what was measured counts
        table.close()
        if rows:
            _print_summary(rows, plan, arguments)
    if failed:
        print(f"nrc: error: {failed} of {len(pictures)} pictures left out", file=sys.stderr)
    return 2 if failed else 0


def _plan(arguments: argparse.Namespace) -> Plan:
    from engine.bench import Plan, check_qualities, plan_runs
    from engine.models import find_card
    from engine.types import Context, DecodeOptions

    qualities = tuple(sorted(set(arguments.quality)))
    check_qualities(arguments.codec, qualities)
    decoders = [(name, find_card(name)) for name in dict.fromkeys(arguments.decoder)]
    contexts = [Context(name) for name in dict.fromkeys(arguments.context)]
    options = DecodeOptions(
        steps=arguments.steps, carry=arguments.carry, seed=arguments.seed, device=arguments.device
    )
    runs = plan_runs(decoders, contexts, options)
    return Plan(arguments.codec, qualities, arguments.subsampling, runs)


def _measure(folder: Path, pictures: Sequence[Path], plan: Plan, table: Table, rows: list[Row]) -> int:
    """Fill `table` and `rows`; returns how many pictures had to be left out."""
    from tqdm import tqdm

    from engine.bench import PictureError, measure

    failed = 0
    each = len(plan.qualities) * len(plan.runs)
    with tqdm(total=len(pictures) * each, unit="run", disable=None, leave=False) as bar:
        for count, path in enumerate(pictures, 1):
            name = path.relative_to(folder).as_posix()
            bar.set_description(name)
            try:
                for of_run in measure(path, name, plan):
                    table.add(of_run)
                    rows.extend(of_run)
                    bar.update()
            except PictureError as error:
                failed += 1
                tqdm.write(f"nrc: left out: {shared.one_line(str(error))}", file=sys.stderr)
                bar.update(count * each - bar.n)
    return failed


def _print_summary(rows: Sequence[Row], plan: Plan, arguments: argparse.Namespace) -> None:
    from engine.bench import summarise
    from engine.registry import CODECS

    summaries = summarise(rows)
    pictures = len({row.image for row in rows})
    codec = CODECS.get(plan.codec).title
    print(
        f"Means over {pictures} picture{'s' if pictures > 1 else ''} of {arguments.folder.resolve().name}: "
        f"{codec} {plan.subsampling}, RGB PSNR of 8-bit pixels, gains over the standard decode in dB."
    )
    print()
    print(summary_table(summaries, codec, markdown=arguments.markdown))


def summary_table(summaries: Sequence[Summary], codec: str, *, markdown: bool = False) -> str:
    """One line per quality, decoder and context; the context only where it tells lines apart."""
    from engine.tables import MISSING, markdown_table, number, plain_table

    steps = max(len(summary.gains_db) for summary in summaries)
    with_context = len({(s.quality, s.decoder) for s in summaries}) < len(summaries)
    header = [
        "quality", "bpp", f"{codec}, dB", "decoder", *(["context"] if with_context else []),
        *(f"step {k}" for k in range(1, steps + 1)), "worst", "worse", "seconds",
    ]  # fmt: skip
    rows = []
    for summary in summaries:
        gains = [number(gain, signed=True) for gain in summary.gains_db]
        rows.append(
            [
                str(summary.quality),
                number(summary.bits_per_pixel, 3),
                number(summary.standard_db),
                summary.decoder,
                *([summary.context] if with_context else []),
                *gains,
                *[MISSING] * (steps - len(gains)),
                number(summary.worst_db, signed=True),
                f"{summary.worse} of {summary.pictures}",
                number(summary.seconds),
            ]
        )
    left = (3, 4) if with_context else (3,)
    return (markdown_table if markdown else plain_table)(header, rows, left)
