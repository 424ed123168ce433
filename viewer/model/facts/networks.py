"""What the decoder's network computed of the patch that its diagram shows. No Qt."""

from __future__ import annotations

from dataclasses import dataclass

from engine.analysis.network_trace import NetworkTrace
from engine.types import Coded, RefineRequest
from viewer.model.session.patch import Place


@dataclass(frozen=True, eq=False)
class NetworkFacts:
    """coded, request: of the run that it belongs to. place, step: what was traced. trace: None where there is
    nothing to be told; then note says why."""

    coded: Coded | None = None
    request: RefineRequest | None = None
    place: Place | None = None
    step: int = 0
    trace: NetworkTrace | None = None
    note: str = ""
