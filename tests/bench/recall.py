"""What attentive decoders recall: the share of attention's weight on the zero state at the span's start.

The rest goes to earlier patches of the span. Means over all patches of the pictures of one folder, JPEG at
quality 15, at the last step.

    python tests/bench/recall.py data/kodak --pictures 3
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from statistics import fmean

from measuring import pictures_of


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="folder with pictures of 768×512, e.g. the Kodak set")
    parser.add_argument("--pictures", type=int, default=3, help="how many of them (default: 3)")
    arguments = parser.parse_args()
    pictures = pictures_of(arguments.folder, 512, 768)[: arguments.pictures]
    from engine.decoders.raster_notes import START
    from engine.models.card import shipped_cards
    from engine.pipeline import encode, load_decoder
    from engine.types import DecodeOptions, EncodeOptions, ignore, never

    streams = [encode("jpeg", pixels, EncodeOptions(quality=15)) for _, pixels in pictures]
    options = DecodeOptions(device="cpu", inside=True)
    for card in shipped_cards():
        if not card.attentive:
            continue
        shares = []
        for coded in streams:
            *_, last = load_decoder(card.name).refine(coded, options, never, ignore)
            assert last.inside is not None
            weights = last.inside.weights.astype(float)
            shares.append(float((weights * (last.inside.recalled == START)).sum(-1).mean()))
        print(f"{card.name:<26} {fmean(shares):.1%} on the start, over {len(shares)} picture(s)", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
