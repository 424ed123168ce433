"""The process that learns: started, spoken to, ended. What it says is read by a job (`jobs.heard`)."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, ClassVar

import engine
from engine.lab.wire import pack_command

MODULE = "engine.lab.serve"
PATIENCE_SECONDS = 0.2
"""Before a process that was told to end is killed."""
_NICE = 1
"""How far it gives way to the window, where the system has priorities."""


class LabProcess:
    """One process. It ends with `end`, and by itself when the window's process is gone: its input is closed
    then. COMMAND: what Python is told to run."""

    COMMAND: ClassVar[tuple[str, ...]] = ("-m", MODULE)

    def __init__(self) -> None:
        """Raises OSError where none can be started."""
        root = str(Path(engine.__file__).resolve().parents[1])
        path = os.pathsep.join(part for part in (root, os.environ.get("PYTHONPATH", "")) if part)
        self._process = subprocess.Popen(
            [sys.executable, *self.COMMAND],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1"},
        )
        if sys.platform == "linux":
            with contextlib.suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, self._process.pid, _NICE)
        self._ending = False

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def wanted(self) -> bool:
        """Whether nobody has asked it to end."""
        return not self._ending

    def alive(self) -> bool:
        return self._process.poll() is None

    def say(self, name: str, **arguments: Any) -> None:
        """Send a command; one that has ended hears nothing, which its reader tells."""
        assert self._process.stdin is not None
        with contextlib.suppress(OSError, ValueError):
            self._process.stdin.write(pack_command(name, **arguments))
            self._process.stdin.flush()

    def read(self) -> bytes:
        """What it has said since, waited for; b"" once it has ended. Called by the reading job alone."""
        assert self._process.stdout is not None
        return self._process.stdout.read1(1 << 20)  # type: ignore[attr-defined, no-any-return]

    def how_it_ended(self) -> str:
        """In words, once it has."""
        code = self._process.wait()
        return f"stopped by signal {-code}" if code < 0 else f"exit status {code}"

    def end(self, patience: float = PATIENCE_SECONDS) -> None:
        """Let it end, else kill it; it is gone then."""
        self._ending = True
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(patience)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def close(self) -> None:
        """Let go of its output; called once the reading job has ended."""
        assert self._process.stdout is not None
        self._process.stdout.close()
