"""The inspector: figures of the active patch."""

from __future__ import annotations

import numpy as np

from engine.io.orientation import turned_axes
from engine.types import Context
from viewer.core import words
from viewer.core.memo import Memo
from viewer.core.words import codec_title
from viewer.model.facts.run import Run, scanning
from viewer.model.scene.picture import PatchScene
from viewer.model.scene.plots import InspectorRow
from viewer.model.session.place import active_patch
from viewer.model.session.playback import shown_step
from viewer.model.session.state import Session

CAUSAL = {"NW": (-1, -1), "N": (-1, 0), "NE": (-1, 1), "W": (0, -1)}
NONCAUSAL = {"E": (0, 1), "SW": (1, -1), "S": (1, 0), "SE": (1, 1)}
SWEEP = "sweep"
"""Kind of decoder that refines all patches at once, from all neighbours as the last step left them."""


def patch_step(session: Session, run: Run, row: int, column: int) -> int:
    """The step that a patch is shown at: while a scan is half done, the last behind it and 0 before it."""
    step = shown_step(session, run.ready, run.first)
    if not scanning(session, run) or step < 0:
        return step
    assert session.scan is not None
    index = row * session.grid[1] + column
    if index == session.scan:
        return step
    return run.ready if index < session.scan else 0


def resolve_patch(
    session: Session, run: Run | None, context: Context | None = None, kind: str | None = None
) -> PatchScene | None:
    """The patch to explain and those neighbours that the decoder may look at.

    context, kind: of decoder; None takes those of the run, or else the chosen ones.
    """
    patch = active_patch(session)
    if patch is None:
        return None
    rows, columns = session.grid
    chosen = run.refinement.request.options.context if run is not None else session.options.context
    context = context or chosen
    kind = kind_of(session, run) if kind is None else kind

    def around(offsets: dict[str, tuple[int, int]]) -> tuple[tuple[int, int], ...]:
        places = ((patch[0] + dy, patch[1] + dx) for dy, dx in offsets.values())
        return tuple((r, c) for r, c in places if 0 <= r < rows and 0 <= c < columns)

    pinned = session.pinned is not None
    if kind == SWEEP:  # every neighbour alike, as the step before left it
        return PatchScene(*patch, (), (), pinned=pinned, previous=around({**CAUSAL, **NONCAUSAL}))
    return PatchScene(
        patch[0],
        patch[1],
        around(CAUSAL) if context.causal else (),
        around(NONCAUSAL) if context.noncausal else (),
        pinned=pinned,
    )


def kind_of(session: Session, run: Run | None) -> str:
    """The kind of the decoder at work, "" for none."""
    name = run.refinement.request.decoder if run is not None else session.options.decoder
    return next((card.kind for card in session.models if card.name == name), "")


def resolve_inspector(
    session: Session, run: Run | None, patch: PatchScene | None, memo: Memo
) -> tuple[InspectorRow, ...]:
    """What is known of the patch; nothing while none is pointed at."""
    if patch is None:
        return ()
    columns = session.grid[1]
    index = patch.row * columns + patch.column
    rows = [
        InspectorRow("Row, column", f"{patch.row}, {patch.column}" + (" (pinned)" if patch.pinned else "")),
        InspectorRow("Scan position", words.count(index + 1)),
    ]
    if run is not None:
        rows += _patch_figures(session, run, patch)
    rows += _context_rows(session, run, patch)
    return tuple(rows)


def _patch_figures(session: Session, run: Run, patch: PatchScene) -> list[InspectorRow]:
    coded = run.refinement.coded
    at, rows = (patch.row, patch.column), []
    if coded.patch_bits is not None and patch.row < coded.patch_bits.patches.shape[0]:
        rows.append(InspectorRow("Bits", words.patch_bits(coded.patch_bits, *at)))
    if coded.missing is not None and coded.missing[at]:
        rows.append(InspectorRow("Received", "never came, or can't be read"))
    rows += _symbol_rows(run, patch)
    if run.errors:
        step = patch_step(session, run, *at)
        samples = patch_samples(session, patch)
        before, after = (patch_db(float(run.error(k)[at]), samples) for k in (0, step))
        name = codec_title(coded.codec)
        rows.append(InspectorRow(f"{name}, RGB", words.db(before)))
        if step:
            change = words.gain(words.difference(after, before))
            name = words.capital(words.position_title(run.refinement, step))
            rows.append(InspectorRow(f"{name}, RGB", f"{words.db(after)} ({change})"))
        elif scanning(session, run) and at != divmod(session.scan or 0, session.grid[1]):
            rows.append(InspectorRow(f"Step {run.ready}, RGB", "not scanned yet"))
    return rows


def patch_samples(session: Session, patch: PatchScene) -> int:
    """Samples of a patch; those at the far edges may be cut."""
    assert session.size is not None
    height, width = session.size
    return 3 * min(8, height - 8 * patch.row) * min(8, width - 8 * patch.column)


def patch_db(error: float, samples: int) -> float:
    """RGB PSNR of a patch, from its squared error."""
    return float(10 * np.log10(255**2 * samples / error)) if error > 0 else float("inf")


def _symbol_rows(run: Run, patch: PatchScene) -> list[InspectorRow]:
    """The luma block's own symbols: its mean level and how many coefficients were sent."""
    symbols = run.refinement.coded.symbols
    if symbols is None or not symbols.components:
        return []
    luma = symbols.components[0]
    if patch.row >= luma.coefficients.shape[0] or patch.column >= luma.coefficients.shape[1]:
        return []
    block = luma.coefficients[patch.row, patch.column]
    sent = int(np.count_nonzero(block)) - int(block[0, 0] != 0)
    mean = int(block[0, 0]) * int(luma.quantisation[0, 0]) / 8 + 128
    return [InspectorRow("Luma", f"mean {words.decimal(mean, 1)}, {sent} of 63 AC")]


def seen_direction(down: int, right: int, orientation: int) -> str:
    """Where a coded neighbour is seen, by compass. orientation: as in EXIF, of the picture."""
    across, left, up = turned_axes(orientation)
    down, right = (right, down) if across else (down, right)
    seen = (-down if up else down, -right if left else right)
    return next(name for name, each in {**CAUSAL, **NONCAUSAL}.items() if each == seen)


def _context_rows(session: Session, run: Run | None, patch: PatchScene) -> list[InspectorRow]:
    def names(offsets: dict[str, tuple[int, int]], used: tuple[tuple[int, int], ...]) -> str:
        there = [each for each in offsets.values() if (patch.row + each[0], patch.column + each[1]) in used]
        return " ".join(seen_direction(*each, turned) for each in there)

    turned = session.stream.orientation if session.stream is not None else 1

    context = run.refinement.request.options.context if run is not None else session.options.context
    if patch.previous:
        return [InspectorRow("Neighbours", f"all {len(patch.previous)}, previous step", "previous")]
    rows = []
    for label, role, offsets, used, seen in (
        ("Causal", "causal", CAUSAL, patch.causal, context.causal),
        ("Non-causal", "non-causal", NONCAUSAL, patch.noncausal, context.noncausal),
    ):
        value = (names(offsets, used) or "none here") if seen else "not used"
        rows.append(InspectorRow(label, value, role))
    return rows
