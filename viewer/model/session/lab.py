"""The lab's part of the window's state, as frozen records. No Qt."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from functools import cache, lru_cache

from engine.errors import UserError
from engine.lab.settings import LabSettings, as_toml, load_settings, presets, settings_from
from viewer.model.reading import read_by_field
from viewer.model.session.setting import Kept, Undo, setting, within

FIRST_PRESET = "late-answer"
MOST_SMOOTHING = 50


class LabAxis(Enum):
    """What the lab's curves are drawn over."""

    UPDATES = "updates"
    PATCHES = "patches"
    SECONDS = "CPU seconds"
    MEMORY = "memory"


@cache
def preset_names() -> tuple[str, ...]:
    """Presets that come with the program, the usual first one first."""
    every = {name: preset_settings(name) for name in sorted(presets())}
    return tuple(sorted(every, key=lambda name: (name != FIRST_PRESET, every[name].verdict == "bad")))


@cache
def preset_settings(name: str) -> LabSettings:
    """A preset as it comes. Raises UserError for one that isn't there."""
    return load_settings(name)


@lru_cache(maxsize=64)
def _read(text: str) -> LabSettings:
    return settings_from(text, "settings of the lab")


def _known_preset(name: str) -> str | None:
    return name if name in preset_names() else None


def _readable(text: str) -> str | None:
    """Limits: settings that this version reads; "" for the preset's."""
    try:
        return text if not text or _read(text) else None
    except UserError:
        return None


@read_by_field
@dataclass(frozen=True)
class Lab:
    """What a person has chosen in the lab.

    setup: settings of one's own as `lab.toml` holds them, "" for the preset's as they come. paint_open: lanes
    decode the open picture instead of the run's own. learn_open: they learn from it, too. smoothing: points
    on either side over which curves are averaged. area: what stands beside the pictures, a key of
    `viewer.lab.areas`. at: the moment that is shown, in the unit in which lanes are given the same
    (`LabSettings.fair`); None follows the newest. lane: number of the lane that is looked into. sort: column
    of the table of runs, and whether downwards. place: row and column of the patch of the picture whose span
    is looked into, None: a batch of rows is.
    """

    preset: str = setting(FIRST_PRESET, "preset of the lab", Kept.ALWAYS, limits=_known_preset)
    setup: str = setting("", "settings of the lab", Kept.FILES, limits=_readable)
    paint_open: bool = setting(True, "open picture in the lab", Kept.ALWAYS)
    learn_open: bool = setting(False, "learning from the open picture", Kept.FILES)
    axis: LabAxis = setting(LabAxis.SECONDS, "curves of the lab over", Kept.ALWAYS)
    smoothing: int = setting(
        2, "smoothing of the lab's curves", Kept.ALWAYS, limits=within(0, MOST_SMOOTHING)
    )
    area: str = setting("race", "area of the lab", Kept.FILES, undo=Undo.NEVER)
    lane: int = 0
    at: float | None = None
    sort: tuple[str, bool] = ("", False)
    place: tuple[int, int] | None = None

    @property
    def settings(self) -> LabSettings:
        """What a run is to be like."""
        return _read(self.setup) if self.setup else preset_settings(self.preset)

    @property
    def own(self) -> bool:
        """Whether the settings are not the preset's."""
        return bool(self.setup)


def with_settings(lab: Lab, settings: LabSettings) -> Lab:
    """The same with other settings of the run."""
    text = "" if settings == preset_settings(lab.preset) else as_toml(settings)
    return replace(lab, setup=text)


def same_run(one: LabSettings, other: LabSettings) -> bool:
    """Whether a run of one is a run of the other: all but its limits is equal."""
    return _without_limits(one) == _without_limits(other)


def _without_limits(settings: LabSettings) -> LabSettings:
    return replace(
        settings, seconds=1.0, updates=0, target=0.0, title="", see="", commentary="", verdict="good"
    )


def limits_of(settings: LabSettings) -> tuple[float, int, float]:
    """Seconds, updates and target."""
    return settings.seconds, settings.updates, settings.target
