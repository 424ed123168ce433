"""`nrc compare`: learners, cells, contexts and sibling decoders against each other."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from engine.choices import SETS
from engine.cli import arguments as shared

if TYPE_CHECKING:
    from engine.evaluation.bench import DecoderRun
    from engine.evaluation.compare import Result
    from engine.evaluation.compare_parts import Key, Known, Setting

DESCRIPTION = """
Decode the same streams with every model of a set, and write one row per model
and step, averaged over the pictures of a folder, to a CSV file.

  learners    the same small network trained by each learning algorithm, and
              an attentive variant of it, small and large; several seeds
  memory      small networks of the lab by each learner, on tasks for which
              something must be remembered: late-answer (paint the patch of
              four steps ago), differences (DCs as the file sends them) and
              lost-packets; their answers are painted without the standard
              decode, so gains over it are negative
  cells       the recurrent unit exchanged, all trained by BPTT
  context     one raster decoder with none, one or both kinds of context
  sibling     two coupled estimators against a single one of the same size
  robustness  the learners' models on what they weren't trained for: other
              qualities (above 40 also without fade-out of the residual, which is
              otherwise faded out there), other kinds of picture (bundled
              ones: text, retina, deep sky, line art), more steps, streams
              of other encoders

Columns: decoder, learner, cell, context, seed, parameters, updates,
train_seconds, ms_per_update, peak_mb, step, psnr_rgb_db, gain_db; then set,
topic, condition, residual, kind, attentive, patches, gain_sd_db (over
pictures), worst_gain_db, pictures, bits_per_pixel. Step 0 is the standard
decode. What training took is empty where a model's record doesn't tell.

Rows are written when a model is done with all pictures; Ctrl+C keeps and sums
up those. Beside FILE.csv, FILE-pictures.csv gets every picture's PSNR as it
comes; from it --resume goes on, also after a kill. Pictures and their streams
are held in memory, 6 bytes a pixel; not so with --workers or --scheduler, whose
rows are the same (docs/scaling.md).

A summary ends the run: gains over the standard decode in dB, mean and standard
deviation over seeds, or over pictures where there is one seed; and the last
step's difference to the reference, over pairs of the same picture and seed.
The reference is BPTT on the same network, and the first line where networks
differ.

A picture that can't be read or encoded costs one line on standard error; the
others are still measured, and the exit status is 2 at the end.
"""
EXAMPLES = """
nrc compare --set learners kodak --codec jpeg --quality 15 -o learners.csv
nrc compare --set robustness kodak --quality 15 --pictures 6 -o robust.csv
nrc compare --set cells kodak --quality 15 --decoder runs/mine/mine.json \\
    -o cells.csv --markdown > cells.md
"""


_PAIRS = (
    "Differences in pairs of the same picture and seed, dB: mean ± half of the 95 % interval, paired tests "
    "(two-sided, not adjusted for their number)."
)


def add(subparsers: shared.Subparsers) -> None:
    parser = shared.add_command(
        subparsers, "compare", "measure learners, cells and contexts against each other", DESCRIPTION, run
    )
    shared.add_measuring(parser)
    parser.add_argument(
        "--set", choices=SETS, required=True, metavar="SET", help=f"what to compare: {', '.join(SETS)}"
    )
    parser.add_argument(
        "--pictures",
        type=shared.whole(1, 1_000_000),
        metavar="N",
        help="take N pictures, spread evenly over the folder (default: all; set robustness: 6)",
    )
    sent = parser.add_argument_group("what is sent")
    shared.add_codec(sent)
    sent.add_argument(
        "--quality",
        type=shared.whole(1, 100),
        metavar="Q",
        help="quality of the encoder, 1 to 100 (default: 15, near the papers' rate; set memory: 10)",
    )
    shared.add_subsampling(sent)
    decoded = parser.add_argument_group("how it is decoded")
    decoded.add_argument(
        "--decoder",
        nargs="+",
        default=[],
        metavar="NAME",
        help="shipped decoders ('nrc models' lists them) or paths of models' cards to compare as well",
    )
    shared.add_run_options(decoded)
    shared.examples(parser, EXAMPLES)


def run(arguments: argparse.Namespace) -> int:
    from engine.cli.compare_run import Comparison
    from engine.evaluation.bench import check_qualities
    from engine.evaluation.compare import FEW_PICTURES, MEMORY_QUALITY, cost_of, runs_of, spread_evenly
    from engine.evaluation.compare_parts import COLUMNS as PICTURE_COLUMNS
    from engine.evaluation.compare_parts import Setting, beside
    from engine.evaluation.csv_file import Table
    from engine.evaluation.spread import Spread
    from engine.evaluation.table import COLUMNS
    from engine.io.image import find_pictures
    from engine.pipeline import load_decoder
    from engine.types import DecodeOptions

    if arguments.quality is None:
        arguments.quality = MEMORY_QUALITY if arguments.set == "memory" else 15
    check_qualities(arguments.codec, [arguments.quality])
    options = (
        DecodeOptions(  # what networks learned is compared, without what is done to estimates afterwards
            steps=arguments.steps, seed=arguments.seed, device=arguments.device, projection=False, guard=False
        )
    )
    runs = runs_of(arguments.set, arguments.decoder, options)
    setting = Setting(arguments.set, arguments.codec, arguments.quality, arguments.subsampling)
    conditions = setting.conditions()
    every = find_pictures(arguments.folder)
    each_picture = beside(arguments.output)
    shared.check_output(arguments.output, *every)
    shared.check_output(each_picture, *every)
    few = FEW_PICTURES if arguments.set == "robustness" else len(every)
    paths = spread_evenly(every, arguments.pictures or few)
    files = {path.relative_to(arguments.folder).as_posix(): path for path in paths}
    for entry in runs:  # broken models and records are told now
        load_decoder(entry.name)
        cost_of(entry.card)
    known = _known(each_picture, setting, runs, files) if arguments.resume else {}
    rows = [row for key, found in known.items() for row in found.rows(key)]
    table, pictures = Table(arguments.output, COLUMNS), Table(each_picture, PICTURE_COLUMNS, rows)
    comparison = Comparison(setting, conditions, runs, files, known, table, pictures)
    try:
        comparison.measure(Spread(arguments.workers, arguments.scheduler))
        if known:
            pictures.put_in_order(comparison.rows())
    finally:  # also after Ctrl+C: what was measured counts
        table.close()
        pictures.close()
        if comparison.results:
            _print_summary(comparison.results, arguments)
    if comparison.left_out:
        print(f"nrc: error: {comparison.left_out} of {len(paths)} pictures left out", file=sys.stderr)
    return 2 if comparison.left_out else 0


def _known(
    path: Path, setting: Setting, runs: Sequence[DecoderRun], files: Mapping[str, Path]
) -> dict[Key, Known]:
    """What an earlier run measured, once it is sure to be of the same comparison."""
    from engine.evaluation.compare_parts import check_same, known_curves

    known = known_curves(path, setting, runs, files)
    check_same(path, known, setting, runs, files)
    return known


def _print_summary(results: Sequence[Result], arguments: argparse.Namespace) -> None:
    from engine.cli.compare_tables import condition_table, group_table, paired_table
    from engine.evaluation.summary import summarise
    from engine.registry import CODECS

    summaries = summarise(results, arguments.set)
    pictures = max(len(result.curves) for result in results)
    chroma = "" if arguments.set == "memory" else f"{arguments.subsampling} "
    print(
        f"{pictures} picture{'s' if pictures > 1 else ''} of {arguments.folder.resolve().name}: "
        f"{CODECS.get(arguments.codec).title} {chroma}q{arguments.quality}, RGB PSNR of "
        "8-bit pixels, gains over the standard decode in dB; mean ± standard deviation over seeds, or over "
        "pictures where there is one seed."
    )
    print()
    if arguments.set == "memory":
        for condition in dict.fromkeys(summary.condition for summary in summaries):
            print(f"{condition}:\n")
            members = [summary for summary in summaries if summary.condition == condition]
            print(group_table(members, markdown=arguments.markdown), end="\n\n")
        return
    if arguments.set != "robustness":
        print(group_table(summaries, markdown=arguments.markdown))
        if pairs := paired_table(summaries, markdown=arguments.markdown):
            print(f"\n{_PAIRS}\n\n{pairs}")
        return
    print(condition_table(summaries, markdown=arguments.markdown))
    beyond = {result.condition.name for result in results if result.condition.topic == "steps"}
    if beyond:
        print()
        print(f"Step by step, {', '.join(beyond)}:")
        print()
        print(group_table([s for s in summaries if s.condition in beyond], markdown=arguments.markdown))
