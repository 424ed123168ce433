"""Train the guard (engine/decoders/guard.py) on what decoders make of pictures, and write its weights.

python tools/train_guard.py FOLDER… -o assets/guard/guard.safetensors [--decoder NAME …] [--pictures N]
                            [--updates N] [--start-from FILE]

FOLDER: photographs. Decoders take turns; each picture is one of a photograph, of a kind that networks were
trained on, or of a kind that they were not. NRC_FONTS may name a folder of further fonts for the made ones.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from safetensors.torch import save_file

from engine import pipeline
from engine.decoders.base import Decoder
from engine.decoders.guard import read_guard
from engine.training.data import load_folder
from engine.training.guard_task import SIDE, cases, train_guard
from engine.training.wide import scaled_down

DECODERS = (
    "flagship", "flagship", "flagship", "raster", "raster-elman", "single-1", "sweep-jpeg2000", "sweep-e2e",
    "sweep-goog", "raster-jpeg2000", "raster-e2e", "raster-goog",
)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--decoder", action="append", default=[])
    parser.add_argument("--pictures", type=int, default=2400)
    parser.add_argument("--updates", type=int, default=2500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--start-from", type=Path, help="weights of a guard to begin with")
    given = parser.parse_args()
    pictures = load_folder(given.folders, 64)
    photographs = [small for pixels in pictures for small in scaled_down(pixels, SIDE + 32)]
    decoders: list[Decoder] = []
    for name in given.decoder or DECODERS:
        decoder = pipeline.load_decoder(name)
        decoder.card = replace(decoder.card, training={}, guarded=True)  # its residual shall not fade out
        decoders.append(decoder)
    found = list(cases(decoders, photographs, given.seed, given.pictures))
    start = read_guard(given.start_from) if given.start_from else None
    guard = train_guard(found, given.updates, given.seed, start)
    save_file({name: value.contiguous() for name, value in guard.state_dict().items()}, given.output)


if __name__ == "__main__":
    main()
