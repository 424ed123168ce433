"""The one exception for mistakes that a person can mend, and what its line is made of."""

from __future__ import annotations


class UserError(Exception):
    """Bad input: its text is one line that names the file or option and the reason.

    The commands print it on standard error and exit with status 2; the window shows it and stays usable.
    """


def printable(text: str) -> str:
    """`text` with everything that could break or bend a line of a message replaced."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def system_reason(error: OSError) -> str:
    """What the operating system said, to stand within a line: "no space left on device"."""
    return (error.strerror or str(error) or type(error).__name__).lower()
