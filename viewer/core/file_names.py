"""Paths in text files. No Qt, pure."""

from __future__ import annotations

import os
from urllib.parse import quote_from_bytes, unquote_to_bytes

_BYTES = "file:"


def path_text(path: str) -> str:
    """A path for a text in UTF-8: itself; where its bytes are no UTF-8 (Linux allows any), or it would be
    taken for such a one, "file:" and its bytes percent-encoded (RFC 3986)."""
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        return _BYTES + quote_from_bytes(os.fsencode(path))
    return _BYTES + quote_from_bytes(os.fsencode(path)) if path.startswith(_BYTES) else path


def path_of(text: str) -> str:
    """The path that `path_text` wrote; a text that it would not write is a path as it stands."""
    if not text.startswith(_BYTES):
        return text
    path = os.fsdecode(unquote_to_bytes(text.removeprefix(_BYTES)))
    return path if path_text(path) == text else text


def plain_text(text: str) -> str:
    """Words for a text in UTF-8: what isn't, from a file's name, is replaced."""
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
