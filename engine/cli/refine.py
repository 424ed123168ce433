"""`nrc refine`: encode a picture, refine the stream, keep every step and its scores."""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import TYPE_CHECKING

from engine.cli import arguments as shared
from engine.cli import chosen

if TYPE_CHECKING:
    from engine.models.card import ModelCard
    from engine.types import Coded, DecodeOptions, Refinement

DESCRIPTION = """
Encode a picture with any codec (jpeg, jpeg2000, jpeg2000-nomct, webp, avif,
e2e, goog), decode the stream step by step, and score every step against the
original. Without --decoder the best shipped one for the codec is taken; where
there is none (webp, avif, jpeg2000-nomct) the standard decode is all there is.

The folder receives
  original.png    the picture as it was read (8-bit sRGB, upright)
  received.jpg    the stream, byte for byte as a file would hold it (.j2k,
                  .webp, .avif, .nrc as the codec has it)
  step-0.png      the standard decode
  step-1.png …    the estimate after each step
  report.json     codec, quality, bits, bits_per_pixel, width, height, decoder,
                  learner, context, lossy_original (the codec of the picture's
                  own file, where that is a lossy one: scores then take its
                  artefacts for the truth) and steps, a list with index,
                  psnr_rgb_db,
                  psnr_y_db, ssim, ms_ssim, block_edges (levels),
                  deformed_edges (degrees), ringing (levels),
                  flattened_texture and staircasing (per cent), and seconds
                  of each

Scores are computed on the 8-bit pixels written, peak 255; seconds count from
the start of decoding. A score is null where it is undefined: MS-SSIM of a
picture below 161 pixels a side, SSIM below 11, and the PSNR of an exact copy,
which is infinite. The report is written last; with it, all the rest is there.
"""
EXAMPLES = """
nrc refine photo.png --quality 15 --decoder sweep -o out
nrc refine photo.png --codec jpeg2000 --bpp 0.37 -o j2k
nrc refine photo.png --bpp 0.37 --decoder raster --context causal -o causal
nrc refine photo.png --quality 10 --subsampling 4:4:4 --decoder raster \\
    --steps 6 --carry -o carry
"""


def add(subparsers: shared.Subparsers) -> None:
    parser = shared.add_command(
        subparsers, "refine", "encode a picture, refine the stream and score every step", DESCRIPTION, run
    )
    parser.add_argument("image", type=Path, metavar="IMAGE", help="picture to start from (any common format)")
    parser.add_argument(
        "-o", "--output", type=Path, required=True, metavar="DIR", help="folder to write to; made if missing"
    )
    shared.add_rate(parser)
    shared.add_decoding(parser, default=shared.AUTO)
    shared.examples(parser, EXAMPLES)


def run(arguments: argparse.Namespace) -> int:
    from engine import pipeline
    from engine.cli.progress import progress_bar
    from engine.codecs.facts import article
    from engine.io.image import load_picture
    from engine.report.folder import RefinementFolder
    from engine.types import RefineRequest

    decoder, card, options = _how(arguments)
    original = load_picture(arguments.image)
    coded = pipeline.encode(arguments.codec, original.pixels, chosen.encode_options(arguments))
    folder = RefinementFolder(
        arguments.output, arguments.image
    )  # what is wrong with it is told before the work
    request = RefineRequest(
        original.name, arguments.codec, chosen.encode_options(arguments), decoder, options
    )
    with progress_bar("refining") as progress:
        *_, refinement = pipeline.refine(request, original, coded, progress=progress)
    folder.write(original, refinement, card)
    for note in original.notes:
        shared.note(f"{original.name}: {note}")
    if original.lossy:
        lossy = f"{article(original.lossy)} {original.lossy} file itself"
        shared.note(f"{original.name}: the original is {lossy}: scores take its artefacts for the truth")
    print(describe(original.name, coded, arguments.bpp))
    if card is None:
        print("Standard decode alone:")
    else:
        print(f"{card.title} ({card.name}), context {options.context.value}:")
    print()
    print(step_table(refinement))
    return 0


def _how(arguments: argparse.Namespace) -> tuple[str, ModelCard | None, DecodeOptions]:
    """Decoder, its card and run options; none where no shipped decoder serves the codec and none was named.
    Raises UserError, also when there is no decoder for options that were given."""
    from engine.types import DecodeOptions

    if chosen.left_standard(arguments, arguments.codec):
        shared.note(f"{chosen.no_decoder(arguments.codec)}: not refined")
        return "", None, DecodeOptions()
    decoder, card = chosen.find_decoder(arguments.decoder, arguments.codec)
    return decoder, card, chosen.decode_options(arguments, card, arguments.codec)


def describe(name: str, coded: Coded, target_bpp: float | None = None) -> str:
    """One line on what was sent; with `target_bpp`, how near it came."""
    from engine.errors import printable
    from engine.registry import CODECS

    nearest = "" if coded.quality is None else f"; quality {coded.quality} comes nearest"
    asked = f" (asked for {target_bpp:g}{nearest})" if target_bpp else ""
    received = "" if target_bpp else "as received"
    how = [received if coded.quality is None else f"quality {coded.quality}", coded.subsampling]
    return (
        f"{printable(name)}: {CODECS.get(coded.codec).title}, {', '.join(part for part in how if part)}, "
        f"{coded.width}×{coded.height}, {coded.bits // 8:,} bytes, {coded.bits_per_pixel:.3f} bpp{asked}"
    )


def step_table(refinement: Refinement) -> str:
    """Scores of every step, and the gain over the standard decode."""
    from engine.cli.tables import plain_table
    from engine.evaluation.bench import gain
    from engine.metrics.as_text import number

    curve = [math.nan if (db := step.scores.psnr_rgb_db) is None else db for step in refinement.steps]
    rows = [
        [
            str(step.index) if step.index else "0 (standard)",
            number(db),
            number(gain(curve[0], db), signed=True) if step.index else "",
            number(step.scores.psnr_y_db),
            number(step.scores.ssim, 4),
            number(step.scores.ms_ssim, 4),
            number(step.seconds),
        ]
        for step, db in zip(refinement.steps, curve, strict=True)
    ]
    return plain_table(["step", "PSNR RGB, dB", "gain, dB", "PSNR Y, dB", "SSIM", "MS-SSIM", "seconds"], rows)
