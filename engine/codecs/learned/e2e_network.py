"""Networks of the end-to-end codec of Ballé, Laparra, Simoncelli, *End-to-end Optimized Image Compression*
(ICLR 2017, arXiv 1611.01704), with one network for all rates.

With x the picture (RGB, centred), H and G convolutions of which the first and last work at a quarter of the
resolution, the others at halves of it, and for a rate t the learned gains a_t and b_t of every channel:

    v = GDN(H_1 x),  v = GDN(H_2 v),  y = H_3 v                analysis, at 1/16 of the resolution    (1)
    GDN(u)_i = u_i / (β_i + Σ_j γ_ij u_j²)^½                    divisive normalisation                (2)
    q = round(a_t y),  ŷ = b_t q                                what is sent, and what is received    (3)
    x̂ = G_3 IGDN(G_2 IGDN(G_1 ŷ))                               synthesis                             (4)
    IGDN(u)_i = u_i (β_i + Σ_j γ_ij u_j²)^½                     its approximate inverse               (5)
    P(q_c) = F_c((q_c + ½) / a_tc) - F_c((q_c - ½) / a_tc)      factorised prior                      (6)
    F_c(v) = Σ_k w_ck σ((v - μ_ck) / s_ck)                      a mixture of logistics                (7)
    L = -Σ log2 P(ỹ) / pixels + λ_t 255² ‖x - x̂‖² / samples     rate and distortion                   (8)

(1), (2), (4), (5) are the paper's transforms, but that its third stage of GDN is left out (as later work
does, which leaves the gains in charge of scale) and that the last stage is a convolution whose channels
become pixels. (3): gains after Cui et al., *Asymmetric Gained Deep Image Compression With Continuous Rate
Adaptation* (CVPR 2021), eqs. 2–4, between the rates trained interpolated geometrically (their eq. 8). As
y does not depend on the rate, one density (7) serves them all. In training ỹ = a_t y plus uniform noise
stands in for q in the rate, as in the paper, while the synthesis sees rounded values whose gradient is
passed straight through (Minnen and Singh, ICIP 2020, section 3.2).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.codecs.learned.codec import UNIT

MIXTURE = 3


@dataclass(frozen=True)
class E2ESizes:
    """channels: width of the transforms; latents: channels sent. rates: gains learned, at λ spaced
    geometrically from lambda_low to lambda_high (squared error of 8-bit levels against bits a pixel).
    furthest: position of the codec's highest quality; above 1 the gains go on as they do before it."""

    channels: int = 96
    latents: int = 160
    rates: int = 6
    lambda_low: float = 0.0012
    lambda_high: float = 0.08
    furthest: float = 1.0

    cell: ClassVar[str] = "divisive normalisation"
    steps: ClassVar[int] = 1

    def __post_init__(self) -> None:
        if min(self.channels, self.latents) < 1 or self.rates < 2:
            raise ValueError("channels and latents must be at least 1, rates at least 2")
        if not 0 < self.lambda_low < self.lambda_high:
            raise ValueError("lambda_low must lie above 0 and below lambda_high")
        if not 1 <= self.furthest <= 2:
            raise ValueError("furthest must lie in 1 to 2")

    def trade(self, position: float) -> float:
        """λ at `position`, 0 to `furthest`."""
        return float(self.lambda_low * (self.lambda_high / self.lambda_low) ** position)


class GDN(nn.Module):
    """(2), or (5) if `inverse`. β and γ are kept as square roots, so that they can't be negative."""

    def __init__(self, channels: int, inverse: bool = False) -> None:
        super().__init__()
        self.inverse = inverse
        self.beta = nn.Parameter(torch.ones(channels))
        # Three axes: the optimiser orthogonalises what has two or four, which suits maps between features.
        root = torch.full((channels, channels), 0.01) + torch.eye(channels) * 0.1**0.5
        self.gamma = nn.Parameter(root[..., None])

    def forward(self, u: Tensor) -> Tensor:
        pool = F.conv2d(u * u, self.gamma.square()[..., None], self.beta.square() + 1e-6)
        return u * (pool.sqrt() if self.inverse else pool.rsqrt())


class E2ENetwork(nn.Module):
    """Analysis, synthesis, gains and prior of the module's docstring."""

    def __init__(self, sizes: E2ESizes) -> None:
        super().__init__()
        n, m = sizes.channels, sizes.latents
        self.sizes = sizes
        self.analysis = nn.Sequential(
            nn.Conv2d(3, n, 9, stride=4, padding=4),
            GDN(n),
            nn.Conv2d(n, n, 5, stride=2, padding=2),
            GDN(n),
            nn.Conv2d(n, m, 5, stride=2, padding=2),
        )
        self.synthesis = nn.Sequential(
            nn.ConvTranspose2d(m, n, 5, stride=2, padding=2, output_padding=1),
            GDN(n, inverse=True),
            nn.ConvTranspose2d(n, n, 5, stride=2, padding=2, output_padding=1),
            GDN(n, inverse=True),
        )
        self.out = nn.Conv2d(n, 48, 3, padding=1)
        trades = torch.tensor([sizes.trade(i / (sizes.rates - 1)) for i in range(sizes.rates)])
        finer = (0.5 * (trades / 0.01).log() + math.log(20.0)).view(-1, 1, 1)
        self.log_gain = nn.Parameter(finer.repeat(1, m, 1))
        self.log_inverse = nn.Parameter(-finer.repeat(1, m, 1))
        self.prior_weight = nn.Parameter(torch.zeros(MIXTURE, m, 1))
        self.prior_mean = nn.Parameter(torch.linspace(-0.05, 0.05, MIXTURE).view(-1, 1, 1).repeat(1, m, 1))
        spread = torch.linspace(-3.5, -1.5, MIXTURE)
        self.prior_log_scale = nn.Parameter(spread.view(-1, 1, 1).repeat(1, m, 1))

    def analyse(self, pixels: Tensor) -> Tensor:
        """(1). (batch, 3, height, width) RGB, 0 to 1, sides multiples of `UNIT`; latents at 1/16 of them."""
        y: Tensor = self.analysis(pixels - 0.5)
        return y

    def synthesise(self, latents: Tensor) -> Tensor:
        """(4). Latents ŷ to RGB; the inverse of `analyse` in its shapes."""
        return F.pixel_shuffle(self.out(self.synthesis(latents)), 4) + 0.5

    def gains(self, position: Tensor) -> tuple[Tensor, Tensor]:
        """a_t and b_t of (3), each (batch, latents, 1, 1), at positions (batch,) from 0 to `furthest`."""
        place = position * (self.sizes.rates - 1)
        low = place.floor().clamp(max=self.sizes.rates - 2).long()
        share = (place - low).view(-1, 1, 1)

        def between(anchors: Tensor) -> Tensor:
            return torch.lerp(anchors[low], anchors[low + 1], share).exp()[..., None]

        return between(self.log_gain), between(self.log_inverse)

    def probability(self, values: Tensor, gain: Tensor) -> Tensor:
        """(6) of values (batch, latents, …) with gains (batch, latents, 1, 1), rounded or noisy."""
        weight, mean, scale = self._mixture()
        total = torch.zeros_like(values)
        for w, m, s in zip(weight, mean, scale, strict=True):
            # On the side of the tail where both terms are small, or their difference would drown.
            distance = (values - m * gain).abs()
            upper, lower = (0.5 - distance) / (s * gain), (-0.5 - distance) / (s * gain)
            total = total + w * (torch.sigmoid(upper) - torch.sigmoid(lower))
        return total

    def _mixture(self) -> tuple[Tensor, Tensor, Tensor]:
        """w, μ and s of (7), each (MIXTURE, latents, 1, 1)."""
        weight = torch.softmax(self.prior_weight, 0)[..., None]
        scale = self.prior_log_scale.exp()[..., None]
        return weight, self.prior_mean[..., None], scale

    def forward(self, pixels: Tensor, position: Tensor, noise: Tensor) -> tuple[Tensor, Tensor]:
        """Picture x̂ and bits (batch,) in training. noise: uniform in ±½, of the latents' shape."""
        gain, inverse = self.gains(position)
        scaled = self.analyse(pixels).float() * gain
        rate = self.probability(scaled + noise, gain).clamp(min=1e-9).log2().sum((1, 2, 3)).neg()
        rounded = scaled + (scaled.round() - scaled).detach()
        return self.synthesise(rounded * inverse), rate


STRIP_AREA = 1 << 20
"""Pixels that are computed at once, so that memory stays bounded."""
ANALYSIS_REACH, SYNTHESIS_REACH = 2, 2
"""How far the transforms look, in latents: 28 pixels, and 1 + 1/2 + 1/4 latents, rounded up."""


def by_strips(function: Callable[[Tensor], Tensor], planes: Tensor, down: int, up: int, reach: int) -> Tensor:
    """function(planes) for (1, channels, height, width), computed in strips of rows with an exact overlap.

    `down` rows of the planes make a latent, which makes `up` rows of the result; reach is in latents.
    """
    rows = planes.shape[2] // down
    strip = max(4 * reach, STRIP_AREA // (planes.shape[3] * max(up, 1) * UNIT))
    if rows <= strip + reach:
        return function(planes)
    parts = []
    for top in range(0, rows, strip):
        first, last = max(0, top - reach), min(rows, top + strip + reach)
        part = function(planes[:, :, first * down : last * down])
        inside = min(strip, rows - top)
        parts.append(part[:, :, (top - first) * up : (top - first + inside) * up])
    return torch.cat(parts, 2)
