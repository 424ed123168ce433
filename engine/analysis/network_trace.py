"""What a decoder's network computed of one patch at one step: features, state before and after, residual.

The values are computed by the decoder's own network on the run's own stream, not read off the picture. A
raster or sibling network needs the refined neighbours of its patch: a tracer scans the picture once, after
which any patch's episode is run again from what the scan left, with carried states and memories from the
beginning of their row or span. A sweep network is run on the patch's surroundings, as in `patch_trace`, in
floating point even where the estimates on screen come from 8-bit integers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from engine.analysis.patch_trace import around
from engine.errors import UserError
from engine.types import PATCH, Cancelled, Coded, DecodeOptions, frozen, never, patch_grid

if TYPE_CHECKING:
    from torch import Tensor

    from engine.decoders.base import Decoder
    from engine.decoders.raster import Episode
    from engine.decoders.raster_network import RasterNetwork
    from engine.decoders.sweep import SweepDecoder

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Features:
    """A group of numbers that the network is given. role: "own" symbols; "causal" or "non-causal" neighbours,
    a row each; "told" of the stream; "change", made by the sweeps before. values: float32 (rows, numbers)."""

    role: str
    values: Floats


@dataclass(frozen=True, eq=False)
class Recurrence:
    """One recurrent network. role: "causal" or "non-causal" for one of two siblings, else "".

    seen: what drives it, float32 (rows, units); before, after: its state, float32 (rows, units). Rows are
    the parts of a raster network's state (h, then an LSTM's c), of `seen` there is one; of a sweep network
    the patch's 4×4 cells in raster order. residual: what it adds, float32 (3, 8, 8): Y, Cb, Cr in 8-bit
    levels. recalled: what an attentive network's memories weighed together, None for others.
    """

    role: str
    seen: Floats
    before: Floats
    after: Floats
    residual: Floats
    recalled: float | None = None


@dataclass(frozen=True, eq=False)
class NetworkTrace:
    """kind: of decoder; cell: of the recurrent networks. change: what the network had added to the standard
    decode after `step` steps, float32 (3, 8, 8), Y, Cb, Cr in 8-bit levels, before projection, guard and
    rounding. shares: of two siblings the causal one's share of each coefficient, float32 (3, 8, 8), 0 to 1,
    [component, vertical, horizontal frequency]. trust: what the residual was multiplied by (see
    `ModelCard.trust`)."""

    kind: str
    cell: str
    step: int
    features: tuple[Features, ...]
    networks: tuple[Recurrence, ...]
    change: Floats
    shares: Floats | None
    trust: float


class Tracer(Protocol):
    """Ready to tell of any patch of one stream."""

    def at(self, patch: tuple[int, int], step: int) -> NetworkTrace:
        """The patch at (row, column) after `step` steps, 1 to K."""
        ...


def tracer_of(
    decoder: Decoder, coded: Coded, options: DecodeOptions, cancelled: Cancelled = never
) -> Tracer | None:
    """A tracer for a run with these options; None for decoders without such a network, or once cancelled.

    Raises UserError where the decoder doesn't offer the options' context, and for a sweep decoder's stream
    that was saved twice: the network then works on the earlier saving's picture, on a grid of its own.
    """
    from engine.artefacts.earlier_saving import earlier_saving
    from engine.decoders.raster import RasterDecoder
    from engine.decoders.sibling import SiblingDecoder
    from engine.decoders.sweep import SweepDecoder

    if isinstance(decoder, SweepDecoder):
        if options.earlier and earlier_saving(coded) is not None:
            raise UserError("Saved twice: the network mends the earlier saving, which can't be drawn here")
        return SweepTracer(decoder, coded, options)
    if isinstance(decoder, SiblingDecoder):
        decoder.check(options)
        network: RasterNetwork = decoder.network.alone(options.context)
    elif isinstance(decoder, RasterDecoder):
        network = decoder.network
    else:
        return None
    tracer = RasterTracer(decoder, network, coded, options)
    return tracer if tracer.scanned(cancelled) else None


class RasterTracer:
    """Of raster and sibling decoders. Holds the low frequencies of all refined patches."""

    def __init__(
        self, decoder: Decoder, network: RasterNetwork, coded: Coded, options: DecodeOptions
    ) -> None:
        import torch

        from engine.decoders.base import pick_device
        from engine.decoders.raster import Scan

        card = decoder.card
        self._card, self._options = card, replace(options, inside=False)
        self._steps = options.steps or card.steps
        self._trust = card.trust(coded.scale, coded.codec)
        self._columns = patch_grid(coded.height, coded.width)[1]
        device = pick_device(options.device)
        self._network = network.to(device).eval()
        with torch.inference_mode():
            told = card.told_scale(coded.scale, coded.codec)
            self._scan = Scan(self._network, coded, self._options, device, self._trust, scale=told)

    def scanned(self, cancelled: Cancelled) -> bool:
        """Refine all patches, where any depends on another; False once cancelled."""
        import torch

        if not self._options.context.causal:
            return not cancelled()
        with torch.inference_mode():
            for front in self._scan.fronts():
                self._scan.compute(front, self._steps)
                if cancelled():
                    return False
        return True

    def at(self, patch: tuple[int, int], step: int) -> NetworkTrace:
        import torch

        row, column = patch
        span = self._network.sizes.span
        carried = span > 0 or self._options.carry
        first = (column // span * span if span else 0) if carried else column
        with torch.inference_mode():
            for at in range(first, column):  # states and memories come along the row
                self._scan.compute(self._chosen(row, at), self._steps)
            episode = self._scan.episode(self._chosen(row, column), self._steps)
            return self._trace(episode, step)

    def _chosen(self, row: int, column: int) -> Tensor:
        import torch

        return torch.tensor([row * self._columns + column], device=self._scan.received.device)

    def _trace(self, episode: Episode, step: int) -> NetworkTrace:
        import torch

        from engine.decoders.dct import zigzag
        from engine.decoders.sibling import SiblingNetwork

        network, state = self._network, episode.states[step - 1]
        before = episode.states[step - 2] if step > 1 else episode.start
        before = torch.zeros_like(state) if before is None else before
        recalled = float(episode.recalled[step - 1].sum()) if episode.recalled else None
        if not isinstance(network, SiblingNetwork):
            change = self._trust * network.residual(state)
            own = _recurrence("", network, episode.seen, before, state, change, recalled)
            return self._told(episode, step, (own,), change, None)
        combined, ours, theirs, shares = network.answers(*network.split(state))
        parts = zip(
            ("causal", "non-causal"), network.siblings, episode.seen.chunk(2, -1), network.split(before),
            network.split(state), (ours, theirs), strict=True,
        )  # fmt: skip
        siblings = tuple(
            _recurrence(role, each, seen, start, end, self._trust * answer, None)
            for role, each, seen, start, end, answer in parts
        )
        natural = np.empty((3, PATCH * PATCH), np.float32)
        natural[:, list(zigzag())] = _floats(shares.reshape(3, PATCH * PATCH))
        told = frozen(natural.reshape(3, PATCH, PATCH))
        return self._told(episode, step, siblings, self._trust * combined, told)

    def _told(
        self, episode: Episode, step: int, networks: tuple[Recurrence, ...], change: Tensor,
        shares: Floats | None,
    ) -> NetworkTrace:  # fmt: skip
        card = self._card
        features = feature_groups(episode.static, episode.causal)
        return NetworkTrace(
            card.kind, card.cell, step, features, networks, _samples(change), shares, self._trust
        )


def feature_groups(static: Tensor, causal: Tensor | None) -> tuple[Features, ...]:
    """One patch's features (see `raster_features`) by what they tell of."""
    from engine.decoders import raster_features as rf

    own, around_end = 2 * rf.OWN, 2 * rf.OWN + 2 * 4 * rf.LOW
    groups = [Features("own", _floats(static[0, :own].reshape(2, rf.OWN)))]
    if causal is not None:
        groups.append(Features("causal", _floats(causal[0].reshape(4, 2 * rf.LOW))))
    groups.append(Features("non-causal", _floats(static[0, own:around_end].reshape(4, 2 * rf.LOW))))
    groups.append(Features("told", _floats(static[:1, around_end:])))
    return tuple(groups)


def _recurrence(
    role: str, network: RasterNetwork, seen: Tensor, before: Tensor, after: Tensor, residual: Tensor,
    recalled: float | None,
) -> Recurrence:  # fmt: skip
    units = network.sizes.units
    return Recurrence(
        role, _floats(seen), _floats(before.reshape(-1, units)), _floats(after.reshape(-1, units)),
        _samples(residual), recalled,
    )  # fmt: skip


class SweepTracer:
    """Of sweep decoders."""

    def __init__(self, decoder: SweepDecoder, coded: Coded, options: DecodeOptions) -> None:
        self._decoder, self._coded, self._options = decoder, coded, options
        self._trust = decoder.card.trust(coded.scale, coded.codec)

    def at(self, patch: tuple[int, int], step: int) -> NetworkTrace:
        import torch
        import torch.nn.functional as F

        card = self._decoder.card
        box = around(self._coded, patch)
        told, found = self._decoder.sweeps(self._coded, self._options, min(step, card.longest), box)
        row, column = patch[0] - box[0] // PATCH, patch[1] - box[1] // PATCH
        cells = slice(4 * row, 4 * row + 4), slice(4 * column, 4 * column + 4)

        def planes(values: Tensor) -> Floats:
            return _floats(values[0, :, cells[0], cells[1]].flatten(1).T)

        def samples(change: Tensor) -> Floats:
            return _floats(255 * F.pixel_shuffle(change[:, :, cells[0], cells[1]], 2)[0])

        with torch.inference_mode():
            seen, hidden, change = found[-1]
            last, ago = found[-2][1:] if len(found) > 1 else (torch.zeros_like(hidden), 0 * change)
            own = Recurrence(
                "", planes(seen), planes(last), planes(hidden), samples(self._trust * (change - ago))
            )
            features = (Features("change", planes(4 * ago)), Features("told", _floats(told)))
            whole = samples(self._trust * change)
        return NetworkTrace(card.kind, card.cell, step, features, (own,), whole, None, self._trust)


def _samples(coefficients: Tensor) -> Floats:
    """(1, 192) coefficients of a residual as samples (3, 8, 8), levels."""
    from engine.decoders.dct import patch_samples

    return _floats(patch_samples(coefficients)[0].reshape(3, PATCH, PATCH))


def _floats(values: Tensor) -> Floats:
    array: Floats = values.detach().float().cpu().numpy()
    return frozen(array)
