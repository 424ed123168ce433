"""What `nrc bench` is asked to measure, as a plan."""

from __future__ import annotations

import argparse
import sys

from engine.benchmark.plan import Asked, plan_for
from engine.choices import SCORE_FIELDS
from engine.cli import arguments as shared
from engine.cli import chosen
from engine.data.benchmarks import Dataset
from engine.evaluation.bench import Plan
from engine.evaluation.protocol import Protocol
from engine.models.card import find_card, shipped_cards
from engine.types import Context, DecodeOptions

_RESTORATION = ("live1", "classic5", "bsds500")
"""Benchmarks whose field reports PSNR-B, too."""


def plan_of(arguments: argparse.Namespace, dataset: Dataset | None) -> Plan:
    """Raises UserError when codecs or decoders can't do what is asked for."""
    decoders = dict.fromkeys(name for name in arguments.decoder if name != shared.AUTO)
    restoring = dataset is not None and dataset.name in _RESTORATION
    scores = list(dict.fromkeys([*(["psnr-b"] if restoring else []), *arguments.scores]))
    cards = [find_card(name) for name in decoders]
    if cards and shared.AUTO not in arguments.decoder and all(card.kind != "sweep" for card in cards):
        chosen.check_orientations(arguments, cards[0])
    if arguments.orientations > 1:
        for name in (card.name for card in cards if card.kind != "sweep"):
            _note(f"{name} refines the picture as it lies: --orientations does nothing for it")
    asked = Asked(
        codecs=tuple(arguments.codec),
        qualities=tuple(arguments.quality or ()),
        rates=tuple(arguments.bpp or ()),
        decoders=tuple(zip(decoders, cards, strict=True)),
        auto=shipped_cards() if shared.AUTO in arguments.decoder else (),
        contexts=tuple(Context(name) for name in dict.fromkeys(arguments.context)),
        subsampling=arguments.subsampling,
        options=DecodeOptions(
            steps=arguments.steps,
            carry=arguments.carry,
            seed=arguments.seed,
            device=arguments.device,
            **chosen.finish_options(arguments),
        ),
        protocol=Protocol(arguments.grey, arguments.first_quality, (arguments.shift[0], arguments.shift[1])),
        linear=dataset is not None and dataset.linear,
        extra=tuple(SCORE_FIELDS[name] for name in scores),
    )
    plan, notes = plan_for(asked)
    for note in notes:
        _note(note)
    return plan


def _note(text: str) -> None:
    print(f"nrc: note: {text}", file=sys.stderr)
