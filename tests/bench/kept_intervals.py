"""How near to the ends of their quantisation intervals estimates may come: mean gains in dB by half widths.

    python tests/bench/kept_intervals.py PICTURES [--decoder NAME] [--quality Q …] [--count N]

Pictures are measured at half their size, so that photographs that were JPEGs have no traces of their own.
"shipped" is `engine.decoders.cells.kept_half`. To choose by, so not for pictures that results are told of.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine import pipeline
from engine.decoders import cells
from engine.io.image import load_picture
from engine.metrics.fidelity import psnr_rgb_db
from engine.types import DecodeOptions, EncodeOptions, ignore, never

WIDTHS = ((0.5, 0.5), (0.45, 0.45), (0.4, 0.4), (0.4, 0.3), (0.4, 0.25), (0.4, 0.2), (0.35, 0.2), (0.3, 0.3))
"""Of symbols −1, 0 and 1, and of all others."""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("pictures", type=Path)
    parser.add_argument("--decoder", default="flagship")
    parser.add_argument("--quality", type=int, nargs="+", default=[10, 20, 40, 60, 80, 95])
    parser.add_argument("--count", type=int, default=20)
    asked = parser.parse_args()
    paths = sorted(path for path in asked.pictures.iterdir() if path.suffix in (".jpg", ".png", ".bmp"))
    paths = paths[:: max(1, len(paths) // asked.count)][: asked.count]
    decoder, options = pipeline.load_decoder(asked.decoder), DecodeOptions(last_only=True)
    names = [f"{small} {large}" for small, large in WIDTHS]
    print("quality", *(f"{name:>9}" for name in ["shipped", *names]))
    for quality in asked.quality:
        gains = np.zeros((len(paths), 1 + len(WIDTHS)))
        for at, path in enumerate(paths):
            picture = Image.fromarray(load_picture(path).pixels)
            pixels = np.asarray(picture.reduce(2))
            coded = pipeline.encode("jpeg", pixels, EncodeOptions(quality=quality))
            for column, widths in enumerate((None, *WIDTHS)):
                with pytest.MonkeyPatch.context() as patched:
                    if widths is not None:
                        small, large = widths
                        patched.setattr(cells, "_SMALL_HALF", small)
                        patched.setattr(cells, "kept_half", lambda _, large=large: large)
                    (last,) = decoder.refine(coded, options, never, ignore)
                gains[at, column] = psnr_rgb_db(last.pixels, pixels) - psnr_rgb_db(coded.standard, pixels)
        print(f"{quality:>7}", *(f"{gain:>+9.4f}" for gain in gains.mean(0)), flush=True)


if __name__ == "__main__":
    main()
