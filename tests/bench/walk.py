"""Walks every page, lesson and dialog of the window at every size of window and text, and tells cut texts.

python tests/bench/walk.py                  # everything: minutes
python tests/bench/walk.py --themes dark --texts 150 200 --sizes 900x600
python tests/bench/walk.py --pictures OUT   # a picture of each place beside it
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import defaultdict
from functools import partial
from pathlib import Path

import measuring  # noqa: F401 - this checkout goes before what is installed
import pytest
from PySide6.QtCore import QSettings, QSize
from PySide6.QtWidgets import QApplication

from engine.pipeline import model_cards
from engine.rates import survey as rate_curves
from engine.rates.survey import surveyed
from engine.registry import CODECS
from tests.support import window_walk as w
from tests.support.cut_texts import watching
from tests.support.viewer_engine import Engine
from viewer.launch.build import application, build_window
from viewer.launch.request import Launch
from viewer.model.session import rate_distortion_changes as r

_CODECS = ("jpeg", "jpeg2000", "webp")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", nargs="*", default=[f"{s.width()}x{s.height()}" for s in w.SIZES])
    parser.add_argument("--texts", nargs="*", type=int, default=list(w.TEXTS))
    parser.add_argument("--themes", nargs="*", default=list(w.THEMES))
    parser.add_argument("--sections", nargs="*", default=[], choices=list(w.SECTIONS), help="all without")
    parser.add_argument("--only", default="", help="places whose name holds this")
    parser.add_argument("--pictures", type=Path, help="folder for a picture of each place and setting")
    asked = parser.parse_args()
    sizes = [QSize(*map(int, size.split("x"))) for size in asked.sizes]
    settings = tuple((size, text, theme) for theme in asked.themes for size in sizes for text in asked.texts)
    app = application()
    patches = pytest.MonkeyPatch()
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine(patches, model_cards())  # real names over decoders of a few lines
        patches.setattr(rate_curves, "SURVEYED", {codec: surveyed(codec)[2:9:2] for codec in CODECS})
        store = QSettings(f"{folder}/settings.ini", QSettings.Format.IniFormat)
        window = build_window(Launch(store=store, sample="chelsea"))
        window.show()

        def wait() -> None:
            until = time.monotonic() + 60
            while time.monotonic() < until:
                app.processEvents()
                if window.controller.complete():
                    return
                time.sleep(0.002)
            busy = [type(each).__name__ for each in window.controller.workers if each.busy()]
            print("still busy:", busy, window.controller.facts.error, file=sys.stderr)

        wait()
        for codec in CODECS:
            if codec not in _CODECS:
                window.controller.change(partial(r.toggle_codec, codec=codec))
        try:
            received = _received(Path(folder))
            count = _walk(window, wait, settings, received, asked)
        finally:  # its threads would keep a failed walk alive
            engine.release()
            window.close()
            app.processEvents()
    patches.undo()
    return 1 if count else 0


def _received(folder: Path) -> Path:
    from PIL import Image

    from engine.data.samples import load_sample

    path = folder / "holiday.jpg"
    Image.fromarray(load_sample("chelsea").pixels).save(path, quality=20)
    return path


def _walk(window, wait, settings, received, asked) -> int:  # type: ignore[no-untyped-def]
    only, pictures = asked.only, asked.pictures
    seen: dict[str, list[str]] = defaultdict(list)
    with watching() as watch:
        for name, there in w.places(window, wait, received, asked.sections):
            if only not in name:
                continue
            for setting in settings:
                faults = w._look(window, there, setting, watch)
                size, text, theme = setting
                where = f"{size.width()}x{size.height()}@{text}{theme[0]}"
                for fault in faults:
                    if f"{name}: {fault.kind}: {fault.where}: {fault.text!r}" not in seen:
                        print(f"{name} {where}: {fault}", flush=True)
                    seen[f"{name}: {fault.kind}: {fault.where}: {fault.text!r}"].append(
                        f"{where} {fault.much}"
                    )
                if pictures is not None:
                    pictures.mkdir(parents=True, exist_ok=True)
                    short = "".join(ch if ch.isalnum() else "-" for ch in name)
                    there.grab().save(str(pictures / f"{short}_{where}.png"))
            QApplication.processEvents()
    print(f"{len(seen)} faults, {sum(map(len, seen.values()))} with every setting")
    return len(seen)


if __name__ == "__main__":
    sys.exit(main())
