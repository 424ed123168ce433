"""What overlays are called."""

from __future__ import annotations

from viewer.model.session.choices import Overlay

OVERLAY_TIPS = {
    Overlay.NONE: "Pictures alone",
    Overlay.GRID: "The 8×8 patches in which the stream is written",
    Overlay.BITS: "Bits that the stream spends on each patch, counted from its Huffman codes",
    Overlay.GAIN: "PSNR gain of each patch over the standard decode, in dB",
    Overlay.BLOCK_EDGES: "Jumps across patch borders minus those inside, in levels "
    "(Wang, Sheikh, Bovik 2002)",
    Overlay.DEFORMED_EDGES: "By how many degrees strong edges run otherwise than in the original "
    "(structure tensor; Bigün, Granlund 1987)",
    Overlay.RINGING: "Ripples beside strong edges, in levels (Feng, Allebach 2006; without an original Liu, "
    "Klomp, Heynderickx 2010)",
    Overlay.FLATTENED_TEXTURE: "Share of the fine detail of textured patches that is gone, in per cent "
    "(Sheikh, Bovik 2006)",
    Overlay.STAIRCASING: "How far slanting edges have turned to the horizontal and vertical, in per cent "
    "(Yuen, Wu 1998)",
    Overlay.FLIP: "How visible the difference to the original is when both alternate, 0 to 1 "
    "(Andersson et al. 2020)",
    Overlay.SETTLED: "First step from which a patch hardly changes any more",
    Overlay.MISSING: "Patches of a damaged file that never came or can't be read; decoders leave them alone",
    Overlay.WINNER: "Which of the compared decoders comes nearest to the original, and by how much",
}


def overlay_title(overlay: Overlay) -> str:
    """Name of an overlay at the start of a line."""
    short = {Overlay.NONE: "no overlay", Overlay.SETTLED: "settling step"}
    name = short.get(overlay, overlay.value)
    return name[0].upper() + name[1:]
