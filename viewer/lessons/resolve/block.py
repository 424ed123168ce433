"""The figure of one patch through transform and quantisation. No Qt, pure."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from engine.analysis.block_coding import Block, CodedBlock, code_block, luma_block
from engine.metrics.fidelity import PEAK
from engine.step_scale import in_zigzag, luma_table
from engine.types import Pixels
from viewer.core import words
from viewer.model.facts.run import Run
from viewer.model.scene.lessons import BlockScene, FigureScene, FiguresScene, SliderScene
from viewer.model.scene.plots import InspectorRow
from viewer.model.session.lessons import ALL, TRANSFORM
from viewer.model.session.state import Session

_RECEIVED = "A received file has no original: the pixels here are those of its standard decode"


def block_figure(session: Session, run: Run | None, pixels: Pixels, patch: tuple[int, int]) -> FigureScene:
    """A patch of `pixels` with the table and the symbols that were sent, where they were; else with those of
    JPEG at the quality of the lesson."""
    lessons = session.lessons
    quality = SliderScene(
        "quality", "Quality", 1, 100, _quality(session),
        "JPEG's quality, 1 to 100: the lower, the coarser the quantisation step of every coefficient",
        _fixed(session),
    )  # fmt: skip
    sent = _sent(session, run, quality.value, patch)
    levels, kept = luma_block(pixels, *patch), in_zigzag(lessons.used)
    if sent is not None:
        block = code_block(levels, sent[0], kept, sent[1])
    else:
        block = code_block(levels, luma_table(quality.value), kept)
    used = SliderScene(
        "used", "Coefficients decoded", 1, ALL, lessons.used,
        "Coefficients that the patch is reconstructed from, in zigzag order, low frequencies first",
    )  # fmt: skip
    rows = _rows(session, run, block, patch, sent is not None)
    parts = (quality, used, BlockScene(block, kept), FiguresScene("patch", "This patch", rows))
    return FigureScene(TRANSFORM, _RECEIVED if session.stream is not None else "", parts=parts)


def _quality(session: Session) -> int:
    options = session.options
    by_quality = options.bits_per_pixel is None and options.codec == "jpeg" and session.stream is None
    return options.quality if by_quality else session.lessons.quality


def _fixed(session: Session) -> str:
    """Why the quality can't be chosen."""
    received = session.stream is not None and session.stream.codec == "jpeg"
    return "a received file keeps its own quantisation table" if received else ""


def _sent(
    session: Session, run: Run | None, quality: int, patch: tuple[int, int]
) -> tuple[Block, NDArray[np.int16]] | None:
    """Table and symbols of the patch's luma in the stream, if that is of the shown quality."""
    coded = run.refinement.coded if run is not None else None
    if coded is None or coded.symbols is None or coded.codec != "jpeg":
        return None
    if session.stream is None and coded.quality != quality:
        return None
    luma = coded.symbols.components[0]
    rows, columns = luma.coefficients.shape[:2]
    if not (patch[0] < rows and patch[1] < columns):
        return None
    return luma.quantisation.astype(np.float64), luma.coefficients[patch]


def _rows(
    session: Session, run: Run | None, block: CodedBlock, patch: tuple[int, int], sent: bool
) -> tuple[InspectorRow, ...]:
    zeros = int(np.count_nonzero(block.symbols == 0))
    rms = block.error_rms
    peak = PEAK / rms if rms > 0 else math.inf
    rows = [
        InspectorRow("Patch (row, column)", f"{patch[0]}, {patch[1]}"),
        InspectorRow("Zero symbols", f"{zeros} of {ALL}"),
        InspectorRow(
            "Quantisation steps, DC to highest frequency",
            f"{block.steps[0, 0]:.0f} … {block.steps[7, 7]:.0f} levels",
        ),
        InspectorRow("Luma error, RMS", f"{rms:.2f} levels"),
        InspectorRow("PSNR, Y, of the patch", words.db(20 * math.log10(peak) if rms > 0 else math.inf)),
    ]
    bits = run.refinement.coded.patch_bits if run is not None and sent else None
    if bits is not None:
        spent = words.patch_bits(bits, *patch)
        rows.append(InspectorRow("Bits sent, chroma included", f"{spent}; uncompressed 1536"))
    if sent:
        rows.append(InspectorRow("Symbols", "from the displayed stream"))
    else:
        what = "of JPEG at this quality" if session.codec == "jpeg" else "as JPEG would send them"
        rows.append(InspectorRow("Symbols", what))
    return tuple(rows)
