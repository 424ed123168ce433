"""What the window's jobs do: functions for `Lane.start`. No Qt, no threads, no widgets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engine import pipeline
from engine.errors import UserError, system_reason
from engine.models import ModelCard, models_folder
from engine.registry import CODECS
from engine.types import Coded, Picture, Pixels, RatePoint, Refinement, RefineRequest, Scores, Step
from viewer.resolve_facts import MapKey, Run
from viewer.resolve_overlay import settled_map
from viewer.scene import Overlay
from viewer.session import Stream

if TYPE_CHECKING:
    from viewer.jobs import Token, Work

CURVE_QUALITIES = (10, 30, 60, 20, 5, 80, 15, 40, 8, 12, 25, 50, 70, 90, 96)
"""Qualities of the rate–distortion curve, in an order that shows its shape early."""
_JPEG_MAGIC = b"\xff\xd8\xff"


@dataclass(frozen=True, eq=False)
class Opened:
    """What a file or sample turned out to be: a picture, or a stream with its decode."""

    picture: Picture | None = None
    stream: Stream | None = None
    coded: Coded | None = None
    sample: str = ""
    jpeg: bool = False


def load_file(path: Path, received: bool) -> Work:
    """Read a file as a picture to encode, or as a stream that was received."""

    def work(_: Token) -> Iterator[Opened]:
        if received:
            yield received_stream(_read(path), path.name, path)
            return
        from engine.image import load_picture

        picture = load_picture(path)
        with path.open("rb") as file:
            jpeg = file.read(3) == _JPEG_MAGIC
        yield Opened(picture, jpeg=jpeg)

    return work


def load_sample(name: str) -> Work:
    """Read a bundled picture."""

    def work(_: Token) -> Iterator[Opened]:
        from engine.samples import load_sample

        yield Opened(load_sample(name), sample=name)

    return work


def received_stream(payload: bytes, name: str, path: Path | None = None) -> Opened:
    """Decode a stream. Raises UserError."""
    coded = pipeline.decode(payload, name)
    notes = CODECS.get(coded.codec).notes(payload, name)
    stream = Stream(name, payload, coded.height, coded.width, path, notes)
    return Opened(stream=stream, coded=coded, jpeg=True)


def neighbours(path: Path, streams: bool) -> list[Path]:
    """Pictures in the folder of `path` by name; only JPEG files when these are taken as streams."""
    from engine.image import SUFFIXES

    suffixes = (".jpg", ".jpeg") if streams else SUFFIXES
    try:
        names = [each for each in path.parent.iterdir() if each.suffix.lower() in suffixes]
    except OSError:
        return []
    return sorted(names, key=lambda each: each.name.lower())


def _read(path: Path) -> bytes:
    if path.is_dir():
        raise UserError(f"{path.name}: is a folder")
    try:
        return path.read_bytes()
    except OSError as error:
        raise UserError(f"{path.name}: can't be read ({system_reason(error)})") from None


def refine(
    request: RefineRequest,
    picture: Picture | None,
    coded: Coded | None,
    prepare: Callable[[], None],
    linger: float = 0.0,
    address: str = "",
) -> Work:
    """Encode unless `coded` is given, then refine. After the standard decode the job waits `linger`
    seconds, so that a moving slider shows what it does to the picture before a decoder starts in vain.
    `prepare` runs before the decoder. address: where the engine finds it (see `address_of`).
    """

    def work(token: Token) -> Iterator[Run]:
        from engine.artefacts import blockiness, ringing

        run: Run | None = None
        artefacts: tuple[tuple[float, float], ...] = ()
        located = replace(request, decoder=address or request.decoder)
        for found in _records(located, picture, coded, token):
            record = replace(found, request=request)
            for step in record.steps[len(artefacts) :]:
                artefacts += ((blockiness(step.pixels), ringing(step.pixels)),)
            run = replace(measured(record, run), artefacts=artefacts)
            yield run
            if len(record.steps) == 1 and not record.finished:
                if token.wait(linger):
                    return
                prepare()

    return work


def address_of(card: ModelCard | None) -> str:
    """How the engine is told of a decoder: by name when it is bundled, else by its card's path."""
    if card is None:
        return ""
    bundled = card.path is None or card.path.parent == models_folder()
    return card.name if bundled else str(card.path)


def measured(record: Refinement, before: Run | None) -> Run:
    """A refinement with its patches' squared errors; those of its steps that `before` has are kept."""
    known = before.errors if before is not None else ()
    return Run(record, known + _errors(record, len(known)))


def _records(
    request: RefineRequest, picture: Picture | None, coded: Coded | None, token: Token
) -> Iterator[Refinement]:
    if request.decoder:
        return pipeline.refine(
            request, picture, coded, cancelled=token.cancelled, progress=token.progress
        )  # fmt: skip
    return _standard_only(request, picture, coded)


def _standard_only(
    request: RefineRequest, picture: Picture | None, coded: Coded | None
) -> Iterator[Refinement]:
    """Without any decoder installed there is still the codec to look at."""
    if coded is None:
        assert picture is not None
        assert request.encode is not None
        coded = pipeline.encode(request.codec, picture.pixels, request.encode)
    scores = Scores()
    if picture is not None:
        from engine.metrics import scores as measure

        scores = measure(picture.pixels, coded.standard)
    yield Refinement(request, coded, picture, (Step(0, coded.standard, scores, 0.0),), finished=True)


def _errors(record: Refinement, known: int) -> tuple[NDArray[np.float64], ...]:
    """Squared errors per patch of the steps after the first `known` ones; none without an original."""
    original = record.original
    if original is None:
        return ()
    from engine.metrics import patch_squared_error

    return tuple(patch_squared_error(original.pixels, step.pixels) for step in record.steps[known:])


def rate_curve(codec: str, pixels: Pixels, subsampling: str) -> Work:
    """Yield the points measured so far, in order of quality, each time one more."""

    def work(token: Token) -> Iterator[tuple[RatePoint, ...]]:
        points: list[RatePoint] = []
        for point in pipeline.rate_curve(codec, pixels, subsampling, CURVE_QUALITIES, token.cancelled):
            points.append(point)
            yield tuple(sorted(points, key=lambda each: each.quality))

    return work


def overlay_maps(overlay: Overlay, steps: Sequence[tuple[int, Pixels]]) -> Work:
    """Measure an overlay on each of `steps` (index, pixels); SETTLED on all of them together."""

    def work(token: Token) -> Iterator[tuple[MapKey, NDArray[np.float32]]]:
        if overlay is Overlay.SETTLED:
            yield (overlay, steps[-1][0]), settled_map(tuple(pixels for _, pixels in steps))
            return
        from engine.artefacts import blockiness_map, ringing_map

        measure = blockiness_map if overlay is Overlay.BLOCKINESS else ringing_map
        for index, pixels in steps:
            if token.cancelled():
                return
            yield (overlay, index), measure(pixels)

    return work


def save_picture(path: Path, pixels: Pixels, received: Coded | None = None) -> Work:
    """Write a PNG; yields its path when it is there. Pixels of a `received` stream look as its file does."""

    def work(_: Token) -> Iterator[Path]:
        from engine.image import save_png, write_atomically

        if received is None:
            save_png(path, pixels)
        else:
            data = CODECS.get(received.codec).png(pixels, received)
            write_atomically(path, lambda file: file.write(data))
        yield path

    return work


def save_bytes(path: Path, payload: bytes) -> Work:
    """Write a file byte for byte; yields its path when it is there."""

    def work(_: Token) -> Iterator[Path]:
        from engine.image import write_atomically

        write_atomically(path, lambda file: file.write(payload))
        yield path

    return work


def prepare_torch() -> None:
    """Load PyTorch and keep a core free for the window; called on the thread that will compute."""
    import torch

    from viewer.jobs import compute_threads

    torch.set_num_threads(compute_threads())
