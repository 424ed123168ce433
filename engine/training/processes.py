"""A run shared out to several processes, one a card or a few cores: torchrun starts them and tells each its
place by environment variables (https://docs.pytorch.org/docs/stable/elastic/run.html).

Every process has the whole network and takes its share of each batch; gradients are averaged, so that all
make the same update as one process with the whole batch would. The first one, rank 0, validates, reports and
writes; the others wait for it at the next update.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from types import FrameType
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from engine.errors import UserError
from engine.training.config import TrainConfig
from engine.training.share import WHOLE, Share

PATIENCE = timedelta(hours=2)
"""How long processes wait for one another: rank 0 may be validating, or fitting a codec's tables."""
CARD_KINDS = ("sweep",)
"""Kinds that can be trained on a card; the others know the CPU only."""


@dataclass
class Team:
    """The processes of a run as one of them sees them. restarted: torchrun began them anew, after a death."""

    share: Share = WHOLE
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    restarted: bool = False
    _losses: nn.Module | None = None

    @property
    def first(self) -> bool:
        return self.share.rank == 0

    def meet(self, task: Any) -> None:
        """Begin to share out the work of `task`, whose network is the same in all processes."""
        task.share = self.share
        if self.share.of > 1 and hasattr(task, "loss"):
            cards = [self.device] if self.device.type == "cuda" else None
            self._losses = DistributedDataParallel(_Losses(task), device_ids=cards)

    def backward(self, task: Any, update: int, stop: bool) -> tuple[float, bool]:
        """Leave the batch's gradient in the parameters everywhere; its loss, and whether one is to stop.

        Tasks that give a loss are differentiated by DistributedDataParallel, which averages while it goes;
        learners that make gradients of their own are averaged afterwards.
        """
        if self.share.of == 1:
            return task.backward(update), stop
        if self._losses is not None:
            loss = self._losses(update)
            loss.backward()
            value = loss.item()
        else:
            value = task.backward(update)
            self._average([p.grad for p in task.network.parameters() if p.grad is not None])
        told = torch.tensor([value / self.share.of, float(stop)], dtype=torch.float64, device=self.device)
        dist.all_reduce(told)
        return told[0].item(), told[1].item() > 0

    def from_first(self, thing: Any) -> Any:
        """What rank 0 calls this with, in every process."""
        if self.share.of == 1:
            return thing
        held = [thing]
        dist.broadcast_object_list(held, src=0)
        return held[0]

    def _average(self, gradients: list[Tensor]) -> None:
        flat = torch.cat([gradient.flatten() for gradient in gradients]) / self.share.of
        dist.all_reduce(flat)
        parts = torch.split(flat, [gradient.numel() for gradient in gradients])
        for gradient, part in zip(gradients, parts, strict=True):
            gradient.copy_(part.view_as(gradient))


class _Losses(nn.Module):
    """A task as DistributedDataParallel wants it: a module that gives the loss of a batch."""

    def __init__(self, task: Any) -> None:
        super().__init__()
        self.network = task.network
        self._loss = task.loss

    def forward(self, update: int) -> Tensor:
        loss: Tensor = self._loss(update)
        return loss


@contextmanager
def team(config: TrainConfig, device: str) -> Iterator[Team]:
    """The processes that torchrun started, as a group as long as the context lasts; without it just this one.

    device: "cpu" or "cuda", of which each process takes the card of its local rank. Raises UserError for a
    kind that knows no cards, for cards that aren't there, and for batches that can't be shared out evenly.
    """
    if device == "cuda" and config.kind not in CARD_KINDS:
        raise UserError(f"kind '{config.kind}' trains on the CPU only (on cards: {', '.join(CARD_KINDS)})")
    local, count = int(os.environ.get("LOCAL_RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
    if device == "cuda" and local >= torch.cuda.device_count():
        raise UserError(f"no CUDA card for process {local + 1} of this machine")
    place = torch.device("cuda", local) if device == "cuda" else torch.device("cpu")
    if place.type == "cuda":
        torch.cuda.set_device(place)
    if count == 1:
        yield Team(device=place)
        return
    if config.data.batch % count:
        raise UserError(
            f"configuration '{config.name}': {count} processes can't share out data.batch "
            f"({config.data.batch}) evenly"
        )
    life = int(os.environ.get("TORCHELASTIC_RESTART_COUNT", 0))
    _meet("nccl" if place.type == "cuda" else "gloo", int(os.environ["RANK"]), count, life)
    try:
        yield Team(Share(dist.get_rank(), count), place, life > 0)
    finally:
        dist.destroy_process_group()


def _meet(backend: str, rank: int, count: int, life: int) -> None:
    """Form the group. torchrun lends its own store, the same in all lives of a run, where PyTorch 2.13 would
    find the addresses of processes that died: so each life has a prefix."""
    if os.environ.get("TORCHELASTIC_USE_AGENT_STORE") != "True":
        dist.init_process_group(backend, timeout=PATIENCE)
        return
    from torch.distributed import PrefixStore, TCPStore  # type: ignore[attr-defined]

    where = os.environ["MASTER_ADDR"], int(os.environ["MASTER_PORT"])
    store = TCPStore(*where, world_size=count, is_master=False, timeout=PATIENCE)
    named = PrefixStore(f"life {life}", store)
    dist.init_process_group(backend, store=named, rank=rank, world_size=count, timeout=PATIENCE)


@contextmanager
def stop_signal() -> Iterator[Callable[[], bool]]:
    """Turns SIGINT and SIGTERM into a question; does nothing outside the main thread."""
    flag = [False]

    def handle(_number: int, _frame: FrameType | None) -> None:
        flag[0] = True

    try:
        before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    except ValueError:  # not the main thread: the caller stops us otherwise
        before = {}
    try:
        yield lambda: flag[0]
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
