"""What has been computed for the lessons so far. No Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from engine.types import Pixels
from viewer.model.facts.run import Run
from viewer.model.reading import read_by_field

if TYPE_CHECKING:
    from engine.analysis.coefficient_fits import CoefficientLaw
    from engine.analysis.dct_limits import DctLimits


@read_by_field
@dataclass(frozen=True, eq=False)
class LessonFacts:
    """source: the pixels that `patch` and `limits` are of. patch: one worth looking at, where none is pinned.

    limits_note: why the measurements are not there. changes: root mean squared difference of each step of
    `changed` to the one before, in levels of RGB.
    """

    source: Pixels | None = None
    patch: tuple[int, int] | None = None
    limits: Limits | None = None
    limits_note: str = ""
    changed: Run | None = None
    changes: tuple[float, ...] = ()


@dataclass(frozen=True, eq=False)
class Limits:
    """What the DCT assumes of a picture. laws: of its coefficients, by (vertical, horizontal) frequency,
    those that are measured so far."""

    limits: DctLimits
    laws: Mapping[tuple[int, int], CoefficientLaw] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class PatchFound:
    """A patch of the pixels that is worth looking at."""

    patch: tuple[int, int]


@dataclass(frozen=True, eq=False)
class ChangesFound:
    """How much each step of a run changed (see `LessonFacts`)."""

    run: Run
    changes: tuple[float, ...]
