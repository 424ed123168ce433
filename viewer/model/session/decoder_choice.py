"""Which decoders serve a codec, and which one to take when the codec changes. No Qt, pure."""

from __future__ import annotations

from collections.abc import Sequence

from engine.codecs.facts import codec_facts
from engine.models.card import ModelCard

Chosen = tuple[tuple[str, str], ...]
"""(codec, decoder) as they were chosen by hand, each codec once, the latest last."""


def fitting(cards: Sequence[ModelCard], codec: str) -> tuple[ModelCard, ...]:
    """The decoders that were trained for a codec's streams, in their order."""
    return tuple(card for card in cards if codec in card.codecs)


def remembered_choice(chosen: Chosen, codec: str, decoder: str) -> Chosen:
    """`chosen` with one more choice."""
    return (*(pair for pair in chosen if pair[0] != codec), (codec, decoder))


def decoder_for(cards: Sequence[ModelCard], codec: str, current: str, chosen: Chosen) -> str:
    """Name of the decoder to go on with when streams are of `codec` now; "" when none serves it.

    The one that was last chosen for this codec; else the one in use, if it serves this codec too; else one of
    its family, which is its kind and, best, its study; else the flagship.
    """
    there = fitting(cards, codec)
    names = [card.name for card in there]
    for name in (dict(chosen).get(codec, ""), current):
        if name in names:
            return name
    known = {card.name: card for card in cards}
    last = [name for _, name in reversed(chosen) if name in known]
    like = known.get(current) or (known[last[0]] if last else None)
    if like is not None:
        family = [card for card in there if card.kind == like.kind]
        study = [card for card in family if card.study == like.study] or [c for c in family if not c.study]
        if study:
            return study[0].name
    return names[0] if names else ""


def codecs_in_words(card: ModelCard) -> str:
    """The codecs whose streams a decoder was trained for: "JPEG", "E2E and GOOG-small"."""
    titles = [codec_facts(codec).title for codec in card.codecs]
    return " and ".join([", ".join(titles[:-1]), titles[-1]] if len(titles) > 1 else titles)


def no_decoder_words(codec: str) -> str:
    """Said where there is nothing to refine with."""
    return f"no decoder is trained for {codec_facts(codec).title} streams"


def span_of(card: ModelCard | None) -> int:
    """Patches along which the network carries its state; 0 when it starts anew at every patch."""
    value = card.network.get("span", 0) if card is not None else 0
    return value if isinstance(value, int) else 0
