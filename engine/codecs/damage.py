"""What readers of streams raise."""

from __future__ import annotations


class DamagedError(Exception):
    """A stream that is cut off or damaged; the text says how, to stand within a line."""


class UnfollowedError(DamagedError):
    """A stream whose structure makes no sense to the readers here; its decoder may know better."""
