"""The font of words in pictures."""

from __future__ import annotations

from functools import cache

from PIL import ImageFont


@cache
def font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Pillow's own, Aileron, where it was built with FreeType; size in pixels."""
    return ImageFont.load_default(size)
