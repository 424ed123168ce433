"""One block of one component: its symbols and codes as sent, and its coefficients. No Qt, pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.analysis.patch_blocks import (
    COMPONENTS,
    Block,
    Floats,
    Quantised,
    block_of,
    coefficients,
    no_symbols_words,
    quantised,
)
from engine.analysis.patch_trace import PatchTrace
from engine.codecs.jpeg.bits import UncountableError
from engine.codecs.jpeg.codes import BlockCodes, Code
from engine.step_scale import ZIGZAG
from engine.types import Coded, Pixels
from viewer.core import words
from viewer.model.facts.codes import CodesFacts
from viewer.model.scene.patch import ChipScene, GridScene

READING = "Reading the codes …"
LEAST_LIMIT = 8.0


@dataclass(frozen=True, eq=False)
class BlockSymbols:
    """What is shown of a block. values: its coefficients in each of the pictures that are compared, with
    their names; the symbols, where there are any; the codes as sent, or why they aren't there; what became of
    it between network and screen, where that is known."""

    block: Block
    names: tuple[str, ...]
    values: tuple[Floats, ...]
    sent: Quantised | None
    codes: BlockCodes | None
    codes_note: str
    trace: PatchTrace | None = None


def block_view(
    coded: Coded,
    codes: CodesFacts,
    component: int,
    place: tuple[int, int],
    pictures: Sequence[tuple[str, Pixels]],
) -> BlockSymbols:
    """Look at the block of `component` that covers the patch at `place`."""
    block = block_of(coded, component, *place)
    sent = quantised(coded, block)
    found, note = None, ""
    if sent is not None:
        found, note = _codes(coded, codes, block)
    values = tuple(coefficients(pixels, block) for _, pixels in pictures)
    return BlockSymbols(block, tuple(name for name, _ in pictures), values, sent, found, note)


def _codes(coded: Coded, codes: CodesFacts, block: Block) -> tuple[BlockCodes | None, str]:
    if codes.coded is not coded:
        return None, READING
    if codes.index is None:
        return None, words.capital(codes.note) if codes.note else READING
    try:
        return codes.index.read(block.component, block.row, block.column), ""
    except (UncountableError, IndexError) as reason:
        return None, words.capital(str(reason))


def component_words(coded: Coded, component: int) -> str:
    """What else there is to know of a component's blocks; "" where a block is a patch."""
    block = block_of(coded, component, 0, 0)
    if block.patches == 1:
        return ""
    name = COMPONENTS[component]
    return (
        f"{name} is sent at a lower resolution: {8 * block.across}×{8 * block.down} pixels are averaged to "
        f"8×8 samples, and {block.patches} patches share the block"
    )


# ---- grids -----------------------------------------------------------------------------------------------


def symbol_grids(view: BlockSymbols) -> tuple[GridScene, ...]:
    """Symbols, quantisation steps and, once they are read, bits."""
    if view.sent is None:
        return ()
    symbols = view.sent.symbols.astype(np.float32)
    grids = [
        GridScene(
            "symbols", "Symbol q", symbols, rounded(symbols), "diverging", largest([symbols], 1.0),
            "Quantised coefficients as sent, in quantisation steps",
        ),
        GridScene(
            "steps", "Step Δ", view.sent.steps.astype(np.float32), rounded(view.sent.steps), "sequential",
            float(view.sent.steps.max()), "Quantisation steps of the file's own table, in levels",
        ),
    ]  # fmt: skip
    if view.codes is not None:
        bits = bits_of(view.codes)
        grids.append(
            GridScene(
                "bits", "Bits", bits, rounded(bits, zero="·"), "sequential", float(max(1.0, bits.max())),
                "Bits that each coefficient takes in the file: its Huffman code and magnitude, with those of "
                "long runs of zeros before it",
            )
        )  # fmt: skip
    return tuple(grids)


def bits_of(codes: BlockCodes) -> NDArray[np.float32]:
    """Bits by coefficient, float32 (8, 8): those of ZRL count for the coefficient that follows, the end of
    the block for none."""
    bits = np.zeros(64, np.float32)
    waiting = 0
    for code in codes.codes:
        waiting += code.bits
        if code.kind in ("DC", "AC"):
            bits[ZIGZAG[code.at]] = waiting
            waiting = 0
    return bits.reshape(8, 8)


def coefficient_grids(view: BlockSymbols) -> tuple[GridScene, ...]:
    """A grid a picture, on one scale; those that left their cell are marked."""
    limit = largest(view.values, LEAST_LIMIT)
    return tuple(
        GridScene(
            f"coefficients-{number}", words.capital(name), values, rounded(values), "diverging", limit,
            f"DCT coefficients of the {name} picture's 8-bit pixels, in levels",
            view.sent.left(values) if view.sent is not None and number else None,
        )
        for number, (name, values) in enumerate(zip(view.names, view.values, strict=True))
    )  # fmt: skip


def largest(grids: Sequence[Floats], least: float) -> float:
    """Largest magnitude of all but the mean, which would leave the rest without colour."""
    return max([least, *(float(np.abs(grid.ravel()[1:]).max()) for grid in grids)])


def rounded(values: NDArray[np.generic], zero: str = "0") -> tuple[str, ...]:
    texts = (words.decimal(float(value), 0) for value in values.ravel())
    return tuple(zero if text == "0" else text for text in texts)


# ---- words -----------------------------------------------------------------------------------------------


def symbols_words(coded: Coded, view: BlockSymbols) -> str:
    """Why there are no symbols; "" where there are."""
    if view.sent is not None:
        return ""
    return words.capital(no_symbols_words(coded) or "its samples don't lie on whole pixels")


def codes_words(view: BlockSymbols) -> str:
    """What the codes add up to, or why they are not there."""
    if view.codes is None:
        return view.codes_note
    codes = view.codes.codes
    dc = codes[0]
    end = sum(code.bits for code in codes if code.kind == "EOB")
    parts = [f"DC {dc.bits}", f"AC {view.codes.bits - dc.bits - end}"] + ([f"end {end}"] if end else [])
    number = f"{len(codes)} codes" if len(codes) > 1 else "1 code"
    text = f"{number}, {words.bits(view.codes.bits)}: {' + '.join(parts)}"
    return text + (f", shared by {view.block.patches} patches" if view.block.patches > 1 else "")


def cells_words(view: BlockSymbols) -> str:
    """How many coefficients of the last picture an encoder would have sent as another symbol."""
    if view.sent is None:
        return "Without symbols there are no quantisation intervals"
    left = int(view.sent.left(view.values[-1]).sum())
    name = view.names[-1]
    if not left:
        return f"{words.capital(name)}: all 64 coefficients in their quantisation interval"
    return f"{words.capital(name)}: {left} of 64 left {'its interval' if left == 1 else 'their intervals'}"


def readout(view: BlockSymbols, v: int, u: int) -> str:
    """All that is known of one coefficient, in two lines."""
    parts = [f"v {v}, u {u}"]
    parts += [
        f"{name} {words.decimal(float(values[v, u]), 1)}"
        for name, values in zip(view.names, view.values, strict=True)
    ]
    text = " · ".join(parts)
    if view.sent is None:
        return text
    low, high = (words.decimal(float(each[v, u]), 1) for each in (view.sent.low, view.sent.high))
    symbol, step = int(view.sent.symbols[v, u]), int(view.sent.steps[v, u])
    outside = bool(view.sent.left(view.values[-1])[v, u])
    place = f"{view.names[-1]} {'outside' if outside else 'inside'}"
    return f"{text}\nsent {words.decimal(symbol, 0)} × Δ {step} · interval {low} … {high}, {place}"


# ---- codes -----------------------------------------------------------------------------------------------


def chips(view: BlockSymbols) -> tuple[ChipScene, ...]:
    """The codes in the order in which they were sent."""
    if view.codes is None:
        return ()
    return tuple(_chip(code, view.codes.prediction) for code in view.codes.codes)


def _chip(code: Code, prediction: int) -> ChipScene:
    first = {"DC": 0, "AC": code.at - code.run, "ZRL": code.at - 15, "EOB": code.at}[code.kind]
    last = 63 if code.kind == "EOB" else code.at
    covers = frozenset(divmod(int(place), 8) for place in ZIGZAG[first : last + 1])
    value = words.decimal(code.value, 0) if code.value < 0 else f"+{code.value}"
    v, u = divmod(int(ZIGZAG[code.at]), 8)
    sent = f"code {code.word}" + (f", magnitude {code.magnitude}" if code.magnitude else "")
    bits = f"{sent}: {words.bits(code.bits)}"
    if code.kind == "DC":
        before = words.decimal(prediction, 0)
        head = f"DC {'0' if not code.value else value}"
        tip = f"DC, size {code.size}: difference {head[3:]} to {before}, the DC of the block before\n{bits}"
    elif code.kind == "ZRL":
        head, tip = "15/0 ZRL", f"Run of 16 zeros (ZRL), up to v {v}, u {u}\n{bits}"
    elif code.kind == "EOB":
        head, tip = "0/0 EOB", f"End of block: the other {64 - code.at} coefficients are zeros\n{bits}"
    else:
        zeros = {0: "no zeros", 1: "1 zero"}.get(code.run, f"{code.run} zeros")
        head = f"{code.run}/{code.size} {value}"
        tip = f"Run/size {code.run}/{code.size}: {zeros}, then {value} at v {v}, u {u}\n{bits}"
    return ChipScene(head, code.word, code.magnitude, covers, (v, u), tip)
