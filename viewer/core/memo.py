"""Memory of `resolve`: what was made from the same inputs is handed out again. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")

_VALUES = (bool, int, float, str)


class Memo:
    """The last few results of each kind, found again by the inputs they were made from.

    Numbers and texts are compared as values, tuples member by member, anything else by identity. The
    inputs are kept alive with the result, so an identity can't be taken over by another object.
    """

    def __init__(self) -> None:
        self._kept: dict[str, list[tuple[tuple[Any, ...], Any]]] = {}

    def recall(self, kind: str, inputs: tuple[Any, ...], make: Callable[[], T], slots: int = 1) -> T:
        """The result of `make()`, or the one that it gave for these inputs; `slots` are kept."""
        kept = self._kept.setdefault(kind, [])
        for place, (known, result) in enumerate(kept):
            if same(known, inputs):
                if place:
                    kept.insert(0, kept.pop(place))
                found: T = result
                return found
        result = make()
        kept.insert(0, (inputs, result))
        del kept[max(1, slots) :]
        return result

    def clear(self) -> None:
        """Forget everything, so that nothing large is kept alive."""
        self._kept.clear()


def same(one: object, other: object) -> bool:
    """Equal numbers and texts, tuples of the same members, or one and the same object."""
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return isinstance(one, _VALUES) and one == other
