"""Memory of `resolve`: what was made from the same inputs is handed out again. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar, TypeVarTuple

from viewer.model.reading import Fields, Reading, is_read_by_field, plain

T = TypeVar("T")
Inputs = TypeVarTuple("Inputs")

_VALUES = (bool, int, float, str)


class _Kept(NamedTuple):
    """A result, and what it was made of. read: of each input that is read by field (its place among the
    inputs) the fields that were read and their values; inputs: the others, None in those places."""

    inputs: tuple[Any, ...]
    read: tuple[tuple[int, Fields, tuple[Any, ...]], ...]
    result: Any


class Memo:
    """The last few results of each function, found again by what they were made from.

    A function of `recall` must get all it needs as arguments: no lambda, nothing nested, no method. Of
    sessions, facts and their parts (`read_by_field`) it is noted which fields it reads, so that nobody lists
    them and none can be forgotten. Of other inputs numbers and texts are compared as values, tuples member by
    member, anything else by identity; they are kept alive with the result, so an identity can't be taken over
    by another object.
    """

    def __init__(self) -> None:
        self._kept: dict[object, list[_Kept]] = {}

    def recall(self, make: Callable[[*Inputs], T], *inputs: *Inputs, slots: int = 1) -> T:
        """The result of `make(*inputs)`, or the one that it gave for such inputs; `slots` are kept."""
        kept = self._kept.get(make)
        if kept is None:
            _check(make)
            kept = self._kept[make] = []
        others = tuple(None if each is self or is_read_by_field(each) else each for each in inputs)
        found = self._find(kept, inputs, others)
        if found is None:
            found = self._made(make, inputs, others)
            kept.insert(0, found)
            del kept[max(1, slots) :]
        result: T = found.result
        return result

    def _find(self, kept: list[_Kept], inputs: tuple[Any, ...], others: tuple[Any, ...]) -> _Kept | None:
        values: dict[tuple[int, Fields], tuple[Any, ...] | None] = {}
        for place, each in enumerate(kept):
            if not same(each.inputs, others):
                continue
            for at, read, known in each.read:
                if (at, read) not in values:
                    values[at, read] = read.of(plain(inputs[at]))
                if not same(known, values[at, read]):
                    break
            else:
                if place:
                    kept.insert(0, kept.pop(place))
                for at, read, _ in each.read:
                    if plain(inputs[at]) is not inputs[at]:
                        read.of(inputs[at])  # whoever reads the whole has read this part
                return each
        return None

    def _made(self, make: Callable[..., Any], inputs: tuple[Any, ...], others: tuple[Any, ...]) -> _Kept:
        readings = {at: Reading(each) for at, each in enumerate(inputs) if is_read_by_field(each)}
        result = make(*(readings[at].record if at in readings else each for at, each in enumerate(inputs)))
        return _Kept(others, tuple((at, *reading.noted()) for at, reading in readings.items()), result)

    def clear(self) -> None:
        """Forget everything, so that nothing large is kept alive."""
        self._kept.clear()


def _check(make: Callable[..., Any]) -> None:
    """What a function takes from around it would not be compared."""
    inside = getattr(make, "__closure__", None) is not None or hasattr(make, "__self__")
    if inside or "<" in getattr(make, "__qualname__", "<partial>"):
        raise TypeError(f"{make} takes something beside its arguments: it can't be remembered")


def itself(value: T) -> T:
    """To be recalled, so that equal tuples stay one object."""
    return value


def same(one: object, other: object) -> bool:
    """Equal numbers and texts, tuples of the same members, or one and the same object."""
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if isinstance(one, tuple) and isinstance(other, tuple):
        if len(one) != len(other):
            return False
        for each, beside in zip(one, other, strict=True):  # most are one object: no call for those
            if each is not beside and not same(each, beside):
                return False
        return True
    return isinstance(one, _VALUES) and one == other
