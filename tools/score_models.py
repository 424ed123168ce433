"""Put scores that `nrc bench` measured into the cards of the bundled models.

    nrc bench kodak --quality 10 15 20 30 --decoder sweep raster -o kodak.csv
    python tools/score_models.py kodak kodak.csv

Each card's `scores[SET]` is replaced by its figures in the table, by quality, for its widest context;
`nrc models` shows the Kodak gain at quality 15 from there.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import BinaryIO

from engine.bench import card_scores, read_table, summarise, widest_context
from engine.errors import UserError
from engine.image import write_atomically
from engine.models import shipped_cards


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("set", metavar="SET", help="name of the set of pictures, as cards keep it: kodak")
    parser.add_argument("table", type=Path, metavar="FILE.csv", help="what nrc bench wrote")
    arguments = parser.parse_args()
    try:
        scored = score(arguments.set, arguments.table)
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(f"scored: {', '.join(scored)}" if scored else "the table has none of the bundled models")
    return 0 if scored else 2


def score(name: str, table: Path) -> list[str]:
    """Write the scores; returns the names of the models that got some."""
    summaries = summarise(read_table(table))
    scored = []
    for card in shipped_cards():
        context = widest_context(card).value
        own = [s for s in summaries if s.decoder == card.name and s.context == context]
        if own and card.path is not None:
            text = replace(card, scores={**card.scores, name: card_scores(own)}).to_json()
            write_atomically(card.path, partial(_fill, text=text))
            scored.append(card.name)
    return scored


def _fill(file: BinaryIO, text: str) -> None:
    file.write(text.encode())


if __name__ == "__main__":
    sys.exit(main())
