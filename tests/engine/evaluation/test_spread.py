"""Work on several processes: in order, whatever dies; its errors arrive when their turn comes."""

from __future__ import annotations

import itertools
import os
from multiprocessing import active_children
from pathlib import Path

import pytest

from engine.errors import UserError
from engine.evaluation.spread import Spread
from tests.support import spread_work


def test_results_keep_the_order_of_tasks() -> None:
    tasks = list(range(20, 40))
    assert list(Spread(2).map(spread_work.doubled, tasks, str)) == [2 * each for each in tasks]
    assert not active_children()


def test_what_work_raises_comes_in_its_turn_and_ends_the_processes() -> None:
    results = Spread(2).map(spread_work.doubled, [5, 6, 7, 8], str)
    assert list(itertools.islice(results, 2)) == [10, 12]
    with pytest.raises(UserError, match="7: is refused"):
        next(results)
    assert not active_children()


def test_the_task_of_a_killed_worker_goes_to_another(tmp_path: Path) -> None:
    markers = [str(tmp_path / name) for name in "abc"]
    pids = list(Spread(2).map(spread_work.deadly_once, markers, str))
    assert len(pids) == 3
    assert os.getpid() not in pids


def test_a_task_that_workers_always_die_of_is_named() -> None:
    with pytest.raises(UserError, match=r"^poison: 3 worker processes died of it$"):
        list(Spread(2).map(spread_work.deadly, ["poison"], str))


def test_no_process_is_started_for_nothing_or_for_one() -> None:
    assert list(Spread(4).map(spread_work.doubled, [], str)) == []
    assert Spread().alone
    assert not Spread(2).alone
    assert not Spread(1, "tcp://host:1").alone
