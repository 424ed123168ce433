"""What has been worked out of arrays, as long as these live."""

from __future__ import annotations

from typing import Any, Generic, TypeVar
from weakref import ref

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T")
Array = NDArray[np.generic]


class Known(Generic[T]):
    """By the arrays themselves, not by what is in them; it keeps none of them alive."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, ...], tuple[tuple[ref[Any], ...], T]] = {}

    def of(self, *arrays: Array) -> tuple[T] | None:
        """What is known of them, alone in a tuple; None where nothing was kept."""
        refs, found = self._known.get(tuple(map(id, arrays)), ((), None))
        there = refs and all(each() is array for each, array in zip(refs, arrays, strict=True))
        return (found,) if there else None  # type: ignore[return-value]

    def keep(self, found: T, *arrays: Array) -> T:
        """Know this of them from now on; returns it."""
        key = tuple(map(id, arrays))
        self._known[key] = tuple(ref(array, lambda _: self._known.pop(key, None)) for array in arrays), found
        return found
