"""What lies over the pictures that are compared: the legend of differences, the zoom box. No Qt, pure."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from engine.types import PATCH, Pixels
from viewer.core import words
from viewer.core.memo import Memo
from viewer.model.facts.facts import Facts
from viewer.model.scene.picture import PaneScene
from viewer.model.scene.presentation import PresentedScene
from viewer.model.scene.view import BoxRow, BoxScene, LegendScene, ViewScene
from viewer.model.session.choices import Mode, Page
from viewer.model.session.state import Session
from viewer.panes.resolve.difference import difference_look, legend_of, limit_of
from viewer.panes.resolve.panes import difference_wanted
from viewer.rate_distortion.resolve.panes import errors_wanted, plain_panes


def resolve_view(session: Session, facts: Facts, panes: tuple[PaneScene, ...], memo: Memo) -> ViewScene:
    """What lies over these panes."""
    looking = session.looking
    legend = _legend(session, facts, panes, memo)
    box = None
    if looking.zoom_box and session.cursor is not None:
        original = session.picture.pixels if session.picture is not None else None
        box = memo.recall(zoom_box, session, panes, original)
    turned = session.stream.orientation if session.stream is not None else 1
    known = session.presentation
    presented = memo.recall(PresentedScene, known.spot, known.magnifier) if known.on else None
    minimap = looking.minimap and presented is None
    return memo.recall(ViewScene, legend, box, minimap, looking.pixels, turned, presented)


def _legend(session: Session, facts: Facts, panes: tuple[PaneScene, ...], memo: Memo) -> LegendScene | None:
    """Only while a difference is shown."""
    shown = [pane for pane in panes if pane.between is not None]
    if not shown:
        return None
    look = difference_look(session)
    if session.page is Page.CODECS and session.picture is not None:
        plain = plain_panes(session, facts, memo)
        wanted = errors_wanted(plain, session.picture.pixels) if session.mode is Mode.DIFFERENCE else ()
    else:
        wanted = difference_wanted(session, facts, memo)
    limit = limit_of(wanted, look, facts, memo)
    return memo.recall(legend_of, look, limit, slots=4)


# ---- zoom box ----------------------------------------------------------------------------------------------


def zoom_box(session: Session, panes: tuple[PaneScene, ...], original: Pixels | None) -> BoxScene | None:
    """Values at the cursor and statistics of the patch there, pane by pane."""
    if session.cursor is None:
        return None
    x, y = session.cursor
    row, column = y // PATCH, x // PATCH
    rows = tuple(
        _row(pane, x, y, original)
        for pane in panes
        if (pane.pixels is not None or pane.between is not None) and _holds(pane, x, y)
    )
    return BoxScene((x, y), (row, column), rows)


def _holds(pane: PaneScene, x: int, y: int) -> bool:
    pixels = pane.pixels if pane.between is None else pane.between[0]
    return pixels is not None and y < pixels.shape[0] and x < pixels.shape[1]


def _row(pane: PaneScene, x: int, y: int, original: Pixels | None) -> BoxRow:
    here = np.s_[y // PATCH * PATCH : (y // PATCH + 1) * PATCH, x // PATCH * PATCH : (x // PATCH + 1) * PATCH]
    if pane.between is not None:
        one, other = (picture[here].astype(np.float64) for picture in pane.between)
        patch = one - other
        at = pane.between[0][y, x].astype(int) - pane.between[1][y, x]
        values = tuple(words.signed(int(value)) for value in at)
        psnr = _psnr(one, other)
    else:
        assert pane.pixels is not None
        patch = pane.pixels[here].astype(np.float64)
        values = tuple(str(int(value)) for value in pane.pixels[y, x])
        psnr = "reference" if pane.pixels is original else "–"
        if original is not None and pane.pixels is not original:
            psnr = _psnr(patch, original[here].astype(np.float64))
    mean = words.decimal(float(patch.mean()), 1)
    return BoxRow(
        pane.key, pane.title, (values[0], values[1], values[2]), mean, f"{float(patch.std()):.1f}", psnr
    )


def _psnr(a: NDArray[np.float64], b: NDArray[np.float64]) -> str:
    error = float(((a - b) ** 2).mean())
    return words.db(10 * math.log10(255**2 / error) if error > 0 else math.inf)
