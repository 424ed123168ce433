"""What has been read of the stream for the panel that explains a patch. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.types import Coded

if TYPE_CHECKING:
    from engine.codecs.jpeg.codes import BlockIndex


@dataclass(frozen=True, eq=False)
class CodesFacts:
    """coded: whose codes these are. index: where each block's stand; None while it is sought, or where they
    can't be told apart, for which `note` has the reason."""

    coded: Coded | None = None
    index: BlockIndex | None = None
    note: str = ""
