"""State of the window as frozen records, and the pure transitions between them. No Qt.

A transition returns a new `Session`; whether a new run is needed follows from comparing the two with
`needs_run`. Positions are those of the picture: pixels (x, y), patches (row, column), scan positions in
raster order.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from engine.models import ModelCard
from engine.pipeline import MOST_STEPS
from engine.types import PATCH, Context, DecodeOptions, EncodeOptions, Picture, RefineRequest, patch_grid
from viewer.scene import Mode, Overlay

PANES = ("original", "standard", "estimate")
"""Keys of the panes, in the order in which a stream comes about."""
MAX_STEPS = MOST_STEPS
MIN_SPEED, MAX_SPEED = 0.25, 8.0
GAINS = (1, 2, 4, 8, 16)
"""Factors by which a difference may be magnified."""


@dataclass(frozen=True)
class Options:
    """What a run is asked to do. `bits_per_pixel`, when given, is a target that replaces the quality.

    steps: 0 stands for as many as the model was trained for.
    """

    codec: str = "jpeg"
    quality: int = 15
    bits_per_pixel: float | None = None
    subsampling: str = "4:2:0"
    decoder: str = ""
    steps: int = 0
    context: Context = Context.BOTH
    carry: bool = False

    def encode_options(self) -> EncodeOptions:
        if self.bits_per_pixel is not None:
            return EncodeOptions(bits_per_pixel=self.bits_per_pixel, subsampling=self.subsampling)
        return EncodeOptions(quality=self.quality, subsampling=self.subsampling)


@dataclass(frozen=True, eq=False)
class Stream:
    """A file opened as received: there is no original."""

    name: str
    payload: bytes
    height: int
    width: int
    path: Path | None = None


@dataclass(frozen=True, eq=False)
class Session:
    """Everything that a person has chosen.

    step: the step asked for, None follows the newest. scan: position of the scan, None shows all
    patches at the step. cursor: pixel under the mouse. peek: a pane's key while its picture is held
    over all others; blinking does so by itself. sample: name of the bundled sample that is shown,
    or "". jpeg: the picture came from a JPEG file, so that it could be taken as received.
    """

    options: Options = field(default_factory=Options)
    models: tuple[ModelCard, ...] = ()
    picture: Picture | None = None
    stream: Stream | None = None
    sample: str = ""
    jpeg: bool = False
    step: int | None = None
    scan: int | None = None
    cursor: tuple[int, int] | None = None
    pinned: tuple[int, int] | None = None
    overlay: Overlay = Overlay.NONE
    opacity: float = 0.6
    mode: Mode = Mode.SIDE
    order: tuple[str, ...] = PANES
    solo: str = ""
    wipe: tuple[str, str] = ("standard", "estimate")
    absolute: bool = False
    gain: int = 4
    peek: str = ""
    blinking: bool = False
    playing: bool = False
    speed: float = 1.0
    theme: str = ""
    zoom: float = 100.0

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
    def card(self) -> ModelCard | None:
        """The chosen decoder's card."""
        return next((card for card in self.models if card.name == self.options.decoder), None)

    @property
    def scans(self) -> bool:
        """Whether the chosen decoder visits patches one after the other."""
        return self.card is not None and self.card.kind == "raster"

    def request(self) -> RefineRequest:
        """The run that these choices ask for."""
        options = self.options
        return RefineRequest(
            image=self.name,
            codec=options.codec,
            encode=options.encode_options() if self.picture is not None else None,
            decoder=options.decoder,
            options=DecodeOptions(steps=options.steps, context=options.context, carry=options.carry),
        )


def needs_run(before: Session, after: Session) -> bool:
    """Whether `after` shows another result than `before`, so that it must be computed."""
    if after.picture is None and after.stream is None:
        return False
    moved = before.picture is not after.picture or before.stream is not after.stream
    return moved or before.request() != after.request()


def open_picture(session: Session, picture: Picture, sample: str = "", jpeg: bool = False) -> Session:
    """Show a picture whose pixels are to be encoded."""
    return _opened(session, picture=picture, stream=None, sample=sample, jpeg=jpeg)


def open_stream(session: Session, stream: Stream) -> Session:
    """Show a stream as received. A difference against the original can't be shown any longer."""
    return _opened(session, picture=None, stream=stream, sample="", jpeg=True)


def _opened(
    session: Session, picture: Picture | None, stream: Stream | None, sample: str, jpeg: bool
) -> Session:
    wipe = session.wipe if stream is None or "original" not in session.wipe else ("standard", "estimate")
    return replace(
        session,
        picture=picture,
        stream=stream,
        sample=sample,
        jpeg=jpeg,
        step=None,
        scan=None,
        cursor=None,
        pinned=None,
        playing=False,
        peek="",
        blinking=False,
        solo="" if stream is not None and session.solo == "original" else session.solo,
        wipe=wipe,
    )


def set_quality(session: Session, quality: int) -> Session:
    """Encode at a quality, 1 to 100; a target of bits per pixel is given up."""
    return _with(session, quality=min(100, max(1, quality)), bits_per_pixel=None)


def set_target(session: Session, bits_per_pixel: float) -> Session:
    """Encode at about this many bits per pixel."""
    return _with(session, bits_per_pixel=min(48.0, max(0.001, bits_per_pixel)))


def set_subsampling(session: Session, subsampling: str) -> Session:
    return _with(session, subsampling=subsampling)


def set_decoder(session: Session, name: str) -> Session:
    """Choose a decoder; options that it does not offer fall back to ones that it does."""
    session = replace(_with(session, decoder=name, steps=0), step=None, scan=None, playing=False)
    card = session.card
    if card is None:
        return session
    context = session.options.context
    if card.contexts and context not in card.contexts:
        context = Context.BOTH if Context.BOTH in card.contexts else card.contexts[0]
    return _with(session, context=context, carry=session.options.carry and card.carry)


def set_steps(session: Session, steps: int) -> Session:
    """Ask for a number of steps; the trained number counts as no wish at all."""
    steps = min(MAX_STEPS, max(0, steps))
    trained = session.card.steps if session.card is not None else 0
    return replace(_with(session, steps=0 if steps == trained else steps), step=None)


def set_context(session: Session, context: Context) -> Session:
    """Choose the context, if the decoder offers it."""
    card = session.card
    if card is not None and context not in card.contexts:
        return session
    return _with(session, context=context)


def set_carry(session: Session, carry: bool) -> Session:
    """Carry the state along the row, if the decoder offers it."""
    return _with(session, carry=carry and session.card is not None and session.card.carry)


def _with(session: Session, **changes: object) -> Session:
    return replace(session, options=replace(session.options, **changes))  # type: ignore[arg-type]


def shown_step(session: Session, ready: int) -> int:
    """The step to show when steps 0 to `ready` are there."""
    return ready if session.step is None else min(session.step, ready)


def choose_step(session: Session, step: int, ready: int, planned: int) -> Session:
    """Show a step and pause. The last one planned follows the newest, so that a new run shows its last."""
    step = min(max(0, step), ready)
    return replace(session, step=None if step >= planned else step, playing=False)


def step_by(session: Session, delta: int, ready: int, planned: int) -> Session:
    """Move along the steps and pause."""
    return choose_step(session, shown_step(session, ready) + delta, ready, planned)


def toggle_play(session: Session, ready: int, planned: int) -> Session:
    """Play or pause; playing from the end starts over."""
    if session.playing:
        return replace(session, playing=False)
    if session.scan is not None:
        at_end = session.scan >= scan_total(session) - 1
        return replace(session, playing=True, scan=0 if at_end else session.scan)
    at_end = shown_step(session, ready) >= planned
    return replace(session, playing=True, step=0 if at_end else shown_step(session, ready))


def tick(session: Session, ready: int, planned: int, patches: int = 1) -> Session:
    """One beat of playback: the next step, or `patches` further along the scan; pauses at the end."""
    if not session.playing:
        return session
    if session.scan is not None:
        last = scan_total(session) - 1
        at = min(session.scan + max(1, patches), last)
        return replace(session, scan=at, playing=at < last)
    step = shown_step(session, ready)
    if step >= planned:
        return replace(session, step=None, playing=False)
    if step >= ready:
        return session  # the run has not got there yet
    step += 1
    return replace(session, step=None if step >= planned else step, playing=step < planned)


def set_speed(session: Session, speed: float) -> Session:
    return replace(session, speed=min(MAX_SPEED, max(MIN_SPEED, speed)))


def scan_total(session: Session) -> int:
    """Number of scan positions: 0 when the decoder doesn't scan."""
    rows, columns = session.grid
    return rows * columns if session.scans else 0


def scan_to(session: Session, position: int) -> Session:
    """Show the scan at a position (and pause); nothing happens where there is no scan."""
    total = scan_total(session)
    if total == 0:
        return session
    return replace(session, scan=min(max(0, position), total - 1), playing=False)


def scan_end(session: Session) -> Session:
    """Leave the scan: all patches at the chosen step."""
    return replace(session, scan=None, playing=False)


def hover(session: Session, x: int, y: int) -> Session:
    """The mouse is over a pixel; outside the picture there is none."""
    if session.size is None or not (0 <= y < session.size[0] and 0 <= x < session.size[1]):
        return leave(session)
    return replace(session, cursor=(x, y))


def leave(session: Session) -> Session:
    return replace(session, cursor=None) if session.cursor is not None else session


def pin_at(session: Session, x: int, y: int) -> Session:
    """Pin the patch at a pixel; the same one again unpins it."""
    if session.size is None or not (0 <= y < session.size[0] and 0 <= x < session.size[1]):
        return replace(session, pinned=None)
    patch = (y // PATCH, x // PATCH)
    return replace(session, pinned=None if patch == session.pinned else patch)


def unpin(session: Session) -> Session:
    return replace(session, pinned=None)


def move_pin(session: Session, rows: int, columns: int) -> Session:
    """Move the pinned patch (or pin the one under the mouse, else the middle) inside the picture."""
    grid = session.grid
    if grid == (0, 0):
        return session
    row, column = active_patch(session) or (grid[0] // 2, grid[1] // 2)
    if session.pinned is not None:
        row, column = row + rows, column + columns
    return replace(
        session, pinned=(min(max(0, row), grid[0] - 1), min(max(0, column), grid[1] - 1)), cursor=None
    )


def active_patch(session: Session) -> tuple[int, int] | None:
    """The patch to explain: the pinned one, else the one under the mouse, else that of the scan."""
    if session.pinned is not None:
        return session.pinned
    if session.cursor is not None:
        x, y = session.cursor
        return y // PATCH, x // PATCH
    if session.scan is not None and session.grid[1]:
        row, column = divmod(session.scan, session.grid[1])
        return row, column
    return None


def set_overlay(session: Session, overlay: Overlay) -> Session:
    return replace(session, overlay=overlay)


def toggle_overlay(session: Session, overlay: Overlay) -> Session:
    """Show an overlay, or none when it is shown already."""
    return replace(session, overlay=Overlay.NONE if session.overlay is overlay else overlay)


def set_opacity(session: Session, opacity: float) -> Session:
    return replace(session, opacity=min(1.0, max(0.0, opacity)))


def set_mode(session: Session, mode: Mode) -> Session:
    return replace(session, mode=mode, solo="")


def toggle_mode(session: Session, mode: Mode) -> Session:
    """Go to a mode, or back to side by side."""
    return set_mode(session, Mode.SIDE if session.mode is mode else mode)


def panes_available(session: Session) -> tuple[str, ...]:
    """Panes that can be shown, in their order: no original where none was sent."""
    return tuple(key for key in session.order if key != "original" or session.stream is None)


def solo_pane(session: Session, number: int) -> Session:
    """Show only the pane with this number, from 1; the same again, or 0, shows all."""
    keys = panes_available(session)
    if not 0 <= number <= len(keys):
        return session
    key = keys[number - 1] if number else ""
    return replace(session, solo="" if key == session.solo else key, mode=Mode.SIDE)


def swap(session: Session) -> Session:
    """Exchange the two sides of the wipe, or the last two panes."""
    if session.mode is Mode.WIPE:
        return replace(session, wipe=session.wipe[::-1])
    *rest, one, other = session.order
    return replace(session, order=(*rest, other, one))


def set_wipe(session: Session, left: str, right: str) -> Session:
    """Choose the two pictures of the wipe, and wipe."""
    return replace(session, wipe=(left, right), mode=Mode.WIPE, solo="")


def set_absolute(session: Session, absolute: bool) -> Session:
    return replace(session, absolute=absolute)


def set_gain(session: Session, gain: int) -> Session:
    """Magnify differences by one of `GAINS`."""
    return replace(session, gain=gain if gain in GAINS else session.gain)


def set_peek(session: Session, key: str) -> Session:
    """Hold a pane's picture over all panes; "" lets go."""
    if key == "original" and session.picture is None:
        key = ""
    return replace(session, peek=key)


def set_blinking(session: Session, blinking: bool) -> Session:
    """Let the standard decode and the rest take turns, or stop it."""
    return replace(session, blinking=blinking, peek="")


def blink(session: Session) -> Session:
    """One beat of blinking."""
    return replace(session, peek="" if session.peek else "standard") if session.blinking else session


def set_theme(session: Session, theme: str) -> Session:
    return replace(session, theme=theme)


def set_zoom(session: Session, percent: float) -> Session:
    return replace(session, zoom=percent)
