"""The example of `docs/learners.md` runs as it stands, and shows what the page says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from engine.registry import LEARNERS

PAGE = Path(__file__).resolve().parents[3] / "docs" / "learners.md"


def test_the_example_trains_a_cell_and_a_task_of_ones_own() -> None:
    code = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)[0]
    assert len([line for line in code.splitlines() if line.strip()]) <= 30
    names: dict[str, Any] = {}
    exec(code.replace("for name in", "for name in () and"), names)
    blind, exact, same = (names["train"](name, 150, 0.1) for name in ("immediate", "rtrl", "bptt"))
    assert exact < 0.8 * blind
    assert abs(exact - same) < 0.1 * same
    assert names["train"]("tbptt", 2) > 0


def test_the_page_names_every_learner() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert [name for name in LEARNERS if f"`{name}`" not in page] == []
