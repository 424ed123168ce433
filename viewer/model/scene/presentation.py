"""What is shown to the back row beside pictures and plot. Frozen records, no Qt."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PresentedScene:
    """Over the pictures, at the pinned patch. spot: the rest is dimmed; magnifier: it is enlarged."""

    spot: bool = False
    magnifier: bool = False


@dataclass(frozen=True)
class CaptionScene:
    """The line below. step: "Step 3 of 6"; widest: the longest that `step` becomes, "" where there is none.
    figure, gain: PSNR and what the decoder gained; measured: whether there are such numbers at all. title: of
    the lesson or the picture, or a question; loud: it is what the line is about."""

    step: str = ""
    widest: str = ""
    figure: str = ""
    gain: str = ""
    measured: bool = False
    title: str = ""
    loud: bool = False


@dataclass(frozen=True)
class NotesScene:
    """The speaker's own window. now: what the back row's line says; notes: of the open lesson, else its text;
    after: what comes next, "" for nothing."""

    title: str = ""
    now: str = ""
    notes: tuple[str, ...] = ()
    after: str = ""
