"""The measuring of `nrc compare`: model after model, here, on several processes or on a cluster."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean

from engine.cli import arguments as shared
from engine.evaluation import compare
from engine.evaluation.bench import DecoderRun, PictureError
from engine.evaluation.compare import Result, Sample
from engine.evaluation.compare_parts import (
    Key,
    Known,
    PictureRow,
    Setting,
    Trial,
    done,
    key_of,
    tasks_of,
)
from engine.evaluation.conditions import Condition
from engine.evaluation.csv_file import Table
from engine.evaluation.spread import Spread
from engine.types import Picture


@dataclass
class Comparison:
    """What is measured, and what of it there is. files: the folder's pictures by name. known: curves that
    need not be measured. left_out: how many pictures could not be measured."""

    setting: Setting
    conditions: Sequence[Condition]
    runs: Sequence[DecoderRun]
    files: Mapping[str, Path]
    known: Mapping[Key, Known]
    table: Table
    pictures: Table
    results: list[Result] = field(default_factory=list)
    left_out: int = 0
    _open: tuple[Condition, DecoderRun, dict[str, Known]] | None = None
    _rates: dict[tuple[str, str], float] = field(default_factory=dict)

    def measure(self, spread: Spread) -> None:
        """Fill the tables and `results`."""
        from tqdm import tqdm

        decodes = sum(
            (1 if each.picture else len(self.files)) * len(self._suited(each)) for each in self.conditions
        )
        with tqdm(total=decodes, unit="decode", disable=None, leave=False) as bar:
            curves = self._here() if spread.alone else self._spread(spread)
            for condition, run, image, known in curves:
                bar.set_description(f"{condition.name}: {run.card.name}")
                bar.update()
                key = key_of(condition, run, image)
                if key not in self.known:
                    self.pictures.add(known.rows(key))
                self._add(condition, run, image, known)
            self._finish()

    def _suited(self, condition: Condition) -> list[DecoderRun]:
        """Models that are measured under a condition."""
        return [run for run in self.runs if condition.suits(run.card)]

    def _add(self, condition: Condition, run: DecoderRun, image: str, known: Known) -> None:
        """Keep a curve; a model is done when another one's begin."""
        if self._open is not None and self._open[:2] != (condition, run):
            self._finish()
        if self._open is None:
            self._open = (condition, run, {})
        self._open[2][image] = known
        self._rates[condition.name, image] = known.bits_per_pixel

    def _finish(self) -> None:
        """Rows of the model whose curves came last."""
        if self._open is None:
            return
        condition, run, found = self._open
        self._open = None
        curves = {image: known.curve for image, known in found.items()}
        rate = fmean(known.bits_per_pixel for known in found.values())
        result = Result(run, condition, curves, rate)
        self.table.add(compare.rows_of(result, self.setting.of_set))
        self.results.append(result)

    def _lost(self, reason: str) -> None:
        from tqdm import tqdm

        self.left_out += 1
        tqdm.write(f"nrc: left out: {shared.one_line(reason)}", file=sys.stderr)

    def _here(self) -> Iterator[tuple[Condition, DecoderRun, str, Known]]:
        """Every curve, from pictures and streams that are read and made once."""
        pictures: dict[str, Picture] = {}
        for name, path in self.files.items():
            try:
                pictures[name] = compare.load(path, name)
            except PictureError as error:
                self._lost(str(error))
        for condition in self.conditions:
            samples: list[Sample] = []
            for picture in [condition.picture()] if condition.picture else list(pictures.values()):
                try:
                    samples.append(compare.send(picture, condition))
                except PictureError as error:
                    self._lost(str(error))
                    pictures.pop(picture.name, None)
            for run in self._suited(condition):
                for sample in samples:
                    yield condition, run, sample.original.name, self._curve(condition, run, sample)
                self._finish()

    def _curve(self, condition: Condition, run: DecoderRun, sample: Sample) -> Known:
        image = sample.original.name
        known = self.known.get(key_of(condition, run, image))
        if known is not None:
            return known
        result = compare.measure(run, condition, [sample], lambda: None)
        return Known(result.curves[image], result.bits_per_pixel)

    def _spread(self, spread: Spread) -> Iterator[tuple[Condition, DecoderRun, str, Known]]:
        """The same curves in the same order. First every picture is tried, for what can't be read or sent is
        left out of all that comes after."""
        tries = [
            task
            for index, condition in enumerate(self.conditions)
            for task in tasks_of(self.setting, condition, index, None, self.files)
        ]
        lost: set[str] = set()
        usable: dict[int, list[str]] = {index: [] for index in range(len(self.conditions))}
        for task, found in zip(tries, spread.map(done, tries, _name), strict=True):
            if task.name in lost and task.path is not None:
                continue
            if isinstance(found, str):
                path = self.files.get(task.name)
                self._lost(found if path is None else found.replace(str(path.absolute()), str(path)))
                lost.add(task.name)
            else:
                usable[task.condition].append(task.name)
        places = [
            (condition, run, task)
            for index, condition in enumerate(self.conditions)
            for run in self._suited(condition)
            for task in tasks_of(self.setting, condition, index, run, self.files)
            if task.name in usable[index]
        ]
        missing = [
            task for condition, run, task in places if key_of(condition, run, task.name) not in self.known
        ]
        results = spread.map(done, missing, _name)
        for condition, run, task in places:
            known = self.known.get(key_of(condition, run, task.name)) or next(results)
            if isinstance(known, str):
                raise PictureError(known)  # it was sound a moment ago
            yield condition, run, task.name, known

    def rows(self) -> Iterator[PictureRow]:
        """All curves in order."""
        for result in self.results:
            for image, curve in result.curves.items():
                rate = self._rates[result.condition.name, image]
                yield from Known(curve, rate).rows(key_of(result.condition, result.run, image))


def _name(task: Trial) -> str:
    return task.name
