"""A run in a process of its own: `python -m engine.lab.serve` reads commands and writes events.

Commands come as lines on standard input and events go out on standard output (`engine.lab.wire`). Between
two updates the run looks whether a command has come, so pausing takes as long as an update. It ends with
"quit", with the end of its input, which comes too when whoever started it is gone, and when nobody reads.

    start(toml, run=0)                    a new run, paused, by settings as in `lab.toml`; its lanes and the
                                          pictures that they are to decode are told
    play(updates=0, rows=0)               learn, with `updates` so many in each lane, with `rows` so many rows
    pause()                               what comes while it learns pauses it; `_ASIDE` and it goes on
    rewind(update)                        every lane back to its last moment kept
    back(lane, update)                    one lane back
    limit(seconds, updates, target)       other ends of the run
    paint(picture="")                     another picture to decode, a file, "" for the first that is
                                          measured on; it is told
    weigh(lane)                           memory over the length of rows
    fork(lane, update, text)              a new lane from there
    look(lane, update, picture=0)         a picture as it was then
    keep(lane, update, file, title="")    write the lane as it was then as a decoder; update -1: as it is
    credit(lane, update, picture=0, row=-1, column=-1)    where its credit went then: `engine.lab.credit`
    angles(lane, update, learner="", draws=32)    draws of a stochastic learner against the exact gradient
    along(lane, most=10)                  cosine and variance of its gradient over its training so far
    quit()
"""

from __future__ import annotations

import os
import select
import sys
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, BinaryIO

from engine.errors import UserError
from engine.lab.events import Ended, Event, Failed, Original
from engine.lab.wire import Command, pack_event, read_command

if TYPE_CHECKING:
    from engine.lab.run import Race
    from engine.types import Pixels

MODULE = "engine.lab.serve"
"""To be started with `python -m`."""


_ASIDE = ("look", "limit", "paint", "keep", "credit", "angles", "along")
"""Commands that are carried out between two updates of a run that goes on."""


class _GoneError(Exception):
    """Nobody is at the other end, or "quit" was said."""


class Commands:
    """Lines from a pipe, looked for without waiting or waited for."""

    def __init__(self, file: int) -> None:
        self._file, self._rest = file, b""
        self._lines: deque[bytes] = deque()

    def waiting(self) -> bool:
        """Whether a command has come."""
        if not self._lines and _readable(self._file):
            self._read()
        return bool(self._lines)

    def aside_comes(self) -> bool:
        """Whether the next command that has come lets a run go on."""
        return bool(self._lines) and read_command(self._lines[0]).name in _ASIDE

    def next(self) -> Command:
        """The next command, waited for. Raises `_GoneError` at the end of the input."""
        while not self._lines:
            self._read()
        return read_command(self._lines.popleft())

    def _read(self) -> None:
        data = os.read(self._file, 65536)
        if not data:
            raise _GoneError
        *lines, self._rest = (self._rest + data).split(b"\n")
        self._lines.extend(line for line in lines if line)


def _readable(file: int) -> bool:
    if sys.platform == "win32":  # select() knows sockets only there
        import _winapi
        import msvcrt

        try:
            return bool(_winapi.PeekNamedPipe(msvcrt.get_osfhandle(file), 0)[0])
        except OSError:
            raise _GoneError from None
    return bool(select.select([file], [], [], 0)[0])


class Server:
    """Carries out commands; what a run says goes to `say`."""

    def __init__(self, commands: Commands, say: Callable[[Event], None]) -> None:
        self.commands, self.say = commands, say
        self.race: Race | None = None

    def serve(self) -> None:
        """Until "quit" or the end of the input. A mistake ends a command, not the process."""
        while True:
            try:
                self._do(self.commands.next())
            except _GoneError:
                return
            except BrokenPipeError:
                raise
            except UserError as error:
                self.say(Failed(str(error)))
            except MemoryError:
                self.say(Failed("not enough memory"))
            except Exception as error:  # the window tells it and stays usable
                self.say(Failed(f"{type(error).__name__}: {' '.join(str(error).split())}"))

    def _do(self, command: Command) -> None:
        match command.name:
            case "quit":
                raise _GoneError
            case "start":
                self._start(**command.arguments)
            case "pause":
                pass  # what comes while a run learns ends it, and this one does nothing else
            case "play":
                self._play(**command.arguments)
            case "limit":
                self._running.limit(**command.arguments)
            case "paint":
                self._paint(**command.arguments)
            case "rewind" | "back" | "fork" | "look" | "weigh" | "keep" | "credit" | "angles" | "along":
                self._tell(getattr(self, "_" + command.name)(**command.arguments))
            case _:
                raise UserError(f"unknown command '{command.name}'")

    def _start(self, toml: str, run: int = 0) -> None:
        from engine.lab.run import Race, make_task, pictures_of
        from engine.lab.settings import settings_from

        self.race = None  # lets go of the last run first
        settings = settings_from(toml, "settings")
        task = make_task(settings)
        pictures = pictures_of(settings, task)
        self.race = Race(settings, task, pictures, run)
        self.say(self.race.started())
        self._say_originals(pictures)

    def _say_originals(self, pictures: list[Pixels]) -> None:
        for number, pixels in enumerate(pictures):
            self.say(Original(number, pixels))

    def _paint(self, picture: str = "") -> None:
        from engine.lab.run import pictures_of

        race = self._running
        pictures = pictures_of(replace(race.settings, picture=picture), race.task)
        race.show(pictures)
        self._say_originals(pictures)

    @property
    def _running(self) -> Race:
        if self.race is None:
            raise UserError("no run was started")
        return self.race

    def _play(self, updates: int = 0, rows: int = 0) -> None:
        """Learn; what `_ASIDE` names doesn't end it, unless updates or rows are counted."""
        looked = True
        while looked:
            looked = False
            for event in self._running.play(self.commands.waiting, updates, rows):
                looked = isinstance(event, Ended) and not (updates or rows) and self.commands.aside_comes()
                if not looked:
                    self.say(event)
            if looked:
                self._do(self.commands.next())

    def _rewind(self, update: int) -> Iterator[Event]:
        return self._running.rewind(update)

    def _back(self, lane: int, update: int) -> Iterator[Event]:
        return self._running.back(lane, update)

    def _weigh(self, lane: int) -> Iterator[Event]:
        return self._running.weigh(lane)

    def _fork(self, lane: int, update: int, text: str) -> Iterator[Event]:
        from engine.lab.settings import lane as read_lane

        return self._running.fork(lane, update, read_lane(text))

    def _look(self, lane: int, update: int, picture: int = 0) -> Iterator[Event]:
        return self._running.look(lane, update, picture)

    def _keep(self, lane: int, update: int, file: str, title: str = "") -> Iterator[Event]:
        from pathlib import Path

        from engine.lab.keep import keep

        yield keep(self._running, lane, update, Path(file), title=title)

    def _credit(
        self, lane: int, update: int, picture: int = 0, row: int = -1, column: int = -1
    ) -> Iterator[Event]:
        from engine.lab.credit import Place, credit

        yield credit(self._running, lane, update, Place(picture, row, column))

    def _angles(self, lane: int, update: int, learner: str = "", draws: int = 32) -> Iterator[Event]:
        from engine.lab.credit import angles

        yield angles(self._running, lane, update, learner, draws)

    def _along(self, lane: int, most: int = 10) -> Iterator[Event]:
        from engine.lab.credit import along_training

        yield along_training(self._running, lane, most)

    def _tell(self, events: Iterator[Event]) -> None:
        for event in events:
            self.say(event)


def main() -> int:
    """Serve standard input and output; nothing else may write there."""
    out: BinaryIO = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # a library's print must not break the stream

    def say(event: Event) -> None:
        out.write(pack_event(event))
        out.flush()

    try:
        Server(Commands(sys.stdin.fileno()), say).serve()
        out.close()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), out.fileno())
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
