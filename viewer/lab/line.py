"""The line to the lab's process: it is started when there is need of it, spoken to, and listened to."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from viewer.core.jobs import Lane
from viewer.lab.jobs import Gone, Heard, heard
from viewer.lab.process import LabProcess


class LabLine(QObject):
    """Owns the process. heard: events that came together, in order; gone: it has ended by itself, and how."""

    heard = Signal(object)
    gone = Signal(str)

    def __init__(self, process: Callable[[], LabProcess], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._make = process
        self._process: LabProcess | None = None
        self._reading = Lane("lab", self)
        self._reading.yielded.connect(self._yielded)
        self._reading.failed.connect(lambda _, text: self._ended(text))

    def alive(self) -> bool:
        """Whether there is a process that hears what is said."""
        return self._process is not None and self._process.wanted and self._process.alive()

    def have(self) -> bool:
        """See that there is a process; says whether it is a new one. Raises OSError where none can be
        started."""
        if self.alive():
            return False
        self.end()
        self._process = self._make()
        self._reading.start(heard(self._process))
        return True

    def say(self, name: str, **arguments: object) -> None:
        """Ask the process for something, if there is one."""
        if self._process is not None:
            self._process.say(name, **arguments)

    def pid(self) -> int | None:
        """The process's number, None while there is none."""
        return self._process.pid if self._process is not None else None

    def _yielded(self, _: int, news: Heard | Gone) -> None:
        if isinstance(news, Gone):
            self._ended(news.how)
        else:
            self.heard.emit(news.events)

    def _ended(self, how: str) -> None:
        """It may be told of one that was ended on purpose, or that another one has replaced."""
        if self._process is not None and self._process.wanted and not self._process.alive():
            self.end()
            self.gone.emit(how)

    def end(self) -> None:
        """End the process, if there is one."""
        process, self._process = self._process, None
        if process is not None:
            process.end()

    def shutdown(self) -> None:
        """End the process and wait for whoever reads it."""
        self.end()
        self._reading.shutdown()
