"""What `nrc bench` is asked to measure, as a plan."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace

from engine.choices import SCORE_FIELDS
from engine.cli import arguments as shared
from engine.data.benchmarks import Dataset
from engine.evaluation.bench import Plan, check_points, plan_runs
from engine.evaluation.protocol import Protocol
from engine.models.card import ModelCard, find_card, shipped_cards
from engine.rates.survey import best_card
from engine.registry import CODECS
from engine.types import Context, DecodeOptions, EncodeOptions

_RESTORATION = ("live1", "classic5", "bsds500")
"""Benchmarks whose field reports PSNR-B, too."""


def plan_of(arguments: argparse.Namespace, dataset: Dataset | None) -> Plan:
    """Raises UserError when codecs or decoders can't do what is asked for."""
    codecs = tuple(dict.fromkeys(arguments.codec))
    points = sorted(set(arguments.quality or arguments.bpp))
    encodes = tuple(
        EncodeOptions(quality=point, subsampling=arguments.subsampling)
        if arguments.quality
        else EncodeOptions(bits_per_pixel=point, subsampling=arguments.subsampling)
        for point in points
    )
    check_points(codecs, encodes)
    decoders = [(name, find_card(name)) for name in dict.fromkeys(arguments.decoder) if name != shared.AUTO]
    fitting = _fitting(codecs) if shared.AUTO in arguments.decoder else []
    contexts = [Context(name) for name in dict.fromkeys(arguments.context)]
    options = DecodeOptions(
        steps=arguments.steps,
        carry=arguments.carry,
        seed=arguments.seed,
        device=arguments.device,
        **shared.finish_options(arguments),
    )
    meant = {card.name: of for card, of in fitting if card.name not in dict(decoders)}
    decoders += [(card.name, card) for card, _ in fitting if card.name in meant]
    runs = plan_runs(decoders, contexts, options, codecs) if decoders else ()
    runs = tuple(replace(run, codecs=meant.get(run.name)) for run in runs)
    restoring = dataset is not None and dataset.name in _RESTORATION
    scores = list(dict.fromkeys([*(["psnr-b"] if restoring else []), *arguments.scores]))
    return Plan(
        codecs,
        encodes,
        runs,
        linear=dataset is not None and dataset.linear,
        protocol=Protocol(arguments.grey, arguments.first_quality, (arguments.shift[0], arguments.shift[1])),
        extra=tuple(SCORE_FIELDS[name] for name in scores),
    )


def _fitting(codecs: Sequence[str]) -> list[tuple[ModelCard, tuple[str, ...]]]:
    """The best shipped decoders, each with the codecs that it is the best one for."""
    cards = shipped_cards()
    best = {codec: best_card(cards, codec) for codec in codecs}
    for codec, card in best.items():
        if card is None:
            title = CODECS.get(codec).title
            print(f"nrc: note: no shipped decoder was trained for {title} streams", file=sys.stderr)
    return [
        (card, tuple(codec for codec in codecs if best[codec] is card))
        for card in cards
        if any(card is chosen for chosen in best.values())
    ]
