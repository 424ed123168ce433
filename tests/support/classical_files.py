"""Files of the classical codecs as other programs make them."""

from __future__ import annotations

from engine import pipeline
from engine.errors import UserError
from engine.types import Coded


def decoded(payload: bytes) -> Coded | None:
    """The stream, or None if it was refused as it should be: by one line that names it."""
    try:
        return pipeline.decode(payload, "broken.bin")
    except UserError as error:
        line = str(error)
    assert "broken.bin" in line
    assert line.isprintable()
    return None
