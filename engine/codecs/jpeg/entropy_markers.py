"""Markers within entropy-coded data (ITU-T T.81, B.1.1.5): where a scan's data end, what is stuffed in."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


class EntropyMarkers:
    """Positions of 0xFF bytes by what follows them, found once for the whole file."""

    def __init__(self, payload: bytes) -> None:
        data = np.frombuffer(payload, np.uint8)
        positions = np.flatnonzero(data[:-1] == 0xFF)
        following = data[positions + 1] if len(positions) else positions.astype(np.uint8)
        restart = (following >= 0xD0) & (following <= 0xD7)
        self.stuffed = positions[following == 0x00]
        self.filling = positions[following == 0xFF]
        self.restarts = positions[restart]
        self.others = positions[~restart & (following != 0x00) & (following != 0xFF)]

    def end_of_data(self, start: int) -> int | None:
        """Where the 0xFF of the first marker is that ends the data beginning at `start`."""
        index = int(np.searchsorted(self.others, start))
        return int(self.others[index]) if index < len(self.others) else None

    def within(self, start: int, end: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Bounds (n, 2) of the segments between restart markers, stuffing and fill bytes in [start, end)."""
        stuffed, filling, restarts = (
            positions[np.searchsorted(positions, start) : np.searchsorted(positions, end)]
            for positions in (self.stuffed, self.filling, self.restarts)
        )
        starts = np.concatenate([[start], restarts + 2])
        ends = np.concatenate([restarts, [end]])
        return np.stack([starts, ends], 1), stuffed + 1, filling
