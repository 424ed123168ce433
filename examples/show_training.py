"""A training loop whose estimate is watched in the window, beside what the bundled decoders make.

    nrc-viewer photo.png --quality 10 --listen     # in one terminal
    python examples/show_training.py photo.png     # in another

A small network learns to repair this one picture from its JPEG decode. Every 20 updates its estimate appears
as the pane "mine", scored; the window goes on being used meanwhile, and where none listens the loop goes on.
"""

from __future__ import annotations

import io
import sys

import numpy as np
import torch
from PIL import Image
from torch import nn

from engine.remote import RemoteError, show


def planes(image: Image.Image) -> torch.Tensor:
    """(1, 3, height, width), 0 to 1."""
    return torch.from_numpy(np.array(image.convert("RGB"))).permute(2, 0, 1)[None] / 255


def main(path: str, updates: int = 400) -> None:
    original = Image.open(path).convert("RGB")
    file = io.BytesIO()
    original.save(file, "JPEG", quality=10)
    target, received = planes(original), planes(Image.open(file))
    network = nn.Sequential(
        nn.Conv2d(3, 32, 3, padding=1), nn.ReLU(), nn.Conv2d(32, 32, 3, padding=1), nn.ReLU(),
        nn.Conv2d(32, 3, 3, padding=1),
    )  # fmt: skip
    optimiser = torch.optim.Adam(network.parameters(), 2e-3)
    for update in range(updates + 1):
        estimate = received + network(received - 0.5)
        loss = (estimate - target).square().mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if update % 20 == 0:
            print(f"update {update}: {-10 * loss.log10().item():.2f} dB")
            try:
                show(estimate, name="mine", original=target)
            except RemoteError as error:
                print(error, file=sys.stderr)


if __name__ == "__main__":
    main(*sys.argv[1:2], *map(int, sys.argv[2:3]))
