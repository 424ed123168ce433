"""`nrc bench`: measure codecs and decoders on a folder of pictures."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from engine.choices import CONTEXTS, SCORE_FIELDS
from engine.cli import arguments as shared
from engine.data.benchmarks import DATASETS, Dataset
from engine.registry import CODECS

if TYPE_CHECKING:
    from engine.benchmark.folder import News
    from engine.evaluation.bench import Plan
    from engine.evaluation.rows import Row

DESCRIPTION = """
Encode every picture of a folder with every codec at every quality or rate,
refine each stream with every decoder that was trained for its codec, and write
one row per picture, codec, quality, decoder and step to a CSV file. Its fields
are those of the report of 'nrc refine': image, codec, quality, bits,
bits_per_pixel, width, height, decoder, learner, context, step, psnr_rgb_db,
psnr_y_db, ssim, ms_ssim, seconds; target_bpp; and the scores that --scores
adds: psnr_b_db (PSNR-B, luma), ssimulacra2, flip; lossy_original, the codec of
a picture's own file where that is lossy, as scores then take its artefacts for
the truth. Step 0 is the standard decode, and all there is where no decoder
takes the stream. The decoder 'auto' stands for the best shipped one for each
codec.

Rows are written as they come; Ctrl+C keeps and sums up what was measured, and
--resume goes on from there, also after a kill. Undefined scores are empty
fields, the PSNR of an exact copy is "inf". Pictures are decoded one at a time,
so that the seconds of different runs compare; not so with --workers or
--scheduler, whose rows are the same in all else (docs/scaling.md).

A summary ends the run, one line per codec, quality and decoder, with means
over the pictures: bits per pixel, RGB PSNR of the standard decode, gain over
it in dB after each step; then the gain of the picture that gains least, how
many pictures the last step makes worse, and the mean seconds for all steps.

With --curves NAME the means become rate-distortion curves: NAME-curves.csv has
their points, NAME-deltas.csv Bjøntegaard's deltas against JPEG's standard
decode (rate in percent at equal PSNR, PSNR in dB at equal rate; four points or
more a curve), NAME.png and NAME.svg show them.

With --baseline NAME every decoder's RGB PSNR is compared with that one's,
picture by picture on the same stream: mean difference in dB with its 95 %
confidence interval, p of the paired t test and of Wilcoxon's signed-rank test
(two-sided, not adjusted for their number). Models called STEM-1, STEM-2 and so
on by their seeds are averaged first; the difference over seeds stands beside.
'standard' is each stream's standard decode.

With --dataset the folder is checked for being that benchmark, only its
pictures are taken, and 16-bit and linear samples come to 8-bit sRGB as it
asks for; --list-datasets tells what each one expects.

Benchmarks of JPEG restoration (live1, classic5, bsds500) are measured with
PSNR-B, and published results stand beside the means where there are any.
--grey sends luma alone, as most of them do; --first-quality and --shift send
what was saved once before, cropped in between (Jiang et al. 2021).

A picture that can't be read, a codec that can't encode one, and a codec whose
model is missing cost one line on standard error each; all others are still
measured, and the exit status is 2 at the end.
"""
EXAMPLES = """
nrc bench kodak --quality 10 15 20 30 --decoder sweep raster -o kodak.csv
nrc bench kodak --quality 15 --decoder raster --context none causal both \\
    -o context.csv
nrc bench kodak --quality 15 --decoder sweep runs/mine/mine.json -o mine.csv \\
    --markdown > mine.md
nrc bench kodak --dataset kodak --codec jpeg jpeg2000 webp avif e2e goog \\
    --bpp 0.25 0.37 0.5 0.75 1.0 --decoder auto -o rd.csv --curves rd
nrc bench kodak --quality 15 --decoder learner-bptt-1 learner-bptt-2 \\
    learner-rtrl-1 learner-rtrl-2 --baseline learner-bptt -o learners.csv
nrc bench clic --quality 10 20 30 --decoder flagship --workers 8 -o clic.csv \\
    --resume
nrc bench live1 --dataset live1 --grey --quality 10 20 30 40 --decoder sweep \\
    -o live1.csv
nrc bench live1 --dataset live1 --grey --first-quality 10 --shift 4 4 \\
    --quality 30 --decoder sweep -o twice.csv
"""


def add(subparsers: shared.Subparsers) -> None:
    parser = shared.add_command(
        subparsers, "bench", "measure codecs and decoders on a folder of pictures", DESCRIPTION, run
    )
    shared.add_measuring(parser)
    parser.add_argument(
        "--curves",
        type=Path,
        metavar="NAME",
        help="write curves, deltas and a plot of them: NAME-curves.csv, NAME-deltas.csv, NAME.png, NAME.svg",
    )
    parser.add_argument(
        "--baseline",
        metavar="NAME",
        help="compare with this decoder (or seeds' stem), in pairs; 'standard' for the standard decode",
    )
    parser.add_argument(
        "--dataset",
        metavar="SET",
        help="benchmark that the folder holds: " + ", ".join(each.name for each in DATASETS),
    )
    parser.add_argument(
        "--list-datasets", action=_ListDatasets, nargs=0, help="tell what each benchmark expects, and leave"
    )
    parser.add_argument(
        "--scores",
        choices=SCORE_FIELDS,
        nargs="+",
        default=[],
        metavar="NAME",
        help=f"further scores: {', '.join(SCORE_FIELDS)} (the last two: pip install nrc-viewer[scores])",
    )
    _add_sent(parser)
    decoded = parser.add_argument_group("how it is decoded")
    decoded.add_argument(
        "--decoder",
        nargs="+",
        default=[],
        metavar="NAME",
        help="one or more shipped decoders ('nrc models' lists them), paths of models' cards, or 'auto' "
        "(default: none, the standard decoders alone)",
    )
    shared.add_run_options(decoded)
    shared.add_finish(decoded)
    decoded.add_argument(
        "--context",
        choices=CONTEXTS,
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


def _add_sent(parser: shared.Parser) -> None:
    sent = parser.add_argument_group("what is sent")
    sent.add_argument(
        "--codec",
        choices=CODECS.names(),
        nargs="+",
        default=["jpeg"],
        metavar="NAME",
        help=f"one or more codecs that make the streams: {', '.join(CODECS)} (default: jpeg)",
    )
    rate = sent.add_mutually_exclusive_group(required=True)
    rate.add_argument(
        "--quality",
        type=shared.whole(1, 100),
        nargs="+",
        metavar="Q",
        help="one or more qualities of the encoders, 1 to 100 (e2e: 64, goog: 8 iterations)",
    )
    rate.add_argument(
        "--bpp",
        type=shared.positive,
        nargs="+",
        metavar="R",
        help="one or more rates to aim at, in bits per pixel of the whole file",
    )
    shared.add_subsampling(sent)
    sent.add_argument("--grey", action="store_true", help="send luma alone (JPEG: files of one component)")
    sent.add_argument(
        "--first-quality",
        type=shared.whole(1, 100),
        metavar="Q",
        help="send what was saved as a JPEG file of this quality before",
    )
    sent.add_argument(
        "--shift",
        type=shared.whole(0, 7),
        nargs=2,
        default=[0, 0],
        metavar=("DOWN", "RIGHT"),
        help="pixels cut off between the two, so that their grids differ (default: 0 0)",
    )


class _ListDatasets(argparse.Action):
    """As --version: prints and ends the command."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from engine.cli.bench_output import datasets_text

        print(datasets_text())
        parser.exit()


def run(arguments: argparse.Namespace) -> int:
    from engine.benchmark.folder import measure_folder, named
    from engine.cli.bench_differences import check_baseline, print_differences
    from engine.cli.bench_output import check_curves, write_curves
    from engine.cli.bench_plan import plan_of
    from engine.evaluation.spread import Spread
    from engine.io.image import find_pictures

    dataset = _dataset(arguments)
    plan = plan_of(arguments, dataset)
    pictures = find_pictures(arguments.folder) if dataset is None else _pictures(dataset, arguments.folder)
    check_baseline(arguments.baseline, plan)
    shared.check_output(arguments.output, *pictures)
    check_curves(arguments.curves, arguments.output, *pictures)
    losses: Counter[str] = Counter()
    plan = _working(plan, losses)
    news = measure_folder(
        named(pictures, arguments.folder),
        plan,
        arguments.output,
        resume=arguments.resume,
        spread=Spread(arguments.workers, arguments.scheduler),
    )
    rows: list[Row] = []
    try:
        _follow(news, len(pictures) * plan.rounds, rows, losses)
    finally:  # also after Ctrl+C: what was measured counts
        if rows:
            _print_summary(rows, plan, arguments, dataset)
            if arguments.baseline is not None:
                print_differences(arguments.baseline, rows, plan, markdown=arguments.markdown)
            if arguments.curves is not None:
                write_curves(arguments.curves, rows, _where(arguments, dataset), dataset)
    if losses:
        print(f"nrc: error: {', '.join(_told(losses, len(pictures)))} left out", file=sys.stderr)
    return 2 if losses else 0


def _follow(news: Generator[News, None, None], total: int, rows: list[Row], losses: Counter[str]) -> None:
    """Fill `rows`, and `losses` with the number of pictures that had to be left out by codec."""
    from tqdm import tqdm

    from engine.benchmark.folder import Began, Lost

    with closing(news), tqdm(total=total, unit="run", disable=None, leave=False) as bar:
        for each in news:
            if isinstance(each, Began):
                bar.set_description(shared.one_line(each.image))
            elif isinstance(each, Lost):
                losses[each.codec] += 1
                tqdm.write(f"nrc: left out: {shared.one_line(each.reason)}", file=sys.stderr)
                bar.update(each.rounds)
            else:
                rows.extend(each.rows)
                bar.update()


def _told(losses: Counter[str], pictures: int) -> Iterator[str]:
    """What is missing, for people. losses: pictures, by codec, "" for those that no codec could have."""
    for codec, count in losses.items():
        title = f"{CODECS.get(codec).title} on " if codec else ""
        yield f"{title}{count} of {pictures} pictures" if count else CODECS.get(codec).title


def _working(plan: Plan, losses: Counter[str]) -> Plan:
    """`plan` without codecs that can't work here, which are told. Raises UserError when none is left."""
    from engine.benchmark.folder import working

    left, broken = working(plan)
    for codec, reason in broken.items():
        losses[codec] = 0
        print(f"nrc: left out: {shared.one_line(reason)}", file=sys.stderr)
    return left


def _dataset(arguments: argparse.Namespace) -> Dataset | None:
    from engine.data.benchmarks import find_dataset

    return None if arguments.dataset is None else find_dataset(arguments.dataset)


def _pictures(dataset: Dataset, folder: Path) -> list[Path]:
    from engine.data.datasets import look_into

    found = look_into(dataset, folder)
    for note in found.notes:
        print(f"nrc: note: {shared.one_line(note)}", file=sys.stderr)
    return list(found.pictures)


def _where(arguments: argparse.Namespace, dataset: Dataset | None) -> str:
    name = shared.one_line(arguments.folder.resolve().name)
    return name if dataset is None else dataset.title


def _print_summary(
    rows: Sequence[Row], plan: Plan, arguments: argparse.Namespace, dataset: Dataset | None
) -> None:
    from engine.cli.bench_output import codec_words, standing_table, summary_table
    from engine.evaluation.bench import summarise
    from engine.evaluation.published import published_results, standings
    from engine.evaluation.rows import lossy_words

    summaries = summarise(rows)
    pictures = len({row.image for row in rows})
    plural = "s" if pictures > 1 else ""
    codecs = ", ".join(codec_words(codec, arguments.subsampling) for codec in plan.codecs)
    gains = ", gains over the standard decode in dB" if plan.runs else ""
    print(
        f"Means over {pictures} picture{plural} of {_where(arguments, dataset)}: {codecs}, "
        f"RGB PSNR of 8-bit pixels{gains}."
    )
    if not plan.protocol.plain:
        print(f"Pictures: {plan.protocol.words()}.")
    if dataset is not None:
        print(f"Samples: {dataset.samples}. Source: {dataset.citation}. Terms: {dataset.terms}.")
    if words := lossy_words(rows):
        print(f"Careful: {words}.")
    for codec in plan.codecs:
        count = max((summary.pictures for summary in summaries if summary.codec == codec), default=pictures)
        if count == pictures:
            continue
        print(f"{CODECS.get(codec).title}: means over {count} of them only; don't compare with the others.")
    print()
    print(summary_table(summaries, CODECS.get(plan.codecs[0]).title, markdown=arguments.markdown))
    published = [] if dataset is None else published_results(dataset.name, plan.protocol)
    if published or plan.protocol.grey or "psnr_b_db" in plan.extra:
        print()
        print(standing_table(standings(rows, published), markdown=arguments.markdown))
