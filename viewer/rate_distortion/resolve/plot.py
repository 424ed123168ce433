"""Curves of every codec over the rate: what the codecs view plots, names and tabulates. No Qt, pure."""

from __future__ import annotations

import math

from engine.codecs.facts import CODEC_FACTS, codec_facts
from engine.models.card import ModelCard
from engine.rates.curves import PublishedCurve
from engine.rates.survey import best_card
from viewer.core import words
from viewer.core.memo import Memo
from viewer.model.facts.facts import Facts
from viewer.model.facts.run import Run
from viewer.model.scene.palette import GREY, codec_colour, decoder_colour
from viewer.model.scene.plots import Curve, PlotScene
from viewer.model.scene.rate_distortion import Chip, Target
from viewer.model.session.decoder_names import decoder_title
from viewer.model.session.playback import shown_step
from viewer.model.session.rate_distortion import Metric, RatesSource
from viewer.model.session.state import Session
from viewer.rate_distortion.resolve.lines import CodecLine, array, is_kodak, value_of

SYMBOLS = {"jpeg": "o", "jpeg2000": "s", "jpeg2000-nomct": "x", "webp": "t", "avif": "d", "e2e": "*",
           "goog": "+"}  # fmt: skip
"""Of each codec's points, so that no meaning hangs on colour alone."""
NO_ORIGINAL = "A received file has no original to measure codecs on"
METRIC_LABELS = {Metric.PSNR: "RGB PSNR (dB)", Metric.MS_SSIM: "MS-SSIM"}
_TITLES = {Metric.PSNR: "Rate–distortion", Metric.MS_SSIM: "Rate–distortion, MS-SSIM of luma"}
_DECIMALS = {Metric.PSNR: 2, Metric.MS_SSIM: 4}


# ---- plots -------------------------------------------------------------------------------------------------


def rates_plot(session: Session, facts: Facts, lines: tuple[CodecLine, ...], memo: Memo) -> PlotScene:
    """The plot in the middle of the window."""
    state, known = session.rates, facts.rates
    kodak = state.source is RatesSource.KODAK
    run = facts.run if session.picture is not None and not kodak else None
    step = shown_step(session, run.ready, run.first) if run is not None else 0
    published = known.mean.published if known.mean is not None and shows_published(session) else ()

    curves = memo.recall(_curves, published, lines, state.metric, run, step, session.models, slots=4)
    title = _TITLES[state.metric] + (", Kodak mean" if kodak else f", {session.name}" * bool(session.name))
    return PlotScene(
        "rates",
        title,
        "bits per pixel (bpp)",
        METRIC_LABELS[state.metric],
        curves,
        current_rate(session, facts) if curves else None,
        _empty_note(session, facts),
        x_decimals=3,
        y_decimals=_DECIMALS[state.metric],
        x_span=state.span,
        legend=False,
    )


def _curves(
    published: tuple[PublishedCurve, ...],
    lines: tuple[CodecLine, ...],
    metric: Metric,
    run: Run | None,
    step: int,
    cards: tuple[ModelCard, ...],
) -> tuple[Curve, ...]:
    behind = [_published_curve(curve, metric) for curve in published]
    front = [_curve(line, metric) for line in lines]
    return (*behind, *front, *(_here(run, step, metric, cards) if run is not None and front else ()))


def shows_published(session: Session) -> bool:
    """Published curves are means over Kodak: they stand behind those, and behind a Kodak picture's."""
    return session.rates.published and (session.rates.source is RatesSource.KODAK or is_kodak(session))


def current_rate(session: Session, facts: Facts) -> float | None:
    """Bits per pixel of the current stream, as far as it is shown."""
    run = facts.run
    return run.bits_per_pixel(shown_step(session, run.ready, run.first)) if run is not None else None


def _curve(line: CodecLine, metric: Metric) -> Curve:
    facts = codec_facts(line.codec)
    labels = tuple(
        facts.quality_words(quality) if quality is not None else "Kodak mean" for quality in line.qualities
    )
    style = "dash" if line.decoder else "solid"
    colour, symbol = codec_colour(line.codec), SYMBOLS.get(line.codec, "o")
    return Curve(
        line.name, array(line.rates), line.values(metric), colour, style, symbol, 3.2, line.key, labels
    )


def _published_curve(curve: PublishedCurve, metric: Metric) -> Curve:
    over = "RGB, " if metric is Metric.MS_SSIM else ""
    name = f"{curve.codec}, published ({over}Kodak mean)"
    values = curve.psnr_rgb_db if metric is Metric.PSNR else curve.ms_ssim_rgb
    y = array([math.nan if value is None else value for value in values])
    labels = (f"from {curve.source}",) * len(y)
    return Curve(name, array(curve.bits_per_pixel), y, GREY, "solid", "", key="", labels=labels, faint=True)


def _here(run: Run, step: int, metric: Metric, cards: tuple[ModelCard, ...]) -> tuple[Curve, ...]:
    """The current stream's point, of a progressive one as far as it is shown, and above it, because the bits
    are the same, the refined one."""
    record = run.refinement
    rate, title = array([run.bits_per_pixel(step)]), codec_facts(record.coded.codec).name
    colour = codec_colour(record.coded.codec)
    plain = array([value_of(run.scores(min(0, step)), metric)])
    found = [Curve(f"Now: {title}", rate, plain, colour, "points", "o", 5.0, live=True)]
    if step > 0:
        name = f"Now: {title}, step {step} of {decoder_title(record.request.decoder, cards)}"
        value = array([value_of(run.scores(step), metric)])
        colour = decoder_colour(record.request.decoder)
        found.append(Curve(name, rate, value, colour, "points", "d", 5.0, live=True))
    return tuple(curve for curve in found if not math.isnan(float(curve.y[0])))


def _empty_note(session: Session, facts: Facts) -> str:
    if session.rates.source is RatesSource.KODAK:
        mean = facts.rates.mean
        return "Reading …" if mean is None else mean.note or "None of these codecs was measured on Kodak"
    if session.size is None:
        return "Open a picture to begin"
    if session.picture is None:
        return NO_ORIGINAL
    if facts.rates.curves.stopped:
        return "Stopped before anything was measured  (F5 goes on)"
    return "Shown as the codecs are measured, the points near the current rate first"


def side_plots(
    session: Session, lines: tuple[CodecLine, ...], facts: Facts, memo: Memo
) -> tuple[PlotScene, ...]:
    """Beside the curves: the same over the other metric, and what the decoders gain over the rate."""
    state = session.rates
    other = Metric.MS_SSIM if state.metric is Metric.PSNR else Metric.PSNR
    note = _empty_note(session, facts)
    marker = current_rate(session, facts) if lines else None

    def plot(key: str, title: str, label: str, decimals: int, curves: tuple[Curve, ...]) -> PlotScene:
        return PlotScene(
            key, title, "bits per pixel (bpp)", label, curves, marker, note, x_decimals=3,
            y_decimals=decimals, x_span=state.span, legend=False,
        )  # fmt: skip

    return (
        plot("rates other", _TITLES[other], METRIC_LABELS[other], _DECIMALS[other],
             memo.recall(_others, lines, other)),
        plot("rates gain", "Refinement gain", "RGB PSNR (dB)", 2, memo.recall(_gains, lines)),
    )  # fmt: skip


def _others(lines: tuple[CodecLine, ...], metric: Metric) -> tuple[Curve, ...]:
    return tuple(_curve(line, metric) for line in lines)


def _gains(lines: tuple[CodecLine, ...]) -> tuple[Curve, ...]:
    """Refined over standard decode of the same streams."""
    plain = {
        line.codec: dict(zip(line.rates, line.scores, strict=True)) for line in lines if not line.decoder
    }
    curves = []
    for line in lines:
        before = plain.get(line.codec, {})
        pairs = [
            (rate, value_of(after, Metric.PSNR) - value_of(before[rate], Metric.PSNR))
            for rate, after in zip(line.rates, line.scores, strict=True)
            if line.decoder and rate in before
        ]
        if pairs:
            x, y = zip(*pairs, strict=True)
            colour, symbol = codec_colour(line.codec), SYMBOLS.get(line.codec, "o")
            curves.append(Curve(line.name, array(x), array(y), colour, "dash", symbol, 3.0))
    return tuple(curves)


# ---- chips, targets, notes ---------------------------------------------------------------------------------


def chips_of(session: Session, facts: Facts) -> tuple[Chip, ...]:
    """Every codec, on or off."""
    failures, unrefined = facts.rates.curves.failures, facts.rates.curves.unrefined
    if session.rates.source is RatesSource.KODAK:
        failures = unrefined = {}
    chips = []
    for codec, known in CODEC_FACTS.items():
        best = best_card(session.models, codec)
        failed = failures.get(codec, "")
        tip = f"{known.title}: {known.tip}"
        if failed:
            tip += f"\nLeft out: {failed}"
        elif codec in unrefined:
            tip += f"\nNot refined: {unrefined[codec]}"
        else:
            tip += (
                f"\nDashed: refined by {decoder_title(best.name, session.models)} ({best.name})"
                if best
                else "\nNo decoder was trained for its streams"
            )
        tip += "\nClick: on or off. Double click: this one alone, or all"
        on = codec not in session.rates.hidden
        colour, symbol = codec_colour(codec), SYMBOLS.get(codec, "o")
        chips.append(Chip(codec, known.name, tip, colour, symbol, on, best is not None, failed))
    return tuple(chips)


def targets_of(lines: tuple[CodecLine, ...]) -> dict[str, tuple[Target, ...]]:
    """What a click on each point of the plot loads."""
    targets = {}
    for line in lines:
        facts = codec_facts(line.codec)
        targets[line.key] = tuple(
            Target(
                line.codec,
                quality,
                rate,
                f"{facts.name} {facts.quality_words(quality)}"
                if quality is not None
                else f"{facts.name} at about {words.bpp(rate)}",
            )
            for rate, quality in zip(line.rates, line.qualities, strict=True)
        )
    return targets


def note_of(session: Session, facts: Facts) -> str:
    """One line below the plot: what failed, what is stopped, where the grey lines come from."""
    curves, state = facts.rates.curves, session.rates
    parts = []
    if state.source is RatesSource.PICTURE and session.picture is not None:
        left_out = [codec for codec in state.codecs if codec in curves.failures]
        parts += [f"Left out: {_named(codec, curves.failures[codec])}" for codec in left_out]
        plain = [codec for codec in state.codecs if codec in curves.unrefined]
        parts += [f"Not refined: {_named(codec, curves.unrefined[codec])}" for codec in plain]
        if curves.stopped:
            parts.append("Stopped: F5 goes on")
    if shows_published(session) and facts.rates.mean is not None and facts.rates.mean.published:
        similar = "" if state.metric is Metric.PSNR else ", their MS-SSIM over RGB"
        names = dict.fromkeys(curve.source.split()[0] for curve in facts.rates.mean.published)
        sources = f"{' and '.join(names)}'s published Kodak means"
        parts.append(f"Thin grey, not measured here: {sources}{similar}")
    mean = facts.rates.mean
    if state.source is RatesSource.KODAK and mean is not None:
        count = max((curve.pictures for curve in mean.measured), default=0)
        measured = f"Means over {count} pictures, measured with this program" if count else ""
        parts[:0] = [said for said in (mean.note or measured,) if said]
    if not parts and session.picture is not None:
        parts.append("Solid: standard decode. Dashed: refined. Click a point to send the picture there")
    return "  ·  ".join(parts)


def _named(codec: str, reason: str) -> str:
    """A reason with the codec's name before it, unless it begins with that itself."""
    facts = codec_facts(codec)
    named = reason.startswith((facts.title, facts.name))
    return reason if named else f"{facts.name}, {reason}"
