"""`nrc models`: what is shipped."""

from __future__ import annotations

import argparse
import json

from engine.cli import arguments as shared

DESCRIPTION = """
List the decoders that come with the program. The name in the first column is
what --decoder takes.

  kind      sweep: a convolutional network over the whole picture, all at once
            raster: the papers' estimator, patch after patch in raster order
  cell      the recurrent unit
  learner   the algorithm that gave the gradients in training
  weights   number of trained parameters
  steps     refinement steps in training (others can be asked for)
  contexts  neighbouring patches that the decoder can be told to look at
  Kodak     mean gain in RGB PSNR over JPEG at quality 15, 4:2:0, after the
            last step, on the 24 Kodak pictures
"""
EXAMPLES = """
nrc models
nrc models --json
"""
QUALITY = 15


def add(subparsers: shared.Subparsers) -> None:
    parser = shared.add_command(subparsers, "models", "list the decoders that are shipped", DESCRIPTION, run)
    parser.add_argument(
        "--json",
        action="store_true",
        help="print the model cards whole, as a JSON list: data, configuration, training time, all scores",
    )
    shared.examples(parser, EXAMPLES)


def run(arguments: argparse.Namespace) -> int:
    from engine.cli.tables import plain_table
    from engine.evaluation.bench import card_gain_db
    from engine.metrics.as_text import number
    from engine.models.card import shipped_cards

    cards = shipped_cards()
    if arguments.json:
        records = [json.loads(card.to_json()) for card in cards]
        print(json.dumps(records, indent=2, ensure_ascii=False))
        return 0
    rows = [
        [
            card.name,
            card.kind,
            card.cell,
            card.learner,
            f"{card.weights:,}",
            str(card.steps),
            " ".join(context.value for context in card.contexts),
            number(card_gain_db(card, "kodak", QUALITY), signed=True),
        ]
        for card in cards
    ]
    header = ["name", "kind", "cell", "learner", "parameters", "steps", "contexts", "Kodak, dB"]
    print(plain_table(header, rows, left=(0, 1, 2, 3, 6)) if rows else "No models are bundled.")
    return 0
