"""What became of the patches that are explained on their way from the network to the screen. No Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from engine.analysis.patch_trace import PatchTrace
from engine.types import Coded, RefineRequest
from viewer.model.session.patch import Place

TraceKey = tuple[Place, int]
"""A patch, and the step that it is shown at."""


@dataclass(frozen=True, eq=False)
class TraceFacts:
    """coded, request: of the run that they belong to. found: by patch and step; None where there is nothing
    to follow."""

    coded: Coded | None = None
    request: RefineRequest | None = None
    found: Mapping[TraceKey, PatchTrace | None] = field(default_factory=lambda: MappingProxyType({}))

    def of(self, coded: Coded, request: RefineRequest, key: TraceKey) -> PatchTrace | None:
        """The trace, None while it isn't there."""
        if self.coded is not coded or self.request != request:
            return None
        return self.found.get(key)
