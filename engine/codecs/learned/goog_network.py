"""Networks of the recurrent codec of Toderici, Vincent, Johnston, Hwang, Minnen, Shor, Covell, *Full
Resolution Image Compression with Recurrent Neural Networks* (CVPR 2017, arXiv 1608.05148).

With x the picture, r_0 = x, x̂_0 = 0, an iteration t sends 32 bits for each 16×16 pixels, an eighth of a
bit per pixel, of what is still missing:

    b_t = B(E_t(r_{t-1}))                                        what is sent                  (1)
    x̂_t = D_t(b_t) + x̂_{t-1}                                     additive reconstruction       (2)
    r_t = x - x̂_t                                                what is still missing         (3)
    L = Σ_t |r_t| / (samples · iterations)                       loss                          (4)
    B(v) = sign(tanh v);  in training P(B = 1) = (1 + tanh v)/2  binariser                     (5)
    z = σ(W_z u + U_z h)                                         convolutional GRU             (6)
    ρ = σ(W_ρ u + U_ρ h)                                                                       (7)
    h ← (1 - z) h + z tanh(W u + ρ ⊙ U h)                                                      (8)

(1)–(3) are the paper's eqs. 1 and 2 with γ = 1, (4) its eq. 3; the gradient of (5) is that of tanh. E and D
are stacks of GRUs that keep their state from iteration to iteration: E halves the resolution in each of its
four layers, D doubles it by turning channels into pixels. (8) has the reset gate after the product with U,
so that one convolution serves all gates. The residual enters times a learned number for each iteration, and
what D gives is divided by it, a fixed form of the paper's residual scaling (section 3.3), since residuals
shrink from one iteration to the next. Widths are the paper's times `width` (named in the model's title).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

BITS = 32
"""Sent for a cell by an iteration."""


@dataclass(frozen=True)
class GoogSizes:
    """parts: widths are the paper's divided by it. iterations: at most, as trained."""

    parts: int = 4
    iterations: int = 8

    cell: ClassVar[str] = "convolutional GRU"

    def __post_init__(self) -> None:
        if self.parts not in (1, 2, 4, 8, 16) or not 1 <= self.iterations <= 255:
            raise ValueError("parts must be 1, 2, 4, 8 or 16, iterations 1 to 255")

    @property
    def steps(self) -> int:
        return self.iterations


class ConvGRU(nn.Module):
    """(6)–(8), one convolution 3×3 of the input, perhaps with a stride, and one 1×1 of the state."""

    def __init__(self, inputs: int, units: int, stride: int = 1) -> None:
        super().__init__()
        self.seen = nn.Conv2d(inputs, 3 * units, 3, stride=stride, padding=1)
        self.kept = nn.Conv2d(units, 3 * units, 1, bias=False)

    def forward(self, u: Tensor, h: Tensor | None) -> Tensor:
        z, reset, new = self.seen(u).chunk(3, 1)
        if h is None:
            return torch.sigmoid(z) * torch.tanh(new)
        kept_z, kept_reset, kept_new = self.kept(h).chunk(3, 1)
        z = torch.sigmoid(z + kept_z)
        return torch.lerp(h, torch.tanh(new + torch.sigmoid(reset + kept_reset) * kept_new), z)


class GoogNetwork(nn.Module):
    """E, B and D of the module's docstring."""

    def __init__(self, sizes: GoogSizes) -> None:
        super().__init__()
        self.sizes = sizes
        n64, n128, n256, n512 = (width // sizes.parts for width in (64, 128, 256, 512))
        self.enter = nn.Conv2d(3, n64, 3, stride=2, padding=1)
        self.encoder = nn.ModuleList([ConvGRU(n64, n256, 2), ConvGRU(n256, n512, 2), ConvGRU(n512, n512, 2)])
        self.binariser = nn.Conv2d(n512, BITS, 1)
        self.receive = nn.Conv2d(BITS, n512, 1)
        self.decoder = nn.ModuleList(
            [
                ConvGRU(n512, n512),
                ConvGRU(n512 // 4, n512),
                ConvGRU(n512 // 4, n256),
                ConvGRU(n256 // 4, n128),
            ]
        )
        self.out = nn.Conv2d(n128 // 4, 3, 3, padding=1)
        # Residuals fall fast at first, then by about an eighth an iteration.
        self.log_scale = nn.Parameter(torch.linspace(0.7, 2.5, sizes.iterations))

    def encode_step(self, residual: Tensor, states: list[Tensor | None], t: int) -> Tensor:
        """tanh v of (5), (batch, 32, …/16), of r_{t-1}; `states`, None at first, go on to the next t."""
        u = self.enter(residual * self.log_scale[t].exp())
        for i, layer in enumerate(self.encoder):
            u = states[i] = layer(u, states[i])
        return torch.tanh(self.binariser(u))

    def decode_step(self, bits: Tensor, states: list[Tensor | None], t: int) -> Tensor:
        """D_t of (2), (batch, 3, height, width), of bits ±1; `states` as in `encode_step`."""
        u = self.receive(bits)
        for i, layer in enumerate(self.decoder):
            state = states[i] = layer(u, states[i])
            u = F.pixel_shuffle(state, 2)
        shown: Tensor = self.out(u)
        return shown * (-self.log_scale[t]).exp()

    def fresh(self) -> tuple[list[Tensor | None], list[Tensor | None]]:
        """States before the first iteration, of E and of D."""
        return [None] * len(self.encoder), [None] * len(self.decoder)

    def forward(self, pixels: Tensor, noise: Tensor | None = None) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield x̂_t, centred on 0, and the bits ±1 of each iteration.

        pixels: (batch, 3, height, width) RGB, centred on 0, sides multiples of `UNIT`. noise: uniform in ±1,
        (iterations, batch, 32, …/16), for (5) in training; without it the sign counts.
        """
        encoding, decoding = self.fresh()
        estimate = torch.zeros_like(pixels)
        for t in range(self.sizes.iterations):
            soft = self.encode_step(pixels - estimate, encoding, t)
            bits = binary(soft if noise is None else soft + noise[t])
            bits = soft + (bits - soft).detach()
            estimate = estimate + self.decode_step(bits, decoding, t).float()
            yield estimate, bits


def binary(values: Tensor) -> Tensor:
    """The sign, ±1; 1 for 0."""
    return torch.where(values >= 0, 1.0, -1.0)


def channels_last(network: GoogNetwork) -> GoogNetwork:
    """The same network with its weights laid out for channels-last convolutions, the quicker ones."""
    for parameter in network.parameters():
        if parameter.ndim == 4:
            parameter.data = parameter.data.contiguous(memory_format=torch.channels_last)
    return network
