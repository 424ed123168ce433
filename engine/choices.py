"""Plain choices that commands, window and engine share, known without loading anything."""

from __future__ import annotations

from enum import Enum

MOST_STEPS = 12
"""More steps than any model was trained for, so that people can see what happens beyond."""
MOST_STRENGTH = 1.5
"""More of the residual than the network's own, so that people can see that it is too much."""
PRECISIONS = ("auto", "single", "bf16", "int8")
"""In which sweep networks can compute."""
ORIENTATIONS = (1, 2, 4, 8)
"""Of a picture, over which estimates of sweep networks can be averaged."""
DEVICES = ("auto", "cpu", "cuda", "mps")
"""Where networks run; "auto" takes CUDA, then MPS, then the CPU."""
SCORE_FIELDS = {"psnr-b": "psnr_b_db", "ssimulacra2": "ssimulacra2", "flip": "flip"}
"""Scores that cost more than the usual ones, as people ask for them, and their fields in rows."""
SUBSAMPLINGS = ("4:2:0", "4:4:4")
"""J:a:b of chroma, of codecs that have a choice."""
SETS = ("learners", "memory", "cells", "context", "sibling", "robustness")
"""What `nrc compare` compares; shipped results lie in `assets/studies` under these names."""


class Context(Enum):
    """Which neighbours a decoder may look at (a run option)."""

    NONE = "none"
    CAUSAL = "causal"
    NONCAUSAL = "non-causal"
    BOTH = "both"

    @property
    def causal(self) -> bool:
        return self in (Context.CAUSAL, Context.BOTH)

    @property
    def noncausal(self) -> bool:
        return self in (Context.NONCAUSAL, Context.BOTH)


CONTEXTS = tuple(context.value for context in Context)
"""As command lines write them."""
