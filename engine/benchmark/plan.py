"""What a benchmark is asked to measure, as a plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from engine.evaluation.bench import Plan, check_points, plan_runs
from engine.evaluation.protocol import Protocol
from engine.models.card import ModelCard
from engine.rates.survey import best_card
from engine.registry import CODECS
from engine.types import Context, DecodeOptions, EncodeOptions


@dataclass(frozen=True)
class Asked:
    """What people ask for. qualities, rates (bits per pixel): one of them. decoders: each by the name that
    `pipeline.load_decoder` takes, with its card. auto: cards of which the best one for each codec decodes,
    too; none where that isn't asked for. contexts: empty for each decoder's widest. The rest as in `Plan`.
    """

    codecs: tuple[str, ...]
    qualities: tuple[int, ...] = ()
    rates: tuple[float, ...] = ()
    decoders: tuple[tuple[str, ModelCard], ...] = ()
    auto: tuple[ModelCard, ...] = ()
    contexts: tuple[Context, ...] = ()
    subsampling: str = "4:2:0"
    options: DecodeOptions = field(default_factory=DecodeOptions)
    protocol: Protocol = field(default_factory=Protocol)
    linear: bool = False
    extra: tuple[str, ...] = ()


def plan_for(asked: Asked) -> tuple[Plan, tuple[str, ...]]:
    """The plan, and what there is to say about it, a line each. Raises UserError when codecs or decoders
    can't do what is asked for."""
    codecs = tuple(dict.fromkeys(asked.codecs))
    encodes = (
        *(EncodeOptions(quality=q, subsampling=asked.subsampling) for q in sorted(set(asked.qualities))),
        *(EncodeOptions(bits_per_pixel=r, subsampling=asked.subsampling) for r in sorted(set(asked.rates))),
    )
    check_points(codecs, encodes)
    fitting, notes = _fitting(asked.auto, codecs)
    decoders = list(dict(asked.decoders).items())
    meant = {card.address: of for card, of in fitting if card.address not in dict(decoders)}
    decoders += [(card.address, card) for card, _ in fitting if card.address in meant]
    runs = plan_runs(decoders, asked.contexts, asked.options, codecs) if decoders else ()
    runs = tuple(replace(run, codecs=meant.get(run.name)) for run in runs)
    plan = Plan(codecs, encodes, runs, linear=asked.linear, protocol=asked.protocol, extra=asked.extra)
    return plan, notes


def _fitting(
    cards: Sequence[ModelCard], codecs: Sequence[str]
) -> tuple[list[tuple[ModelCard, tuple[str, ...]]], tuple[str, ...]]:
    """The best decoders, each with the codecs that it is the best one for; what is missing."""
    if not cards:
        return [], ()
    best = {codec: best_card(cards, codec) for codec in codecs}
    notes = tuple(
        f"no shipped decoder was trained for {CODECS.get(codec).title} streams"
        for codec, card in best.items()
        if card is None
    )
    found = [
        (card, tuple(codec for codec in codecs if best[codec] is card))
        for card in cards
        if any(card is chosen for chosen in best.values())
    ]
    return found, notes
