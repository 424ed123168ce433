"""Write measured scores into the cards of the bundled models.

    nrc bench FOLDER --codec jpeg --quality 10 15 20 30 --decoder sweep raster -o scores.csv
    python tools/card_scores.py scores.csv --set kodak

The figures are means over the pictures of the benchmark's file, of 8-bit RGB PSNR in dB. A file of
`nrc compare`, which holds such means, will do as well, where it varies nothing but the models.
"""

from __future__ import annotations

import argparse
import csv
import dataclasses
from collections import defaultdict
from pathlib import Path
from statistics import fmean
from typing import Any

from engine.evaluation.table import CompareRow, read_table
from engine.models.card import shipped_cards

Rows = dict[str, dict[int, float]]


def read(path: Path) -> dict[str, dict[str, Rows]]:
    """decoder → operating point → image → step → PSNR, from a benchmark's CSV file."""
    table: dict[str, dict[str, Rows]] = defaultdict(lambda: defaultdict(lambda: defaultdict(dict)))
    with path.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["context"] in ("both", "") and row["decoder"]:
                score = float(row["psnr_rgb_db"])
                table[row["decoder"]][point(row)][row["image"]][int(row["step"])] = score
    return table


def point(row: dict[str, str]) -> str:
    """What a card calls an operating point: "q15" of JPEG, "jpeg2000 0.37 bpp" of others."""
    target = row.get("target_bpp", "")
    asked = f"{float(target):g} bpp" if target else f"q{row['quality']}"
    return asked if row["codec"] == "jpeg" else f"{row['codec']} {asked}"


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


def summaries(path: Path) -> dict[str, dict[str, Any]]:
    """decoder → operating point → scores, from either kind of file."""
    with path.open(newline="", encoding="utf-8") as file:
        compared = "gain_db" in (csv.DictReader(file).fieldnames or ())
    if not compared:
        return {
            name: {asked: summary(images) for asked, images in points.items()}
            for name, points in read(path).items()
        }
    models: dict[str, dict[str, list[CompareRow]]] = defaultdict(lambda: defaultdict(list))
    for row in read_table(path):
        if (row.topic, row.context) in (("", "both"), ("task", "none")):
            models[row.decoder][row.condition].append(row)
    return {
        name: {
            condition: summary_of(sorted(rows, key=lambda row: row.step)) for condition, rows in of.items()
        }
        for name, of in models.items()
    }


def summary_of(rows: list[CompareRow]) -> dict[str, Any]:
    """As `summary`, of a comparison's rows for steps 0 to K."""
    return {
        "pictures": rows[0].pictures,
        "standard_db": round(rows[0].psnr_rgb_db, 3),
        "gain_db": [round(row.gain_db, 3) for row in rows[1:]],
        "worst_gain_db": round(rows[-1].worst_gain_db, 3),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("csv", type=Path, help="what `nrc bench` wrote")
    parser.add_argument("--set", required=True, help="name of the set of pictures, such as kodak")
    options = parser.parse_args()
    table = summaries(options.csv)
    for card in shipped_cards():
        if card.name in table and card.path is not None:
            scores = table[card.name]
            updated = dataclasses.replace(card, scores={**card.scores, options.set: scores})
            card.path.write_text(updated.to_json(), encoding="utf-8")
            print(f"{card.path.name}: {options.set} {', '.join(scores)}")


if __name__ == "__main__":
    main()
