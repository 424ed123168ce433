"""Decoders' names in lists, and Decode's place in the toolbar."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from engine.models.card import shipped_cards
from viewer.decode.decoder_menu import decoder_tip
from viewer.model.session.decoder_names import decoder_title, group_title
from viewer.shell.window import MainWindow


def test_no_two_decoders_are_called_alike() -> None:
    cards = shipped_cards()
    titles = [decoder_title(card.name, cards) for card in cards]
    assert len(set(titles)) == len(titles) > 20
    assert decoder_title("flagship", cards) == "Flagship (sweep)"
    assert decoder_title("sweep", cards) == "Sweep"
    assert decoder_title("learner-uoro-1", cards) == "Small Elman, UORO, seed 1"
    assert decoder_title("unheard-of", cards) == "unheard-of"
    assert group_title("learner-uoro", cards) == "Small Elman, UORO"
    assert group_title("learner-bptt", cards) == "Learner-bptt (small Elman, BPTT)"  # as cell-elman, too
    assert group_title("late-answer-tbptt-5", cards) == "Late answer, Truncated BPTT (5)"
    assert (group_title("flagship", cards), group_title("learner", cards)) == ("Flagship (sweep)", "learner")
    assert all(f"File: {card.name}.json" in decoder_tip(card) for card in cards)


def test_decode_never_stands_alone(shown: MainWindow, qtbot: QtBot) -> None:
    bar = shown.toolbar
    for width in range(900, 2000, 20):
        bar.resize(width, bar.height())
        bar.flow.setGeometry(bar.rect())
        line = bar.run.parentWidget().geometry().center().y()
        parts = [part for part in (bar.decoder, bar.steps, bar.context) if part.isVisible()]
        beside = [part for part in parts if abs(part.parentWidget().geometry().center().y() - line) < 4]
        assert beside, width
    assert bar.run.focusPolicy() != Qt.FocusPolicy.NoFocus
