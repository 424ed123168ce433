"""From 8-bit images in any colour space, with or without transparency, to opaque sRGB."""

from __future__ import annotations

import itertools
from io import BytesIO

import numpy as np
from PIL import Image, ImageCms

BACKGROUND = "white"
"""What transparent parts are composited on."""

_SPACES = {"GRAY": "L", "RGB": "RGB", "CMYK": "CMYK", "LAB": "LAB"}
_SAME = 2
"""A profile that moves no colour further than this many levels is sRGB itself, up to rounding."""


def to_srgb(image: Image.Image, profile: bytes | None, notes: list[str]) -> Image.Image:
    """Opaque RGB image of one in mode L, LA, RGB, RGBA, CMYK or LAB, 8 bits a sample.

    profile: the embedded ICC profile, if any; a broken or ill-fitting one is ignored with a note. Alpha is
    composited on white in sRGB, as browsers do.
    """
    alpha = image.getchannel("A") if image.mode in ("LA", "RGBA") else None
    colours = image.convert({"LA": "L", "RGBA": "RGB"}.get(image.mode, image.mode))
    converted = _by_profile(colours, profile, notes) if profile else None
    if converted is None:
        converted = _by_convention(colours, notes)
    if alpha is not None and alpha.getextrema() != (255, 255):
        backdrop = Image.new("RGB", converted.size, BACKGROUND)
        backdrop.paste(converted, mask=alpha)
        converted = backdrop
        notes.append(f"alpha composited on {BACKGROUND}")
    return converted


def _by_convention(image: Image.Image, notes: list[str]) -> Image.Image:
    """What images without a profile mean: grey and RGB are sRGB already."""
    if image.mode == "CMYK":
        notes.append("CMYK without a usable profile: colours are approximate")
    if image.mode == "LAB":
        lab, srgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
        transform = ImageCms.buildTransform(lab, srgb, "LAB", "RGB")
        notes.append("CIELAB converted to sRGB")
        return _applied(transform, image)
    return image.convert("RGB")


def _by_profile(image: Image.Image, profile: bytes, notes: list[str]) -> Image.Image | None:
    """`image` converted through its profile, or None (with a note) when the profile is of no use."""
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        space = source.profile.xcolor_space.strip().upper()
        if _SPACES.get(space) != image.mode:
            notes.append(f"embedded colour profile ignored: it is for {space}, the image is {image.mode}")
            return None
        transform = ImageCms.buildTransform(
            source,
            ImageCms.createProfile("sRGB"),
            image.mode,
            "RGB",
            ImageCms.Intent.RELATIVE_COLORIMETRIC,
            ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
        if _is_identity(transform, image.mode):
            return None
        converted = _applied(transform, image)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        notes.append("embedded colour profile is broken and was ignored")
        return None
    name = "".join(c for c in (source.profile.profile_description or "") if c.isprintable()).strip()
    notes.append(f"colours converted to sRGB from the profile '{name[:60] or 'without a name'}'")
    return converted


def left_out_words(profile: bytes, grey: bool) -> str:
    """What is said where a picture is shown as coded, without its ICC profile; "" where that moves no colour
    of a `grey` or RGB picture, as sRGB's doesn't."""
    words, mode = "colours shown as coded, without the embedded profile", "L" if grey else "RGB"
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        name = source.profile.profile_description or ""
        if _SPACES.get(source.profile.xcolor_space.strip().upper()) == mode:
            transform = ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), mode, "RGB")
            if _is_identity(transform, mode):
                return ""
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return words
    name = "".join(c for c in name if c.isprintable()).strip()[:60]
    return f"{words} '{name or 'without a name'}'"


def _applied(transform: ImageCms.ImageCmsTransform, image: Image.Image) -> Image.Image:
    result = ImageCms.applyTransform(image, transform)
    assert result is not None  # None only when working in place
    return result


def _is_identity(transform: ImageCms.ImageCmsTransform, mode: str) -> bool:
    """True when colours on a lattice stay where they are."""
    if mode not in ("L", "RGB"):
        return False
    levels = range(0, 256, 17)
    colours = np.array(list(itertools.product(levels, repeat=len(mode))), np.uint8)
    lattice = Image.fromarray(colours if mode == "L" else colours[:, None])
    moved = np.asarray(_applied(transform, lattice), np.int16) - np.asarray(lattice.convert("RGB"), np.int16)
    return bool(np.abs(moved).max() <= _SAME)
