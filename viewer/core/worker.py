"""What may be hung on the controller by parts of the window that compute something of their own."""

from __future__ import annotations

from typing import Protocol


class Attached(Protocol):
    """Stops with everything else, is waited for, and ends with the window."""

    def stop(self) -> None:
        """Stop what runs; what is missing waits for `resume`."""
        ...

    def resume(self) -> None:
        """Let what was stopped go on."""
        ...

    def busy(self) -> bool:
        """Whether anything runs."""
        ...

    def shutdown(self) -> None:
        """Wait for every thread."""
        ...
