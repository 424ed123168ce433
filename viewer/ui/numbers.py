"""Numbers as people read them, on axes, in tables and in read-outs."""

from __future__ import annotations

import re

_THIN = "\u2009"
_UNIT = re.compile(r"^(?P<name>.+?)(?:, (?P<a>[^\s,()]+)| \((?P<b>[^()]+)\)| \[(?P<c>[^\[\]]+)\])$")


def written(value: float, decimals: int) -> str:
    """A number with thin spaces between thousands, a real minus, no exponents."""
    text = f"{value:,.{decimals}f}".replace(",", _THIN)
    if not any(digit in text for digit in "123456789"):
        text = text.lstrip("-")
    return text.replace("-", "−")


def labelled(label: str, value: float, decimals: int, bare_is_unit: bool = False) -> str:
    """ "PSNR, dB" or "PSNR (dB)" and 31.2 make "PSNR 31.20 dB".

    A label without a unit is the quantity's name ("step 4") or, if `bare_is_unit`, the unit itself
    ("12.5 kbit").
    """
    number, match = written(value, decimals), _UNIT.match(label)
    if match is not None:
        return f"{match['name']} {number} {match['a'] or match['b'] or match['c']}"
    return f"{number} {label}" if bare_is_unit else f"{label.split(',')[0]} {number}".strip()
