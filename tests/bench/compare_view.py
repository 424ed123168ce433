"""Time from the click on "Compare decoders" until all four learners' results stand in the window, at 768×512.

A window of 1600×900 shows a finished refinement, as it does when somebody decides to compare; then the
button is clicked and every decoder refines the picture, one after the other. The peer is jpegqs at its best
setting, repairing the same stream in the same run (see `decode_speed.py`).

    python tests/bench/compare_view.py data/kodak
    python tests/bench/compare_view.py data/kodak --decoders learner-bptt-1 learner-attentive-sab-1
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from decode_speed import peer_of
from measuring import Figure, conclude, machine, pictures_of

BAR, AIM = 6.0, 3.0
COUNT = 4


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="folder with a 768×512 picture, e.g. the Kodak set")
    parser.add_argument(
        "--decoders",
        nargs="+",
        default=[],
        metavar="NAME",
        help=f"what to compare (default: {COUNT} learners)",
    )
    parser.add_argument("--repeats", type=int, default=3, help="timed clicks (default: 3)")
    arguments = parser.parse_args()
    name, _ = pictures_of(arguments.folder, 512, 768)[0]
    from window import choose_platform, platform

    choose_platform()
    with tempfile.TemporaryDirectory() as home:
        times, entries, coded = measure(arguments, arguments.folder / name, Path(home))
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    peer, run_peer = peer_of(coded, cores)
    start = time.perf_counter()
    run_peer()
    beside = time.perf_counter() - start
    print(f"{name}, {', '.join(entries)}, 1600×900 window {platform()}\n{machine()}\n")
    whole = median(times)
    detail = f"median of {len(times)}, {whole / beside:.1f} × the peer's time"
    return conclude(
        [
            Figure(peer, beside, "s", detail="the peer"),
            Figure(f"from click to all {len(entries)} results", whole, "s", BAR, AIM, detail),
            Figure("a result, mean", whole / len(entries), "s"),
        ]
    )


def measure(arguments: Any, picture: Path, home: Path) -> tuple[list[float], list[str], Any]:
    """Seconds of each click, the names of what was compared, and the stream."""
    from PySide6.QtCore import QSettings

    from viewer.compare.worker import Comparer
    from viewer.launch.build import application, build_window
    from viewer.launch.compare_arguments import compared_cards, compared_entries
    from viewer.launch.request import Launch
    from viewer.model.session import compare_changes as c
    from viewer.model.session.compare_presets import labels

    app = application()
    store = QSettings(str(home / "settings.ini"), QSettings.Format.IniFormat)
    window = build_window(Launch(file=picture, store=store, size=(1600, 900)))
    window.show()
    finish(app, window)
    cards = window.controller.session.models
    wanted = arguments.decoders or ["learners"]
    if arguments.decoders or any(card.study == "learners" for card in cards):
        entries = compared_entries(wanted, compared_cards(wanted, cards))
    else:
        print("no learners are installed: contexts of the raster decoder instead")
        entries = compared_entries(["context"], cards)
    entries = entries if arguments.decoders else entries[:COUNT]
    times = []
    for _ in range(arguments.repeats):
        window.controller.change(lambda state: c.close_compare(c.open_compare(state, entries)))
        window.controller.worker(Comparer).forget()
        finish(app, window)
        times.append(click(app, window, len(entries)))
        window.controller.change(c.close_compare)
    known = window.controller.worker(Comparer).facts
    assert known.sent is not None
    names = list(labels(entries, window.controller.session.models))
    coded = known.sent.refinement.coded
    window.hide()
    window.controller.shutdown()
    return times, names, coded


def finish(app: Any, window: Any) -> None:
    """Let the window do all it has to do."""
    while not window.controller.complete():
        app.processEvents()
        time.sleep(0.01)


def click(app: Any, window: Any, count: int) -> float:
    """Click the button; seconds until all results have been painted."""
    from window import PaintCounter

    start = time.perf_counter()
    window.viewbar.compare.click()
    while window.controller.facts.compare.missing(window.controller.session.compare.entries):
        app.processEvents()
        time.sleep(0.002)
    painted = PaintCounter(window.panes)
    window.panes.update()
    while not painted.count:
        app.processEvents()
    elapsed = time.perf_counter() - start
    painted.deleteLater()
    facts = window.controller.facts.compare
    if len(facts.runs) != count or facts.failures:
        raise AssertionError(f"{len(facts.runs)} of {count} results, failures: {dict(facts.failures)}")
    return elapsed


if __name__ == "__main__":
    sys.exit(main())
