"""What a received file tells before it is repaired: its quality, its past, and what can be expected."""

from __future__ import annotations

from dataclasses import dataclass

from engine import pipeline
from engine.artefacts.earlier_saving import mended_scale
from engine.artefacts.jpeg_history import History, expected_gain_db, history_of, nearest_quality
from engine.codecs.facts import codec_facts
from engine.models.card import ModelCard, find_card
from engine.rates.survey import best_card
from engine.types import Coded

AUTO, NONE = "auto", "none"
"""Decoders by other names: the best shipped one for the file's codec, and the standard decoder alone."""
_CLEAR, _MILD, _LITTLE = 1.0, 0.5, 0.2
"""Gains in dB on photographs from which on they are called so."""


@dataclass(frozen=True)
class Findings:
    """codec: by name. quality: of the last saving, as estimated; None where the codec has none. history: of a
    JPEG file. gain_db: what photographs like it gained; None where that isn't known."""

    codec: str
    width: int
    height: int
    quality: int | None = None
    history: History | None = None
    gain_db: float | None = None

    def quality_words(self) -> str:
        """How it was saved, for people: "JPEG, quality about 50"."""
        title = codec_facts(self.codec).name
        if self.quality is None:
            return title
        about = "" if self.history is not None and self.history.standard else "about "
        return f"{title}, quality {about}{self.quality}"

    def past_words(self) -> str:
        """Whether it was saved before, for people; "" where nothing shows it."""
        earlier = self.history.earlier if self.history is not None else None
        if earlier is None or earlier.sureness < 0.5:
            return ""
        moved = "" if earlier.aligned else ", cropped or moved since"
        return f"saved before at about quality {earlier.quality}{moved} ({100 * earlier.sureness:.0f} % sure)"

    def gain_words(self) -> str:
        """What can be expected, for people: "a clear gain (+1.5 dB on photographs)"."""
        gain = self.gain_db
        if gain is None:
            return ""
        kinds = ((_CLEAR, "a clear gain"), (_MILD, "a mild gain"), (_LITTLE, "a slight gain"))
        kind = next((words for least, words in kinds if gain >= least), "hardly any gain")
        return f"{kind} ({gain:+.1f} dB on photographs like it)"


def card_for(decoder: str, codec: str) -> ModelCard | None:
    """The card of a decoder for streams of `codec`; None for `NONE`, and where `AUTO` finds none. Raises
    UserError for an unknown name."""
    if decoder == NONE:
        return None
    return best_card(pipeline.model_cards(), codec) if decoder == AUTO else find_card(decoder)


def findings_of(coded: Coded, card: ModelCard | None, *, earlier: bool = True) -> Findings:
    """What a stream tells. card: of the decoder that is to repair it; earlier: see `DecodeOptions`."""
    history = history_of(coded)
    quality = None
    if coded.symbols is not None:
        quality = nearest_quality(coded.symbols.components[0].quantisation)
    gain = None
    if card is not None and coded.codec == "jpeg":
        scale = mended_scale(coded) if card.kind == "sweep" and earlier else coded.scale
        gain = expected_gain_db(card.scores, scale)
    return Findings(coded.codec, coded.width, coded.height, quality, history, gain)
