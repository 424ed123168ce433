"""The toolbar's list of decoders: those for the codec, the main ones first, then each study. Carry."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QCheckBox, QComboBox

from engine.models.card import ModelCard
from viewer.core.words import capital, count
from viewer.model.session.compare_presets import GROUPS
from viewer.model.session.decoder_choice import codecs_in_words, fitting, no_decoder_words, span_of
from viewer.model.session.decoder_names import decoder_title
from viewer.model.session.own_models import is_own
from viewer.model.session.state import Session
from viewer.ui import theme

_LINES, _LETTERS = 24, 16


def fill_decoders(box: QComboBox, cards: tuple[ModelCard, ...], codec: str) -> None:
    """List the cards that serve a codec; headings can't be chosen, and neither can what serves others."""
    model = QStandardItemModel(box)
    box.setModel(model)
    box.setMaxVisibleItems(_LINES)
    there = fitting(cards, codec)
    if not there:
        model.appendRow(
            _line("no decoder" if cards else "none installed", "", capital(no_decoder_words(codec)))
        )
    titles = dict(GROUPS)
    own = [card for card in there if is_own(card)]
    studies = [*titles, *sorted({card.study for card in cards if card not in own} - titles.keys())]
    others = [card for card in cards if card not in there]
    several = len({card.study for card in there}) > 1 or bool(others)
    for study in studies:
        members = [card for card in there if card.study == study and card not in own]
        if members and several:
            model.appendRow(_heading(titles.get(study, f"Study: {study}")))
        for card in members:
            model.appendRow(_line(decoder_title(card.name, cards), card.name, decoder_tip(card)))
    if own:
        model.appendRow(_heading("Your own"))
        for card in own:
            model.appendRow(
                _line(decoder_title(card.name, cards), card.name, f"{decoder_tip(card)}\n{card.path}")
            )
    if others:
        _append_others(model, others, cards)
    box.setEnabled(bool(cards))
    # the names of studies are long: they may widen the list, not the toolbar
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(_LETTERS)
    view = box.view()
    view.setMinimumWidth(view.sizeHintForColumn(0) + view.verticalScrollBar().sizeHint().width())
    box.setCurrentIndex(next((at for at in range(model.rowCount()) if model.item(at).isEnabled()), 0))


def _append_others(model: QStandardItemModel, others: list[ModelCard], cards: tuple[ModelCard, ...]) -> None:
    """What other codecs have, greyed: the main decoders by name, of studies how many there are."""
    model.appendRow(_heading("For other codecs"))
    titles = dict(GROUPS)
    for card in (card for card in others if not card.study):
        title = decoder_title(card.name, cards)
        line = _line(f"{title}  ({codecs_in_words(card)})", card.name, decoder_tip(card))
        line.setEnabled(False)
        line.setToolTip(f"Not now: trained for {codecs_in_words(card)} streams. {_file(card)}")
        model.appendRow(line)
    for study in dict.fromkeys(card.study for card in others if card.study):
        members = [card for card in others if card.study == study]
        codecs = codecs_in_words(members[0])
        line = _line(f"{titles.get(study, f'Study: {study}')}, {len(members)}  ({codecs})", "")
        line.setData(f"study {study}", Qt.ItemDataRole.UserRole)
        line.setEnabled(False)
        line.setToolTip(f"Not now: these were trained for {codecs} streams")
        model.appendRow(line)


def _line(text: str, name: str, tip: str = "") -> QStandardItem:
    item = QStandardItem(text)
    item.setData(name, Qt.ItemDataRole.UserRole)
    item.setToolTip(tip)
    return item


def _heading(text: str) -> QStandardItem:
    item = QStandardItem(text)
    item.setFont(theme.font(12, QFont.Weight.DemiBold))
    item.setFlags(Qt.ItemFlag.NoItemFlags)
    return item


def decoder_tip(card: ModelCard) -> str:
    """What is worth knowing of a decoder, in three lines; the last is its file's name."""
    serves = f"For {codecs_in_words(card)} streams. "
    if not card.weights:
        return f"{card.title}\n{serves}{card.summary}\n{_file(card)}"
    sizes = (
        f"{card.cell} cell, {count(card.weights)} parameters, {card.steps} steps, trained by {card.learner}"
    )
    return f"{card.title}: {sizes}\n{serves}{card.summary}\n{_file(card)}"


def _file(card: ModelCard) -> str:
    return f"File: {card.path.name if card.path is not None else card.name}"


def show_carry(box: QCheckBox, session: Session) -> None:
    """The box as the chosen decoder allows it: off, as one likes, or always on along spans."""
    card = session.card
    if card is None:
        return
    span, title = span_of(card), decoder_title(card.name, session.models)
    box.setChecked(bool(span) or session.options.carry)
    box.setEnabled(card.carry and not span)
    if span:
        why = f"{title} always carries its state, along {span} patches of a row at a time: it learned so"
    elif card.carry:
        why = "Start each patch from the last state of the patch to its left, not from 0"
    else:
        why = f"{title} has no state to carry along the row"
    box.setToolTip(why)
