"""What is known of arrays."""

from __future__ import annotations

import numpy as np

from engine.artefacts.known import Known


def test_arrays_are_known_by_themselves_and_forgotten_with_the_first() -> None:
    known = Known[str | None]()
    one, two = np.zeros(3), np.zeros(3)
    assert known.of(one) is None
    known.keep(None, one)
    known.keep("both", one, two)
    assert known.of(one) == (None,), "nothing, which is known, too"
    assert known.of(one, two) == ("both",)
    assert known.of(two) is None, "equal, but another"
    del one
    assert not known._known
