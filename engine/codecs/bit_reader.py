"""Numbers read from bits, the most significant first."""

from __future__ import annotations

from abc import ABC, abstractmethod

from engine.codecs.damage import DamagedError


class BitReader(ABC):
    """A source of bits, each format's its own; numbers and flags made of them."""

    @abstractmethod
    def bit(self) -> int:
        """The next bit. Raises DamagedError behind the end, where the format has one."""

    def flag(self) -> bool:
        """The next bit as a truth."""
        return bool(self.bit())

    def number(self, width: int) -> int:
        """An unsigned number of `width` bits, 0 where there are none."""
        value = 0
        for _ in range(width):
            value = value << 1 | self.bit()
        return value


class PlainBits(BitReader):
    """The bits of `data` from byte `at` on, as they stand."""

    def __init__(self, data: bytes, at: int = 0) -> None:
        self._data, self._at = data, 8 * at

    def bit(self) -> int:
        return self.number(1)

    def number(self, width: int) -> int:
        start, end = self._at, self._at + width
        if end > 8 * len(self._data):
            raise DamagedError("its data are cut off")
        self._at = end
        covering = int.from_bytes(self._data[start >> 3 : (end + 7) >> 3], "big")
        return covering >> (-end & 7) & ((1 << width) - 1)
