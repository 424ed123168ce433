"""Commands that write what is shown: pictures, the view, animations, numbers, a report."""

from __future__ import annotations

from functools import partial

from viewer.core.availability import empty, single_only, undecoded
from viewer.core.command import Act, Command
from viewer.export.controller import ExportDesk
from viewer.export.figure_desk import FigureDesk
from viewer.model.facts.facts import Facts
from viewer.model.session.state import Session

EXPORTS = (
    "save.picture", "save.view", "save.figure", "save.stream", "export.animation", "export.report",
    "export.steps", "export.patches", "copy.picture", "copy.view", "copy.window",
)  # fmt: skip
"""What stands in the export button's menu."""


def _unfinished(session: Session, facts: Facts) -> str:
    why = undecoded(session, facts)
    if why:
        return why
    return "" if facts.run is not None and facts.run.over else "the refinement is still going on"


def commands(exports: ExportDesk, figures: FigureDesk, offer: Act) -> list[Command]:
    """offer: opens the menu of `EXPORTS`."""
    return [
        Command(
            "export", "Export…", "File", 2, offer, ("Ctrl+E",),
            "Save or copy pictures, the view, the stream; animations, numbers, a report", why_not=undecoded,
            icon="export",
        ),
        Command("save.picture", "Save picture…", "File", 2, exports.ask_save_pane,
                ("Ctrl+S",), "Save the single pane's picture, else the refined one, every pixel exact: PNG, "
                "WebP, TIFF, or JPEG with losses", why_not=undecoded, icon="save"),
        Command("save.view", "Save view as PNG…", "File", 2, exports.ask_save_view,
                ("Ctrl+Alt+E",), "Save the pictures as they are seen, with names, dB, marks and legends; at "
                "×2 and ×4 everything is drawn anew, so words stay sharp", why_not=empty),
        Command("save.figure", "Save figure for a page (PDF, SVG)…", "File", 2, figures.show,
                ("Ctrl+Alt+F",), "A plot, or the pictures with captions, as wide as a column or a page, its "
                "type in points"),
        Command("copy.view", "Copy view", "File", 2, exports.copy_view, ("Ctrl+Alt+C",),
                "Copy the pictures as they are seen, with names and dB", why_not=empty),
        *map(single_only, _run_commands(exports)),
    ]  # fmt: skip


def _run_commands(exports: ExportDesk) -> list[Command]:
    return [
        Command("export.animation", "Save animation…", "File", 2, exports.show_animation,
                ("Ctrl+Shift+E",), "The refinement step by step, or the scan patch by patch, as GIF or MP4 "
                "with captions", why_not=_unfinished),
        Command("export.report", "Save report (HTML)…", "File", 2, exports.ask_save_report,
                ("Ctrl+Alt+R",), "One file with pictures, plots, all scores, the model card and the command "
                "that makes it again; any browser opens it", why_not=_unfinished),
        Command("export.steps", "Save numbers of steps (CSV)…", "File", 2,
                partial(exports.ask_save_numbers, False), (), "A row a step: bits, PSNR in dB, SSIM, "
                "artefacts, seconds; in full precision", why_not=_unfinished),
        Command("export.patches", "Save numbers of patches (CSV)…", "File", 2,
                partial(exports.ask_save_numbers, True), (), "A row a patch and step: place, bits, "
                "squared error, PSNR and gain in dB, artefacts", why_not=_unfinished),
    ]  # fmt: skip
