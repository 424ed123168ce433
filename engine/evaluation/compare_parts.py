"""A comparison in parts: a decode at a time, measured anywhere, kept picture by picture so that it can go on.

Beside the table of means, `nrc compare` keeps each picture's curve (`PictureRow`): means alone would not tell
what is missing, and differences in pairs need them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

from engine.errors import UserError
from engine.evaluation.bench import DecoderRun, PictureError, as_written
from engine.evaluation.compare import Curve, conditions_of, curve_of, load, send, steps_of
from engine.evaluation.conditions import Condition
from engine.records import read_csv

Key = tuple[str, str, str, str]
"""What a curve is of: condition, decoder, context, picture."""
_ALIKE = 0.01


@dataclass(frozen=True)
class PictureRow:
    """RGB PSNR of one picture after one step of one model; step 0 is the standard decode."""

    condition: str
    decoder: str
    context: str
    image: str
    bits_per_pixel: float
    step: int
    psnr_rgb_db: float


COLUMNS = tuple(field.name for field in fields(PictureRow))


@dataclass(frozen=True)
class Known:
    """A curve that was measured, and its stream's rate."""

    curve: Curve
    bits_per_pixel: float

    def rows(self, key: Key) -> list[PictureRow]:
        """As the file of curves has them."""
        condition, decoder, context, image = key
        return [
            PictureRow(condition, decoder, context, image, self.bits_per_pixel, step, score)
            for step, score in enumerate(self.curve)
        ]


@dataclass(frozen=True)
class Setting:
    """What makes a comparison's conditions; see `conditions_of`."""

    of_set: str
    codec: str
    quality: int
    subsampling: str

    def conditions(self) -> tuple[Condition, ...]:
        return conditions_of(self.of_set, self.codec, self.quality, self.subsampling)


@dataclass(frozen=True)
class Trial:
    """One picture under one condition (by its place), to be encoded, and decoded where there is a run. path:
    None for the condition's own picture."""

    setting: Setting
    condition: int
    path: Path | None
    name: str
    run: DecoderRun | None = None


def done(task: Trial) -> Known | str:
    """The curve and the rate; without a run the rate alone, with an empty curve. A text is the reason why the
    picture has none. Raises UserError when the decoder can't run."""
    condition = task.setting.conditions()[task.condition]
    try:
        if condition.picture is not None:
            picture = condition.picture()
        else:
            assert task.path is not None
            picture = load(task.path, task.name)
        sample = send(picture, condition)
    except PictureError as error:
        return str(error)
    curve = () if task.run is None else curve_of(task.run, condition, sample)
    return Known(curve, sample.coded.bits_per_pixel)


def key_of(condition: Condition, run: DecoderRun, image: str) -> Key:
    return condition.name, run.name, run.options.context.value, as_written(image)


def beside(table: Path) -> Path:
    """Where the curves of a table of means are kept."""
    return table.with_name(f"{table.stem}-pictures.csv")


def known_curves(
    path: Path, setting: Setting, runs: Sequence[DecoderRun], files: Mapping[str, Path]
) -> dict[Key, Known]:
    """Curves that a file of them holds whole; none where there is no such file.

    files: the folder's pictures by name. Raises UserError for files that are no such table, and for curves
    that aren't asked for.
    """
    if not path.exists():
        return {}
    text = path.read_bytes()
    if text and not text.endswith(b"\n"):  # a line that a kill cut off
        path.write_bytes(text[: text.rfind(b"\n") + 1])
    found: dict[Key, list[PictureRow]] = {}
    for row in read_csv(path, PictureRow, "a table of pictures of 'nrc compare'"):
        found.setdefault((row.condition, row.decoder, row.context, row.image), []).append(row)
    asked = {
        key_of(condition, run, task.name): steps_of(run, condition)
        for condition, run, task in _all_tasks(setting, runs, files)
    }
    for condition_name, decoder, _, image in (key for key in found if key not in asked):
        what = f"{image}, {condition_name}, {decoder}"
        raise UserError(f"{path}: holds rows of another comparison ({what}), can't go on from it")
    return {
        key: Known(tuple(row.psnr_rgb_db for row in found[key]), found[key][0].bits_per_pixel)
        for key, steps in asked.items()
        if key in found and [row.step for row in found[key]] == list(range(steps + 1))
    }


def check_same(
    path: Path,
    known: Mapping[Key, Known],
    setting: Setting,
    runs: Sequence[DecoderRun],
    files: Mapping[str, Path],
) -> None:
    """Measure one curve of each model again; see `engine.evaluation.resume.check_same`. Raises UserError."""
    checked: set[tuple[str, str]] = set()
    for condition, run, task in _all_tasks(setting, runs, files):
        key = key_of(condition, run, task.name)
        if key not in known or key[1:3] in checked:
            continue
        checked.add(key[1:3])
        again, before = done(task), known[key]
        same = (
            isinstance(again, Known)
            and again.bits_per_pixel == before.bits_per_pixel
            and len(again.curve) == len(before.curve)
            and all(map(_alike, again.curve, before.curve))
        )
        if not same:
            what = f"{task.name}, {condition.name}, {run.name}"
            raise UserError(
                f"{path}: was measured with other options, pictures or models ({what}), can't go on from it"
            )


def _all_tasks(
    setting: Setting, runs: Sequence[DecoderRun], files: Mapping[str, Path]
) -> Iterator[tuple[Condition, DecoderRun, Trial]]:
    for index, condition in enumerate(setting.conditions()):
        for run in runs:
            for task in tasks_of(setting, condition, index, run, files):
                yield condition, run, task


def tasks_of(
    setting: Setting, condition: Condition, index: int, run: DecoderRun | None, files: Mapping[str, Path]
) -> Iterator[Trial]:
    """What is to be done under condition number `index`, with whole paths: workers run elsewhere."""
    if run is not None and run.name.endswith(".json"):
        run = replace(run, name=str(Path(run.name).absolute()))
    if condition.picture is not None:
        yield Trial(setting, index, None, condition.picture().name, run)
        return
    for name, path in files.items():
        yield Trial(setting, index, path.absolute(), name, run)


def _alike(a: float, b: float) -> bool:
    return a == b or math.isclose(a, b, rel_tol=0, abs_tol=_ALIKE)
