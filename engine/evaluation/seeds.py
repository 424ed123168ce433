"""Models that differ by nothing but the seed of their training, taken together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from statistics import fmean
from typing import Any

from engine.evaluation.bench import as_written
from engine.evaluation.rows import Row, operating_point
from engine.models.card import ModelCard


@dataclass(frozen=True)
class Member:
    """One model of a group. title: of the group; seed: None for a model that stands alone."""

    title: str
    seed: int | None = None


Groups = Mapping[str, Member]
"""By the decoder's name in rows."""
_AVERAGED = ("psnr_rgb_db", "psnr_y_db", "ssim", "ms_ssim", "seconds", "psnr_b_db", "ssimulacra2", "flip")


def groups_of(names: Iterable[str], cards: Iterable[ModelCard]) -> dict[str, Member]:
    """Which models belong together: those called STEM-SEED by their cards' seeds, two or more of a stem.

    names: of decoders in rows, cards' names or addresses; one that no card is known of stands alone.
    """
    names = list(dict.fromkeys(names))
    known = {as_written(name): card for card in cards for name in (card.name, card.address)}
    found = {name: _member(name, known.get(name)) for name in names}
    many = Counter(member.title for member in found.values() if member.seed is not None)
    return {
        name: member if many[member.title] > 1 else Member(_short(name)) for name, member in found.items()
    }


def _member(name: str, card: ModelCard | None) -> Member:
    if card is None or card.seed is None:
        return Member(_short(name))
    stem = card.name.removesuffix(f"-{card.seed}")
    return Member(stem, card.seed) if stem != card.name else Member(_short(name))


def _short(name: str) -> str:
    """A path without its folders: what people call a model of their own."""
    return name.replace("\\", "/").rpartition("/")[2] or name


def averaged(rows: Sequence[Row], groups: Groups) -> list[Row]:
    """Rows with the seeds of each group averaged, picture by picture and step by step, under the group's
    title, in order of first appearance. A picture that a seed has not been measured on counts with the
    others."""
    held: dict[tuple[object, ...], list[Row]] = {}
    for row in rows:
        title = groups[row.decoder].title if row.decoder in groups else row.decoder
        key = (row.image, row.codec, operating_point(row), title, row.context, row.step)
        held.setdefault(key, []).append(row)
    return [_mean(members, str(key[3])) for key, members in held.items()]


def _mean(rows: Sequence[Row], title: str) -> Row:
    first = rows[0]
    if len(rows) == 1:
        return replace(first, decoder=title)
    values: dict[str, Any] = {}
    for name in (each.name for each in fields(Row) if each.name in _AVERAGED):
        of_seeds = [getattr(row, name) for row in rows]
        values[name] = None if None in of_seeds else fmean(of_seeds)
    return replace(first, decoder=title, **values)
