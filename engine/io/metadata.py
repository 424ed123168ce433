"""What an image file says beside its picture."""

from __future__ import annotations

import warnings
from io import BytesIO

from PIL import Image

_KINDS = {"exif": "EXIF data", "xmp": "XMP data", "photoshop": "IPTC data", "comment": "a comment"}
_DATES = (0x0132, 0x9003)
_GPS = 0x8825


def metadata_kinds(data: bytes) -> tuple[str, ...]:
    """Kinds of metadata in an image file, in words; orientation alone, which is applied, counts as none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(BytesIO(data)) as image:
                found = [words for key, words in _KINDS.items() if image.info.get(key)]
                tags = image.getexif()
                said = [tag for tag in tags if tag != 0x0112]
                dated = any(tag in tags for tag in _DATES) or bool(tags.get_ifd(0x8769).get(0x9003))
                if not said and "EXIF data" in found:
                    found.remove("EXIF data")
                if said:
                    more = [name for name, there in (("date", dated), ("place", _GPS in tags)) if there]
                    if more and "EXIF data" in found:
                        found[found.index("EXIF data")] = f"EXIF data ({' and '.join(more)} among them)"
                    elif "EXIF data" not in found:
                        found.insert(0, "EXIF data")
    except Exception:  # metadata are written by every kind of camera and editor
        return ()
    return tuple(found)
