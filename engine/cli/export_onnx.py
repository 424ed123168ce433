"""`nrc export-onnx`: a decoder's network for other runtimes."""

from __future__ import annotations

import argparse
from pathlib import Path

from engine.choices import MOST_STEPS
from engine.cli import arguments as shared

DESCRIPTION = """
Write the network of a decoder as an ONNX file that other programs and runtimes
read. Before it is written, ONNX Runtime must give what our network gives, to
1e-4, on inputs of other sizes than it was traced by.

  sweep             standard (1, 3, height, width), RGB from 0 to 1 of the
                    standard decode, sides multiples of 16, and condition
                    (1, n), what is told of the stream; estimates
                    (steps, 3, height, width)
  raster, sibling   static and causal features of patches and their state;
                    residuals (steps, patches, 192) in DCT coefficients, and
                    the state to carry on. The scan over the picture stays to
                    the caller: engine/decoders/raster.py

The file's metadata hold the model's card. What is done to an estimate
afterwards (intervals of the symbols, guard) is no part of it. Attentive
networks, which remember along a row, and decoders that learned nothing have no
such file. Needs pip install 'nrc-viewer[onnx]'.
"""
EXAMPLES = """
nrc export-onnx flagship -o flagship.onnx
nrc export-onnx runs/mine/mine.json --steps 8 -o mine.onnx
"""


def add(subparsers: shared.Subparsers) -> None:
    parser = shared.add_command(
        subparsers, "export-onnx", "write a decoder's network as an ONNX file", DESCRIPTION, run
    )
    parser.add_argument(
        "decoder",
        metavar="NAME",
        help="a shipped decoder ('nrc models' lists them) or the path of a model's card",
    )
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FILE.onnx", help="file to write")
    parser.add_argument(
        "--steps",
        type=shared.whole(1, MOST_STEPS),
        default=0,
        metavar="K",
        help=f"steps in the file, 1 to {MOST_STEPS} (default: as many as the decoder was trained for)",
    )
    shared.examples(parser, EXAMPLES)


def run(arguments: argparse.Namespace) -> int:
    from engine.onnx.write import shape_words, write_onnx
    from engine.pipeline import load_decoder

    decoder = load_decoder(arguments.decoder)
    shared.check_output(arguments.output, *decoder.card.files)
    written = write_onnx(decoder, arguments.output, arguments.steps)
    print(f"{shape_words(written)}; ONNX Runtime differs by {written.difference:.1e} at most")
    return 0
