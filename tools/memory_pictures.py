"""Make the README's pictures of the answer, measured: what learners decode, and how they got there.

    python tools/memory_pictures.py [PICTURE] [--task late-answer]

Writes docs/memory.jpg, PICTURE (default: one that comes with the lab, kept for validation) as models of the
set `memory` decode it, and docs/memory-curves.png, their training records. Nothing is trained.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
from PIL import Image

from engine.io.image import load_picture
from engine.lab.settings import lane
from engine.metrics.fidelity import psnr_rgb_db
from engine.models.card import find_card
from engine.models.training_record import record_of
from engine.pipeline import encode, load_decoder
from engine.types import DecodeOptions, EncodeOptions, Pixels, ignore, never
from viewer.lab.frames import mosaic
from viewer.model.scene.palette import learner_look, rgb
from viewer.model.scene.plots import Curve, PlotScene

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "assets" / "lab" / "pictures" / "coffee.jpg"
SHOWN = ("bptt", "tbptt:5", "tbptt:1", "kf-rtrl", "uoro")
DRAWN = ("bptt", "tbptt:5", "kf-rtrl", "snap1", "tbptt:1", "uoro")
SEEDS = (1, 2, 3)
QUALITY = 10


def model(task: str, text: str, seed: int) -> str:
    """Name of a model of the set."""
    return f"{task}-{text.replace(':', '-')}-{seed}"


def decoded(pixels: Pixels, task: str) -> Pixels:
    """Original and lanes side by side, each over its name and PSNR."""
    coded = encode("jpeg", pixels, EncodeOptions(quality=QUALITY))
    cells = [(pixels, "Original", (200, 200, 200))]
    for text in SHOWN:
        decoder = load_decoder(model(task, text, SEEDS[0]))
        *_, last = decoder.refine(coded, DecodeOptions(), never, ignore)
        name = f"{lane(text).title}  {psnr_rgb_db(pixels, last.pixels):.2f} dB"
        cells.append((last.pixels, name, rgb(learner_look(lane(text).learner)[0])))
    return mosaic(cells, 3)


def curves(task: str) -> PlotScene:
    """Measured along the training: mean of seeds within their band, relative to the standard decode."""
    found: list[Curve] = []
    for text in DRAWN:
        records = [record_of(find_card(model(task, text, seed))) for seed in SEEDS]
        values = np.array([[each[0] for each in record.validation_db] for record in records if record])
        x = np.array(records[0].updates if records[0] else (), float)
        title, (colour, style) = lane(text).title, learner_look(lane(text).learner)
        if text.endswith(":5"):
            style = "dot"
        found += [
            Curve(f"{title}, lowest", x, values.min(0), colour, faint=True, listed=False, banded=True),
            Curve(f"{title}, highest", x, values.max(0), colour, faint=True, listed=False),
            Curve(title, x, values.mean(0), colour, style),
        ]
    label = "PSNR on validation pictures, less the standard decode's, dB"
    return PlotScene("memory", "Late answer, delay 4", "updates", label, tuple(found), x_decimals=0)


def drawn(scene: PlotScene, size: tuple[int, int]) -> Pixels:
    """A plot of the window's as pixels."""
    from PySide6.QtGui import QImage

    from viewer.launch.build import application
    from viewer.ui import theme
    from viewer.ui.plot.plot import Plot

    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = application()
    theme.apply(app, theme.LIGHT)
    plot = Plot(scene)
    plot.resize(*size)
    plot.show()
    figure = plot.figure()
    for _ in range(20):
        app.processEvents()
    image = figure.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return np.ascontiguousarray(rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3))


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("picture", type=Path, nargs="?", default=PICTURE)
    parser.add_argument("--task", default="late-answer")
    parser.add_argument("-o", "--output", type=Path, default=ROOT / "docs", metavar="DIR")
    given = parser.parse_args()
    pixels = load_picture(given.picture).pixels
    Image.fromarray(decoded(pixels, given.task)).save(given.output / "memory.jpg", quality=88)
    image = Image.fromarray(drawn(curves(given.task), (1000, 420)))
    image.save(given.output / "memory-curves.png", optimize=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
