"""A page in a headless browser, without a network: what is installed of Chromium's family, driven over its
debugging pipe (Chrome DevTools Protocol, https://chromedevtools.github.io/devtools-protocol).
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
_PATIENCE_SECONDS = 120.0
_LAUNCH = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.dup2(int(sys.argv[2]), 4)
os.execv(sys.argv[3], sys.argv[3:])
"""
"""The browser reads commands at 3 and writes at 4."""
_HELPERS = """
  const settled = () => new Promise((go) => setTimeout(go, 60)), byId = (id) => document.getElementById(id);
  const loaded = async () => {
    await settled();
    await Promise.all([...document.images].filter((each) => each.src).map((each) => each.decode()));
  };
"""


def browser() -> str:
    """Its path; skips the test where there is none."""
    for name in NAMES:
        path = shutil.which(name)
        if path is not None:
            return path
    pytest.skip(f"no browser is installed (looked for {', '.join(NAMES)})")


class _Pipe:
    """Commands and events as JSON, ended by a byte of 0."""

    def __init__(self, reading: int, writing: int) -> None:
        self._reading, self._writing = reading, writing
        self._rest, self._count = b"", 0
        self.events: list[dict[str, Any]] = []
        self.session = ""

    def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        """What a command returns."""
        self._count += 1
        message: dict[str, Any] = {"id": self._count, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self._writing, json.dumps(message).encode() + b"\0")
        answer = self._until(lambda told: told.get("id") == message["id"])
        assert "error" not in answer, f"{method}: {answer['error']}"
        result: dict[str, Any] = answer["result"]
        return result

    def wait_for(self, event: str) -> None:
        if all(each["method"] != event for each in self.events):
            self._until(lambda told: told.get("method") == event)

    def _until(self, wanted: Any) -> dict[str, Any]:
        end = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < end:
            while b"\0" in self._rest:
                line, self._rest = self._rest.split(b"\0", 1)
                told: dict[str, Any] = json.loads(line)
                if "method" in told:
                    self.events.append(told)
                if wanted(told):
                    return told
            if select.select([self._reading], [], [], 0.5)[0]:
                data = os.read(self._reading, 1 << 16)
                assert data, "the browser has ended"
                self._rest += data
        raise AssertionError("the browser doesn't answer")


@contextlib.contextmanager
def _started(program: str, profile: Path) -> Iterator[_Pipe]:
    inwards, outwards = os.pipe(), os.pipe()
    ends = [fcntl.fcntl(each, fcntl.F_DUPFD, 10) for each in (inwards[0], outwards[1])]
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
               "--host-resolver-rules=MAP * ~NOTFOUND", "--window-size=1280,900",
               f"--user-data-dir={profile}", "--remote-debugging-pipe", "about:blank"]  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-c", _LAUNCH, *map(str, ends), program, *options],
        pass_fds=ends, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    for each in (*ends, inwards[0], outwards[1]):
        os.close(each)
    try:
        yield _Pipe(outwards[0], inwards[1])
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        os.close(outwards[0])
        os.close(inwards[1])


def run_in_page(page: Path, script: str, folder: Path) -> Any:
    """Open a page from disk, run `script` (the body of an async function) in it and return what it returns.

    There `byId` finds an element, and `loaded()` waits until all pictures are decoded, and fails for one that
    can't be. Fails where the page raised an error, violated its own policy or asked for anything elsewhere.
    """
    with _started(browser(), folder / "profile") as pipe:
        target = pipe.ask("Target.createTarget", url="about:blank")["targetId"]
        pipe.session = pipe.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for name in ("Page", "Runtime", "Log", "Network"):
            pipe.ask(f"{name}.enable")
        pipe.events.clear()
        pipe.ask("Page.navigate", url=page.as_uri())
        pipe.wait_for("Page.loadEventFired")
        told = pipe.ask("Runtime.evaluate", expression=f"(async () => {{ {_HELPERS} {script} }})()",
                        awaitPromise=True, returnByValue=True)  # fmt: skip
        assert "exceptionDetails" not in told, told["exceptionDetails"]
        faults = [each for each in pipe.events if _is_fault(each)]
        assert faults == []
        return told["result"]["value"]


def _is_fault(event: dict[str, Any]) -> bool:
    match event["method"]:
        case "Runtime.exceptionThrown":
            return True
        case "Log.entryAdded":
            return bool(event["params"]["entry"]["level"] == "error")
        case "Network.requestWillBeSent":
            address: str = event["params"]["request"]["url"]
            return not address.startswith(("file:", "data:"))
    return False
