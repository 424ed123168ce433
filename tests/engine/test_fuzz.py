"""Mutated files of every format through every reader, by seed, bounded in time; and that faults are noticed.

`python tests/bench/fuzz.py --count 10000` is the same at length.
"""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Sequence

import pytest

from tests.bench.fuzz import Found, fuzz
from tests.support.fuzzing import DAMAGES, LONGEST_SECONDS, MOST_BYTES, case, corpus

SECONDS, COUNT, LEAST = 40, 600, 40


@pytest.mark.parametrize("seed", [15])
def test_no_file_crashes_hangs_or_takes_too_much_memory(seed: int) -> None:
    found = fuzz(seed, COUNT, seconds=SECONDS, longest=LONGEST_SECONDS, most=MOST_BYTES)
    assert found.failed == []
    assert found.ends["read"] == found.files >= LEAST
    assert found.peak < MOST_BYTES


def test_every_format_and_every_damage_takes_its_turn(tiny_codecs: object) -> None:
    corpus.cache_clear()
    try:
        made = [case(3, number) for number in range(4 * len(corpus()))]
        assert {each.kind for each in made} == set(corpus())
        assert {damage for each in made for damage in each.damage.split(", ")} == set(DAMAGES)
        assert [each.data for each in made] == [case(3, each.number).data for each in made]
        assert sum(each.data != corpus()[each.kind] for each in made) > 0.9 * len(made)
    finally:
        corpus.cache_clear()


FAULTS = {
    "crash": "os.kill(os.getpid(), signal.SIGSEGV)",
    "hang": "time.sleep(60)",
    "fault": "print('end', number, 0.1, 5, 'stream: KeyError', flush=True); continue",
    "memory": "print('end', number, 0.1, 3_000_000_000, '', flush=True); continue",
}


@pytest.mark.parametrize("kind", FAULTS)
def test_what_goes_wrong_is_noticed_and_the_rest_is_read(kind: str) -> None:
    """The second of four files does it."""
    script = textwrap.dedent(
        f"""
        import os, signal, sys, time
        start, count = (int(each) for each in sys.argv[1:])
        for number in range(start, start + count):
            print("begin", number, flush=True)
            if number == 1:
                {FAULTS[kind]}
            print("end", number, 0.1, 5, "", flush=True)
        """
    )

    def run(_seed: int, start: int, count: int) -> Sequence[str]:
        return (sys.executable, "-c", script, str(start), str(count))

    found: Found = fuzz(0, 4, longest=0.3, run=run)
    assert [(number, end) for number, end, _ in found.failed] == [(1, kind)]
    assert found.ends == {"read": 3, kind: 1}
