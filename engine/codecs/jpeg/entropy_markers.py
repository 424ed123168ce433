"""Markers within entropy-coded data (ITU-T T.81, B.1.1.5): where a scan's data end, what is stuffed in, and
which data belong to which restart interval where markers are missing or wrong."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_FIRST_FRAME = 0xC0
"""Markers below it mean nothing; libjpeg searches on behind them where it waits for a restart marker."""
_RESTART = 0xD0
MORE, CUT, WRONG = "too many", "cut off", "missing or wrong"


class EntropyMarkers:
    """Positions of 0xFF bytes by what follows them, found once for the whole file."""

    def __init__(self, payload: bytes) -> None:
        data = np.frombuffer(payload, np.uint8)
        positions = np.flatnonzero(data[:-1] == 0xFF)
        following = data[positions + 1] if len(positions) else positions.astype(np.uint8)
        restart = (following >= _RESTART) & (following < _RESTART + 8)
        marker = (following != 0x00) & (following != 0xFF)
        self.stuffed = positions[following == 0x00]
        self.filling = positions[following == 0xFF]
        self.restarts = positions[restart]
        self.any = positions[marker]
        """Markers of any kind."""
        self.codes = following[marker]
        """What they are."""
        self.others = positions[marker & ~restart & (following >= _FIRST_FRAME)]

    def end_of_data(self, start: int, restarts: bool) -> int | None:
        """Where the 0xFF of the first marker is that ends the data beginning at `start`; None: none does.

        restarts: whether restart markers belong to the data. libjpeg then also passes over markers without a
        meaning; else any marker ends them.
        """
        ends = self.others if restarts else self.any
        index = int(np.searchsorted(ends, start))
        return int(ends[index]) if index < len(ends) else None

    def within(self, start: int, end: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Stuffing and fill bytes in [start, end)."""
        stuffed, filling = (
            positions[np.searchsorted(positions, start) : np.searchsorted(positions, end)]
            for positions in (self.stuffed, self.filling)
        )
        return stuffed + 1, filling

    def segments(self, start: int, end: int, count: int) -> tuple[NDArray[np.int64], str]:
        """Bounds (count, 2) of the data of each restart interval in [start, end), and what is wrong with the
        markers between them: "", `MORE`, `CUT` (none but at the end) or `WRONG`.

        Where they are not, intervals get what libjpeg gives them (jdmarker.c, jpeg_resync_to_restart): a
        marker one or two ahead of the one that is due is left for its own turn, and the interval has no data
        (bounds `end`, `end`); one or two behind, or without a meaning, it is passed over; any other is taken.
        """
        first, last = np.searchsorted(self.any, start), np.searchsorted(self.any, end)
        places, codes = self.any[first:last], self.codes[first:last]
        if len(places) >= count - 1 and np.array_equal(
            codes[: count - 1], _RESTART + np.arange(count - 1) % 8
        ):
            bounds = np.concatenate([[start - 2], places[: count - 1], places[count - 1 : count], [end]])
            more = MORE if len(places) > count - 1 else ""
            return np.stack([bounds[:count] + 2, bounds[1 : count + 1]], 1), more
        ends = [*places.tolist(), end]
        found = np.full((count, 2), end, np.int64)
        found[0] = start, ends[0]
        at = 0
        for interval in range(1, count):
            due = (interval - 1) % 8
            while at < len(codes):
                ahead = (int(codes[at]) - _RESTART - due) % 8
                if codes[at] >= _FIRST_FRAME and ahead not in (6, 7):
                    break
                at += 1  # without a meaning, or a marker of the past
            if at == len(codes):
                break
            if ahead not in (1, 2):
                found[interval] = ends[at] + 2, ends[at + 1]
                at += 1
        in_turn = np.array_equal(codes, _RESTART + np.arange(len(codes)) % 8)
        return found, CUT if in_turn else WRONG
