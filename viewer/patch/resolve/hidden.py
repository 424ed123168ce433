"""What a network held at the patch pointed at: its hidden state, and the patches it recalled. No Qt, pure."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from engine.types import Inside
from viewer.core.memo import Memo
from viewer.model.facts.run import Run
from viewer.model.scene.compare import InsideScene, StripScene
from viewer.model.scene.palette import decoder_colour
from viewer.model.scene.picture import PatchScene, RecallScene
from viewer.model.session.decoder_choice import no_decoder_words, span_of
from viewer.model.session.decoder_names import decoder_title
from viewer.model.session.patch import Place
from viewer.model.session.playback import shown_step
from viewer.model.session.state import SCANNING, Session

_NONE = -2
"""Stands in `Inside.recalled` for nothing."""
_SAMPLES = 1 << 18
"""Activations looked at for the scale: enough for a percentile, quick on the largest picture."""
POINT = "Point at a patch to see the hidden state"


def insides(run: Run | None) -> tuple[Inside, ...]:
    """What the network held after each step from 1 on; empty where it doesn't say."""
    if run is None:
        return ()
    known = tuple(step.inside for step in run.refinement.steps[1:])
    return tuple(each for each in known if each is not None) if None not in known else ()


# ---- recalled patches ------------------------------------------------------------------------------------


def recalls(run: Run | None, step: int, row: int, column: int, span: int) -> tuple[RecallScene, ...]:
    """What attention brought back for a patch at a step, the heaviest first.

    Memories of the same patch (the four steps leave one each) count together.
    """
    held = insides(run)
    if not 1 <= step <= len(held) or held[step - 1].recalled.shape[-1] == 0:
        return ()
    inside = held[step - 1]
    if row >= inside.recalled.shape[0] or column >= inside.recalled.shape[1]:
        return ()
    total: dict[int, float] = {}
    for at, weight in zip(inside.recalled[row, column], inside.weights[row, column], strict=True):
        if at != _NONE and weight > 0:
            total[int(at)] = total.get(int(at), 0.0) + float(weight)
    start = column // span * span if span else 0
    found = [RecallScene(start if at < 0 else at, weight, at < 0) for at, weight in total.items()]
    return tuple(sorted(found, key=lambda each: -each.weight))


def with_recalls(session: Session, patch: PatchScene | None, run: Run | None) -> PatchScene | None:
    """The patch with what the chosen decoder recalled for it."""
    if patch is None or run is None:
        return patch
    step = shown_step(session, run.ready, run.first)
    found = recalls(run, step, patch.row, patch.column, span_of(session.card))
    return replace(patch, recalls=(("estimate", found),)) if found else patch


# ---- the hidden state ------------------------------------------------------------------------------------


def resolve_inside(
    session: Session, run: Run | None, patch: PatchScene | None, memo: Memo
) -> InsideScene | None:
    """The chosen decoder's hidden state at the patch; None for decoders without one."""
    if session.card is None or session.card.kind not in SCANNING:
        return None
    name = session.card.name
    step = max(0, shown_step(session, run.ready, run.first)) if run is not None else 0
    return memo.recall(_inside, session, name, insides(run), step, place_of(patch), memo, slots=4)


def _inside(
    session: Session, name: str, held: tuple[Inside, ...], step: int, place: Place | None, memo: Memo
) -> InsideScene:
    there = strip(decoder_title(name, session.models), decoder_colour(name), held, step, place, memo)
    return InsideScene((there,)) if there is not None else InsideScene((), note(session, place))


def place_of(patch: PatchScene | None) -> Place | None:
    """Where a patch lies."""
    return (patch.row, patch.column) if patch is not None else None


def inside_at(session: Session, run: Run | None, patch: PatchScene, step: int, memo: Memo) -> InsideScene:
    """The chosen decoder's hidden state at a patch, `step` marked; of a decoder without one a note, why."""
    if session.card is None or session.card.kind not in SCANNING:
        return InsideScene((), _none_words(session))
    held, name = insides(run), session.card.name
    return _inside(session, name, held, max(0, step), place_of(patch), memo)


def _none_words(session: Session) -> str:
    if session.card is None:
        return f"No hidden state: {no_decoder_words(session.codec)}"
    if session.card.kind == "sweep":
        return "No state of this patch: the sweep decoder's state spreads over the whole picture"
    title = decoder_title(session.card.name, session.models)
    return f"No state of this patch: {title} doesn't visit patches one after the other"


def note(session: Session, place: Place | None) -> str:
    """Why there is no strip."""
    if not session.inside and session.size is not None:
        return "The picture is too large to keep the hidden state of every patch"
    return POINT if place is None else "No hidden state yet"


def strip(
    name: str, colour: str, held: tuple[Inside, ...], step: int, place: Place | None, memo: Memo
) -> StripScene | None:
    """What a network held at a patch after each step; None where there is nothing to show."""
    if place is None or not held or place[0] >= held[0].hidden.shape[0]:
        return None
    values = np.stack([each.hidden[place] for each in held]).astype(np.float32)
    values.setflags(write=False)
    return StripScene(name, colour, values, step, _limit(held, memo))


def _limit(held: tuple[Inside, ...], memo: Memo) -> float:
    """What the strips' ends stand for: 98 in 100 activations of the picture are smaller, rounded up.

    One scale for all patches, so that strips can be compared while the cursor moves.
    """
    return memo.recall(_reach, held, slots=8) if held else 1.0


def _reach(held: tuple[Inside, ...]) -> float:
    every = held[-1].hidden.reshape(-1)[:: 1 + held[-1].hidden.size // _SAMPLES]
    last: NDArray[np.float32] = np.abs(every.astype(np.float32))
    reach = float(np.percentile(last, 98)) if last.size else 0.0
    if reach <= 0 or not math.isfinite(reach):
        return 1.0
    power = 10.0 ** math.floor(math.log10(reach))
    return next(step * power for step in (1, 1.5, 2, 3, 5, 7, 10) if step * power >= reach * (1 - 1e-6))
