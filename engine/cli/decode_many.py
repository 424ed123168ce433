"""`nrc decode` on several files and folders: each repaired into a folder, one line a file."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from engine.cli import arguments as shared
from engine.cli import chosen
from engine.errors import UserError, printable

if TYPE_CHECKING:
    from engine.repair.formats import SaveAs
    from engine.repair.one import Order, Repaired

FAILED = 1
"""Status where some of the files were not repaired."""
_FORMATS = ("png", "jpeg", "webp", "tiff")
_ENDINGS = {
    ".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg", ".webp": "webp", ".tif": "tiff", ".tiff": "tiff"
}  # fmt: skip
"""Formats by the endings of one file."""
_ONLY_FOLDER = ("name", "format", "overwrite")


def add_saving(parser: shared.Parser) -> None:
    """How repaired files are named and saved."""
    group = parser.add_argument_group("how it is saved")
    group.add_argument(
        "--format", choices=_FORMATS, help="of files in a folder: png, jpeg, webp or tiff (default: png)"
    )
    group.add_argument(
        "--quality",
        type=shared.whole(1, 100),
        metavar="Q",
        help="of JPEG (default: 95) and WebP (default: without loss), 1 to 100",
    )
    group.add_argument(
        "--16-bit",
        dest="deep",
        action="store_true",
        help="PNG and TIFF with 16 bits a sample: the estimate before it is rounded to 8",
    )
    group.add_argument(
        "--name",
        metavar="PATTERN",
        help="name of files in a folder, without the ending; {name}, {folder}, {number}, {quality} and "
        "{strength} are filled in (default: {name})",
    )
    group.add_argument(
        "--overwrite", action="store_true", help="replace files in the folder that are there already"
    )


def goes_to_folder(arguments: argparse.Namespace) -> bool:
    """Whether a folder is to be filled rather than one file written. Raises UserError for what fits
    neither."""
    streams, output = arguments.stream, arguments.output
    folder = output != shared.STANDARD_STREAM and (_is_folder(output) or output.endswith((os.sep, "/")))
    if not folder and (len(streams) > 1 or _is_folder(streams[0])):
        if Path(output).suffix.lower() in _ENDINGS:
            first = f"{streams[0]}: is a folder, not a file"
            raise UserError(first if len(streams) == 1 else f"{output}: is a file; several need a folder")
        folder = True
    if folder and (output == shared.STANDARD_STREAM or shared.STANDARD_STREAM in streams):
        raise UserError("standard input and output take one stream, not a folder or several files")
    for option in _ONLY_FOLDER:
        if not folder and getattr(arguments, option):
            raise UserError(f"argument --{option}: needs several files, or a folder as -o")
    return folder


def _is_folder(name: str) -> bool:
    try:
        return Path(name).is_dir()
    except OSError:  # what is wrong with the name is told when it is read or written
        return False


def save_for(output: Path, arguments: argparse.Namespace) -> SaveAs:
    """How one file is to be saved, by its ending. Raises UserError for endings that aren't written."""
    from engine.repair.formats import SaveAs

    key = _ENDINGS.get(output.suffix.lower())
    if key is None:
        raise UserError(
            f"{output}: decoding writes PNG, JPEG, WebP and TIFF; let the name end in .png .jpg .webp or .tif"
        )
    if key == "jpeg" and arguments.quality is None:
        raise UserError(f"{output}: decoding writes PNG; for a JPEG file, which loses again, give --quality")
    return SaveAs(key, arguments.quality, arguments.deep)


def run(arguments: argparse.Namespace) -> int:
    """Repair all that was named; the status."""
    from engine.cli.progress import progress_bar
    from engine.repair.many import Failed, repair_files
    from engine.repair.names import find_sources

    order = _order(arguments)
    sources = find_sources([Path(stream) for stream in arguments.stream], order.folder)
    report = [lambda _part: None]
    outcomes = repair_files(sources, order, progress=lambda _source, part: report[0](part))
    failed = 0
    for source in sources:
        with progress_bar(f"{source.number} of {len(sources)}") as bar:
            report[0] = bar
            outcome = next(outcomes)
        if isinstance(outcome, Failed):
            failed += 1
            print(f"nrc: {shared.one_line(outcome.why)}", file=sys.stderr, flush=True)
        else:
            print(shared.one_line(line_of(outcome, order.save)), flush=True)
    if failed:
        print(f"nrc: {failed} of {len(sources)} files were not repaired", file=sys.stderr)
    return FAILED if failed else 0


def line_of(done: Repaired, save: SaveAs) -> str:
    """What is told of a file that was written."""
    from engine.repair.findings import Findings

    found: Findings = done.findings
    parts = [found.quality_words(), found.past_words(), found.gain_words(), *done.notes]
    written = f"{save.words()}, {done.bytes:,} bytes"
    how = f"repaired by {done.decoder}" if done.decoder else "standard decode"
    parts.append(f"{how}, {done.seconds:.1f} s → {printable(str(done.target))} ({written})")
    if done.kept:
        parts.append(f"{', '.join(done.kept)} kept")
    return f"{printable(str(done.source))}: {'; '.join(part for part in parts if part)}"


def _order(arguments: argparse.Namespace) -> Order:
    from engine.models.card import find_card
    from engine.repair.findings import AUTO, NONE
    from engine.repair.formats import SaveAs
    from engine.repair.names import DEFAULT_PATTERN
    from engine.repair.one import Order
    from engine.types import Context, DecodeOptions

    decoder = arguments.decoder or AUTO
    if decoder == NONE and arguments.strength != 100:
        raise UserError("argument --strength: the standard decoder repairs nothing")
    if decoder == NONE:
        chosen.check_orientations(arguments, None)
    elif decoder != AUTO:
        chosen.check_orientations(arguments, find_card(decoder))
    options = DecodeOptions(
        steps=arguments.steps,
        context=Context(arguments.context) if arguments.context else Context.BOTH,
        carry=arguments.carry,
        seed=arguments.seed,
        device=arguments.device,
        **chosen.finish_options(arguments),
    )
    save = SaveAs(arguments.format or "png", arguments.quality, arguments.deep)
    return Order(
        Path(arguments.output),
        arguments.name or DEFAULT_PATTERN,
        save,
        decoder,
        options,
        widest=not arguments.context,
        overwrite=arguments.overwrite,
    )
