"""What an HTML report says in words: what was sent, what decoded it, and the command that makes it again."""

from __future__ import annotations

import hashlib
import json
import platform
import shlex
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from engine import __version__
from engine.artefacts.earlier_saving import EarlierSaving, earlier_saving, mended_scale
from engine.artefacts.jpeg_history import expected_gain_db, history_of, history_words
from engine.codecs.facts import codec_facts
from engine.errors import printable
from engine.models.card import ModelCard
from engine.report.numbers import PERCEPTUAL_PIXELS
from engine.types import Coded, DecodeOptions, Pixels, Refinement

Facts = list[tuple[str, str]]
"""Names and values, in their order."""
_PACKAGES = ("torch", "numpy", "pillow", "scikit-image", "jpeglib")


def report_command(refinement: Refinement, source: str, *, sample: bool = False, output: str = "") -> str:
    """The command line that makes the report again, for a POSIX shell.

    source: path or name of the picture, or of the stream that was received. sample: it is a bundled one.
    """
    request = refinement.request
    words = ["nrc", "report", *(["--sample", source] if sample else [source])]
    if request.encode is None:
        words += ["--received"]
    else:
        words += ["--codec", request.codec]
        if request.encode.bits_per_pixel is not None:
            words += ["--bpp", f"{request.encode.bits_per_pixel:.12g}"]
        else:
            words += ["--quality", str(request.encode.quality)]
        if len(codec_facts(request.codec).subsamplings) > 1:
            words += ["--subsampling", request.encode.subsampling]
    if request.decoder:
        options = request.options
        words += ["--decoder", request.decoder, "--steps", str(refinement.planned_steps)]
        words += ["--context", options.context.value]
        words += ["--carry"] if options.carry else []
        words += ["--seed", str(options.seed)] if options.seed else []
        words += ["--strength", f"{100 * options.strength:g}"] if options.strength != 1 else []
        words += [] if options.projection else ["--no-projection"]
        words += [] if options.guard else ["--no-guard"]
        words += [] if options.earlier else ["--no-earlier"]
        many = options.orientations
        words += ["--orientations", str(many)] if many > 1 else []
        words += ["--precision", options.precision] if options.precision != "auto" else []
    else:
        words += ["--decoder", "none"]
    words += ["-o", output or "report.html"]
    return " ".join(shlex.quote(printable(word)) for word in words)


def sent_facts(coded: Coded, received: bool) -> Facts:
    """What was sent, from the stream alone."""
    facts = codec_facts(coded.codec)
    rows: Facts = [("Codec", f"{facts.title}: {facts.tip}" if facts.tip else facts.title)]
    if received:
        rows.append(("Made by", "nobody knows: the stream was received"))
        history = history_of(coded)
        if history is not None:
            rows.append(("What it tells of its past", history_words(history)))
    elif coded.quality is not None:
        rows.append((facts.quality_name.capitalize(), str(coded.quality)))
    if coded.subsampling:
        rows.append(("Chroma", coded.subsampling))
    rows.append(("Picture", f"{coded.width} × {coded.height} pixels"))
    rows.append(("Size", f"{coded.length:,} bytes, {coded.bits_per_pixel:.6f} bits per pixel"))
    if coded.foreign:
        rows.append(("Not counted", f"{coded.foreign:,} bytes of the file beside the picture's own stream"))
    if coded.damage:
        rows.append(("Damage", coded.damage))
    if coded.patch_bits is not None:
        spent = coded.patch_bits
        rest = f"{spent.headers:,} of headers, {spent.padding + spent.stuffing:,} of padding and stuffing"
        rows.append(("Where the bits go", f"{round(float(spent.patches.sum())):,} bits of patches, {rest}"))
    elif coded.patch_bits_note:
        rows.append(("Bits of patches", coded.patch_bits_note))
    rows.append(("Step scale", f"{coded.scale:.4g} (1 is JPEG's standard luma table at quality 50)"))
    rows.append(("SHA-256 of the stream", hashlib.sha256(coded.payload).hexdigest()))
    return rows


def decoder_facts(card: ModelCard, refinement: Refinement) -> Facts:
    """What refined it, and how it was run."""
    options, last = refinement.request.options, refinement.steps[-1]
    count = options.orientations if card.kind == "sweep" else 1
    rows: Facts = [
        ("Decoder", f"{card.title} ({card.name})"),
        ("What it is", card.summary),
        ("Kind, cell", f"{card.kind}, {card.cell}"),
        ("Trained by", card.learner),
        ("Parameters", f"{card.weights:,}"),
        ("Trained for", f"{card.steps} steps; streams of {', '.join(card.codecs)}"),
        ("Steps here", f"{last.index} of {refinement.planned_steps}, {last.seconds:.2f} s"),
        ("Context", options.context.value + (", state carried along the row" if options.carry else "")),
        ("Strength", f"{100 * options.strength:.0f} % of what the network changes"),
        ("Computed in", _precision(card, options)),
        ("Average", f"over {count} orientations of the picture" if count > 1 else ""),
        *_finish_facts(card, refinement),
        ("Seed of this run", str(options.seed)),
        ("Trust", card.trust_note(refinement.coded.scale, refinement.coded.codec)),
        ("Study", card.study),
    ]
    return [(name, value) for name, value in rows if value]


def _precision(card: ModelCard, options: DecodeOptions) -> str:
    """Of a sweep network; `auto` depends on the processor."""
    if card.kind != "sweep":
        return ""
    from engine.decoders.base import pick_device
    from engine.decoders.precision import precision_of

    return precision_of(options.precision, pick_device(options.device), card.integers).title


def _finish_facts(card: ModelCard, refinement: Refinement) -> Facts:
    """What was done to the estimates, what rounding left over of it, and the gain that can be expected."""
    options, coded, last = refinement.request.options, refinement.coded, refinement.steps[-1]
    rows: Facts = []
    if coded.symbols is not None:
        rows.append(("Quantisation intervals", _intervals(coded, last.pixels, options.projection)))
    if card.guarded:
        rows.append(("Guard against harm", "on" if options.guard else "off"))
    saving = earlier_saving(coded) if card.kind == "sweep" else None
    if saving is not None:
        rows.append(("Saved twice", _twice(saving, options.earlier)))
    scale = mended_scale(coded) if card.kind == "sweep" and options.earlier else coded.scale
    expected = expected_gain_db(card.scores, scale) if coded.codec == "jpeg" else None
    if refinement.original is None and expected is not None:
        rows.append(("Gain to expect", f"photographs like it gained {expected:+.1f} dB"))
    return rows


def _twice(saving: EarlierSaving, behind: bool) -> str:
    """Which of the two savings was mended."""
    if behind:
        return f"mended as the first saving left it, at quality {saving.quality}"
    return f"mended as the last saving left it; the first was at quality {saving.quality}"


def _intervals(coded: Coded, pixels: Pixels, projection: bool) -> str:
    """Whether they are kept to, and what rounding to 8 bits leaves outside, where that is soon measured."""
    history = history_of(coded)
    covered = history is not None and history.earlier is not None and history.earlier.sureness > 0.5
    words = "estimates are kept within them" if projection else "not kept to"
    if projection and covered:
        words = "not kept to: they hold for what an earlier saving left"
    if coded.width * coded.height > PERCEPTUAL_PIXELS:
        return words
    from engine.decoders.cells import leftover

    share, most = leftover(coded, pixels)
    return (
        f"{words}; {100 * share:.2f} % of the 8-bit picture's coefficients lie outside, "
        f"by {most:.1f} levels at most"
    )


def card_facts(card: ModelCard) -> Facts:
    """The model card's training and scores, nested values as JSON text."""
    rows: Facts = []
    for heading, table in (("Network", card.network), ("Training", card.training), ("Scores", card.scores)):
        for key, value in table.items():
            rows.append((f"{heading}, {key.replace('_', ' ')}", _written(value)))
    return rows


def _written(value: Any) -> str:
    if isinstance(value, Mapping | list | tuple):
        return json.dumps(value, ensure_ascii=False, default=str)
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def program_facts() -> Facts:
    """Versions of what computed it."""
    rows: Facts = [("nrc-viewer", __version__), ("Python", platform.python_version())]
    for name in _PACKAGES:
        try:
            rows.append((name, version(name)))
        except PackageNotFoundError:
            continue
    return [*rows, ("System", f"{platform.system()} {platform.machine()}")]
