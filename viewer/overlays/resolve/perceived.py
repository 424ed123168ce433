"""SSIMULACRA2 and FLIP as shown: figures of the picture, and FLIP as a map. No Qt, pure."""

from __future__ import annotations

import numpy as np

from viewer.core import words
from viewer.model.facts.facts import Facts
from viewer.model.facts.perceived import perceived_at, unmeasured
from viewer.model.facts.run import Run
from viewer.model.scene.picture import OverlayScene
from viewer.model.scene.plots import InspectorRow
from viewer.model.session.choices import Overlay
from viewer.model.session.state import Session

_FAINT = 0.02
"""FLIP's least scale: differences below it are hard to see."""


def perceived_rows(facts: Facts, run: Run, position: int) -> list[InspectorRow]:
    """Both scores, of the standard decode and of the picture at a position; why they are missing."""
    why = unmeasured(run)
    if run.refinement.original is None or not run.over:
        return []
    before, after = (perceived_at(facts.perceived, run, at) for at in (0, position))
    rows = []
    for name, key, places in (("SSIMULACRA2", "ssimulacra2", 1), ("FLIP", "flip", 4)):
        if why or before is None or after is None:
            rows.append(InspectorRow(name, why or "measuring …"))
            continue
        old, new = getattr(before, key), getattr(after, key)
        if old is None or new is None:
            missing = any(note.startswith(name) for note in after.notes)
            rows.append(InspectorRow(name, "not installed" if missing else "picture too small"))
            continue
        value = words.decimal(new, places)
        rows.append(InspectorRow(name, f"{words.decimal(old, places)} → {value}" if position else value))
    return rows


def flip_overlay(session: Session, facts: Facts, run: Run, position: int) -> OverlayScene:
    """FLIP's error of the picture at a position, patch by patch, or why it is not there."""

    def missing(note: str) -> OverlayScene:
        return OverlayScene(Overlay.FLIP, None, opacity=session.opacity, legend="FLIP error", note=note)

    why = unmeasured(run)
    found = perceived_at(facts.perceived, run, position)
    if why or found is None:
        return missing(why or ("measuring …" if run.over else "after the last step"))
    if found.flips is None:
        return missing(next((note for note in found.notes if note.startswith("FLIP")), "it can't be had"))
    first = perceived_at(facts.perceived, run, 0)
    scale = first.flips if first is not None and first.flips is not None else found.flips
    # the same colours at every step, so that a repair is seen: those of what was received
    high = max(_FAINT, float(np.percentile(scale, 99)))
    name = words.codec_title(run.refinement.coded.codec)
    what = f"{name} and {words.position_title(run.refinement, position)}" if position else name
    known = (perceived_at(facts.perceived, run, at) for at in range(run.first, run.ready + 1))
    maps = [(each.pixels, each.flips) for each in known if each is not None and each.flips is not None]
    return OverlayScene(
        Overlay.FLIP,
        found.flips,
        0.0,
        high,
        opacity=session.opacity,
        legend=f"FLIP error of {what} (0 to 1, at 67 pixels per degree)",
        pictures=(*maps, (found.original, None)),
        grey=True,
    )
