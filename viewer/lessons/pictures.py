"""Pictures that lessons bring along, and the user's own, which comes back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from engine.types import Picture
from viewer.core.control import Control
from viewer.documents.controller import Documents
from viewer.documents.jobs import Opened
from viewer.documents.session_file import find_image
from viewer.model.facts.facts import sent_run
from viewer.model.session.lessons import Lesson
from viewer.model.session.lessons_changes import lesson_image
from viewer.model.session.saved import ImageReference
from viewer.model.session.state import Stream


class LessonPictures:
    """Opens the picture of a lesson that has one. A picture that the user opens meanwhile is kept."""

    def __init__(self, control: Control, documents: Documents) -> None:
        self._control, self._documents = control, documents
        self._own: Opened | None = None
        self._brought: tuple[str, Path | None] | None = None

    def bring(self, lesson: Lesson, folder: Path) -> None:
        """Open what a lesson is about. folder: of its file. One without a picture gets the user's own."""
        image = lesson_image(lesson)
        if image is None:
            self.give_back()
            return
        path = None if image.sample else find_image(replace(image, sha256=""), folder)
        if path is None and not image.sample:
            name = image.name or image.relative or image.path
            self._control.complain(f"{name}: the picture of this lesson is not there")
            return
        wanted = (image.sample, path)
        if self._shown() == wanted:
            return
        if self._own is None:
            self._own = self._opened()
        self._brought = wanted
        self._open(image, path)

    def give_back(self) -> None:
        """Show the user's own picture again, unless another one was opened meanwhile."""
        own, brought = self._own, self._brought
        self._own = self._brought = None
        if own is not None and brought is not None and self._shown() == brought:
            self._documents.take(own)

    def _open(self, image: ImageReference, path: Path | None) -> None:
        if path is None:
            self._documents.open_sample(image.sample)
        else:
            self._documents.open_path(path, image.received)

    def _shown(self) -> tuple[str, Path | None]:
        """The sample and the file that are open."""
        session = self._control.session
        shown: Picture | Stream | None = session.picture or session.stream
        if shown is None or session.sample:
            return session.sample, None
        return "", shown.path

    def _opened(self) -> Opened | None:
        """What is open, as if it had just been read."""
        session = self._control.session
        run = sent_run(session, self._control.facts)
        if session.picture is not None:
            return Opened(session.picture, sample=session.sample, file_codec=session.file_codec)
        if session.stream is not None and run is not None:
            return Opened(
                stream=session.stream, coded=run.refinement.coded, file_codec=session.file_codec
            )  # fmt: skip
        return None
