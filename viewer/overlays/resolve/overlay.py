"""The overlay and the patch under the cursor with its neighbours. No Qt, pure."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.types import Context, Pixels
from viewer.core import words
from viewer.core.memo import Memo
from viewer.model.facts.artefacts import ARTEFACT_OVERLAYS
from viewer.model.facts.facts import Facts, Run
from viewer.model.scene.picture import InspectorRow, Overlay, OverlayScene, PatchScene
from viewer.model.session.pages import Session, active_patch, scan_total, shown_step
from viewer.overlays.resolve.artefacts import artefact_overlay
from viewer.panes.resolve.panes import codec_title

CAUSAL = {"NW": (-1, -1), "N": (-1, 0), "NE": (-1, 1), "W": (0, -1)}
NONCAUSAL = {"E": (0, 1), "SW": (1, -1), "S": (1, 0), "SE": (1, 1)}
SETTLED_LEVELS = 1.0
"""A patch has settled once its mean absolute difference to the last step stays below this (of 255)."""
_NO_ORIGINAL = "a received file has no original"


def needs_map(session: Session, run: Run | None) -> tuple[Overlay, int] | None:
    """Which map must be measured in the background for the overlay, as (overlay, step)."""
    if run is None or session.overlay is not Overlay.SETTLED:
        return None
    return (Overlay.SETTLED, run.ready) if run.over else None


def settled_map(steps: tuple[Pixels, ...]) -> NDArray[np.float32]:
    """First step from which on each patch stays within `SETTLED_LEVELS` of the last step, mean absolute
    difference over its RGB samples. steps: uint8 (height, width, 3) each. float32 (rows, columns)."""
    last = steps[-1]
    result: NDArray[np.float32] | None = None
    for index in range(len(steps) - 1, -1, -1):
        near = _patch_means(steps[index], last) < SETTLED_LEVELS
        if result is None:
            result = np.full(near.shape, index, np.float32)
            open_ = np.ones(near.shape, bool)
        open_ &= near
        result[open_] = index
    assert result is not None
    result.setflags(write=False)
    return result


def _patch_means(a: Pixels, b: Pixels) -> NDArray[np.float64]:
    """Mean absolute difference of each patch; patches cut by the edge count their own samples."""
    height, width, _ = a.shape
    down, across = np.arange(0, height, 8), np.arange(0, width, 8)
    total = np.zeros((len(down), len(across)))
    for row, top in enumerate(down):
        size = np.maximum(a[top : top + 8], b[top : top + 8]) - np.minimum(a[top : top + 8], b[top : top + 8])
        total[row] = np.add.reduceat(size.sum(axis=(0, 2), dtype=np.int64), across)
    area = np.outer(np.minimum(8, height - down), np.minimum(8, width - across))
    means: NDArray[np.float64] = total / (3 * area)
    return means


def resolve_overlay(session: Session, facts: Facts, memo: Memo) -> OverlayScene:
    """The chosen overlay, or why it is not there."""
    kind, run = session.overlay, facts.run
    if kind is Overlay.WINNER:
        note = "only decoders that are compared can win  (C)"
        return memo.recall("overlay", (kind,), lambda: OverlayScene(kind, None, note=note))
    if kind in (Overlay.NONE, Overlay.GRID):
        return memo.recall(
            "overlay",
            (kind, session.opacity),
            lambda: OverlayScene(kind, None, opacity=session.opacity),
        )
    if run is None:
        return memo.recall(
            "overlay",
            (kind, session.opacity, "nothing"),
            lambda: OverlayScene(kind, None, opacity=session.opacity, note="nothing decoded yet"),
        )
    step = shown_step(session, run.ready, run.first)
    scan = session.scan if kind is Overlay.GAIN else None
    known = (facts.maps, facts.map_note, facts.measured, facts.measured_note)
    inputs = (kind, run, step, scan, session.opacity, *known, session.picture)
    return memo.recall("overlay", inputs, lambda: _overlay(session, facts, run, step, memo), slots=12)


def _overlay(session: Session, facts: Facts, run: Run, step: int, memo: Memo) -> OverlayScene:
    kind, opacity = session.overlay, session.opacity
    if kind in ARTEFACT_OVERLAYS:
        return artefact_overlay(session, facts, run, step)

    def scene(
        values: NDArray[np.float32], high: float, legend: str, low: float = 0.0, diverging: bool = False
    ) -> OverlayScene:
        return OverlayScene(kind, values, low, high, diverging, opacity, legend)

    def missing(note: str) -> OverlayScene:
        return OverlayScene(kind, None, opacity=opacity, legend=kind.value, note=note)

    if kind is Overlay.BITS:
        coded = run.refinement.coded
        if coded.patch_bits is None:
            return missing(coded.patch_bits_note or "bits can't be counted by patch")
        bits = memo.recall("bits map", (coded,), lambda: bits_map(run))
        return scene(bits, percentile(bits, 99), "bits per 8×8 patch (bit)")
    if kind is Overlay.GAIN:
        if not run.errors:
            return missing(_NO_ORIGINAL)
        gain, most = gain_map(run, step, memo), gain_map(run, run.ready, memo)
        if step < 0:
            most = gain_map(run, run.first, memo)
        what = words.position_title(run.refinement, step)
        if _scanning(session, run) and step >= 0:
            gain, what = _scan_gain(session.scan or 0, gain, most), "the scan"
        high = max(1.0, percentile(np.abs(most), 98))
        name = f"PSNR gain of {what} over {codec_title(run.refinement.coded.codec)} (dB)"
        return scene(gain, high, name, -high, True)
    key = needs_map(session, run)
    values = facts.maps.get(key) if key is not None else None
    if values is None:
        return missing(facts.map_note or ("measuring …" if key is not None else "after the last step"))
    return scene(values, float(run.ready), "step at which a patch settled")


def bits_map(run: Run) -> NDArray[np.float32]:
    """Bits of each patch; the stream must tell them."""
    assert run.refinement.coded.patch_bits is not None
    bits = run.refinement.coded.patch_bits.patches.astype(np.float32)
    bits.setflags(write=False)
    return bits


def gain_map(run: Run, step: int, memo: Memo) -> NDArray[np.float32]:
    """Gain of a position over the standard decode in each patch, dB."""
    from engine.metrics.fidelity import error_gain_db

    inputs = (run.error(0), run.error(step))
    return memo.recall("gain map", inputs, lambda: error_gain_db(*inputs), slots=16)


def _scanning(session: Session, run: Run) -> bool:
    """Whether the estimate is shown half scanned."""
    return session.scan is not None and 0 <= session.scan < scan_total(session) and run.ready > 0


def _scan_gain(position: int, here: NDArray[np.float32], behind: NDArray[np.float32]) -> NDArray[np.float32]:
    """Gain of a half-done scan: `behind` before its position, `here` at it, NaN for patches still to come."""
    gain = np.full(here.shape, np.nan, np.float32)
    gain.flat[:position] = behind.flat[:position]
    gain.flat[position] = here.flat[position]
    gain.setflags(write=False)
    return gain


def patch_step(session: Session, run: Run, row: int, column: int) -> int:
    """The step that a patch is shown at: while a scan is half done, the last behind it and 0 before it."""
    step = shown_step(session, run.ready, run.first)
    if not _scanning(session, run) or step < 0:
        return step
    assert session.scan is not None
    index = row * session.grid[1] + column
    if index == session.scan:
        return step
    return run.ready if index < session.scan else 0


def percentile(values: NDArray[np.float32], percent: float) -> float:
    """0 of nothing."""
    return float(np.percentile(values, percent)) if values.size else 0.0


def resolve_patch(session: Session, run: Run | None, context: Context | None = None) -> PatchScene | None:
    """The patch to explain and those neighbours that the decoder may look at.

    context: None takes that of the run, or else the chosen one.
    """
    patch = active_patch(session)
    if patch is None:
        return None
    rows, columns = session.grid
    chosen = run.refinement.request.options.context if run is not None else session.options.context
    context = context or chosen

    def around(offsets: dict[str, tuple[int, int]]) -> tuple[tuple[int, int], ...]:
        places = ((patch[0] + dy, patch[1] + dx) for dy, dx in offsets.values())
        return tuple((r, c) for r, c in places if 0 <= r < rows and 0 <= c < columns)

    return PatchScene(
        patch[0],
        patch[1],
        around(CAUSAL) if context.causal else (),
        around(NONCAUSAL) if context.noncausal else (),
        pinned=session.pinned is not None,
    )


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
        spent = float(coded.patch_bits.patches[at])
        rows.append(InspectorRow("Bits", f"{spent:.1f} ({spent / 64:.2f} bpp)"))
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
        elif _scanning(session, run) and at != divmod(session.scan or 0, session.grid[1]):
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


def _context_rows(session: Session, run: Run | None, patch: PatchScene) -> list[InspectorRow]:
    def names(offsets: dict[str, tuple[int, int]], used: tuple[tuple[int, int], ...]) -> str:
        there = [
            name for name, (dy, dx) in offsets.items() if (patch.row + dy, patch.column + dx) in used
        ]  # fmt: skip
        return " ".join(there)

    context = run.refinement.request.options.context if run is not None else session.options.context
    rows = []
    for label, role, offsets, used, seen in (
        ("Causal", "causal", CAUSAL, patch.causal, context.causal),
        ("Non-causal", "non-causal", NONCAUSAL, patch.noncausal, context.noncausal),
    ):
        value = (names(offsets, used) or "none here") if seen else "not used"
        rows.append(InspectorRow(label, value, role))
    return rows
