"""What the blind test's jobs do: make the two pictures of each trial, and weigh the answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from engine import pipeline
from engine.errors import UserError
from engine.evaluation.blind import Answer, Trial, Verdict, planned, verdict
from engine.types import Pixels, RefineRequest, frozen
from viewer.core.job import Token, Work
from viewer.decode import jobs as decode_jobs

SIDE = 640
"""Most pixels of a picture's middle that are shown: both fit beside each other, pixel by pixel."""


@dataclass(frozen=True, eq=False)
class Pair:
    """The pictures of a trial, A and B; or why there are none."""

    number: int
    trial: Trial
    a: Pixels | None = None
    b: Pixels | None = None
    failure: str = ""


@dataclass(frozen=True)
class Plan:
    """The trials of a test."""

    trials: tuple[Trial, ...]


def plan(folder: Path, seed: int) -> Work:
    """Find the pictures of a folder and draw the order; yields one `Plan`."""

    def work(_: Token) -> Iterator[Plan]:
        from engine.io.image import find_pictures

        files = [str(path.relative_to(folder)) for path in find_pictures(folder)]
        yield Plan(planned(files, seed))

    return work


def pair(folder: Path, number: int, trial: Trial, request: RefineRequest, address: str) -> Work:
    """Yield the `Pair` of a trial. request: how pictures are sent and decoded; a JPEG file is taken as
    received. address: where the engine finds the decoder."""

    def work(token: Token) -> Iterator[Pair]:
        decode_jobs.prepare_torch()
        try:
            yield _pair(number, trial, folder / trial.file, replace(request, decoder=address), token)
        except UserError as error:
            yield Pair(number, trial, failure=str(error))

    return work


def _pair(number: int, trial: Trial, path: Path, request: RefineRequest, token: Token) -> Pair:
    from engine.io.image import load_picture
    from engine.io.opening import read_regular
    from engine.io.orientation import upright

    original, coded, orientation = None, None, 1
    if path.suffix.lower() in (".jpg", ".jpeg"):
        coded = pipeline.decode(read_regular(path, path.name), path.name)
        orientation = coded.orientation
        request = replace(request, image=path.name, codec=coded.codec, encode=None)
    else:
        original = load_picture(path)
        original = replace(original, pixels=_middle(original.pixels))
        request = replace(request, image=path.name)
    records = list(pipeline.refine(request, original, coded, cancelled=token.cancelled))
    if not records or not records[-1].finished:
        return Pair(number, trial, failure="stopped")
    found = records[-1]
    standard, refined = (_middle(upright(found.steps[at].pixels, orientation)) for at in (0, -1))
    a, b = (refined, standard) if trial.refined_first else (standard, refined)
    return Pair(number, trial, a, b)


def _middle(pixels: Pixels) -> Pixels:
    """At most `SIDE` pixels each way, from a multiple of 16 on, so that blocks stay whole."""
    height, width = pixels.shape[:2]
    top, left = (max(0, (length - SIDE) // 2) // 16 * 16 for length in (height, width))
    return frozen(pixels[top : top + SIDE, left : left + SIDE])


def weighed(answers: Sequence[Answer]) -> Work:
    """The result; yields one `Verdict`."""

    def work(_: Token) -> Iterator[Verdict]:
        yield verdict(answers)

    return work
