"""Commands of comparing: panes, blinking, how differences look, places in the picture, view slots."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from viewer.core.availability import empty, one_stream_only, single_only, undecoded
from viewer.core.command import Act, Command, Why
from viewer.core.control import Control, Pictures, changing
from viewer.model.facts.facts import Facts
from viewer.model.session import panes as p
from viewer.model.session import view_changes as v
from viewer.model.session.choices import GAINS, SLOTS, Mode, Scale
from viewer.model.session.state import Session
from viewer.model.session.view_changes import set_absolute, toggle_mode
from viewer.panes.slot_actions import recall_slot, save_slot
from viewer.panes.slots import slot_of

_KEPT = {
    "original": ("Original pane", "The picture before it was encoded"),
    "standard": ("Received pane", "What the standard decoder makes of the stream"),
    "estimate": ("Refined pane", "The step that the scrubber shows"),
    "error/standard": ("Error of the received", "The standard decode minus the original"),
    "error/estimate": ("Error of the refined", "The displayed step minus the original"),
    "change": ("What the decoder changed", "The displayed step minus the standard decode"),
}


def _single(commands: list[Command]) -> list[Command]:
    """Commands of one stream with one decoder."""
    return [one_stream_only(single_only(each)) for each in commands]


def pane_commands(control: Control, choose: Act) -> list[Command]:
    """Which panes stand beside each other. choose: opens the menu of all that there are."""
    change = changing(control)

    def shown(key: str) -> Callable[[Session], bool]:
        return lambda session: key in session.order

    def fits(key: str) -> Why:
        def why(session: Session, _: Facts) -> str:
            if not p.can_show(session, key):
                return "there is no original"
            if key in session.order:
                return "" if len(session.order) > 1 else "one pane remains"
            return "" if len(session.order) < p.MOST_PANES else f"there are {p.MOST_PANES} panes already"

        return why

    return _single([
        Command("panes.choose", "Choose panes…", "View", 3, choose, ("J",),
                "Pictures, steps, other decoders and differences beside each other, 1 to 6", why_not=empty,
                icon="side"),
        *(Command(f"panes.{key.replace('/', '.')}", title, "View", 3,
                  change(partial(p.toggle_pane, key=key)), (), tip, shown(key), fits(key))
          for key, (title, tip) in _KEPT.items()),
        Command("panes.keep", "Keep this step in a pane", "View", 3, partial(_keep, control), ("K",),
                "A pane of its own for the displayed step; again: remove it", why_not=undecoded),
        Command("panes.reset", "Only original, received, refined", "View", 3, change(p.reset_panes), (),
                "Back to the three default panes"),
    ])  # fmt: skip


def _keep(control: Control) -> None:
    step = control.scene.transport.step
    control.change(partial(p.keep_step, position=step))


def blink_commands(control: Control) -> list[Command]:
    """The pair that takes turns in one place."""
    change = changing(control)
    return _single([
        Command("blink", "Blink", "View", 1, change(partial(toggle_mode, mode=Mode.BLINK)), ("B",),
                "Two pictures take turns in one place: what differs moves; 1 and 2 choose one of them",
                lambda session: session.mode is Mode.BLINK, undecoded),
        Command("blink.flip", "Blink by hand", "View", 1, change(v.flip_pair), ("V",),
                "Show the other picture of the pair; blinking by itself pauses", why_not=undecoded),
        Command("blink.pause", "Pause blinking", "View", 1, change(v.toggle_running), ("Shift+V",),
                "Pause, or go on", lambda session: session.mode is Mode.BLINK and not session.blinking,
                _not_blinking),
        Command("blink.faster", "Blink faster", "View", 1, change(partial(v.blink_rate_by, delta=1)),
                ("Shift+.",), "More changes per second, up to 5", why_not=_not_blinking),
        Command("blink.slower", "Blink slower", "View", 1, change(partial(v.blink_rate_by, delta=-1)),
                ("Shift+,",), "Fewer changes per second, down to one in two seconds", why_not=_not_blinking),
    ])  # fmt: skip


def _not_blinking(session: Session, _: Facts) -> str:
    return "" if session.mode is Mode.BLINK else "nothing blinks"


def difference_commands(control: Control) -> list[Command]:
    """How differences become colours."""
    change = changing(control)

    def is_scale(scale: Scale) -> Callable[[Session], bool]:
        return lambda session: session.looking.scale is scale

    tips = {
        Scale.FIXED: "Differences times a chosen gain",
        Scale.ADAPTIVE: "Full colour where all but a thousandth of the differences end, in every pane alike",
        Scale.ROOT: "The square root of the magnitude: small differences are seen, large ones not clipped",
    }
    return [single_only(each) for each in (
        Command("absolute", "Absolute difference", "View", 2,
                change(lambda session: set_absolute(session, not session.absolute)), ("A",),
                "Magnitudes on black, otherwise with their sign in two colours",
                lambda session: session.absolute),
        Command("luma", "Difference of luma only", "View", 2,
                change(lambda session: v.set_luma(session, not session.looking.luma)), ("Y",),
                "Luma, Y of BT.601, instead of red, green and blue", lambda session: session.looking.luma),
        *(Command(f"scale.{scale.name.lower()}", f"Difference scale: {scale.value}", "View", 2,
                  change(partial(v.set_scale, scale=scale)), (), tips[scale], is_scale(scale))
          for scale in Scale),
        Command("scale.next", "Next difference scale", "View", 2, change(v.next_scale), ("Shift+Y",),
                "Fixed gain, adaptive, square root"),
        Command("gain.up", "More gain", "View", 2, change(partial(v.gain_by, delta=1)), ("Ctrl+]",),
                f"Differences times twice as much, ×{GAINS[-1]} at most"),
        Command("gain.down", "Less gain", "View", 2, change(partial(v.gain_by, delta=-1)), ("Ctrl+[",),
                "Differences times half as much, ×1 at least"),
    )]  # fmt: skip


def place_commands(control: Control, pictures: Pictures) -> list[Command]:
    """Zoom and place, and what lies over the pictures."""
    change = changing(control)

    def pan(across: float, down: float) -> Act:
        return partial(pictures.pan_by, across, down)

    return [
        Command("zoom.fit", "Fit", "View", 5, pictures.fit, ("F",), "Show whole pictures",
                icon="fit"),
        Command("zoom.100", "100 %", "View", 5, partial(pictures.zoom_to, 100), ("Ctrl+0",),
                "One image pixel on one pixel of the screen"),
        Command("zoom.in", "Zoom in", "View", 5, partial(pictures.zoom_by_powers, 1), ("+", "=", "Ctrl++"),
                "To the next power of two about the centre; from 28× on pixels say their values"),
        Command("zoom.out", "Zoom out", "View", 5, partial(pictures.zoom_by_powers, -1), ("-", "Ctrl+-"),
                "To the next smaller power of two about the centre"),
        Command("pan.left", "Look left", "View", 5, pan(-0.25, 0), ("Alt+Left",),
                "Move by a quarter of a pane", why_not=empty),
        Command("pan.right", "Look right", "View", 5, pan(0.25, 0), ("Alt+Right",),
                "Move by a quarter of a pane to the right", why_not=empty),
        Command("pan.up", "Look up", "View", 5, pan(0, -0.25), ("Alt+Up",),
                "Move by a quarter of a pane to the top", why_not=empty),
        Command("pan.down", "Look down", "View", 5, pan(0, 0.25), ("Alt+Down",),
                "Move by a quarter of a pane to the bottom", why_not=empty),
        Command("zoom.box", "Zoom box", "View", 6,
                change(lambda session: v.show_zoom_box(session, not session.looking.zoom_box)), ("Z",),
                "Beside the cursor: the pixels there, their values in every pane, mean, spread and PSNR of "
                "the patch", lambda session: session.looking.zoom_box, icon="search"),
        Command("minimap", "Minimap", "View", 6,
                change(lambda session: v.show_minimap(session, not session.looking.minimap)), ("Shift+Z",),
                "The whole picture in a corner while zoomed; dragging its frame moves the view",
                lambda session: session.looking.minimap),
        Command("pixels", "Pixel grid and values", "View", 6,
                change(lambda session: v.show_pixels(session, not session.looking.pixels)), ("Shift+X",),
                "A grid between pixels from 10× on, their values in them from 28× on",
                lambda session: session.looking.pixels),
    ]  # fmt: skip


def slot_commands(control: Control, pictures: Pictures) -> list[Command]:
    """Eight saved views."""

    def filled(number: int) -> Why:
        def why(session: Session, _: Facts) -> str:
            return "" if slot_of(session, number) is not None else "the slot is empty"

        return why

    recalls = [
        Command(f"slot.recall.{number}", f"Show view {number}", "Slots", 0,
                partial(recall_slot, control, pictures, number), (f"Ctrl+{number}",),
                "Panes, step, zoom and mode as they were saved; picture and decoder stay",
                why_not=filled(number))
        for number in range(1, SLOTS + 1)
    ]  # fmt: skip
    saves = [
        Command(f"slot.save.{number}", f"Save view {number}", "Slots", 1,
                partial(save_slot, control, pictures, number), (f"Ctrl+Shift+{number}",),
                "Keep panes, step, zoom and mode under this number", why_not=empty)
        for number in range(1, SLOTS + 1)
    ]  # fmt: skip
    return [*recalls, *saves]


def in_groups(commands: list[Command]) -> list[Command]:
    """Commands of one menu in the order of their groups."""
    return sorted(commands, key=lambda each: each.group)
