"""A refinement as one HTML file: pictures, plots, tables, and the command that makes it again.

Nothing is loaded from anywhere: pictures are `data:` addresses, plots inline SVG, style sheet and script lie
in the page, and a content security policy holds it to that. Without the script everything but the wipe can
be read; printing has a style of its own.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

from engine.animation.frames import Stopped
from engine.artefacts.measures import FACTS, Artefact
from engine.codecs.facts import codec_facts
from engine.errors import printable
from engine.io.atomic import write_atomically
from engine.metrics.as_text import number
from engine.models.card import ModelCard
from engine.plotting.svg import Line, svg_plot
from engine.report.facts import Facts, card_facts, decoder_facts, program_facts, sent_facts
from engine.report.numbers import MEASURES, PERCEPTUAL_PIXELS, shown_pictures, step_rows
from engine.report.pictures import gallery, maps, page_pictures, picture_name, reduced_note, wipe
from engine.types import Cancelled, Progress, RatePoint, Refinement, ignore, never

_UNITS = {"°": "degrees", "%": "percent"}
_NEAR = 0.4, 2.2
"""The part of the curve of rate and distortion that is shown, by the stream's own rate; as in the window."""
_ENCODING = 0.7
"""Share of the time that the pictures take."""


@dataclass(frozen=True, eq=False)
class Reported:
    """What a report is made of. card: the decoder's, None without one. command: makes it again. rate_points:
    of the codec alone on this picture, none where nobody has measured them. notes: on the picture's file."""

    refinement: Refinement
    card: ModelCard | None
    command: str
    rate_points: tuple[RatePoint, ...] = ()
    notes: tuple[str, ...] = ()


def write_report(
    path: Path, reported: Reported, cancelled: Cancelled = never, progress: Progress = ignore
) -> None:
    """Write the page to `path`, whole or not at all. Raises UserError when it can't be written, `Stopped`
    when cancelled."""
    page = report_page(reported, cancelled, progress)
    write_atomically(path, lambda file: file.write(page))


def report_page(reported: Reported, cancelled: Cancelled = never, progress: Progress = ignore) -> bytes:
    """The page, UTF-8. Raises `Stopped` when cancelled."""
    refinement = reported.refinement
    pictures = page_pictures(refinement, cancelled, lambda part: progress(_ENCODING * part))
    rows = list(step_rows(refinement, cancelled))
    if cancelled():
        raise Stopped
    title = f"{printable(refinement.request.image)}: {_sent(refinement)}, {_decoder(reported)}"
    body = "\n".join(
        [
            _header(title, reported, rows),
            wipe(pictures),
            _section("Pictures", gallery(pictures) + reduced_note(refinement)),
            _section("Over the steps", f'<div class="plots">{_plots(reported, rows)}</div>'),
            _section("Patch by patch", maps(refinement)),
            _section("Steps", _step_table(rows, refinement)),
            _sent_and_decoder(reported),
            _again(reported),
            _footer(_unmeasured(rows, reported.refinement)),
        ]
    )
    progress(1.0)
    return _document(title, body).encode("utf-8")


def _document(title: str, body: str) -> str:
    source = files("assets").joinpath("report")
    style = source.joinpath("report.css").read_text(encoding="utf-8")
    script = source.joinpath("report.js").read_text(encoding="utf-8")
    policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
        f"{body}\n<script>\n{script}</script>\n</body>\n</html>\n"
    )


# ---- plots and tables ------------------------------------------------------------------------------------


def _line(name: str, rows: Sequence[dict[str, Any]], key: str, look: int) -> Line:
    points = [(float(row["step"]), row[key]) for row in rows if row[key] is not None]
    return Line(name, tuple(points), look)


def _plots(reported: Reported, rows: Sequence[dict[str, Any]]) -> str:
    def drawn(title: str, svg: str) -> str:
        return f"<div><h3>{escape(title)}</h3>{svg}</div>" if svg else ""

    psnr = [_line("RGB", rows, "psnr_rgb_db", 1), _line("Y", rows, "psnr_y_db", 2)]
    similarity = [_line("SSIM", rows, "ssim", 1), _line("MS-SSIM", rows, "ms_ssim", 2)]
    artefacts = {
        unit: [
            _line(each.value.capitalize(), rows, key, look)
            for look, (key, each) in enumerate(zip(MEASURES, Artefact, strict=True), 1)
            if FACTS[each].unit == unit
        ]
        for unit in dict.fromkeys(facts.unit for facts in FACTS.values())
    }
    return "".join(
        [
            drawn("PSNR", svg_plot("PSNR over the steps", "step", "PSNR, dB", psnr, True)),
            drawn("Structural similarity", svg_plot("SSIM over the steps", "step", "SSIM", similarity, True)),
            *(
                drawn(
                    f"Artefacts in {_UNITS.get(unit, unit)}",
                    svg_plot("Artefacts over the steps", "step", unit, lines, True),
                )
                for unit, lines in artefacts.items()
            ),
            drawn("Rate–distortion", _rate_plot(reported)),
            drawn("Bits along the scan", _bits_plot(reported.refinement)),
        ]
    )


def _rate_plot(reported: Reported) -> str:
    record = reported.refinement
    low, high = (part * record.coded.bits_per_pixel for part in _NEAR)
    points = sorted(reported.rate_points, key=lambda point: point.bits_per_pixel)
    near = [point for point in points if low <= point.bits_per_pixel <= high]
    points = near if len(near) > 2 else points
    if len(points) < 2:
        return ""
    name = codec_facts(record.coded.codec).name
    curve = Line(name, tuple((each.bits_per_pixel, each.psnr_rgb_db) for each in points), 3)
    ends = (record.steps[0].scores.psnr_rgb_db, record.steps[-1].scores.psnr_rgb_db)
    rate = record.coded.bits_per_pixel
    here = Line(_decoder(reported), tuple((rate, db) for db in ends if db is not None), 1)
    return svg_plot("Rate–distortion", "bits per pixel", "RGB PSNR, dB", [curve, here])


def _bits_plot(refinement: Refinement) -> str:
    spent = refinement.coded.patch_bits
    if spent is None:
        return ""
    import numpy as np

    total = spent.headers + np.concatenate([[0.0], np.cumsum(spent.patches)])
    points = tuple((float(at), float(bits) / 1000) for at, bits in enumerate(total))
    line = Line("bits", points, 3, marked=False)
    return svg_plot("Bits along the scan", "patch, in raster order", "kbit, headers included", [line], True)


_COLUMNS = (
    ("step", "Step", 0), ("bits_per_pixel", "bpp", 3), ("psnr_rgb_db", "PSNR RGB, dB", 2),
    ("gain_db", "gain, dB", 2), ("psnr_y_db", "PSNR Y, dB", 2), ("ssim", "SSIM, Y", 4),
    ("ms_ssim", "MS-SSIM, Y", 4), ("ssimulacra2", "SSIMULACRA2", 1), ("flip", "FLIP", 4),
    ("rmse", "RMSE, levels", 2),
)  # fmt: skip
_PERCEPTUAL = ("ssimulacra2", "flip")


def _known(rows: Sequence[dict[str, Any]], key: str) -> bool:
    return any(row[key] is not None for row in rows)


def _unmeasured(rows: Sequence[dict[str, Any]], refinement: Refinement) -> str:
    """Why there is no SSIMULACRA2 or FLIP; "" where there is."""
    if refinement.original is None or all(_known(rows, key) for key in _PERCEPTUAL):
        return ""
    if refinement.coded.width * refinement.coded.height > PERCEPTUAL_PIXELS:
        return " SSIMULACRA2 and FLIP are measured up to 4 megapixels."
    return " SSIMULACRA2 and FLIP come with nrc-viewer[scores], where the picture is large enough."


def _step_table(rows: Sequence[dict[str, Any]], refinement: Refinement) -> str:
    measures = [
        (key, f"{each.value}, {FACTS[each].unit}", FACTS[each].decimals)
        for key, each in zip(MEASURES, Artefact, strict=True)
    ]
    columns = [*_COLUMNS, *measures, ("seconds", "seconds", 2)]
    columns = [column for column in columns if column[0] not in _PERCEPTUAL or _known(rows, column[0])]
    head = "".join(f'<th scope="col">{escape(name)}</th>' for _, name, _ in columns)
    lines = []
    for row, shown in zip(rows, shown_pictures(refinement), strict=True):
        cells = [picture_name(refinement, shown)]
        for key, _, places in columns[1:]:
            signed = key == "gain_db"
            cells.append("" if signed and not row["step"] else number(row[key], places, signed=signed))
        lines.append("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>")
    body = "".join(lines)
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _facts(rows: Facts) -> str:
    lines = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td>{escape(value)}</td></tr>' for name, value in rows
    )
    return f'<table class="facts"><tbody>{lines}</tbody></table>'


def _sent_and_decoder(reported: Reported) -> str:
    record = reported.refinement
    coded = record.coded
    facts = codec_facts(coded.codec)
    suffix = facts.suffixes[0] if facts.suffixes else ".bin"
    payload = base64.b64encode(coded.payload).decode("ascii")
    name = f"{Path(printable(record.request.image)).stem or 'picture'}-sent{suffix}"
    link = (
        f'<p class="screen"><a download="{escape(name)}" '
        f'href="data:application/octet-stream;base64,{payload}">'
        f"The stream itself, {len(coded.payload):,} bytes</a></p>"
    )
    received = record.request.encode is None
    parts = [
        f"<div><h2>{'Received' if received else 'Sent'}</h2>{_facts(sent_facts(coded, received))}{link}</div>"
    ]
    if reported.card is not None:
        about = _facts(decoder_facts(reported.card, record))
        card = f"<details><summary>Model card</summary>{_facts(card_facts(reported.card))}</details>"
        parts.append(f"<div><h2>Decoder</h2>{about}{card}</div>")
    return f'<div class="columns">{"".join(parts)}</div>'


def _again(reported: Reported) -> str:
    original = reported.refinement.original
    rows = program_facts()
    if original is not None:
        digest = hashlib.sha256(original.pixels.tobytes()).hexdigest()
        rows.append(("SHA-256 of the original", f"{digest} (its RGB samples, row by row)"))
    rows += [("About the file", note) for note in reported.notes]
    return _section(
        "Made by",
        f'<pre id="command">{escape(reported.command)}</pre>'
        f'<p class="screen"><button id="copy" type="button">Copy the command</button></p>{_facts(rows)}',
    )


def _header(title: str, reported: Reported, rows: Sequence[dict[str, Any]]) -> str:
    record, last = reported.refinement, rows[-1]
    figures = [(f"{record.coded.bits_per_pixel:.3f} bpp", f"{record.coded.length:,} bytes")]
    if last["psnr_rgb_db"] is not None:
        before, after = number(rows[-1 - last["step"]]["psnr_rgb_db"]), number(last["psnr_rgb_db"])
        changed = f"{before} → {after} dB" if last["step"] else f"{after} dB"
        figures.append(
            (changed, "PSNR of RGB, as sent → refined" if last["step"] else "PSNR of RGB, as sent")
        )
        if last["step"]:
            figures.append((f"{number(last['gain_db'], signed=True)} dB", "gain over the standard decode"))
    if last["step"]:
        figures.append((f"{last['seconds']:.2f} s", f"{last['step']} steps"))
    cells = "".join(f"<li><b>{escape(value)}</b><span>{escape(name)}</span></li>" for value, name in figures)
    coded = record.coded
    state = "" if record.finished else " The run was stopped before its last step."
    lead = f"{coded.width} × {coded.height} pixels.{state}"
    return (
        f"<header><div><h1>{escape(title)}</h1><p class='lead'>{escape(lead)}</p></div>"
        f'<button id="theme" class="screen" type="button">Light or dark</button></header>'
        f'<ul class="figures">{cells}</ul>'
    )


def _footer(note: str) -> str:
    return (
        "<footer>Scores are computed on the 8-bit pixels shown, peak 255: PSNR over all RGB samples, or of "
        "luma Y (BT.601); SSIM (Wang et al. 2004) and MS-SSIM (Wang et al. 2003) of luma; SSIMULACRA2 "
        "(Sneyers 2022; 100 at most) and FLIP (Andersson et al. 2020; 0 is no visible difference)."
        f"{note} Bits per pixel "
        "count the whole file, headers included. The decoder saw the stream and its own weights, nothing "
        "else.</footer>"
    )


def _section(heading: str, content: str) -> str:
    return f"<section><h2>{escape(heading)}</h2>{content}</section>" if content else ""


def _sent(refinement: Refinement) -> str:
    coded = refinement.coded
    facts = codec_facts(coded.codec)
    if refinement.request.encode is None:
        return f"{facts.title} as received"
    return facts.title if coded.quality is None else f"{facts.title} {facts.quality_words(coded.quality)}"


def _decoder(reported: Reported) -> str:
    card, name = reported.card, Path(reported.refinement.request.decoder).stem
    name = card.title if card is not None and name else name
    return f"refined by {name}" if name else "standard decode"
