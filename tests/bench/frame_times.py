"""Time from what a hand does until the pictures stand: scrub, pan, zoom, wipe, flip, another overlay.

A window of 1600×900 shows a finished refinement at 768×512, and one of a mosaic of about 24 megapixels. Each
event (mouse moved, wheel turned, key pressed) is timed until the panes have been painted; bars hold for the
95th percentile: 16 ms and 33 ms while the window is idle, 33 ms and 66 ms while another decoder is at work
beside. The steps of the large picture are made up, as its decoding would take minutes: a frame costs the
same whatever is in it. The decoder at work beside is a real one: that of a fourth pane, or, where the mode
shows two pictures only, one that works for nobody. Zooming goes in from the whole picture and out again.
Beside the elapsed time stands what the window's own thread computed, 95th percentile too: on a machine that
others use it is the one to trust.

    python tests/bench/frame_times.py data/kodak
    python tests/bench/frame_times.py data/kodak --megapixels 0 --events 100
    xvfb-run -s "-screen 0 1920x1080x24" python tests/bench/frame_times.py data/kodak --beside raster
"""

from __future__ import annotations

import argparse
import math
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import numpy as np
from measuring import Figure, conclude, machine, pictures_of

from engine.types import Cancelled, Coded, DecodeOptions, Estimate, Progress
from viewer.decode.several import compare, plan_of
from viewer.model.session.view_changes import set_mode
from viewer.panes.worker import Beside

HEIGHT, WIDTH = 512, 768
BARS = {("small", False): 16.0, ("large", False): 33.0, ("small", True): 33.0, ("large", True): 66.0}
"""Milliseconds by size of the picture and whether a decoder is at work."""
LEAST = 40
NOTCHES = 24
"""Turns of the wheel in, then as many out."""
OVERLAYS = ("overlay.gain", "overlay.bits", "overlay.grid", "overlay.none")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="folder of 768×512 pictures, e.g. the Kodak set")
    parser.add_argument("--events", type=int, default=300, help="timed events of each kind (default: 300)")
    parser.add_argument(
        "--megapixels", type=float, default=24.0, help="of the large picture, 0 for none (default: 24)"
    )
    parser.add_argument("--beside", default="raster", help="decoder at work beside (default: raster)")
    arguments = parser.parse_args()
    if arguments.events < LEAST:
        parser.error(f"--events: {LEAST} at least, so that the percentile means something")
    pictures = pictures_of(arguments.folder, HEIGHT, WIDTH)
    from memory import mosaic
    from window import choose_platform, platform

    choose_platform()
    figures = []
    with tempfile.TemporaryDirectory() as home:
        runs = [("small", arguments.folder / pictures[0][0])]
        if arguments.megapixels > 0:
            from engine.io.write_image import save_png

            width = round(math.sqrt(arguments.megapixels * 1e6 * 3 / 2))
            large = Path(home, "large.png")
            save_png(large, mosaic([pixels for _, pixels in pictures[:6]], round(width * 2 / 3), width))
            runs.append(("large", large))
        del pictures
        for size, picture in runs:
            measured = measure(picture, size == "large", arguments.beside, arguments.events, Path(home))
            for (kind, busy), times in measured.items():
                name = f"{kind}, {size}, {'decoding' if busy else 'idle'}"
                elapsed, own = zip(*times, strict=True)
                high, computed = quantiles(elapsed, n=20)[-1], quantiles(own, n=20)[-1]
                detail = f"median {median(elapsed):.1f}, computing {computed:.1f}, of {len(times)}"
                figures.append(Figure(name, high, "ms", BARS[size, busy], BARS[size, busy] / 2, detail))
    print(f"95th percentiles, 1600×900 window {platform()}\n{machine()}\n")
    return conclude(figures)


class MadeUp:
    """Yields the standard decode a little lighter with each step: a decoder that costs nothing."""

    def __init__(self, card: Any) -> None:
        self.card = card

    def refine(
        self, coded: Coded, options: DecodeOptions, cancelled: Cancelled, progress: Progress
    ) -> Iterator[Estimate]:
        for index in range(1, (options.steps or self.card.steps) + 1):
            if cancelled():
                return
            pixels = np.minimum(coded.standard, 255 - index) + np.uint8(index)
            pixels.setflags(write=False)
            yield Estimate(index, pixels, 0.0)


def measure(
    picture: Path, made_up: bool, beside: str, events: int, home: Path
) -> dict[tuple[str, bool], list[Frame]]:
    """Milliseconds of each kind of event, idle and while a decoder is at work."""
    from PySide6.QtCore import QSettings
    from scrub import settle

    from engine import pipeline
    from viewer.launch.build import application, build_window
    from viewer.launch.request import Launch
    from viewer.model.session import panes as pane_set
    from viewer.model.session.compare import Entry

    real = pipeline.load_decoder
    if made_up:
        sweep = MadeUp(pipeline.find_card("sweep"))
        pipeline.load_decoder = lambda name, *rest: sweep if name == "sweep" else real(name, *rest)  # type: ignore[assignment]
    app = application()
    store = QSettings(str(home / f"{picture.stem}.ini"), QSettings.Format.IniFormat)
    window = build_window(Launch(file=picture, decoder="sweep", store=store, size=(1600, 900)))
    window.show()
    control = window.controller
    while control.facts.run is None or not control.facts.run.refinement.finished:
        app.processEvents()
        time.sleep(0.01)
    control.stop()  # the curve of the codec: of a large picture it would be measured for minutes
    settle(app)
    results: dict[tuple[str, bool], list[Frame]] = {}
    results |= {(kind, False): times for kind, times in all_kinds(app, window, events).items()}
    key = pane_set.decoder_key(Entry(beside))
    control.change(partial(pane_set.set_panes, keys=("original", "standard", "estimate", key)))
    control.worker(Beside).resume()
    control.refresh()
    while control.worker(Beside).facts.begun is None:
        app.processEvents()
        time.sleep(0.01)
    settle(app)
    at_work = AtWork(control, Entry(beside))
    busy = all_kinds(app, window, events, at_work.keep_on)
    results |= {(kind, True): times for kind, times in busy.items()}
    at_work.end()
    window.hide()
    control.shutdown()
    window.deleteLater()
    app.processEvents()
    pipeline.load_decoder = real
    return results


class AtWork:
    """Keeps a decoder at work whatever the window shows."""

    def __init__(self, control: Any, entry: Any) -> None:
        from viewer.core.jobs import Lane

        self._control, self._entry = control, entry
        self._lane = Lane("measured")

    def keep_on(self) -> None:
        """Let the decoder begin anew where it has come to its end."""
        from viewer.decode import jobs as work
        from viewer.model.session.panes import decoders_beside

        control = self._control
        if decoders_beside(control.session):
            self._lane.cancel()
            if not control.worker(Beside).decoding.busy():
                control.worker(Beside).forget()
                control.refresh()
        elif not self._lane.busy():
            plan = plan_of(control.session, (self._entry,))
            coded = control.facts.run.refinement.coded
            self._lane.start(compare(plan, coded, work.prepare_torch))
        if not (control.worker(Beside).decoding.busy() or self._lane.busy()):
            raise RuntimeError("no decoder is at work")

    def end(self) -> None:
        """Stop what works for nobody."""
        self._lane.shutdown()


def all_kinds(
    app: Any, window: Any, events: int, before: Callable[[], None] = lambda: None
) -> dict[str, list[Frame]]:
    """Every kind of event in turn. before: called before each, untimed."""
    from viewer.model.session.choices import Mode

    found = {}
    for kind, mode, prepare, act in (
        ("scrub", Mode.SIDE, fitted, scrubbed),
        ("pan", Mode.SIDE, magnified, panned),
        ("pan, reduced", Mode.SIDE, reduced, panned),
        ("zoom", Mode.SIDE, fitted, zoomed),
        ("wipe", Mode.WIPE, fitted, wiped),
        ("flip", Mode.BLINK, fitted, flipped),
        ("overlay", Mode.SIDE, fitted, overlaid),
    ):
        window.controller.change(partial(set_mode, mode=mode))
        prepare(window)
        app.processEvents()
        randomness = random.Random(1)
        for number in range(12):  # the first visits of steps, scales and maps
            act(app, window, number, randomness)
        prepare(window)
        app.processEvents()
        times = []
        for number in range(events):
            before()
            times.append(act(app, window, number, randomness))
        found[kind] = times
    return found


def fitted(window: Any) -> None:
    window.panes.fit()


def magnified(window: Any) -> None:
    window.panes.zoom_to(200)


def reduced(window: Any) -> None:
    window.panes.zoom_to(75)  # at less the small picture fits, and there is nothing to pan


Frame = tuple[float, float]
"""Milliseconds of a frame: elapsed, and what this thread computed of them."""


def timed(app: Any, window: Any, act: Callable[[], object]) -> Frame:
    """From `act` until the panes have been painted."""
    from window import PaintCounter

    app.processEvents()
    painted = PaintCounter(window.panes)
    start, own = time.perf_counter(), time.thread_time()
    act()
    while not painted.count:
        app.processEvents()
    frame = 1000 * (time.perf_counter() - start), 1000 * (time.thread_time() - own)
    window.panes.removeEventFilter(painted)
    painted.deleteLater()
    return frame


def mouse(app: Any, widget: Any, kind: str, x: float, y: float, held: bool) -> None:
    """A mouse event at a place of a widget; held: the left button is down after it."""
    from PySide6.QtCore import QEvent, QPointF, Qt
    from PySide6.QtGui import QMouseEvent

    at = QPointF(x, y)
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    event = QMouseEvent(
        getattr(QEvent.Type, kind), at, widget.mapToGlobal(at), none if kind == "MouseMove" else left,
        left if held else none, Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    app.sendEvent(widget, event)


def scrubbed(app: Any, window: Any, _: int, randomness: random.Random) -> Frame:
    bar, transport = window.filmstrip.steps, window.controller.scene.transport
    step = randomness.choice([at for at in range(transport.steps_ready + 1) if at != transport.step])
    x, y = bar.position_of(step), bar.height() / 2
    elapsed = timed(app, window, lambda: mouse(app, bar, "MouseButtonPress", x, y, True))
    mouse(app, bar, "MouseButtonRelease", x, y, False)
    return elapsed


def dragged(app: Any, window: Any, number: int, x: float, y: float, dx: float, dy: float) -> Frame:
    """One move of a drag that begins at (x, y): on and back in turn."""
    panes, sign = window.panes, 1 if number % 2 == 0 else -1
    mouse(app, panes, "MouseButtonPress", x, y, True)
    mouse(app, panes, "MouseMove", x + sign * 12, y + sign * 12 * (dy != 0), True)
    to = (x + sign * dx, y + sign * dy)
    elapsed = timed(app, window, lambda: mouse(app, panes, "MouseMove", *to, True))
    mouse(app, panes, "MouseButtonRelease", *to, False)
    return elapsed


def panned(app: Any, window: Any, number: int, randomness: random.Random) -> Frame:
    cell = window.panes.places.cells[0]
    x, y = cell.x + cell.width / 2, cell.top + cell.depth / 2
    reach = randomness.uniform(20, 60)
    view = window.panes.places.view
    view.look(view.scale, (view.image[0] / 2, view.image[1] / 2))
    before = window.panes.state()
    elapsed = dragged(app, window, number, x, y, reach, reach)
    if window.panes.state() == before:
        raise RuntimeError("nothing was panned")
    return elapsed


def zoomed(app: Any, window: Any, number: int, _: random.Random) -> Frame:
    from PySide6.QtCore import QPoint, QPointF, Qt
    from PySide6.QtGui import QWheelEvent

    panes = window.panes
    cell = panes.places.cells[0]
    at = QPointF(cell.x + cell.width / 3, cell.top + cell.depth / 3)
    turn = 120 if number // NOTCHES % 2 == 0 else -120
    event = QWheelEvent(
        at, panes.mapToGlobal(at), QPoint(), QPoint(0, turn), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    return timed(app, window, lambda: app.sendEvent(panes, event))


def wiped(app: Any, window: Any, number: int, randomness: random.Random) -> Frame:
    panes = window.panes
    cell = panes.places.cells[0]
    shown = panes.places.ground().shown
    x = cell.x + panes.places.divider()
    to = cell.x + shown.x() + randomness.uniform(0.1, 0.9) * shown.width()
    mouse(app, panes, "MouseButtonPress", x, cell.top + 40, True)
    elapsed = timed(app, window, lambda: mouse(app, panes, "MouseMove", to, cell.top + 40, True))
    mouse(app, panes, "MouseButtonRelease", to, cell.top + 40, False)
    return elapsed


def flipped(app: Any, window: Any, _: int, __: random.Random) -> Frame:
    return timed(app, window, lambda: window.menus.run("blink.flip"))


def overlaid(app: Any, window: Any, number: int, _: random.Random) -> Frame:
    name = OVERLAYS[number % len(OVERLAYS)]
    return timed(app, window, lambda: window.menus.run(name))


if __name__ == "__main__":
    sys.exit(main())
