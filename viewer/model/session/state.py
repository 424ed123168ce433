"""The window's state as frozen records. No Qt.

Positions are those of the picture: pixels (x, y), patches (row, column), scan positions in raster order.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from engine.choices import ORIENTATIONS
from engine.codecs.facts import CODEC_FACTS, CodecFacts, codec_facts
from engine.models.card import ModelCard
from engine.types import Context, DecodeOptions, EncodeOptions, Picture, RefineRequest, patch_grid
from viewer.model.reading import read_by_field
from viewer.model.session.bench import Bench
from viewer.model.session.choices import (
    AS_MEASURED,
    AS_TRAINED,
    GAINS,
    LEAST_TARGET,
    MAX_SPEED,
    MAX_STEPS,
    MIN_SPEED,
    MOST_STRENGTH,
    MOST_TARGET,
    PANES,
    TEXT_SCALES,
    THEMES,
    Mode,
    Overlay,
    Page,
)  # fmt: skip
from viewer.model.session.compare import Compare
from viewer.model.session.decoder_choice import Chosen, fitting
from viewer.model.session.lab import Lab
from viewer.model.session.lessons import ALL, NONE, Course, Lesson
from viewer.model.session.patch import Explained
from viewer.model.session.presentation import Presentation
from viewer.model.session.rate_distortion import Rates
from viewer.model.session.repair import Repair
from viewer.model.session.setting import Kept, Undo, one_of, part, setting, within
from viewer.model.session.view import Looking

SCANNING = ("raster", "sibling")
"""Kinds of decoders that visit patches one after the other, with a state that can be looked into."""
_INSIDE_PATCHES = 1 << 16
"""States are kept up to this many patches (4 megapixels): beyond they would take gigabytes."""
_PAGES = {Page.PICTURES: "one decoder", Page.COMPARE: "compared decoders", Page.CODECS: "all codecs",
          Page.LAB: "the lab", Page.REPAIR: "files to repair",
          Page.BENCH: "measuring"}  # fmt: skip
_OVERLAYS = tuple(overlay for overlay in Overlay if overlay is not Overlay.WINNER)
"""Who wins can be told of compared decoders only."""


def codec_title(codec: str) -> str:
    """What people call a codec."""
    return codec_facts(codec).title if codec in CODEC_FACTS else codec


@read_by_field
@dataclass(frozen=True)
class Options:
    """What a run is asked to do. `bits_per_pixel`, when given, is a target that replaces the quality.

    decoder: "" for none. steps: 0 stands for as many as the model was trained for. strength: percent of the
    network's change; projection: into the quantisation intervals; guard: against harm;
    earlier: a file that was saved twice is mended as its first saving left it; orientations: of the picture,
    over which a sweep network's estimates are averaged.
    """

    codec: str = setting("jpeg", "codec", Kept.ALWAYS, said=codec_title)
    decoder: str = setting("", "decoder", Kept.ALWAYS, words={"": "none"})
    bits_per_pixel: float | None = setting(
        None, "bits per pixel", Kept.ALWAYS, limits=within(LEAST_TARGET, MOST_TARGET)
    )
    quality: int = setting(15, "quality", Kept.ALWAYS)
    subsampling: str = setting("4:2:0", "chroma", Kept.ALWAYS)
    steps: int = setting(0, "steps", Kept.ALWAYS, limits=within(0, MAX_STEPS), words=AS_TRAINED)
    context: Context = setting(Context.BOTH, "context", Kept.ALWAYS)
    carry: bool = setting(False, "carry", Kept.ALWAYS)
    strength: int = setting(
        AS_MEASURED, "strength", Kept.ALWAYS, limits=within(0, MOST_STRENGTH), said=lambda part: f"{part} %"
    )
    projection: bool = setting(True, "quantisation intervals", Kept.ALWAYS)
    guard: bool = setting(True, "guard", Kept.ALWAYS)
    earlier: bool = setting(True, "first saving", Kept.ALWAYS)
    orientations: int = setting(1, "orientations", Kept.ALWAYS, limits=one_of(*ORIENTATIONS))

    def encode_options(self) -> EncodeOptions:
        if self.bits_per_pixel is not None:
            return EncodeOptions(bits_per_pixel=self.bits_per_pixel, subsampling=self.subsampling)
        return EncodeOptions(quality=self.quality, subsampling=self.subsampling)

    def finished(self, options: DecodeOptions) -> DecodeOptions:
        """`options` with what is done to every estimate before it is shown."""
        return replace(
            options,
            strength=self.strength / 100,
            projection=self.projection,
            guard=self.guard,
            earlier=self.earlier,
            orientations=self.orientations,
        )


@dataclass(frozen=True, eq=False)
class Stream:
    """A file opened as received: there is no original. codec: whose stream it is. notes: what showing its
    pixels leaves out. orientation: as in EXIF, how its pixels are turned to be seen upright. missing: patches
    that never came."""

    name: str
    payload: bytes
    height: int
    width: int
    path: Path | None = None
    notes: tuple[str, ...] = ()
    codec: str = "jpeg"
    orientation: int = 1
    missing: int = 0


@read_by_field
@dataclass(frozen=True, eq=False)
class Lessons:
    """Where one stands. seen: numbers of the lessons that were opened, from 0.

    before: the session as it was when the lessons were opened, to come back to. quality: of the transform
    figure where the stream can't be sent anew. used: coefficients that its decoder takes, in zigzag order.
    coefficient: (vertical, horizontal) frequency whose histogram is shown. rho: hundredths of the model's ρ,
    None for the picture's own. fault: what of the lesson can't be
    had here, in words. predicted: the choice that was made of the lesson's question, None before; ran: its
    run was begun; revealed: the outcome is shown.
    """

    on: bool = False
    course: Course | None = None
    at: int = 0
    seen: tuple[int, ...] = ()
    before: Session | None = None
    quality: int = 15
    used: int = ALL
    coefficient: tuple[int, int] = (0, 1)
    rho: int | None = None
    fault: str = ""
    predicted: int | None = None
    ran: bool = False
    revealed: bool = False

    @property
    def lesson(self) -> Lesson | None:
        """The open lesson, None while the panel is closed."""
        return self.course.lessons[self.at] if self.on and self.course is not None else None

    @property
    def figure(self) -> str:
        """Key of the live figure that is shown."""
        return self.lesson.figure if self.lesson is not None else NONE


@read_by_field
@dataclass(frozen=True, eq=False)
class Session:
    """Everything that a person has chosen.

    chosen: the decoder last chosen for each codec. step: the step asked for, None follows the newest, below 0
    the stages of a progressive stream. scan: position of the scan, None shows all
    patches at the step. cursor: pixel under the mouse. peek: a pane's key while its picture is held
    over all others. order: keys of the panes (`pane_set`); wipe: those of the pair that is wiped or blinks;
    blinking: it does so by itself. show_inside: the hidden state stands in place of the
    figures. sample: name of the bundled sample that is shown,
    or "". playlist: files to go on to. file_codec: the codec whose stream the picture's file is, so that it
    could be taken as received; "" for other files. schematic: the network's diagram is shown. theme: ""
    follows the desktop. text_scale: percent.
    """

    page: Page = setting(Page.PICTURES, "page", Kept.FILES, words=_PAGES)
    options: Options = part(Options)
    compare: Compare = part(Compare, "compared")
    rates: Rates = part(Rates, "codecs")
    repair: Repair = part(Repair, "repair")
    bench: Bench = part(Bench, "measured")
    lab: Lab = part(Lab, "lab")
    mode: Mode = setting(Mode.SIDE, "view mode", Kept.FILES)
    wipe: tuple[str, str] = setting(("standard", "estimate"), "pictures of the wipe", Kept.FILES)
    order: tuple[str, ...] = setting(PANES, "order of the panes", Kept.FILES, stored="panes")
    solo: str = setting("", "single pane", Kept.FILES, words={"": "all"})
    overlay: Overlay = setting(Overlay.NONE, "overlay", Kept.ALWAYS, limits=one_of(*_OVERLAYS))
    opacity: float = setting(
        0.6, "opacity", Kept.ALWAYS, limits=within(0.0, 1.0), said=lambda part: f"{100 * part:.0f} %"
    )
    gain: int = setting(4, "gain of differences", Kept.ALWAYS, limits=one_of(*GAINS))
    absolute: bool = setting(False, "absolute difference", Kept.ALWAYS)
    show_inside: bool = setting(False, "hidden state", Kept.ALWAYS)
    speed: float = setting(1.0, "speed", Kept.SETTINGS, limits=within(MIN_SPEED, MAX_SPEED))
    looking: Looking = part(Looking, "looking")
    theme: str = setting("", "theme", Kept.SETTINGS, limits=one_of(*THEMES), words={"": "system"})
    text_scale: int = setting(100, "size of text", Kept.SETTINGS, limits=one_of(*TEXT_SCALES))
    chosen: Chosen = setting((), undo=Undo.FOLLOWS)
    step: int | None = setting(None, "step", Kept.FILES, undo=Undo.NEVER)
    scan: int | None = setting(None, "scan", Kept.FILES, undo=Undo.NEVER)
    pinned: tuple[int, int] | None = setting(None, "patch", Kept.FILES, stored="patch", undo=Undo.NEVER)
    models: tuple[ModelCard, ...] = ()
    picture: Picture | None = None
    stream: Stream | None = None
    sample: str = ""
    playlist: tuple[Path, ...] = ()
    file_codec: str = ""
    cursor: tuple[int, int] | None = None
    peek: str = ""
    blinking: bool = False
    playing: bool = False
    zoom: float = 100.0
    schematic: bool = False
    lessons: Lessons = field(default_factory=Lessons)
    explain: Explained = field(default_factory=Explained)
    presentation: Presentation = field(default_factory=Presentation)

    @property
    def size(self) -> tuple[int, int] | None:
        """(height, width) of what is open."""
        shown = self.picture or self.stream
        return (shown.height, shown.width) if shown is not None else None

    @property
    def grid(self) -> tuple[int, int]:
        """Patch rows and columns; (0, 0) while nothing is open."""
        return patch_grid(*self.size) if self.size is not None else (0, 0)

    @property
    def name(self) -> str:
        """File or sample name, "" while nothing is open."""
        shown = self.picture or self.stream
        return shown.name if shown is not None else ""

    @property
    def codec(self) -> str:
        """The codec of the stream that is shown: the received one's, else the chosen one."""
        return self.stream.codec if self.stream is not None else self.options.codec

    @property
    def codec_facts(self) -> CodecFacts:
        """What is known of that codec."""
        return codec_facts(self.codec)

    @property
    def fitting(self) -> tuple[ModelCard, ...]:
        """The decoders that serve that codec."""
        return fitting(self.models, self.codec)

    @property
    def card(self) -> ModelCard | None:
        """The chosen decoder's card."""
        return next((card for card in self.models if card.name == self.options.decoder), None)

    @property
    def scans(self) -> bool:
        """Whether the chosen decoder visits patches one after the other, and is shown doing so."""
        return self.card is not None and self.card.kind in SCANNING and self.page is not Page.COMPARE

    @property
    def inside(self) -> bool:
        """Whether the picture is small enough to keep what networks hold for every patch."""
        rows, columns = self.grid
        return 0 < rows * columns <= _INSIDE_PATCHES

    def request(self) -> RefineRequest:
        """The run that these choices ask for."""
        options = self.options
        return RefineRequest(
            image=self.name,
            codec=self.codec,
            encode=options.encode_options() if self.picture is not None else None,
            decoder=options.decoder,
            options=options.finished(
                DecodeOptions(
                    steps=options.steps,
                    context=options.context,
                    carry=options.carry,
                    inside=self.card is not None and self.card.kind in SCANNING and self.inside,
                )
            ),
        )


def needs_run(before: Session, after: Session) -> bool:
    """Whether `after` shows another result than `before`, so that it must be computed."""
    if after.picture is None and after.stream is None:
        return False
    moved = before.picture is not after.picture or before.stream is not after.stream
    if after.page is not Page.COMPARE:
        return moved or before.page is Page.COMPARE or before.request() != after.request()
    return moved or before.page is not Page.COMPARE or _compared(before) != _compared(after)


def _compared(session: Session) -> tuple[object, ...]:
    """What the results of a comparison follow from, beside the picture."""
    options = session.options
    finish = options.strength, options.projection, options.guard, options.earlier, options.orientations
    return options.codec, options.encode_options(), finish, session.compare.entries, session.compare.steps
