"""What the window's jobs do: functions for `Lane.start`. No Qt, no threads, no widgets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engine import pipeline
from engine.codecs.facts import CODEC_FACTS, codec_facts
from engine.errors import UserError, system_reason
from engine.models.card import ModelCard, models_folder
from engine.registry import CODECS
from engine.types import Coded, Picture, Pixels, RatePoint, Refinement, RefineRequest, Stage
from viewer.model.facts.facts import MapKey, Run
from viewer.model.scene.picture import Overlay
from viewer.model.session.pages import Stream
from viewer.overlays.resolve.overlay import settled_map

if TYPE_CHECKING:
    from viewer.core.jobs import Token, Work
    from viewer.documents.session_file import Reopened

CURVE_QUALITIES = (10, 30, 60, 20, 5, 80, 15, 40, 8, 12, 25, 50, 70, 90, 96)
"""Qualities of the rate–distortion curve, in an order that shows its shape early."""
_CURVES = {
    "jpeg2000": (1, 5, 10, 14, 18, 24, 30, 37, 45, 60, 75, 90),
    "jpeg2000-nomct": (1, 5, 8, 12, 18, 24, 30, 38, 50, 65, 80),
    "webp": (1, 5, 9, 14, 25, 32, 40, 55, 70, 80, 90),
    "avif": (8, 16, 24, 30, 38, 45, 52, 62, 74),
    "e2e": (1, 6, 12, 17, 22, 28, 34, 40, 46, 56, 64),
}
"""Those of other codecs, denser at low rates; fewer where encoding is slow."""
HEAD = 32
"""Bytes that tell every codec's files."""


@dataclass(frozen=True, eq=False)
class Opened:
    """What a file or sample turned out to be: a picture, or a stream with its decode.

    playlist: what it belongs to. note: what to say of others that could not be read. restored: the session
    that it was read for; then there may be neither picture nor stream.
    """

    picture: Picture | None = None
    stream: Stream | None = None
    coded: Coded | None = None
    sample: str = ""
    file_codec: str = ""
    playlist: tuple[Path, ...] = ()
    note: str = ""
    restored: Reopened | None = None


def load_file(path: Path, received: bool) -> Work:
    """Read a file as a picture to encode, or as a stream that was received. Containers of learned codecs
    are streams in any case."""

    def work(_: Token) -> Iterator[Opened]:
        codec = "" if path.is_dir() else stream_codec(read_bytes(path, HEAD))
        if received or codec_facts(codec).container:
            yield received_stream(read_bytes(path), path.name, path)
            return
        from engine.io.image import load_picture

        yield Opened(load_picture(path), file_codec=codec)

    return work


def stream_codec(head: bytes) -> str:
    """Name of the codec whose streams begin like `head`; "" for none."""
    for name in CODECS:
        codec = CODECS.get(name)
        if head.startswith(codec.magic, codec.magic_at):
            return name
    return ""


def load_sample(name: str) -> Work:
    """Read a bundled picture."""

    def work(_: Token) -> Iterator[Opened]:
        from engine.data.samples import load_sample

        yield Opened(load_sample(name), sample=name)

    return work


def received_stream(payload: bytes, name: str, path: Path | None = None) -> Opened:
    """Decode a stream. Raises UserError."""
    coded = pipeline.decode(payload, name)
    notes = CODECS.get(coded.codec).notes(payload, name)
    stream = Stream(name, payload, coded.height, coded.width, path, notes, coded.codec)
    return Opened(stream=stream, coded=coded, file_codec=coded.codec)


def neighbours(path: Path, streams: bool) -> list[Path]:
    """Pictures in the folder of `path` by name; only codecs' files when these are taken as streams."""
    from engine.io.image import SUFFIXES

    suffixes = stream_suffixes() if streams else SUFFIXES
    try:
        names = [each for each in path.parent.iterdir() if each.suffix.lower() in suffixes]
    except OSError:
        return []
    return sorted(names, key=lambda each: each.name.lower())


def stream_suffixes() -> tuple[str, ...]:
    """File endings of all codecs' streams, each once."""
    return tuple(dict.fromkeys(suffix for facts in CODEC_FACTS.values() for suffix in facts.suffixes))


def read_bytes(path: Path, length: int = -1) -> bytes:
    """A file's bytes, or only the first `length`."""
    if path.is_dir():
        raise UserError(f"{path.name}: is a folder")
    try:
        with path.open("rb") as file:
            return file.read(length)
    except OSError as error:
        raise UserError(f"{path.name}: can't be read ({system_reason(error)})") from None


def refine(
    request: RefineRequest,
    picture: Picture | None,
    coded: Coded | None,
    prepare: Callable[[], None],
    linger: float = 0.0,
    address: str = "",
    known: tuple[Stage, ...] = (),
) -> Work:
    """Encode unless `coded` is given, then refine. After the standard decode the job waits `linger`
    seconds, so that a moving slider shows what it does to the picture before a decoder starts in vain.
    `prepare` runs before any network. address: where the engine finds the decoder (see `address_of`).
    known: stages of `coded`, if it is progressive and they are there already.
    """

    def work(token: Token) -> Iterator[Run]:
        run: Run | None = None
        located = replace(request, decoder=address or request.decoder)
        if codec_facts(request.codec).torch:
            prepare()
        for found in pipeline.refine(
            located, picture, coded, progressive=True, known=known, cancelled=token.cancelled,
            progress=token.progress,
        ):  # fmt: skip
            record = replace(found, request=request)
            first = run is None
            run = measured(record, run)
            yield run
            if first and not record.finished:
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
    """A refinement with its patches' squared errors; those of its steps and stages that `before` has are
    kept."""
    known = before.errors if before is not None else ()
    staged = before.stage_errors if before is not None else ()
    return Run(
        record,
        known + _errors(record, [step.pixels for step in record.steps[len(known) :]]),
        stage_errors=staged + _errors(record, [stage.pixels for stage in record.stages[len(staged) :]]),
    )


def _errors(record: Refinement, pictures: Sequence[Pixels]) -> tuple[NDArray[np.float64], ...]:
    """Squared errors per patch of each picture; none without an original."""
    original = record.original
    if original is None:
        return ()
    from engine.metrics.fidelity import patch_squared_error

    return tuple(patch_squared_error(original.pixels, pixels) for pixels in pictures)


def curve_qualities(codec: str, near: int) -> tuple[int, ...]:
    """Qualities of a codec's rate–distortion curve, first those that lie nearest to the one in use."""
    if codec == "jpeg":
        return CURVE_QUALITIES  # all are there in a second, so the curve's shape may come first
    low, high = codec_facts(codec).qualities
    every = _CURVES.get(codec) or tuple(dict.fromkeys(round(low + (high - low) * k / 11) for k in range(12)))
    return tuple(sorted(every, key=lambda quality: abs(quality - near)))


def rate_curve(codec: str, pixels: Pixels, subsampling: str, near: int = 0) -> Work:
    """Yield the points measured so far, in order of quality, each time one more. near: the quality in use."""

    def work(token: Token) -> Iterator[tuple[RatePoint, ...]]:
        points: list[RatePoint] = []
        order = curve_qualities(codec, near)
        for point in pipeline.rate_curve(codec, pixels, subsampling, order, token.cancelled):
            points.append(point)
            yield tuple(sorted(points, key=lambda each: each.quality))

    return work


def overlay_maps(overlay: Overlay, steps: Sequence[tuple[int, Pixels]]) -> Work:
    """Measure when patches settle over `steps` (index, pixels), all of a run."""

    def work(_: Token) -> Iterator[tuple[MapKey, NDArray[np.float32]]]:
        yield (overlay, steps[-1][0]), settled_map(tuple(pixels for _, pixels in steps))

    return work


def save_picture(path: Path, pixels: Pixels, received: Coded | None = None) -> Work:
    """Write a PNG; yields its path when it is there. Pixels of a `received` stream look as its file does."""

    def work(_: Token) -> Iterator[Path]:
        from engine.io.image import save_png, write_atomically

        if received is None:
            save_png(path, pixels)
        else:
            data = CODECS.get(received.codec).png(pixels, received)
            write_atomically(path, lambda file: file.write(data))
        yield path

    return work


def save_bytes(path: Path, data: bytes) -> Work:
    """Write a file byte for byte; yields its path when it is there."""

    def work(_: Token) -> Iterator[Path]:
        from engine.io.image import write_atomically

        write_atomically(path, lambda file: file.write(data))
        yield path

    return work


def save_stream(path: Path, coded: Coded) -> Work:
    """Write a stream as the file that the name asks for; yields its path when it is there."""

    def work(_: Token) -> Iterator[Path]:
        from engine.codecs.stream_file import stream_file
        from engine.io.image import write_atomically

        data = stream_file(coded, path)
        write_atomically(path, lambda file: file.write(data))
        yield path

    return work


def prepare_torch() -> None:
    """Load PyTorch and keep a core free for the window; called on the thread that will compute."""
    import torch

    from viewer.core.jobs import compute_threads

    torch.set_num_threads(compute_threads())
