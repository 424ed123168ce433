"""The toolbar's list of codecs, and its quality slider as the chosen codec has it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox

from engine.codecs.facts import codec_facts
from viewer.core.words import capital
from viewer.model.session.state import Session
from viewer.ui.labelled_slider import LabelledSlider

_LETTERS = 10


def fill_codecs(box: QComboBox, codecs: tuple[str, ...]) -> None:
    """List the codecs by name; their tips hold the titles."""
    for at, name in enumerate(codecs):
        facts = codec_facts(name)
        box.addItem(facts.name, name)
        box.setItemData(at, codec_tip(name), Qt.ItemDataRole.ToolTipRole)
    # one name is long: it may widen the list, not the toolbar
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(_LETTERS)
    view = box.view()
    view.setMinimumWidth(view.sizeHintForColumn(0) + 24)


def codec_tip(name: str) -> str:
    """What is worth knowing of a codec, in one line."""
    facts = codec_facts(name)
    return f"{facts.title}: {facts.tip}" if facts.tip else facts.title


def show_quality(slider: LabelledSlider, session: Session, quality: int, exact: bool) -> None:
    """Show a quality as the codec has it. exact: the stream was made with it; else its rate is as of this."""
    facts = codec_facts(session.options.codec)
    low, high = facts.qualities
    name = capital(facts.quality_name)
    slider.set_name(name)
    slider.set_range(low, high)
    slider.set_prefix("" if exact else "≈")
    if slider.value() != quality and not slider.slider().isSliderDown():
        slider.set_value(quality)
    tip = f"{facts.title} {facts.quality_name}, {low} to {high}  (PgUp, PgDown). Moving it encodes again"
    if facts.stage:
        tip += f". Fewer {facts.quality_name} begin the same stream"
    if not exact:
        tip += ".\nThe stream was made to a rate and has no quality; this one comes near it"
    slider.setToolTip(tip)
