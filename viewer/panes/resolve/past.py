"""What a received file tells of its past, and what can be expected of repairing it. No Qt, pure."""

from __future__ import annotations

from engine.artefacts.jpeg_history import expected_gain_db
from engine.models.card import ModelCard
from viewer.core import words
from viewer.model.facts.run import Run
from viewer.model.scene.plots import InspectorRow

_MAYBE = 0.5
"""Less sure than this, an earlier saving isn't worth telling of."""


def expected_words(card: ModelCard | None, run: Run) -> str:
    """The gain that can be expected of a received stream, where it was measured on streams like it."""
    gain = _expected(card, run)
    return "" if gain is None else f"photographs like it gained {gain}"


def past_rows(card: ModelCard | None, run: Run) -> list[InspectorRow]:
    """Among the picture's figures: quality, an earlier saving with how sure it is, the gain to expect."""
    history = run.history
    if history is None:
        return []
    quality = f"{'' if history.standard else 'about '}{history.quality}"
    rows = [InspectorRow("Saved at quality", quality)]
    earlier = history.earlier
    before = "no sign of it"
    if earlier is not None and earlier.sureness >= _MAYBE:
        grid = "same grid" if earlier.aligned else f"grid {earlier.down} down, {earlier.across} across"
        sure = ">99" if earlier.sureness > 0.99 else f"{100 * earlier.sureness:.0f}"
        before = f"at about {earlier.quality}, {grid} ({sure} % sure)"
    rows.append(InspectorRow("Saved before", before))
    gain = _expected(card, run)
    if gain is not None:
        rows.append(InspectorRow("Gain to expect", f"{gain} (mean of photographs)"))
    return rows


def _expected(card: ModelCard | None, run: Run) -> str | None:
    if run.history is None or card is None or card.name != run.refinement.request.decoder:
        return None
    gain = expected_gain_db(card.scores, run.refinement.coded.scale)
    return None if gain is None else words.gain(gain)
