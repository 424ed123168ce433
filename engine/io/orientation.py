"""EXIF orientation: how a stored picture is to be turned (Exif 2.3, tag 0x0112)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

if TYPE_CHECKING:
    from PIL import Image

ORIENTATION_TAG = 0x0112


def orientation_of(image: Image.Image) -> int | None:
    """Orientation that an opened file says, 1 (upright) to 8; 1 where it says none or another, None where its
    EXIF data can't be read."""
    try:
        value = int(image.getexif().get(ORIENTATION_TAG, 1))
    except Exception:  # EXIF is written by every kind of camera and editor
        return None
    return value if 1 <= value <= 8 else 1


def orientation_words(orientation: int) -> str:
    """What is said of a received file that is to be turned."""
    return (
        f"turned upright, as its EXIF orientation ({orientation}) says; patches are those of the coded grid"
    )


def turned_axes(orientation: int) -> tuple[bool, bool, bool]:
    """What undoes an orientation, 1 to 8: whether rows become columns, and whether then columns, and rows,
    are reversed."""
    return orientation >= 5, orientation in (2, 3, 6, 7), orientation in (3, 4, 7, 8)


def upright(pixels: NDArray[Any], orientation: int) -> NDArray[Any]:
    """Undo an orientation, 1 to 8, of (height, width, …); a view."""
    across, left, up = turned_axes(orientation)
    if across:
        pixels = pixels.swapaxes(0, 1)
    if left:
        pixels = pixels[:, ::-1]
    if up:
        pixels = pixels[::-1]
    return pixels
