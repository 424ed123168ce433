"""The one exception for mistakes that a person can mend."""

from __future__ import annotations


class UserError(Exception):
    """Bad input: its text is one line that names the file or option and the reason.

    The commands print it on standard error and exit with status 2; the window shows it and stays usable.
    """
