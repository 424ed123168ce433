"""Write measured scores into the cards of the bundled models.

    nrc bench FOLDER --codec jpeg --quality 10 15 20 30 --decoder sweep raster -o scores.csv
    python tools/card_scores.py scores.csv --set kodak

The figures are means over the pictures of the benchmark's file, of 8-bit RGB PSNR in dB.
"""

from __future__ import annotations

import argparse
import csv
import dataclasses
from collections import defaultdict
from pathlib import Path
from statistics import fmean
from typing import Any

from engine.models import shipped_cards

Rows = dict[str, dict[int, float]]


def read(path: Path) -> dict[str, dict[str, Rows]]:
    """decoder → quality → image → step → PSNR, from a benchmark's CSV file."""
    table: dict[str, dict[str, Rows]] = defaultdict(lambda: defaultdict(lambda: defaultdict(dict)))
    with path.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["context"] in ("both", ""):
                score = float(row["psnr_rgb_db"])
                table[row["decoder"]][row["quality"]][row["image"]][int(row["step"])] = score
    return table


def summary(images: Rows) -> dict[str, Any]:
    """Means of one quality: the standard decode, each step's gain, and the worst picture's gain."""
    steps = sorted(next(iter(images.values())))
    gains = [[scores[step] - scores[0] for scores in images.values()] for step in steps[1:]]
    return {
        "pictures": len(images),
        "standard_db": round(fmean(scores[0] for scores in images.values()), 3),
        "gain_db": [round(fmean(gain), 3) for gain in gains],
        "worst_gain_db": round(min(gains[-1]), 3),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("csv", type=Path, help="what `nrc bench` wrote")
    parser.add_argument("--set", required=True, help="name of the set of pictures, such as kodak")
    options = parser.parse_args()
    table = read(options.csv)
    for card in shipped_cards():
        if card.name in table and card.path is not None:
            scores = {f"q{quality}": summary(images) for quality, images in table[card.name].items()}
            updated = dataclasses.replace(card, scores={**card.scores, options.set: scores})
            card.path.write_text(updated.to_json(), encoding="utf-8")
            print(f"{card.path.name}: {options.set} {', '.join(scores)}")


if __name__ == "__main__":
    main()
