"""What the Measure page shows. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from viewer.model.scene.compare import TableScene

if TYPE_CHECKING:
    from viewer.model.scene.plots import PlotScene


@dataclass(frozen=True)
class Choice:
    """Something to tick. heading: it begins a group of this name."""

    key: str
    title: str
    tip: str
    on: bool
    heading: str = ""


@dataclass(frozen=True)
class Leading:
    """Where a line of the table leads: a picture of the folder, "" for a line of means, and what was made of
    it. decoder: as rows name it, "" for the standard decode."""

    image: str
    codec: str
    point: float
    asked_rate: bool
    decoder: str
    context: str


@dataclass(frozen=True, eq=False)
class BenchScene:
    """folder, output: as they are written; codecs, decoders: buttons' words, with their choices. fault: why
    nothing can be measured as it is set; why_not: why not now. table, leads: lines, and where each leads.
    images: names of the pictures in the order of their plot. baselines: key and title. seen: what is seen, in
    a sentence. progress: 0 to 1, None while nothing runs.
    status: what is under way, or what came of it. notes: what was left out."""

    folder: str
    output: str
    codecs: tuple[Choice, ...]
    decoders: tuple[Choice, ...]
    codec_words: str
    decoder_words: str
    fault: str
    why_not: str
    table: TableScene
    leads: tuple[Leading, ...]
    plots: tuple[PlotScene, ...]
    images: tuple[str, ...]
    baselines: tuple[tuple[str, str], ...]
    baseline: str
    seen: str
    title: str
    progress: float | None
    status: str
    failed: bool
    notes: str
