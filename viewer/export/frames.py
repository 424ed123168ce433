"""What is exported, decided without widgets: frames of animations, reports, names of files. No Qt, pure."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from engine.animation.frames import Frame, caption_height, scaled
from engine.animation.write import shortest
from engine.io.orientation import turned_axes, upright
from engine.models.card import ModelCard
from engine.report.facts import report_command
from engine.report.page import Reported
from engine.types import Pixels, frozen, patch_grid
from viewer.core import words
from viewer.core.memo import Memo
from viewer.decode.jobs import address_of
from viewer.export.choice import AnimationChoice, AnimationKind, Outline, Region
from viewer.export.scan_marks import with_head
from viewer.model.facts.facts import Facts
from viewer.model.facts.run import Run
from viewer.model.session.decoder_names import decoder_title
from viewer.model.session.state import Session
from viewer.panes.resolve.panes import scan_picture, scan_psnr

MOST_FRAME_PIXELS = 16_000_000
MOST_FRAMES = 10_000
_GAP = 8
_LAST_STAYS = 2
"""How many times as long as the others the last frame is shown."""


class RunFrames:
    """Frames of a run (an `engine.animation.frames.Frames`), each made when it is asked for. cards: that
    decoders are called by."""

    def __init__(self, run: Run, choice: AnimationChoice, cards: tuple[ModelCard, ...] = ()) -> None:
        self._run, self._choice, self._cards = run, choice, cards
        self._memo = Memo()
        coded = run.refinement.coded
        self._patches = math.prod(patch_grid(coded.height, coded.width))

    def __len__(self) -> int:
        if self._choice.kind is AnimationKind.STEPS:
            return self._run.ready - self._run.first + 1
        return math.ceil(self._patches / self._choice.stride) + 1

    def __getitem__(self, index: int) -> Frame:
        if not 0 <= index < len(self):
            raise IndexError(index)
        last = index == len(self) - 1
        seconds = self._choice.seconds * (_LAST_STAYS if last and len(self) > 1 else 1)
        if self._choice.kind is AnimationKind.STEPS:
            return self._framed(*self._step(self._run.first + index), seconds)
        head = index * self._choice.stride
        return self._framed(*self._scan(head), seconds, head if head < self._patches else None)

    def _step(self, position: int) -> tuple[Pixels, str, str]:
        run = self._run
        record = run.refinement
        before = run.scores(0) if position else None
        if position:
            title = words.capital(words.position_title(record, position))
            title += f" of {run.planned}, {self._decoder(record.request.decoder)}" if position > 0 else ""
        else:
            title = words.sent_title(record)
        rate = f"{words.bpp(run.bits_per_pixel(position))}" if position <= 0 else ""
        figures = words.scores_line(run.scores(position), before)
        return run.pixels(position), title, " · ".join(part for part in (rate, figures) if part)

    def _decoder(self, name: str) -> str:
        title = decoder_title(name, self._cards)
        return _short(name) if title == name else title

    def _scan(self, position: int) -> tuple[Pixels, str, str]:
        """Before the patch at `position`: those before it are refined, it and those after it as received."""
        run, total = self._run, self._patches
        last = run.ready
        if position >= total:
            return self._step(last)
        pixels = scan_picture(run.pixels(0), run.pixels(last), run.pixels(0), position)
        decibels = scan_psnr(run, 0, position, self._memo)
        detail = words.rgb_line(decibels, run.scores(0).psnr_rgb_db) if decibels is not None else ""
        return pixels, f"Patch {words.count(position)} of {words.count(total)}", detail

    def _framed(
        self, pixels: Pixels, title: str, detail: str, seconds: float, head: int | None = None
    ) -> Frame:
        """head: the patch whose turn it is in a scan."""
        choice = self._choice
        orientation = self._run.refinement.coded.orientation
        shown = scaled(_part(pixels, choice.region), choice.scale)
        if head is not None:
            context = self._run.refinement.request.options.context
            shown = with_head(shown, pixels, head, context, choice.region, choice.scale)
        shown = np.ascontiguousarray(upright(shown, orientation))
        if choice.beside:
            received = upright(scaled(_part(self._run.pixels(0), choice.region), choice.scale), orientation)
            gap = np.full((shown.shape[0], _GAP, 3), 32, np.uint8)
            shown = np.concatenate([received, gap, shown], axis=1)
            title = f"{words.codec_title(self._run.refinement.coded.codec)} | {title}"
        return Frame(frozen(shown), title, detail, seconds)


def _short(decoder: str) -> str:
    return decoder.replace("\\", "/").rsplit("/", 1)[-1].removesuffix(".json")


def _part(pixels: Pixels, region: Region | None) -> Pixels:
    if region is None:
        return pixels
    left, top, width, height = region
    return np.ascontiguousarray(pixels[top : top + height, left : left + width])


def outline(session: Session, run: Run, choice: AnimationChoice) -> Outline:
    """What a choice comes to, told without making any frame."""
    count = len(RunFrames(run, choice))
    height, width = run.pixels(0).shape[:2]
    if choice.region is not None:
        width, height = choice.region[2:]
    if turned_axes(run.refinement.coded.orientation)[0]:
        width, height = height, width
    width, height = math.ceil(width * choice.scale), math.ceil(height * choice.scale)
    width = 2 * width + _GAP if choice.beside else width
    height += caption_height(width)
    width, height = width + width % 2, height + height % 2
    least = shortest(choice.suffix)
    last = max(least, choice.seconds * (_LAST_STAYS if count > 1 else 1))
    seconds = max(least, choice.seconds) * (count - 1) + last
    why = ""
    if choice.kind is AnimationKind.SCAN and not session.scans:
        why = "this decoder refines all patches at once: there is no scan"
    elif choice.kind is AnimationKind.SCAN and run.ready == 0:
        why = "there is no step to scan"
    elif width * height > MOST_FRAME_PIXELS:
        why = f"frames of {width} × {height} pixels are too large: choose a smaller size or the visible part"
    elif count > MOST_FRAMES:
        why = f"{words.count(count)} frames are too many: choose more patches per frame"
    return Outline(count, width, height, seconds, why)


def usual_stride(session: Session) -> int:
    """Patches from frame to frame so that a scan has about 240 frames."""
    rows, columns = session.grid
    return max(1, round(rows * columns / 240))


def reported(session: Session, facts: Facts, run: Run, output: str = "") -> Reported:
    """What the report of a run is made of."""
    record, card = run.refinement, _card(session, run)
    address = address_of(card) if card is not None else record.request.decoder
    addressed = replace(record, request=replace(record.request, decoder=address))
    shown = session.picture or session.stream
    sample = session.sample
    path = shown.path if shown is not None else None
    source = sample or (str(path) if path is not None else "IMAGE")
    codec = record.coded.codec
    points = tuple(point for point in facts.rate_points if point.codec == codec)
    notes = shown.notes if shown is not None else ()
    if not sample and path is None:
        notes = (*notes, "The picture came from no file: IMAGE stands for one that holds it")
    command = report_command(addressed, source, sample=bool(sample), output=output)
    return Reported(record, card, command, points, notes)


def _card(session: Session, run: Run) -> ModelCard | None:
    name = run.refinement.request.decoder
    return next((card for card in session.models if card.name == name), None)
