"""Which run is wanted: the settings of the session, and the open picture where it takes part. Pure, no Qt."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from engine.lab.settings import LabSettings
from engine.types import Picture
from viewer.lab.picture import LEAST, LEAST_TO_LEARN, PictureFolder
from viewer.model.session.lab import same_run
from viewer.model.session.state import Session

ON_PICTURES = ("late-answer", "differences", "lost-packets", "asked-again", "refine")
"""Tasks that decode pictures, which the engine says only once PyTorch is loaded; a test holds them equal."""


@dataclass(frozen=True, eq=False)
class Wanted:
    """settings: as chosen. paint: the picture that lanes decode, None for the settings' own; learn: the one
    they learn from."""

    settings: LabSettings
    paint: Picture | None = None
    learn: Picture | None = None

    def same(self, other: Wanted) -> bool:
        """Whether a run of one is a run of the other: limits aside, and what lanes decode, which may change
        while they learn."""
        return self.learn is other.learn and same_run(self.settings, other.settings)

    @property
    def picture_name(self) -> str:
        """Of what lanes decode, "" where nobody has named it."""
        if self.paint is not None:
            return self.paint.name
        return Path(self.settings.picture).name


def on_pictures(settings: LabSettings) -> bool:
    """Whether lanes decode pictures."""
    return settings.task in ON_PICTURES


def wanted_of(session: Session) -> Wanted:
    """The run that a session asks for."""
    settings, picture = session.lab.settings, session.picture
    if not on_pictures(settings) or picture is None or min(picture.height, picture.width) < LEAST:
        return Wanted(settings)
    paint = picture if session.lab.paint_open else None
    fits = min(picture.height, picture.width) >= LEAST_TO_LEARN
    return Wanted(settings, paint, picture if session.lab.learn_open and fits else None)


def filed(wanted: Wanted, files: PictureFolder) -> LabSettings:
    """Settings that a process can read: the open picture as a file."""
    settings = wanted.settings
    if wanted.paint is not None:
        settings = replace(settings, picture=str(files.painted(wanted.paint)))
    if wanted.learn is not None:
        folder = str(files.learnt(wanted.learn))
        settings = replace(settings, data=(folder,), validation=(folder,))
    return settings
