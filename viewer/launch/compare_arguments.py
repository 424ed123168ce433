"""What the command line asks to compare: names of decoders, their contexts, presets."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from engine.choices import CONTEXTS

if TYPE_CHECKING:
    from engine.models.card import ModelCard
    from engine.types import Context
    from viewer.model.session.compare import Entry


def compared_cards(names: Sequence[str], cards: Sequence[ModelCard]) -> tuple[ModelCard, ...]:
    """The bundled cards, and one's own that `names` give by path. Raises UserError for unknown ones."""
    from engine.errors import UserError
    from engine.models.card import find_card
    from viewer.model.session.compare_presets import PRESETS, presets

    known = {card.name: card for card in cards}
    if len(names) == 1 and any(preset.key == names[0] for preset in presets(cards)):
        return tuple(cards)
    if len(names) == 1 and names[0] in PRESETS and names[0] not in known:
        raise UserError(f"--compare {names[0]}: its decoders are not installed")
    for text in names:
        name = _name_and_context(text)[0]
        if name not in known:
            card = find_card(name)
            known[card.name] = card
    return tuple(known.values())


def compared_entries(names: Sequence[str], cards: Sequence[ModelCard], codec: str = "") -> tuple[Entry, ...]:
    """What `--compare` asks for. Raises UserError with the reason when it can't be had.

    codec: whose streams all of them must serve; "" takes the one that they have in common.
    """
    from engine.errors import UserError
    from engine.pipeline import check_codec
    from viewer.model.session.compare import LEAST, MOST, Entry
    from viewer.model.session.compare_presets import entry_of, presets

    for preset in presets(cards):
        if list(names) == [preset.key]:
            return preset.entries
    by_name = {card.name: card for card in cards}
    by_name |= {str(card.path): card for card in cards if card.path is not None}
    entries = []
    for text in names:
        name, context = _name_and_context(text)
        card = by_name.get(name) or next(
            card for card in cards if card.path is not None and card.path == Path(name).with_suffix(".json")
        )
        entry = Entry(card.name, context) if context is not None else entry_of(card)
        if entry.context not in card.contexts:
            offered = ", ".join(each.value for each in card.contexts)
            raise UserError(
                f"decoder '{card.name}' has no context '{entry.context.value}' (it has: {offered})"
            )
        if codec:
            check_codec(card, codec)
        entries.append(entry)
    if not codec:
        common_codec([by_name.get(entry.decoder) for entry in entries])
    chosen = tuple(dict.fromkeys(entries))
    if not LEAST <= len(chosen) <= MOST:
        raise UserError(f"--compare takes {LEAST} to {MOST} different decoders, not {len(chosen)}")
    return chosen


def common_codec(cards: Sequence[ModelCard | None]) -> str:
    """The first codec that all of these decoders serve. Raises UserError when there is none."""
    from engine.codecs.facts import CODEC_FACTS
    from engine.errors import UserError

    for codec in CODEC_FACTS:
        if all(card is None or codec in card.codecs for card in cards):
            return codec
    raise UserError("--compare: these decoders were trained for streams of different codecs")


def _name_and_context(text: str) -> tuple[str, Context | None]:
    """ "raster:causal" names a decoder and the context it may look at."""
    from engine.types import Context

    name, colon, value = text.rpartition(":")
    if colon and value in CONTEXTS:
        return name, Context(value)
    return text, None
