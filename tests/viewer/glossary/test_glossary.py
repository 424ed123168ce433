"""Terms: every one whole, found by name and by meaning, told on hover, opened and searched by keyboard."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from viewer.glossary.terms import as_html, explained, glossary, search, term_in
from viewer.shell.window import MainWindow


def test_every_term_is_whole_and_named_once() -> None:
    names = [name.casefold() for term in glossary() for name in (term.name, *term.also)]
    assert len(names) == len(set(names))
    for term in glossary():
        assert term.text.endswith(".")
        assert term.source
        assert not term.link or term.link.startswith("https://")
    for needed in ("PSNR", "Bit rate", "Causal context", "Patch", "Estimate", "BPTT", "RTRL", "UORO", "SAB"):
        assert term_in(needed) is not None, needed


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("MS-SSIM", "MS-SSIM"),
        ("SSIM, Y", "SSIM"),
        ("PSNR-B", "PSNR-B"),
        ("Raster, gain", "PSNR"),
        ("non-causal", "Non-causal context"),
        ("Causal", "Causal context"),
        ("Sent", "Bit rate"),
        ("tBPTT(5)", "Truncated BPTT"),
        ("SnAp-1", "SnAp"),
    ],
)
def test_a_label_is_explained_by_the_longest_of_its_terms(label: str, name: str) -> None:
    term = term_in(label)
    assert term is not None
    assert term.name == name
    assert explained(label).startswith(f"{name}: ")


def test_a_label_of_no_term_is_not_explained() -> None:
    assert explained("Picture") == ""
    assert explained("assent") == ""


def test_names_are_found_before_explanations() -> None:
    found = [term.name for term in search("psnr")]
    assert found[:2] == ["PSNR", "PSNR-B"]
    assert "MSE" not in found
    assert search("cosine")[0].name == "DCT"
    assert search("no such thing") == ()


def test_what_is_shown_is_escaped() -> None:
    assert all("<3" not in as_html(term) for term in glossary())
    assert "q &lt; 50" in as_html(search("quality factor")[0])


def test_the_glossary_by_keyboard(shown: MainWindow, qtbot: QtBot) -> None:
    QTest.keyClick(shown, Qt.Key.Key_F1, Qt.KeyboardModifier.ShiftModifier)
    veil = shown.overlays.glossary
    qtbot.waitUntil(veil.isVisible)
    assert veil.list.count() == len(glossary())
    QTest.keyClicks(veil.search, "uoro")
    assert veil.list.count() == 1
    assert "random signs" in veil.page.toPlainText()
    QTest.keyClick(veil.search, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(veil.search, "zzz")
    assert veil.list.count() == 0
    assert veil.page.toPlainText() == ""
    QTest.keyClick(veil, Qt.Key.Key_Escape)
    assert not veil.isVisible()


def test_rows_of_figures_are_explained_on_hover(shown: MainWindow) -> None:
    rows = shown.summary._rows
    at = next(number for number, row in enumerate(rows) if row.label == "Sent")
    height = shown.summary.minimumHeight() / max(6, len(rows))
    assert "bits were sent for each pixel" in shown.summary.tooltip_at((at + 0.5) * height)
