"""Tables as `nrc bench` writes them, of made-up scores."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from engine.evaluation.csv_file import Table
from engine.evaluation.rows import Row

DECODERS = ("flagship", "learner-bptt-1", "learner-bptt-2", "learner-rtrl-1", "learner-rtrl-2")


def made_rows(pictures: int = 8, qualities: tuple[int, ...] = (10, 20, 30, 40)) -> list[Row]:
    """Gains of each decoder that differ by more than their noise."""
    rng = np.random.default_rng(0)
    rows = []
    for at in range(pictures):
        own = rng.normal(0, 2)
        for quality in qualities:
            rate, base = 0.2 + 0.02 * quality, 27 + 0.12 * quality + own
            for number, decoder in enumerate(DECODERS):
                gain = 1.2 - 0.15 * number + rng.normal(0, 0.05)
                for step in range(4):
                    db = base + gain * step / 3
                    rows.append(
                        Row(f"kodim{at + 1:02d}.png", "jpeg", quality, 80_000, rate, 768, 512, decoder,
                            "BPTT", "both", step, db, db + 1.5, 0.9, 0.97, 0.4 * step)
                    )  # fmt: skip
    return rows


def made_table(path: Path) -> Path:
    """A file of them."""
    table = Table(path)
    table.add(made_rows())
    table.close()
    return path
