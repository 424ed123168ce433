"""The table of facts that menus and the codecs themselves are made from."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from engine.codecs.facts import CODEC_FACTS, codec_facts
from engine.data.samples import load_sample
from engine.registry import CODECS
from engine.types import EncodeOptions


def test_every_codec_is_in_the_table() -> None:
    assert tuple(CODEC_FACTS) == CODECS.names()


@pytest.mark.parametrize("name", CODECS.names())
def test_facts_make_sense(name: str) -> None:
    facts = codec_facts(name)
    assert CODECS.get(name).name == name
    assert facts.qualities[0] <= facts.usual <= facts.qualities[1]
    assert facts.tip
    assert not facts.tip.endswith(".")
    assert facts.container == (facts.suffixes == (".nrc",))


@pytest.mark.parametrize("name", CODECS.names())
def test_the_usual_quality_takes_about_four_tenths_of_a_bit(name: str) -> None:
    options = EncodeOptions(quality=codec_facts(name).usual)
    pictures = [load_sample(sample).pixels for sample in ("coffee", "astronaut")]
    rates = [CODECS.get(name).encode(pixels, options).bits_per_pixel for pixels in pictures]
    assert 0.28 < np.mean(rates) < 0.5


def test_qualities_in_words() -> None:
    assert codec_facts("jpeg").quality_words(15) == "q15"
    assert codec_facts("goog").quality_words(1) == "1 iteration"
    assert codec_facts("goog").quality_words(5) == "5 iterations"
    assert codec_facts("gif").name == "GIF"


def test_the_table_costs_nothing_to_read() -> None:
    code = (
        "import sys, engine.codecs.facts; print([m for m in ('numpy', 'PIL', 'torch') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
