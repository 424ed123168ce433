"""What is done to every estimate before it is shown, the same for all decoders.

With q the standard decode and x a network's estimate, both YCbCr, g the guard's share for each patch (see
`guard`), s the strength that was asked for, P the projection into the quantisation cells and N that into the
part of them which estimates are kept to (see `cells`):

    y = P(q + s g (N(x) − q))

for streams with blocks of symbols that were not saved before more coarsely, and q + s g (x − q) for others.
Where the stream's own picture is neutral (R = G = B), chroma is then put to 0, so that grey stays grey, and
the samples are rounded to 8 bits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from engine.artefacts.jpeg_history import history_of
from engine.decoders.base import pixels_from_ycc
from engine.decoders.cells import UNIT, Cells, cells_of, samples, spectrum
from engine.decoders.guard import Guard, Told, current_guard, sure_at
from engine.models.card import SURE
from engine.types import PATCH, Coded, DecodeOptions, Pixels

_MIDDLE = (128 / 255, 0.0, 0.0)
"""What is taken from a plane before it is transformed, 0 to 1."""
Box = tuple[int, int, int, int]
"""Top, left, bottom and right of a part of the picture; top and left are multiples of `UNIT`."""


def _covered(coded: Coded) -> bool:
    """Whether an earlier, coarser saving is likelier than not: the intervals then hold for what it left, not
    for the picture that is sought."""
    history = history_of(coded)
    return history is not None and history.earlier is not None and history.earlier.sureness > 0.5


class Finisher:
    """Finishes the estimates of one stream, part by part."""

    def __init__(
        self,
        coded: Coded,
        options: DecodeOptions,
        device: torch.device,
        guarded: bool = True,
        mended: Coded | None = None,
        sure: float = SURE,
    ) -> None:
        """guarded, sure: see `ModelCard`. mended: the stream with the tables and the scale that the decoder
        was told, if not its own."""
        self.coded, self.device, self.mended = coded, device, mended or coded
        self.strength = options.strength
        self.guard: Guard | None = current_guard() if guarded and options.guard else None
        self.sure = sure_at(self.mended.scale, sure)
        self.project = options.projection and coded.symbols is not None and not _covered(coded)
        neutral = neutral_units(coded.standard)
        self._neutral = neutral if neutral.any() else None

    def part(self, box: Box, standard: Tensor) -> TilePart:
        """Begin with a part of the picture. standard: (1, 3, height, width) YCbCr, 0 to 1, of `box` grown to
        whole units."""
        top, left, bottom, right = box
        neutral = None
        if self._neutral is not None:
            units = self._neutral[top // UNIT : -(-bottom // UNIT), left // UNIT : -(-right // UNIT)]
            if units.any():
                neutral = torch.from_numpy(units.copy()).to(self.device)
        wanted = self.project or self.guard is not None
        cells: list[Cells | None] = [None, None, None]
        if wanted:
            cells = cells_of(self.coded, box, self.device)
        return TilePart(self, standard, cells, neutral)


@dataclass
class TilePart:
    """One part of the picture, finished step by step."""

    finisher: Finisher
    standard: Tensor
    cells: list[Cells | None]
    neutral: Tensor | None

    def __post_init__(self) -> None:
        own, parts = self.finisher, list[Tensor]()
        self.told: Told | None = None
        if own.guard is not None or own.strength != 1:
            parts = self.spectra(self.standard)
        self.received = parts
        if own.guard is not None:
            self.told = Told(own.mended, parts, self.standard)

    def finish(self, estimate: Tensor) -> Tensor:
        """The finished estimate, (1, 3, height, width) YCbCr, 0 to 1. estimate: likewise, as `standard`."""
        if not self.received and not self.finisher.project:
            return self._greyed(estimate)
        found = self.spectra(estimate)
        wanted = [self._projected(spectra, cells) for spectra, cells in zip(found, self.cells, strict=True)]
        share = self._share(found)
        result = torch.empty_like(estimate)
        for index, plane in enumerate(result[0]):
            self._finish(plane, index, estimate[0, index], found[index], wanted[index], share)
        return self._greyed(result)

    def _finish(
        self, plane: Tensor, index: int, estimate: Tensor, found: Tensor, wanted: Tensor, share: Tensor | None
    ) -> None:
        """Fill one plane, (height, width), 0 to 1."""
        down, across = at = self._resolutions()[index]
        whole, final, change = at == (1, 1), wanted, wanted - found
        if share is not None:
            m = (share if whole else F.avg_pool2d(share, at))[0, 0, :, :, None]
            received = self.received[index]
            final = self._within(torch.lerp(received, wanted, m), self.cells[index])
        if whole:  # its coefficients tell all of it
            torch.mul(samples(final), 1 / 255, out=plane).add_(_MIDDLE[index])
            return
        plane.copy_(estimate)
        if share is not None:
            change = final - torch.lerp(received, found, m)
            units = plane.view(m.shape[0], PATCH * down, m.shape[1], PATCH * across)
            torch.lerp(self.standard[0, index].reshape(units.shape), units, m[:, None], out=units)
        rows, columns = PATCH * change.shape[0], PATCH * change.shape[1]
        plane.view(rows, down, columns, across).add_(samples(change)[:, None, :, None], alpha=1 / 255)

    def explained(self, estimate: Tensor) -> tuple[list[Tensor], list[Tensor], Tensor]:
        """Coefficients of Y, Cb and Cr, (rows, columns, 64) in levels, of an estimate as it came and as
        projected, and s g for each patch (rows, columns)."""
        found = self.spectra(estimate)
        wanted = [self._projected(spectra, cells) for spectra, cells in zip(found, self.cells, strict=True)]
        share = self._share(found)
        whole = found[0].new_ones(found[0].shape[:2])
        return found, wanted, whole if share is None else share[0, 0]

    def spectra(self, ycc: Tensor) -> list[Tensor]:
        """Coefficients of a picture of this part, as `explained` has them."""
        return [
            spectrum(plane, *at, factor=255.0, offset=-255 * middle)
            for plane, at, middle in zip(ycc[0], self._resolutions(), _MIDDLE, strict=True)
        ]

    def _share(self, found: list[Tensor]) -> Tensor | None:
        """s g for each patch, (1, 1, rows, columns); None where all of the estimate counts."""
        own = self.finisher
        if not self.received:
            return None
        rows, columns = self.received[0].shape[:2]
        share = self.standard.new_full((1, 1, rows, columns), own.strength)
        if own.guard is not None:
            assert self.told is not None
            within = [self._within(spectra, cells) for spectra, cells in zip(found, self.cells, strict=True)]
            share = share * own.guard.share(self.told.features(found, within), own.sure)
        return share

    def _projected(self, spectra: Tensor, cells: Cells | None) -> Tensor:
        if cells is None or not self.finisher.project:
            return spectra
        return torch.clamp(spectra, cells.least, cells.most)

    def _within(self, spectra: Tensor, cells: Cells | None) -> Tensor:
        """In the whole of each interval: what lies beyond it is what the guard judges an estimate by."""
        if cells is None or not self.finisher.project:
            return spectra
        return torch.clamp(spectra, cells.low, cells.high)

    def _resolutions(self) -> list[tuple[int, int]]:
        return [(cells.down, cells.across) if cells is not None else (1, 1) for cells in self.cells]

    def _greyed(self, ycc: Tensor) -> Tensor:
        if self.neutral is None:
            return ycc
        kept = _each_pixel((~self.neutral).to(ycc.dtype), UNIT, UNIT)
        return torch.cat([ycc[:, :1], ycc[:, 1:] * kept], 1)


def _each_pixel(units: Tensor, down: int, across: int) -> Tensor:
    return units.repeat_interleave(down, 0).repeat_interleave(across, 1)


def neutral_units(standard: Pixels) -> NDArray[np.bool_]:
    """Which 16×16 units of a picture, uint8 (height, width, 3), are neutral (R = G = B) with all units around
    them; (unit rows, unit columns)."""
    from scipy import ndimage

    coloured = (standard[..., 0] != standard[..., 1]) | (standard[..., 1] != standard[..., 2])
    height, width = coloured.shape
    padded = np.pad(coloured, ((0, -height % UNIT), (0, -width % UNIT)))
    units = padded.reshape(padded.shape[0] // UNIT, UNIT, padded.shape[1] // UNIT, UNIT).any((1, 3))
    return ~np.asarray(ndimage.binary_dilation(units, np.ones((3, 3), bool)), np.bool_)


def finished_pixels(part: TilePart, estimate: Tensor, rows: slice, columns: slice) -> Pixels:
    """The finished estimate's pixels within `rows` and `columns` of the part, uint8."""
    return pixels_from_ycc(part.finish(estimate)[:, :, rows, columns])
