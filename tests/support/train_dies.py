"""`nrc train` whose second process is killed in the twelfth update, before torchrun restarts it."""

from __future__ import annotations

import os
import signal
import sys

from engine.cli import main as cli
from engine.training.sweep_task import SweepTask

_loss = SweepTask.loss


def _dies(task: SweepTask, update: int) -> object:
    if (os.environ["RANK"], os.environ["TORCHELASTIC_RESTART_COUNT"], update) == ("1", "0", 11):
        os.kill(os.getpid(), signal.SIGKILL)
    return _loss(task, update)


if __name__ == "__main__":
    SweepTask.loss = _dies  # type: ignore[assignment,method-assign]
    sys.exit(cli.main())
