"""Numbers as the window writes them: dB with two decimals, bits per pixel with three."""

from __future__ import annotations

import math

import numpy as np

from engine.codecs.facts import codec_facts
from engine.errors import UserError
from engine.types import PatchBits, Refinement, Scores

MINUS = "\u2212"
THIN = "\u2009"


def decimal(value: float, places: int) -> str:
    """Fixed decimals with a true minus sign."""
    text = f"{value:.{places}f}"
    if float(text) == 0:
        text = text.lstrip("-")
    return text.replace("-", MINUS)


def db(value: float | None) -> str:
    """A PSNR with its unit; an identical picture has no error at all."""
    if value is None:
        return "–"
    return "identical" if math.isinf(value) else f"{decimal(value, 2)} dB"


def gain(value: float, unit: str = " dB") -> str:
    """A difference of PSNRs, always with its sign."""
    if math.isnan(value):
        return f"0.00{unit}"
    if math.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    text = decimal(value, 2)
    return (text if text.startswith(MINUS) or float(text) == 0 else f"+{text}") + unit


def signed(value: int) -> str:
    """A difference in levels, with its sign."""
    return f"{MINUS}{-value}" if value < 0 else f"+{value}" if value else "0"


def bpp(value: float) -> str:
    return f"{value:.3f} bpp"


def count(value: int) -> str:
    """A whole number in groups of three."""
    return f"{value:,}".replace(",", THIN)


def size(length: int) -> str:
    """A file's length in bytes, kB from 10,000 on."""
    if length < 10_000:
        return f"{count(length)} bytes"
    return f"{length / 1000:.1f} kB" if length < 10_000_000 else f"{length / 1e6:.1f} MB"


def bits(value: float) -> str:
    """Bits of a patch; shared chroma makes them fractions."""
    whole = round(value)
    return f"{count(whole)} bits" if abs(value - whole) < 0.05 else f"{value:.1f} bits"


def patch_bits(spent: PatchBits, row: int, column: int) -> str:
    """Bits of a patch: its own luma bits and its share of the chroma's; "4 luma + 1.0 chroma"."""
    total = float(spent.patches[row, column])
    if spent.first is None:
        return bits(total)
    luma = float(spent.first[row, column])
    if abs(total - luma) < 0.05 and not np.any(spent.patches != spent.first):
        return bits(total)  # a grey file
    return f"{count(round(luma))} luma + {total - luma:.1f} chroma"


def codec_title(codec: str) -> str:
    """As people write it, in few words."""
    return codec_facts(codec).name


def sent_title(record: Refinement) -> str:
    """A stream's codec, with what was asked of it: "JPEG q15", "GOOG-small 5 iterations". One made to a rate
    may have no quality, and of a received one nobody knows."""
    coded = record.coded
    title = codec_title(coded.codec)
    if record.request.encode is None:
        return f"{title} as received"
    if coded.quality is None:
        return title
    return f"{title} {codec_facts(coded.codec).quality_words(coded.quality)}"


def position_title(record: Refinement, position: int) -> str:
    """What stands at a position of the scrubber: "iteration 3" of the codec, "step 3" of the decoder."""
    if position >= 0:
        return f"step {position}"
    stage = codec_facts(record.coded.codec).stage or "stage"
    return f"{stage} {record.planned_stages + 1 + position}"


def capital(text: str) -> str:
    """At the beginning of a line."""
    return text[:1].upper() + text[1:]


def scores_line(scores: Scores, before: Scores | None = None) -> str:
    """RGB PSNR with its gain over `before`, for a pane's strip; "" without an original."""
    if scores.psnr_rgb_db is None:
        return ""
    return rgb_line(scores.psnr_rgb_db, before.psnr_rgb_db if before is not None else None)


def rgb_line(value: float, before: float | None = None) -> str:
    """RGB PSNR, with its gain over `before`."""
    if before is None:
        return f"RGB {db(value)}"
    return f"RGB {db(value)} ({gain(difference(value, before), '')})"


def difference(after: float, before: float) -> float:
    """Gain in dB; two identical pictures differ by nothing."""
    return 0.0 if after == before else after - before


def one_line(error: BaseException) -> str:
    """What to tell people about an exception: one line, its kind named unless it is theirs to mend."""
    text = " ".join(str(error).split())
    if isinstance(error, UserError):
        return text
    if isinstance(error, MemoryError):
        return "not enough memory" + (f": {text}" if text else "")
    kind = type(error).__name__
    return f"{kind}: {text[:300]}" if text else kind
