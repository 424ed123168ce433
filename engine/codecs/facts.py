"""What is known of each codec without importing it: for menus, command lines and help, which must be instant.

The codecs themselves take it from here (`Described`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from engine.choices import SUBSAMPLINGS


@dataclass(frozen=True)
class CodecFacts:
    """title: as people write it; short: where there is little room. tip: one line about it.

    qualities: lowest and highest; usual: the one to begin with, about 0.4 bits per pixel on photographs.
    subsamplings: those to choose from, one if there is no choice. suffixes: file endings, the first for
    saving. stage: what a stage of a progressive codec is called, whose quality is a number of them. torch:
    whether it runs networks. container: whether its files are streams to every program, so that none takes
    them for pictures.
    """

    title: str
    tip: str
    qualities: tuple[int, int]
    usual: int
    subsamplings: tuple[str, ...]
    suffixes: tuple[str, ...]
    short: str = ""
    stage: str = ""
    torch: bool = False
    container: bool = False

    @property
    def name(self) -> str:
        """The short name, else the title."""
        return self.short or self.title

    def quality_words(self, quality: int) -> str:
        """A quality as it stands behind the name: "q15", "5 iterations"."""
        if not self.stage:
            return f"q{quality}"
        return f"{quality} {self.stage}" + ("s" if quality != 1 else "")

    @property
    def quality_name(self) -> str:
        """What its quality is: "quality", "iterations"."""
        return f"{self.stage}s" if self.stage else "quality"


_J2K = (".j2k", ".jp2", ".j2c", ".jpc")
CODEC_FACTS: Mapping[str, CodecFacts] = MappingProxyType(
    {
        "jpeg": CodecFacts(
            "JPEG", "Baseline, optimised Huffman tables (ITU-T T.81)", (1, 100), 15, SUBSAMPLINGS,
            (".jpg", ".jpeg"),
        ),
        "jpeg2000": CodecFacts(
            "JPEG 2000", "Wavelets, made to a rate by OpenJPEG, colour transform on", (1, 100), 30,
            ("4:4:4",), _J2K,
        ),
        "jpeg2000-nomct": CodecFacts(
            "JPEG 2000 (no colour transform)",
            "As in some older comparisons: the three components coded each for itself, several dB worse",
            (1, 100), 17, ("4:4:4",), _J2K, short="JPEG 2000 no MCT",
        ),
        "webp": CodecFacts("WebP", "VP8 intra frames, by libwebp", (1, 100), 14, ("4:2:0",), (".webp",)),
        "avif": CodecFacts(
            "AVIF", "AV1 intra frames, by libaom; slow to encode", (1, 100), 38, SUBSAMPLINGS, (".avif",),
        ),
        "e2e": CodecFacts(
            "E2E", "End-to-end optimised: analysis and synthesis transforms with GDN (Ballé et al. 2017)",
            (1, 64), 22, ("4:4:4",), (".nrc",), torch=True, container=True,
        ),
        "goog": CodecFacts(
            "GOOG-small", "Recurrent and progressive, iteration by iteration (Toderici et al. 2017)",
            (1, 8), 4, ("4:4:4",), (".nrc",), stage="iteration", torch=True,
            container=True,
        ),
    }
)  # fmt: skip
"""By name, in the order of the registry."""


class Described:
    """A codec's attributes that menus show, as `engine.registry.Codec` has them, from the table."""

    def __init__(self, name: str) -> None:
        facts = CODEC_FACTS[name]
        self.name = name
        self.title = facts.title
        self.suffixes = facts.suffixes
        self.qualities = facts.qualities
        self.subsamplings = facts.subsamplings


def article(title: str) -> str:
    """ "a" or "an", as people say the titles of codecs."""
    return "an" if title[:1] in tuple("AEIOU") else "a"


def codec_facts(codec: str) -> CodecFacts:
    """Facts of a codec; of one that isn't in the table its name and what most codecs have."""
    known = CODEC_FACTS.get(codec)
    return known if known is not None else CodecFacts(codec.upper(), "", (1, 100), 15, SUBSAMPLINGS, ())
