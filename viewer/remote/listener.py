"""Takes pictures that scripts send (`engine.remote`) through a local socket, which is this user's alone."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Protocol

import numpy as np
from PySide6.QtCore import QObject, QTimer
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from engine.errors import UserError
from engine.remote import MOST_BYTES, VARIABLE, Message, answer, unpack
from engine.types import Picture
from viewer.core.control import Control
from viewer.remote.jobs import other_size
from viewer.remote.worker import Guests

MOST_SCRIPTS = 16
_LOOK_MS, _PATIENCE = 50, 200
"""How often is looked whether a picture is open by now, and how many times."""


class Opening(Protocol):
    """What opens pictures."""

    def open_picture(self, picture: Picture) -> None:
        """Show pixels that are there already."""
        ...

    def busy(self) -> bool: ...


class Listener(QObject):
    """Listens from `listen` to `close`. Messages that come while a picture is being opened wait for it."""

    def __init__(self, control: Control, documents: Opening, guests: Guests, parent: QObject) -> None:
        super().__init__(parent)
        self._control, self._documents, self._guests = control, documents, guests
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._connected)
        self._coming: dict[QLocalSocket, bytearray] = {}
        self._waiting: deque[tuple[Message, Callable[[str], None]]] = deque()
        self._looked = 0
        self._clock = QTimer(self)
        self._clock.setInterval(_LOOK_MS)
        self._clock.timeout.connect(self._look)

    def listen(self, where: str) -> None:
        """Begin. Raises UserError where another window listens already, or nobody can."""
        path = Path(where)
        probe = QLocalSocket()
        probe.connectToServer(where)
        if probe.waitForConnected(500):
            probe.disconnectFromServer()
            raise UserError(f"another window listens at {where} already ({VARIABLE} names another place)")
        if not where.startswith("\\\\"):
            try:
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                owner = path.parent.stat().st_uid
            except OSError as error:
                raise UserError(f"{path.parent}: can't be made ({error.strerror})") from None
            if owner not in (0, os.getuid()):
                raise UserError(f"{path.parent}: is another user's folder, can't listen there")
            QLocalServer.removeServer(where)  # left behind by a window that crashed
        if not self._server.listen(where):
            raise UserError(f"can't listen at {where} ({self._server.errorString()})")

    def close(self) -> None:
        """Listen no more."""
        self._clock.stop()
        self._server.close()
        for line in tuple(self._coming):
            line.abort()
        self._coming.clear()
        self._waiting.clear()

    # ---- messages ---------------------------------------------------------------------------------

    def _connected(self) -> None:
        while (line := self._server.nextPendingConnection()) is not None:
            if len(self._coming) >= MOST_SCRIPTS:
                line.abort()
                line.deleteLater()
                continue
            self._coming[line] = bytearray()
            line.readyRead.connect(partial(self._read, line))
            line.disconnected.connect(partial(self._gone, line))
            self._read(line)

    def _read(self, line: QLocalSocket) -> None:
        data = self._coming.get(line)
        if data is None:
            return
        data += line.readAll().data()
        try:
            message = unpack(data)
            if message is None and len(data) > MOST_BYTES + (1 << 17):
                raise UserError("the message is too long")
        except UserError as error:
            self._answer(line, str(error))
            return
        if message is not None:
            self._coming[line] = bytearray()
            self._waiting.append((message, partial(self._answer, line)))
            self._look()

    def _answer(self, line: QLocalSocket, error: str) -> None:
        if line in self._coming:
            line.write(answer(error))
            line.flush()
            line.disconnectFromServer()

    def _gone(self, line: QLocalSocket) -> None:
        self._coming.pop(line, None)
        line.deleteLater()

    # ---- showing ----------------------------------------------------------------------------------

    def _look(self) -> None:
        """Show what has come, unless a picture is being opened."""
        while self._waiting:
            opening = self._documents.busy() or self._control.session.size is None
            if opening and self._looked < _PATIENCE:
                self._looked += 1
                self._clock.start()
                return
            message, tell = self._waiting.popleft()
            tell(self._shown(message))
        self._looked = 0
        self._clock.stop()

    def _shown(self, message: Message) -> str:
        """Show a message's picture; why not, or ""."""
        if message.original is not None:
            picture = self._control.session.picture
            if picture is None or not np.array_equal(picture.pixels, message.original):
                self._documents.open_picture(Picture("original of a script", message.original))
        size = self._control.session.size
        if size is None:
            return "no picture is open in the window; send the original, too"
        if message.pixels.shape[:2] != size:
            return f"'{message.name}' {other_size(message.pixels, size)}"
        self._guests.take(message.name, message.pixels)
        return ""
