"""Preloaded by a Dask worker: it kills itself when it begins its second picture."""

from __future__ import annotations

import os
import signal
from typing import Any

from engine.evaluation import bench

_measure = bench.measure
_begun: list[str] = []


def _dies(*arguments: Any) -> Any:
    _begun.append(arguments[1])
    if len(_begun) == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return _measure(*arguments)


bench.measure = _dies
