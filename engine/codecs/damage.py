"""What readers of streams raise."""

from __future__ import annotations


class DamagedError(Exception):
    """A stream that is cut off or damaged; the text says how, to stand within a line."""
