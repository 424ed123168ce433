"""What the arguments that several commands share amount to: options, and the decoder that is meant."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from engine.cli.arguments import AUTO
from engine.errors import UserError

if TYPE_CHECKING:
    from engine.models.card import ModelCard
    from engine.types import DecodeOptions, EncodeOptions


def encode_options(arguments: argparse.Namespace) -> EncodeOptions:
    from engine.types import EncodeOptions

    return EncodeOptions(arguments.quality, arguments.bpp, arguments.subsampling)


def finish_options(arguments: argparse.Namespace) -> dict[str, Any]:
    """What `add_finish` asked for, as fields of `DecodeOptions`."""
    return {
        "strength": arguments.strength / 100,
        "projection": arguments.projection,
        "guard": arguments.guard,
        "earlier": arguments.earlier,
        "orientations": arguments.orientations,
        "precision": arguments.precision,
    }


def decode_options(arguments: argparse.Namespace, card: ModelCard, codec: str) -> DecodeOptions:
    """Run options of `card`'s decoder. Raises UserError when it can't run with them, or on `codec`."""
    from engine.evaluation.bench import widest_context
    from engine.pipeline import check_options
    from engine.types import Context, DecodeOptions

    context = Context(arguments.context) if arguments.context else widest_context(card)
    options = DecodeOptions(
        steps=arguments.steps,
        context=context,
        carry=arguments.carry,
        seed=arguments.seed,
        device=arguments.device,
        **finish_options(arguments),
    )
    check_orientations(arguments, card)
    check_options(card, options, codec)
    return options


def check_orientations(arguments: argparse.Namespace, card: ModelCard | None) -> None:
    """Raise UserError where there is nothing to average. card: None for the standard decode alone."""
    if arguments.orientations > 1 and (card is None or card.kind != "sweep"):
        name = "the standard decoder" if card is None else f"decoder '{card.name}'"
        raise UserError(f"argument --orientations: {name} has no sweeps to average")


def find_decoder(name: str, codec: str) -> tuple[str, ModelCard]:
    """The decoder's name and card, for streams of `codec` where it is `AUTO`. Raises UserError."""
    from engine.models.card import find_card, shipped_cards
    from engine.rates.survey import best_card

    if name != AUTO:
        return name, find_card(name)
    card = best_card(shipped_cards(), codec)
    if card is None:
        raise UserError(f"{no_decoder(codec)}; name your own with --decoder")
    return card.name, card


def left_standard(arguments: argparse.Namespace, codec: str) -> bool:
    """Whether `--decoder auto` finds nothing that is shipped for a codec's streams and no run options were
    given, so that the standard decode is the answer; who asks says so (`no_decoder`)."""
    from engine.models.card import shipped_cards
    from engine.rates.survey import best_card

    asked = arguments.steps or arguments.context or arguments.carry or arguments.orientations > 1
    if arguments.decoder != AUTO or asked:
        return False
    return best_card(shipped_cards(), codec) is None


def no_decoder(codec: str) -> str:
    """Said where nothing that is shipped refines a codec's streams."""
    from engine.registry import CODECS

    return f"no shipped decoder was trained for {CODECS.get(codec).title} streams"
