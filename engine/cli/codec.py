"""`nrc encode` and `nrc decode`: streams to and from files; decoding knows no original.

Several files and folders are `decode_many`'s.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from engine.cli import arguments as shared
from engine.cli import chosen, decode_many
from engine.errors import UserError, printable
from engine.registry import CODECS

if TYPE_CHECKING:
    from engine.models.card import ModelCard
    from engine.repair.formats import SaveAs
    from engine.types import Coded, Estimate

ENCODE = """
Encode a picture and write the stream, exactly as 'nrc refine' sends it. What
it decodes to is step 0 of a refinement.

  jpeg            baseline, optimised Huffman tables
  jpeg2000        codestream (.j2k), 9/7 transform, colour transform on
  jpeg2000-nomct  the same without the colour transform, as in older comparisons
  webp            lossy, slowest setting
  avif            AV1, 8 bits, one thread, so that the bytes are always the same
  e2e             learned transform (Ballé et al. 2017), container .nrc
  goog            recurrent (Toderici et al. 2017), container .nrc; quality
                  is a number of iterations, 1 to 8

Any program opens the files of the first five. JPEG 2000, WebP and AVIF files
carry a check sum where other programs skip it, by which damage is told.
"""
ENCODE_EXAMPLES = """
nrc encode photo.png --quality 15 -o photo.jpg
nrc encode photo.png --bpp 0.37 --subsampling 4:4:4 -o photo.jpg
nrc encode photo.png --codec jpeg2000 --bpp 0.37 -o photo.j2k
nrc encode photo.png --codec goog --quality 3 -o photo.nrc
nrc encode a.png --quality 10 -o - | nrc decode - --decoder sweep -o b.png
"""
DECODE = """
Decode a stream to a picture file, with the standard decoder or with a
recurrent one that repairs it.

Nothing but the stream is used, so any JPEG file will do, also one that you
already have: baseline or progressive, grey or colour, any subsampling; so will
JPEG 2000, WebP and AVIF files and the .nrc files (E2E, GOOG-small) of 'nrc
encode'. The codec is told by the content; a decoder takes those that it was
trained for, and --decoder auto finds the one that fits, or takes the standard
decode, and says so, where there is none. A picture that its EXIF data turns is
written upright, a grey one stays grey.

Of a damaged JPEG file what came is shown, as other programs show it; patches
that never came are counted and left alone. Bits are those of the picture's own
stream: a motion photo's film, further pictures and bytes before or behind it
don't count. What is left out or done is told in notes on standard error.

Of a JPEG file it says at what quality it was saved, whether it was saved
before, more coarsely, on which grid and how sure that is, and what photographs
like it gained. The repaired picture stays within the intervals of the file's
symbols (--no-projection lets it leave them), and what looks harmful is held
back (--no-guard applies it all).

Several files, and whole folders, go into a folder (-o DIR; --decoder is auto
unless another is named, 'none' is the standard decoder alone). EXIF data, dates
and colour profile are kept, no file is replaced unless --overwrite says so, and
none of those to repair ever. Each file gets one line. A bad one doesn't end it;
the status is 1 then.
"""
_WHOLE = 100
DECODE_EXAMPLES = """
nrc decode holiday.jpg --decoder sweep -o repaired.png
nrc decode photo.j2k --decoder auto -o repaired.png
nrc decode holiday.jpg --decoder raster --context causal --steps 2 -o two.png
nrc decode holiday.jpg --decoder auto --strength 60 -o gentler.png
nrc decode holiday.jpg -o as-received.png
nrc decode holiday.jpg --decoder auto --16-bit -o repaired.tif
nrc decode scans/ old.jpg -o repaired
nrc decode old/*.jpg --format jpeg --name "{name}-new" -o old
"""


def add(subparsers: shared.Subparsers) -> None:
    encode = shared.add_command(subparsers, "encode", "encode a picture to a stream", ENCODE, run_encode)
    encode.add_argument("image", type=Path, metavar="IMAGE", help="picture to encode (any common format)")
    encode.add_argument(
        "-o", "--output", required=True, metavar="STREAM", help="file to write; '-' is standard output"
    )
    shared.add_rate(encode)
    shared.examples(encode, ENCODE_EXAMPLES)

    decode = shared.add_command(
        subparsers, "decode", "decode or repair the file of any codec", DECODE, run_decode
    )
    decode.add_argument(
        "stream", nargs="+", metavar="STREAM", help="file or folder to decode; '-' is standard input"
    )
    decode.add_argument(
        "-o",
        "--output",
        required=True,
        metavar="OUT",
        help="file to write (.png .jpg .webp .tif), or the folder for several; '-' is standard output (PNG)",
    )
    decode_many.add_saving(decode)
    shared.add_decoding(decode, default=None)
    shared.examples(decode, DECODE_EXAMPLES)


def run_encode(arguments: argparse.Namespace) -> int:
    from engine import pipeline
    from engine.cli.refine import describe
    from engine.codecs.stream_file import check_stream_name, stream_file
    from engine.io.image import load_picture

    to_file = arguments.output != shared.STANDARD_STREAM
    if to_file:
        shared.check_output(Path(arguments.output), arguments.image)
        check_stream_name(arguments.codec, Path(arguments.output))
    picture = load_picture(arguments.image)
    coded = pipeline.encode(arguments.codec, picture.pixels, chosen.encode_options(arguments))
    _write(arguments.output, stream_file(coded, Path(arguments.output)) if to_file else coded.payload)
    for note in picture.notes:
        shared.note(f"{picture.name}: {note}")
    _say(arguments.output, describe(picture.name, coded, arguments.bpp))
    return 0


def run_decode(arguments: argparse.Namespace) -> int:
    from engine import pipeline
    from engine.artefacts.jpeg_history import history_of, history_words
    from engine.cli.refine import describe
    from engine.io.metadata import metadata_kinds
    from engine.repair.formats import SaveAs
    from engine.types import Estimate

    if decode_many.goes_to_folder(arguments):
        return decode_many.run(arguments)
    arguments.stream = arguments.stream[0]
    save = _check_decode(arguments)
    name, payload = read_stream(arguments.stream)
    coded = pipeline.decode(payload, name)
    alone = arguments.decoder is None or chosen.left_standard(arguments, coded.codec)
    last, how = (Estimate(0, coded.standard, 0.0), "standard decode") if alone else _repair(arguments, coded)
    if alone and arguments.decoder is not None:
        how = f"standard decode, as {chosen.no_decoder(coded.codec)}"
    _write(arguments.output, _file(last, coded, save, name))
    for note in pipeline.told(coded, name):
        shared.note(f"{name}: {note}")
    if save == SaveAs() and (left_out := metadata_kinds(payload)):
        shared.note(f"{name}: not copied into the PNG file: {', '.join(left_out)}")
    _say(arguments.output, f"{describe(name, coded)}; {how}")
    history = history_of(coded)
    if history is not None:
        _say(arguments.output, f"{name}: {history_words(history)}")
    return 0


def _file(last: Estimate, coded: Coded, save: SaveAs, name: str) -> bytes:
    """The file to write: plain PNG as the codec makes it, others with all that the stream says."""
    from engine.repair.formats import SaveAs, file_bytes
    from engine.repair.metadata import metadata_of, turned
    from engine.repair.one import upright_samples

    if save == SaveAs():
        return CODECS.get(coded.codec).png(last.pixels, coded)
    metadata = metadata_of(coded)
    samples, _ = upright_samples(last, coded, metadata, deep=save.deep)
    return file_bytes(samples, save, turned(metadata, samples.shape[1], samples.shape[0]), name)


def _check_decode(arguments: argparse.Namespace) -> SaveAs:
    """How the one file is to be written. Raises UserError for what can't be asked for."""
    from engine.repair.formats import SaveAs

    save = SaveAs(quality=arguments.quality, deep=arguments.deep)
    if arguments.output != shared.STANDARD_STREAM:
        output = Path(arguments.output)
        save = decode_many.save_for(output, arguments)
        shared.check_output(output, Path(arguments.stream))
    save.check()
    if arguments.decoder is None:
        for option in ("steps", "context", "carry"):
            if getattr(arguments, option):
                raise UserError(f"argument --{option}: needs --decoder; the standard decoder has no steps")
        if arguments.strength != _WHOLE:
            raise UserError("argument --strength: needs --decoder; the standard decoder repairs nothing")
        chosen.check_orientations(arguments, None)
    return save


def _repair(arguments: argparse.Namespace, coded: Coded) -> tuple[Estimate, str]:
    """The last estimate, and what was done, for people."""
    from engine import pipeline
    from engine.cli.progress import progress_bar
    from engine.types import never

    decoder, card = chosen.find_decoder(arguments.decoder, coded.codec)
    options = chosen.decode_options(arguments, card, coded.codec)
    options = replace(options, steps=options.steps or card.steps, last_only=True, deep=arguments.deep)
    with progress_bar("decoding") as progress:
        *_, last = pipeline.estimates(pipeline.load_decoder(decoder), coded, options, never, progress)
    plural = "s" if last.index > 1 else ""
    how = f"context {options.context.value}, {last.index} step{plural}, {last.seconds:.2f} s"
    notes = [card.trust_note(coded.scale, coded.codec), *_expected(card, coded, options.earlier)]
    return last, "; ".join([f"{card.title} ({card.name}), {how}", *(note for note in notes if note)])


def _expected(card: ModelCard, coded: Coded, earlier: bool) -> Iterator[str]:
    """Which saving is mended, if there were two, and what such files have gained, where it was measured; for
    people."""
    from engine.artefacts.earlier_saving import earlier_saving
    from engine.artefacts.jpeg_history import expected_gain_db
    from engine.step_scale import jpeg_scale

    scale, saving = coded.scale, earlier_saving(coded) if card.kind == "sweep" and earlier else None
    if saving is not None:
        scale = jpeg_scale(saving.quality)
        yield f"mended as the first of two savings left it, at quality {saving.quality}"
    gain = expected_gain_db(card.scores, scale) if coded.codec == "jpeg" else None
    if gain is not None:
        yield f"photographs like it gained {gain:+.1f} dB"


def read_stream(stream: str) -> tuple[str, bytes]:
    """Name for messages and bytes of a file, or of standard input."""
    if stream == shared.STANDARD_STREAM:
        if sys.stdin is None:
            raise UserError("standard input: is closed")
        return "standard input", sys.stdin.buffer.read()
    from engine.io.opening import read_regular

    path = Path(stream)
    return printable(path.name), read_regular(path)


def _write(output: str, data: bytes) -> None:
    from engine.io.atomic import write_atomically

    if output == shared.STANDARD_STREAM:
        if sys.stdout is None:
            raise UserError("standard output: is closed")
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    else:
        write_atomically(output, lambda file: file.write(data))


def _say(output: str, line: str) -> None:
    """Tell people, without getting into a stream that goes to standard output."""
    print(line, file=sys.stderr if output == shared.STANDARD_STREAM else sys.stdout)
