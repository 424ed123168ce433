"""Leads a window through every page, lesson and dialog, at sizes of window and text and in both themes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from tests.support.bench_tables import made_table
from tests.support.cut_texts import Fault, Watch, faults_of, watching
from viewer.lab.areas import AREAS
from viewer.lessons.save_dialog import LessonDialog, view_of
from viewer.model.session import bench_changes as m
from viewer.model.session import compare_changes as c
from viewer.model.session import lab_changes as lab
from viewer.model.session import pages as s
from viewer.model.session import patch_changes as p
from viewer.model.session import rate_distortion_changes as r
from viewer.model.session import repair_changes as repair
from viewer.model.session.bench import BenchView
from viewer.model.session.choices import Mode, Overlay
from viewer.model.session.compare import ComparePage
from viewer.model.session.looks import set_text_scale, set_theme
from viewer.model.session.place import pin_at, unpin
from viewer.model.session.playback import scan_end, scan_to
from viewer.model.session.rate_distortion import RatesPage
from viewer.model.session.schematic_changes import toggle as toggle_schematic
from viewer.model.session.view_changes import set_mode, show_inside
from viewer.raster_scan.resolve.moment import WAYS
from viewer.shell.window import MainWindow
from viewer.tour.steps import STEPS

SIZES = (QSize(900, 600), QSize(1280, 720), QSize(1600, 900), QSize(1920, 1080), QSize(2560, 1440))
TEXTS = (100, 125, 150, 200)
THEMES = ("dark", "light")
ALL = tuple((size, text, theme) for theme in THEMES for size in SIZES for text in TEXTS)
Setting = tuple[QSize, int, str]
Wait = Callable[[], None]


@dataclass(frozen=True)
class Found:
    """Faults of a place under a setting; the same in several settings are told once each."""

    place: str
    setting: Setting
    faults: tuple[Fault, ...]

    def lines(self) -> list[str]:
        size, text, theme = self.setting
        where = f"{self.place} at {size.width()}×{size.height()}, {text} %, {theme}"
        return [f"{where}: {fault}" for fault in self.faults]


def places(
    window: MainWindow, wait: Wait, received: Path | None = None, sections: Sequence[str] = ()
) -> Iterator[tuple[str, QWidget]]:
    """The name of each place while the window is there, and the widget to look at. received: a codec's file,
    with a folder to write to. sections: of `SECTIONS`, none for all.

    Begins and ends with the pictures of a single decoder.
    """
    for name, section in SECTIONS.items():
        if not sections or name in sections:
            yield from section(window, wait, received)


def _messages(window: MainWindow, wait: Wait, received: Path | None) -> Iterator[tuple[str, QWidget]]:
    window.controller.complain(
        "holiday-photograph.png: can't be read (the file is cut off after 1,024 bytes)"
    )
    window.offer.offer("nrc-viewer closed unexpectedly.", "Restore session", "", lambda: None, lambda: None)
    yield "error and offer", window
    window.controller.forget_error()
    window.offer.hide()


def _received(window: MainWindow, wait: Wait, received: Path | None) -> Iterator[tuple[str, QWidget]]:
    if received is None:
        return
    window.controller.documents.open_path(received, True)
    wait()
    yield "received file", window
    window.controller.documents.toggle_received()
    wait()
    yield "received file as original", window


def _measured(window: MainWindow, wait: Wait, received: Path | None) -> Iterator[tuple[str, QWidget]]:
    change = window.controller.change
    change(m.open_bench)
    yield "measure, empty", window
    if received is not None:
        change(partial(m.set_qualities, text="10 200"))
        change(partial(m.set_folder, folder=str(received.parent)))
        yield "measure, a wrong quality", window
        change(partial(m.set_qualities, text="10 20"))
        window.bench.open_table(made_table(received.parent / "results.csv"))
        wait()
        for view in BenchView:
            change(partial(m.set_view, view=view))
            yield f"measure, {view.value}", window
    change(m.close_bench)


def _repaired(window: MainWindow, wait: Wait, received: Path | None) -> Iterator[tuple[str, QWidget]]:
    window.controller.change(repair.open_repair)
    yield "repair, empty", window
    if received is not None:
        window.repair.open_with([received])
        wait()
        yield "repair", window
        window.repair.worker.clear()
    window.controller.change(repair.close_repair)


def _lab(window: MainWindow, wait: Wait, received: Path | None) -> Iterator[tuple[str, QWidget]]:
    change = window.controller.change
    change(lab.open_lab)
    for area in AREAS:
        change(partial(lab.set_area, key=area.key))
        yield f"lab, {area.key}", window
    change(lab.close_lab)


def _single(window: MainWindow, wait: Wait, received: Path | None) -> Iterator[tuple[str, QWidget]]:
    for name, there in _pictures(window):
        wait()
        yield name, there


def _pictures(window: MainWindow) -> Iterator[tuple[str, QWidget]]:
    change = window.controller.change
    yield "pictures", window
    for overlay in Overlay:
        if overlay not in (Overlay.NONE, Overlay.WINNER):
            change(partial(s.set_overlay, overlay=overlay))
            yield f"overlay {overlay.value}", window
    change(partial(s.set_overlay, overlay=Overlay.NONE))
    for mode in (Mode.WIPE, Mode.BLINK, Mode.DIFFERENCE):
        change(partial(set_mode, mode=mode))
        yield mode.value, window
    change(partial(set_mode, mode=Mode.SIDE))
    change(partial(p.set_open, on=False))
    change(partial(pin_at, x=20, y=20))
    yield "pinned patch", window
    change(partial(p.set_open, on=True))
    yield "patch panel", window
    change(partial(p.pin_second, x=44, y=28))
    yield "two patches", window
    change(p.toggle_second)
    change(partial(p.set_open, on=False))
    change(partial(show_inside, on=True))
    yield "hidden state", window
    change(partial(show_inside, on=False))
    change(toggle_schematic)
    yield "network", window
    change(toggle_schematic)
    change(partial(scan_to, position=5))
    yield "scan", window
    change(scan_end)
    change(unpin)


def _compared(window: MainWindow, wait: Wait, received: Path | None) -> Iterator[tuple[str, QWidget]]:
    change = window.controller.change
    change(c.open_compare)
    for page in ComparePage:
        change(partial(c.set_page, page=page))
        wait()
        yield f"comparison, {page.value}", window
    change(partial(c.set_page, page=ComparePage.PICTURES))
    change(partial(c.set_overlay, overlay=Overlay.WINNER))
    wait()
    yield "comparison, best", window
    change(partial(c.set_overlay, overlay=Overlay.NONE))
    window.acts.show_chooser()
    yield "choice of decoders", window
    window.overlays.chooser.close_veil()
    change(c.close_compare)


def _codecs(window: MainWindow, wait: Wait, received: Path | None) -> Iterator[tuple[str, QWidget]]:
    change = window.controller.change
    for page in RatesPage:
        change(partial(r.open_rates, page=page))
        wait()
        yield f"codecs, {page.value}", window
        change(r.close_rates)


def _lessons(window: MainWindow, wait: Wait, received: Path | None) -> Iterator[tuple[str, QWidget]]:
    from viewer.lessons.file import bundled_course

    for at, lesson in enumerate(bundled_course().lessons):
        window.lessons.open_bundled(at)
        wait()
        yield f"lesson {lesson.title!r}", window
    window.lessons.close()
    wait()


def _dialogs(window: MainWindow, wait: Wait, received: Path | None) -> Iterator[tuple[str, QWidget]]:
    window.acts.show_keys()
    yield "all keys", window
    window.overlays.keys.close_veil()
    window.acts.show_palette()
    yield "command palette", window
    window.overlays.palette.close_veil()
    window.acts.show_glossary()
    yield "glossary", window
    window.overlays.glossary.close_veil()
    for at in (0, len(STEPS) - 1):
        window.acts.show_tour()
        window.overlays.tour().go(at)
        yield f"tour, {at + 1}", window
    window.overlays.tour().close_veil()
    for way in (WAYS[0], WAYS[-1]):
        window.acts.show_scan()
        window.overlays.scan().choose(way)
        window.overlays.scan().step(0)
        yield f"raster scan, {way}", window
    window.overlays.scan().close_veil()
    window.classroom.show()
    window.classroom.add()
    yield "class playlist", window
    assert window.classroom.veil is not None
    window.classroom.veil.close_veil()
    window.exports.show_animation()
    yield "animation", window
    assert window.exports._panel is not None
    window.exports._panel.close_veil()
    window.figure_desk.show()
    yield "figure for a page", window
    assert window.figure_desk._panel is not None
    window.figure_desk._panel.close_veil()
    control = window.controller
    dialog: QDialog = LessonDialog(control, control.documents, view_of(window.panes), Path.cwd(), window)
    dialog.show()
    yield "save lesson", dialog
    dialog.close()
    dialog.deleteLater()


SECTIONS: Mapping[str, Callable[[MainWindow, Wait, Path | None], Iterator[tuple[str, QWidget]]]] = {
    "pictures": _single, "compared": _compared, "codecs": _codecs, "lab": _lab, "repair": _repaired,
    "measure": _measured, "lessons": _lessons, "dialogs": _dialogs, "messages": _messages,
    "received": _received,
}  # fmt: skip


def walk(
    window: MainWindow, wait: Wait, settings: tuple[Setting, ...], received: Path | None = None,
    sections: Sequence[str] = (),
) -> Iterator[Found]:  # fmt: skip
    """Every place under every setting; yields those with faults."""
    with watching() as watch:
        for name, there in places(window, wait, received, sections):
            for setting in settings:
                found = _look(window, there, setting, watch)
                if found:
                    yield Found(name, setting, tuple(found))
            QApplication.processEvents()


def _look(window: MainWindow, there: QWidget, setting: Setting, watch: Watch) -> list[Fault]:
    size, text, theme = setting
    apply(window, size, text, theme)
    if there is not window:
        there.adjustSize()
    QApplication.processEvents()
    QApplication.processEvents()
    return faults_of(there, watch)


def apply(window: MainWindow, size: QSize, text: int, theme: str) -> None:
    """Give a window this size, size of text and theme."""
    session = window.controller.session
    if session.text_scale != text or session.theme != theme:
        window.controller.change(lambda state: set_theme(set_text_scale(state, text), theme))
    if window.size() != size:
        window.resize(size)
    QApplication.processEvents()
