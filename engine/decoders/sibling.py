"""Sibling decoder: two raster estimators that see complementary context and answer together.

After *The Sibling Neural Estimator* (Ororbia, Mali et al., DCC 2020, arXiv 1911.08478). Both estimators see
patch i's own symbols. The causal one (s = c) also sees the refined pixels of the neighbours decoded before,
the non-causal one (s = n) the received symbols of those still to come; f_i^s are these features (see
`raster_features`), q_i the received coefficients. With estimators as in `raster_network`, for k = 1..K

    e_i^s = relu(W_e^s f_i^s + b_e^s)                                              (1)
    h_k^s = cell(e_i^s, h_{k-1}^s)                                                 (2)
    r_k^s = 20 · (W_o^s h_k^s + b_o^s)                                             (3)
    w_k   = σ(a + B V [h_k^c; h_k^n])                                              (4)
    x_i^k = q_i + w_k ∘ r_k^c + (1 − w_k) ∘ r_k^n                                  (5)

The answer (5) is a convex combination, coefficient by coefficient: a says which sibling is trusted with
which coefficient, V h how the patch at hand shifts that, one number for each band of coefficients (B repeats
it over the band). Neighbours are refined by the combined answer. How the two are coupled in training is told
in `engine.training.sibling_task`.

Where a run asks for the causal or the non-causal context only, that sibling answers alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from engine.decoders import raster_features as rf
from engine.decoders.dct import COEFFICIENTS
from engine.decoders.raster import RasterDecoder
from engine.decoders.raster_network import Memory, RasterNetwork, RasterSizes
from engine.errors import UserError
from engine.models.card import ModelCard
from engine.models.checkpoint import load_weights
from engine.records import build
from engine.types import Cancelled, Coded, Context, DecodeOptions, Estimate, Progress

BAND_SIZES = (1, 2, 7, 54, 64, 64)
"""Coefficients of each band, in the order of a patch's: luma by zigzag position, then Cb, Cr."""
CONTEXTS = (Context.CAUSAL, Context.NONCAUSAL, Context.BOTH)
"""What a sibling decoder can be run with: either estimator alone, or both."""
_AROUND = slice(2 * rf.OWN, 2 * rf.OWN + 2 * 4 * rf.LOW)
_THERE = _AROUND.stop + 2


@dataclass(frozen=True)
class SiblingSizes(RasterSizes):
    """As for a single network; units and embed: of both estimators together, half each."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.units % 2 or self.embed % 2:
            raise ValueError("units and embed must be even, half for each sibling")
        if self.span:
            raise ValueError("siblings have no span: each patch starts anew, unless a run asks for carry")


class Estimator(RasterNetwork):
    """One sibling: equations (1) to (3), with weights only for what it sees.

    context: CAUSAL or NONCAUSAL.
    """

    def __init__(self, sizes: RasterSizes, context: Context) -> None:
        super().__init__(sizes)
        self.context = context
        # A single network draws its cell from the run's seed alone, which would make the siblings twins.
        generator = torch.Generator().manual_seed(int(torch.randint(2**62, ())))
        width = self.embed.out_features
        initial = self.cell.initial(width, sizes.units, generator)
        self.recurrent = nn.ParameterDict({name: nn.Parameter(value) for name, value in initial.items()})
        self.embed = nn.Linear(2 * rf.OWN + 2 + 4 + 2 * 4 * rf.LOW, width)

    def see(self, static: Tensor, causal: Tensor | None) -> Tensor:
        """e_i of equation (1) from the features of a single network, of which it takes its own."""
        own, flags = static[:, : _AROUND.start], static[:, _AROUND.stop : _THERE]
        there = static[:, _THERE:]
        if self.context is Context.NONCAUSAL:
            features = [own, flags, there[:, 4:], static[:, _AROUND]]
        elif causal is None:
            raise ValueError("the causal sibling needs the causal neighbours' features")
        else:
            features = [own, flags, there[:, :4], causal]
        return torch.relu(self.embed(torch.cat(features, -1)))


class SiblingNetwork(RasterNetwork):
    """Both siblings as one raster network, so that scan and training treat them as any other.

    Its state holds the causal sibling's and the non-causal one's part of every vector of the cell's state
    side by side: [h^c, h^n, c^c, c^n] for an LSTM.
    """

    def __init__(self, sizes: SiblingSizes) -> None:
        nn.Module.__init__(self)  # parts of its own in place of those of a single network
        self.sizes = sizes
        half = RasterSizes(sizes.cell, sizes.units // 2, sizes.steps, embed=sizes.embed // 2)
        self.causal = Estimator(half, Context.CAUSAL)
        self.noncausal = Estimator(half, Context.NONCAUSAL)
        self.cell = self.causal.cell
        self.out = nn.Linear(sizes.units, len(BAND_SIZES), bias=False)  # V of equation (4)
        self.preference = nn.Parameter(torch.zeros(COEFFICIENTS))  # a of equation (4)
        nn.init.zeros_(self.out.weight)
        self.bands: Tensor  # B of equation (4), (bands, 192)
        bands = torch.eye(len(BAND_SIZES)).repeat_interleave(torch.tensor(BAND_SIZES), 1)
        self.register_buffer("bands", bands, persistent=False)

    @property
    def siblings(self) -> tuple[Estimator, Estimator]:
        return self.causal, self.noncausal

    def alone(self, context: Context) -> RasterNetwork:
        """What answers with `context`: one sibling, or both. Raises KeyError for Context.NONE."""
        return {Context.CAUSAL: self.causal, Context.NONCAUSAL: self.noncausal, Context.BOTH: self}[context]

    def see(self, static: Tensor, causal: Tensor | None) -> Tensor:
        """e_i of both siblings side by side, (patches, width)."""
        return torch.cat([sibling.see(static, causal) for sibling in self.siblings], -1)

    def episode(
        self,
        seen: Tensor,
        state: Tensor | None,
        steps: int,
        memory: Memory | None = None,
        lanes: Tensor | None = None,
        recalled: list[Tensor] | None = None,
    ) -> list[Tensor]:
        """States of steps 1 to `steps`, each (patches, state size); siblings have no memory."""
        chains = self.chains(seen, state, steps)
        return [self._join(*states) for states in zip(*chains, strict=True)]

    def chains(self, seen: Tensor, state: Tensor | None, steps: int) -> tuple[list[Tensor], list[Tensor]]:
        """The siblings' own states of steps 1 to `steps`, half as long each."""
        starts = (None, None) if state is None else self.split(state)
        causal, noncausal = (
            sibling.episode(part, start, steps)
            for sibling, part, start in zip(self.siblings, seen.chunk(2, -1), starts, strict=True)
        )
        return causal, noncausal

    def split(self, state: Tensor) -> tuple[Tensor, Tensor]:
        """(…, state size) to the siblings' states, half as long each."""
        parts = state.reshape(*state.shape[:-1], -1, 2, self.sizes.units // 2)
        return parts[..., 0, :].flatten(-2), parts[..., 1, :].flatten(-2)

    def _join(self, causal: Tensor, noncausal: Tensor) -> Tensor:
        shape = (*causal.shape[:-1], -1, self.sizes.units // 2)
        return torch.stack([causal.reshape(shape), noncausal.reshape(shape)], -2).flatten(-3)

    def answers(self, causal: Tensor, noncausal: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """From the siblings' states, all (…, 192): the combined residual, the causal sibling's and the
        non-causal one's, and the causal one's share of each coefficient, 0 to 1 (equations (3) to (5))."""
        ours, theirs = self.causal.residual(causal), self.noncausal.residual(noncausal)
        shift = self.out(torch.cat([self.cell.output(causal), self.cell.output(noncausal)], -1))
        shares = torch.sigmoid(nn.functional.linear(shift, self.bands.T, self.preference))
        return torch.lerp(theirs, ours, shares), ours, theirs, shares

    def residual(self, state: Tensor) -> Tensor:
        """(…, 192) coefficients to add to the received ones, equation (5)."""
        return self.answers(*self.split(state))[0]


class SiblingDecoder:
    """A trained pair of siblings as a `Decoder`, by the raster decoder's scan."""

    def __init__(self, card: ModelCard, network: SiblingNetwork) -> None:
        self.card, self.network = card, network

    @classmethod
    def load(cls, card: ModelCard) -> SiblingDecoder:
        network = SiblingNetwork(build(SiblingSizes, card.network, f"model '{card.name}'"))
        load_weights(network, card.weights_path)
        return cls(card, network)

    def refine(
        self, coded: Coded, options: DecodeOptions, cancelled: Cancelled, progress: Progress
    ) -> Iterator[Estimate]:
        """As the raster decoder's; with causal or non-causal context alone that sibling alone.

        Raises UserError for no context at all.
        """
        self.check(options)
        decoder = RasterDecoder(self.card, self.network.alone(options.context))
        return decoder.refine(coded, options, cancelled, progress)

    def check(self, options: DecodeOptions) -> None:
        """Raises UserError for a context that neither sibling has."""
        if options.context not in CONTEXTS:
            raise UserError(f"decoder '{self.card.name}' has no context '{options.context.value}'")
