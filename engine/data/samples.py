"""Pictures to start with: photographs from scikit-image's wheel and a generated test chart.

Nothing is downloaded and scikit-image itself is not imported, only its files are read. All may be shown
and changed freely:

* chelsea: Chelsea the cat, Stefan van der Walt, CC0
* coffee: Pikolo Espresso Bar, Rachel Michetti, CC0
* astronaut: Eileen Collins, NASA, public domain
* rocket: Falcon 9 launching DSCOVR, SpaceX, public domain (CC0)
* motorcycle_left: Middlebury Stereo Datasets 2014, Nera Nesic, Porter Westling, Xi Wang, York Kitajima,
  Greg Krathwohl and Daniel Scharstein, as distributed with scikit-image
* hubble_deep_field: NASA and ESA, public domain
* retina: Mikael Häggström, WikiJournal of Medicine 1 (2), 2014, CC0
* chart: `engine.data.chart`, part of this program
"""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from engine.errors import UserError
from engine.io.image import load_picture
from engine.types import Picture, frozen


class _Sample(NamedTuple):
    title: str
    file: str


_CHART = "chart"
_SAMPLES = {
    "coffee": _Sample("Cup of coffee", "coffee.png"),
    "astronaut": _Sample("Astronaut Eileen Collins", "astronaut.png"),
    "chelsea": _Sample("Chelsea the cat", "chelsea.png"),
    "rocket": _Sample("Rocket launch", "rocket.jpg"),
    "motorcycle_left": _Sample("Motorcycle", "motorcycle_left.png"),
    "hubble_deep_field": _Sample("Hubble deep field", "hubble_deep_field.jpg"),
    "retina": _Sample("Retina", "retina.jpg"),
    _CHART: _Sample("Test chart", ""),
}


def sample_names() -> tuple[str, ...]:
    """Keys of the samples, in the order to offer them; the first is the one to start with."""
    return tuple(_SAMPLES)


def sample_title(name: str) -> str:
    """What people call it. Raises UserError for an unknown name."""
    return _sample(name).title


def load_sample(name: str) -> Picture:
    """A sample by its key; the picture is named by the key, too.

    Raises UserError for an unknown name, or when scikit-image's files are not where they should be.
    """
    sample = _sample(name)
    if name == _CHART:
        from engine.data.chart import chart

        return Picture(_CHART, frozen(chart()))
    # The notes tell of files that people bring; these are known.
    return replace(load_picture(data_folder() / sample.file), name=name, path=None, notes=())


def _sample(name: str) -> _Sample:
    try:
        return _SAMPLES[name]
    except KeyError:
        raise UserError(f"unknown sample '{name}' (known: {', '.join(_SAMPLES)})") from None


def data_folder() -> Path:
    """Where scikit-image keeps its pictures, found without importing it."""
    found = find_spec("skimage")
    if found is None or not found.submodule_search_locations:
        raise UserError("samples: scikit-image is not installed")
    return Path(found.submodule_search_locations[0]) / "data"
