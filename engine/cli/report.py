"""`nrc report`: encode or receive, refine, and write all of it as one HTML file; tables as CSV."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from engine.cli import arguments as shared
from engine.cli import chosen
from engine.errors import UserError

if TYPE_CHECKING:
    from engine.models.card import ModelCard
    from engine.report.page import Reported
    from engine.types import Coded, Picture, RatePoint, Refinement

NONE = "none"
DESCRIPTION = """
Refine a picture as 'nrc refine' does and write one HTML file: the pictures of
all steps with a divider to compare two of them, plots, the table of scores,
what was sent and what decoded it, the model card, and the command line that
makes the report again. Nothing is loaded from elsewhere, so the file can be
mailed, printed or put on a server. It needs no display.

With --received the file is a codec's stream as it was received: it is repaired,
there is no original, and what needs one is left out.

An existing file is replaced once the new one is complete.
"""
COLUMNS = """
--steps-csv has a row a step:
{steps}

--patches-csv has a row a patch and step:
{patches}

Numbers are in full; what is undefined is empty, the PSNR of an exact copy is
inf.
"""
EXAMPLES = """
nrc report photo.png --codec jpeg --quality 15 --decoder sweep -o photo.html
nrc report photo.png --bpp 0.37 --decoder raster --context causal -o c.html
nrc report --sample chelsea --quality 10 -o chelsea.html
nrc report holiday.jpg --received -o holiday.html
nrc report photo.png --quality 15 -o photo.html --patches-csv patches.csv
"""
_CURVE = {
    "jpeg": (5, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 70, 80, 90),
    "jpeg2000": (1, 5, 10, 14, 18, 24, 30, 37, 45, 60, 75),
    "jpeg2000-nomct": (1, 5, 8, 12, 18, 24, 30, 38, 50, 65),
    "webp": (1, 5, 9, 14, 25, 32, 40, 55, 70, 80),
}
"""Qualities of the curve behind the plot of rate and distortion; none of codecs that take long to encode."""


def add(subparsers: shared.Subparsers) -> None:
    parser = shared.add_command(
        subparsers, "report", "refine a picture and write everything as one HTML file", DESCRIPTION, run
    )
    parser.add_argument(
        "image", type=Path, nargs="?", metavar="IMAGE", help="picture to start from, or the stream received"
    )
    parser.add_argument("--sample", metavar="NAME", help="a bundled picture instead, e.g. chelsea")
    parser.add_argument("--received", action="store_true", help="take IMAGE as the stream: no original")
    parser.add_argument(
        "-o", "--output", type=Path, required=True, metavar="FILE.html", help="file to write, .html or .htm"
    )
    for name, what in (("--steps-csv", "each step"), ("--patches-csv", "each patch of each step")):
        parser.add_argument(name, type=Path, metavar="FILE.csv", help=f"write the numbers of {what}, too")
    shared.add_rate(parser, required=False)
    shared.add_decoding(parser, default=shared.AUTO, none=True)
    shared.examples(parser, EXAMPLES)
    parser.late_help = _columns


def _columns() -> str:
    from engine.report.numbers import PATCH_COLUMNS, STEP_COLUMNS, columns_text

    return (
        COLUMNS.strip().format(steps=columns_text(STEP_COLUMNS), patches=columns_text(PATCH_COLUMNS)) + "\n"
    )


def run(arguments: argparse.Namespace) -> int:
    from engine.cli.progress import progress_bar
    from engine.cli.refine import describe
    from engine.io.atomic import write_atomically
    from engine.report.numbers import patches_csv, steps_csv
    from engine.report.page import write_report

    _check(arguments)
    original, coded = _sent(arguments)
    refinement, card = _refined(arguments, original, coded)
    reported = _reported(arguments, refinement, card)
    with progress_bar("writing") as progress:
        write_report(arguments.output, reported, progress=progress)
    tables: tuple[tuple[Path | None, Callable[[Refinement], bytes]], ...] = (
        (arguments.steps_csv, steps_csv),
        (arguments.patches_csv, patches_csv),
    )
    for path, table in tables:
        if path is not None:
            data = table(refinement)
            write_atomically(path, lambda file, data=data: file.write(data))  # type: ignore[misc]
    for note in reported.notes:
        print(f"nrc: note: {refinement.request.image}: {note}", file=sys.stderr)
    print(describe(refinement.request.image, coded, arguments.bpp))
    written = [arguments.output, *(path for path, _ in tables if path is not None)]
    print(shared.one_line("wrote " + ", ".join(str(path) for path in written)))
    return 0


def _check(arguments: argparse.Namespace) -> None:
    """Mistakes that can be told before anything is computed."""
    if (arguments.image is None) == (arguments.sample is None):
        raise UserError("give an IMAGE or --sample, and not both")
    if arguments.received and arguments.image is None:
        raise UserError("argument --received: needs the file that was received")
    rate = arguments.quality is not None or arguments.bpp is not None
    if arguments.received and rate:
        raise UserError("argument --received: the stream is there already; leave out --quality and --bpp")
    if not arguments.received and not rate:
        raise UserError("one of the arguments --quality --bpp is required, or --received")
    inputs = [arguments.image] if arguments.image is not None else []
    outputs = [arguments.output, arguments.steps_csv, arguments.patches_csv]
    for path, suffixes in zip(outputs, ((".html", ".htm"), (".csv",), (".csv",)), strict=True):
        if path is None:
            continue
        if path.suffix.lower() not in suffixes:
            raise UserError(f"{path}: let the name end in {' or '.join(suffixes)}")
        shared.check_output(path, *inputs)
    if arguments.steps_csv is not None and arguments.steps_csv == arguments.patches_csv:
        raise UserError(f"{arguments.patches_csv}: named for both tables")
    if arguments.decoder == NONE:
        for option in ("steps", "context", "carry"):
            if getattr(arguments, option):
                raise UserError(f"argument --{option}: the standard decoder alone has no steps")
        chosen.check_orientations(arguments, None)


def _sent(arguments: argparse.Namespace) -> tuple[Picture | None, Coded]:
    """The original, and what is sent of it; or no original and what was received."""
    from engine import pipeline
    from engine.cli.codec import read_stream
    from engine.data.samples import load_sample
    from engine.io.image import load_picture

    if arguments.received:
        name, payload = read_stream(str(arguments.image))
        return None, pipeline.decode(payload, name)
    picture = load_sample(arguments.sample) if arguments.image is None else load_picture(arguments.image)
    if arguments.decoder != NONE and not chosen.left_standard(
        arguments, arguments.codec
    ):  # what is wrong with it is told before the work
        _, card = chosen.find_decoder(arguments.decoder, arguments.codec)
        chosen.decode_options(arguments, card, arguments.codec)
    return picture, pipeline.encode(arguments.codec, picture.pixels, chosen.encode_options(arguments))


def _refined(
    arguments: argparse.Namespace, original: Picture | None, coded: Coded
) -> tuple[Refinement, ModelCard | None]:
    from engine import pipeline
    from engine.cli.progress import progress_bar
    from engine.types import DecodeOptions, RefineRequest

    encode = None if arguments.received else chosen.encode_options(arguments)
    name = original.name if original is not None else arguments.image.name
    decoder, card, options = "", None, DecodeOptions()
    if arguments.decoder != NONE and not chosen.left_standard(arguments, coded.codec):
        decoder, card = chosen.find_decoder(arguments.decoder, coded.codec)
        options = chosen.decode_options(arguments, card, coded.codec)
    elif arguments.decoder != NONE:
        shared.note(f"{name}: {chosen.no_decoder(coded.codec)}: not refined")
    request = RefineRequest(name, coded.codec, encode, decoder, options)
    with progress_bar("refining") as progress:
        *_, refinement = pipeline.refine(request, original, coded, progressive=True, progress=progress)
    return refinement, card


def _reported(arguments: argparse.Namespace, refinement: Refinement, card: ModelCard | None) -> Reported:
    from engine import pipeline
    from engine.report.facts import report_command
    from engine.report.page import Reported

    original = refinement.original
    source = arguments.sample or str(arguments.image)
    command = report_command(refinement, source, sample=bool(arguments.sample), output=str(arguments.output))
    name = refinement.request.image
    notes = original.notes if original is not None else pipeline.told(refinement.coded, name)
    if original is not None and original.lossy:
        notes = (
            *notes,
            f"the original is from a lossy file ({original.lossy}): scores take its artefacts for the truth",
        )
    return Reported(refinement, card, command, _curve(refinement), notes)


def _curve(refinement: Refinement) -> tuple[RatePoint, ...]:
    """Operating points of the codec on this picture, around the stream's own."""
    from engine import pipeline

    original, coded = refinement.original, refinement.coded
    qualities = _CURVE.get(coded.codec, ())
    if original is None or not qualities:
        return ()
    return tuple(pipeline.rate_curve(coded.codec, original.pixels, coded.subsampling, qualities))
