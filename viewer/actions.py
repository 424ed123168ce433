"""Every command of the window: its name, key, menu, tooltip, and when it can be used.

Menus, shortcuts, tooltips, the list of keys and the command palette are all made from this one table.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from engine.types import Context
from viewer import session as s
from viewer.resolve_facts import Facts
from viewer.scene import Mode, Overlay
from viewer.session import Session

if TYPE_CHECKING:
    from viewer.window import MainWindow

MENUS = ("File", "View", "Overlay", "Playback", "Decode", "Help")
"""Menus in their order."""

Run = Callable[["MainWindow"], None]
Why = Callable[[Session, Facts], str]
"""Says why a command can't be used now; "" when it can."""


@dataclass(frozen=True)
class Command:
    """One command. group: commands of one group stand together in a menu.

    keys: in Qt's portable notation, the first one is shown. checked: for commands that are on or off.
    release: what to do when the key is let go, for commands that act while it is held.
    """

    id: str
    text: str
    menu: str
    group: int
    run: Run
    keys: tuple[str, ...] = ()
    tooltip: str = ""
    checked: Callable[[Session], bool] | None = None
    why_not: Why | None = None
    release: Run | None = None
    icon: str = ""


def _open(session: Session, _: Facts) -> str:
    return "" if session.size is not None else "nothing is open"


def _decoded(_: Session, facts: Facts) -> str:
    return "" if facts.run is not None else "nothing is decoded yet"


def _original(session: Session, _: Facts) -> str:
    return "" if session.picture is not None else "there is no original"


def _scanning(session: Session, facts: Facts) -> str:
    if facts.run is None:
        return "nothing is decoded yet"
    return "" if session.scans else "this decoder refines all patches at once: there is no scan"


def _running(_: Session, facts: Facts) -> str:
    return "" if facts.job.progress is not None else "nothing is running"


def _jpeg(session: Session, _: Facts) -> str:
    return "" if session.jpeg else "what is open is not a JPEG file"


def _context(context: Context) -> Why:
    def why(session: Session, _: Facts) -> str:
        card = session.card
        if card is None:
            return "no decoder is chosen"
        return "" if context in card.contexts else f"{card.name} has no context '{context.value}'"

    return why


def _carry(session: Session, _: Facts) -> str:
    card = session.card
    if card is None:
        return "no decoder is chosen"
    return "" if card.carry else f"{card.name} has no state to carry along the row"


def _change(transition: Callable[[Session], Session]) -> Run:
    return lambda window: window.controller.change(transition)


def _step(delta: int) -> Run:
    return lambda window: window.controller.step_by(delta)


def _file_commands() -> list[Command]:
    return [
        Command(
            "open", "Open image…", "File", 0, lambda w: w.ask_open(False), ("Ctrl+O",),
            "Open a picture: its pixels are encoded and sent", icon="open",
        ),
        Command(
            "open.received", "Open received JPEG…", "File", 0, lambda w: w.ask_open(True), ("Ctrl+Shift+O",),
            "Open a JPEG file as it was received: there is no original, the file itself is repaired",
            icon="repair",
        ),
        Command(
            "paste", "Paste image", "File", 0, lambda w: w.paste(), ("Ctrl+V",),
            "Take a picture or a file from the clipboard", icon="paste",
        ),
        Command(
            "received", "Take the JPEG file as received", "File", 1,
            lambda w: w.controller.toggle_received(), ("Ctrl+R",),
            "On: the file is the stream. Off: its pixels are an original to encode",
            lambda session: session.stream is not None, _jpeg,
        ),
        Command("image.next", "Next image", "File", 1, lambda w: w.controller.open_neighbour(1), ("Down",),
                "Next bundled sample, or next file in the folder"),
        Command("image.previous", "Previous image", "File", 1, lambda w: w.controller.open_neighbour(-1),
                ("Up",), "Previous bundled sample, or previous file in the folder"),
        Command(
            "export", "Export…", "File", 2, lambda w: w.show_export(), ("Ctrl+E",),
            "Save the picture or the stream, or copy what is shown", why_not=_decoded, icon="export",
        ),
        Command("save.picture", "Save picture as PNG…", "File", 2, lambda w: w.ask_save_picture(),
                ("Ctrl+S",), "Save the refined picture of the step that is shown", why_not=_decoded,
                icon="save"),
        Command("save.stream", "Save stream…", "File", 2, lambda w: w.ask_save_stream(), ("Ctrl+Shift+S",),
                "Save what was sent, byte for byte: any program opens it as step 0", why_not=_decoded),
        Command("copy.picture", "Copy picture", "File", 2, lambda w: w.copy_picture(), ("Ctrl+C",),
                "Copy the picture that is shown: the single pane's, else the refined one", why_not=_open,
                icon="copy"),
        Command("copy.window", "Copy window", "File", 2, lambda w: w.copy_window(), ("Ctrl+Shift+C",),
                "Copy a picture of the whole window, for slides"),
        Command("quit", "Quit", "File", 3, lambda w: w.close_window(), ("Ctrl+Q",)),
    ]  # fmt: skip


def _mode(mode: Mode) -> Callable[[Session], bool]:
    return lambda session: session.mode is mode


def _pair(left: str, right: str) -> Callable[[Session], bool]:
    def checked(session: Session) -> bool:
        return session.mode is Mode.WIPE and set(session.wipe) == {left, right}

    return checked


def _view_commands() -> list[Command]:
    commands = [
        Command("mode.side", "Side by side", "View", 0, _change(partial(s.set_mode, mode=Mode.SIDE)),
                (), "All pictures beside each other", _mode(Mode.SIDE), icon="side"),
        Command("mode.wipe", "Wipe", "View", 0, _change(partial(s.toggle_mode, mode=Mode.WIPE)), ("W",),
                "Two pictures in one place with a divider to drag; 1, 2 and 3 put it left, in the middle, "
                "right", _mode(Mode.WIPE), icon="wipe"),
        Command("mode.difference", "Difference", "View", 0,
                _change(partial(s.toggle_mode, mode=Mode.DIFFERENCE)), ("D",),
                "Errors against the original, and what the decoder changed", _mode(Mode.DIFFERENCE),
                icon="difference"),
        Command("swap", "Swap", "View", 1, _change(s.swap), ("S",),
                "Exchange the two sides of the wipe, or the last two panes"),
        Command("peek.original", "Peek at the original", "View", 1,
                _change(partial(s.set_peek, key="original")), ("O",),
                "While the key is held, every pane shows the original", None, _original,
                _change(partial(s.set_peek, key=""))),
        Command("peek.standard", "Peek at the standard decode", "View", 1,
                _change(partial(s.set_peek, key="standard")), ("R",),
                "While the key is held, every pane shows what was received", None, _decoded,
                _change(partial(s.set_peek, key=""))),
        Command("blink", "Blink", "View", 1,
                _change(lambda session: s.set_blinking(session, not session.blinking)), ("B",),
                "Every pane shows its own picture and the standard decode in turn",
                lambda session: session.blinking, _decoded),
        Command("absolute", "Absolute difference", "View", 2,
                _change(lambda session: s.set_absolute(session, not session.absolute)), ("A",),
                "Differences as their size on black, else with their sign around grey",
                lambda session: session.absolute),
    ]  # fmt: skip
    commands += [
        Command(f"pane.{number}", f"Pane {number} only" if number else "All panes", "View", 3,
                partial(_pane, number=number), (str(number),),
                f"Only pane {number}; again: all panes. In a wipe: divider "
                f"{('left', 'in the middle', 'right')[number - 1]}" if number else "Show every pane")
        for number in (1, 2, 3, 0)
    ]  # fmt: skip
    commands += [
        Command(f"wipe.{left}.{right}", f"Wipe {name}", "View", 4,
                _change(partial(s.set_wipe, left=left, right=right)), (),
                "The two pictures of the wipe", _pair(left, right),
                _original if left == "original" else None)
        for left, right, name in (
            ("standard", "estimate", "received and refined"),
            ("original", "estimate", "original and refined"),
            ("original", "standard", "original and received"),
        )
    ]  # fmt: skip
    return commands + _zoom_commands()


def _pane(window: MainWindow, number: int) -> None:
    """A digit chooses a pane; while wiping it puts the divider."""
    if window.controller.session.mode is Mode.WIPE and number:
        window.panes.set_wipe((number - 1) / 2)
    else:
        window.controller.change(partial(s.solo_pane, number=number))


def _zoom_commands() -> list[Command]:
    return [
        Command("zoom.fit", "Fit", "View", 5, lambda w: w.panes.fit(), ("F",), "Show whole pictures",
                icon="fit"),
        Command("zoom.100", "100 %", "View", 5, lambda w: w.panes.zoom_to(100), ("Ctrl+0",),
                "One image pixel on one pixel of the screen"),
        Command("zoom.in", "Zoom in", "View", 5, lambda w: w.panes.zoom_by(1.25), ("+", "=", "Ctrl++"),
                "Magnified pixels stay squares"),
        Command("zoom.out", "Zoom out", "View", 5, lambda w: w.panes.zoom_by(0.8), ("-", "Ctrl+-")),
        Command("show.side", "Plots and figures", "View", 6, lambda w: w.toggle_part("side"), ("F9",),
                "Show or hide the right column"),
        Command("show.film", "Filmstrip", "View", 6, lambda w: w.toggle_part("film"), ("F10",),
                "Show or hide the steps below"),
        Command("fullscreen", "Full screen", "View", 6, lambda w: w.toggle_full_screen(), ("F11",)),
        Command("theme", "Light or dark", "View", 6, lambda w: w.toggle_theme(), ("Ctrl+T",),
                "Change between the dark and the light look", icon="theme"),
    ]  # fmt: skip


_OVERLAY_KEYS = {
    Overlay.NONE: "N",
    Overlay.GRID: "G",
    Overlay.BITS: "Shift+B",
    Overlay.GAIN: "Shift+G",
    Overlay.BLOCKINESS: "Shift+K",
    Overlay.RINGING: "Shift+R",
    Overlay.SETTLED: "Shift+T",
}
OVERLAY_TIPS = {
    Overlay.NONE: "Pictures alone",
    Overlay.GRID: "The 8×8 patches in which the stream is written",
    Overlay.BITS: "Bits that the stream spends on each patch, counted from its Huffman codes",
    Overlay.GAIN: "How much nearer to the original each patch has come, in dB",
    Overlay.BLOCKINESS: "Jumps across patch borders, against those inside",
    Overlay.RINGING: "Ripples beside strong edges",
    Overlay.SETTLED: "First step from which a patch hardly changes any more",
}


def overlay_title(overlay: Overlay) -> str:
    """Name of an overlay at the start of a line."""
    name = "no overlay" if overlay is Overlay.NONE else overlay.value
    return name[0].upper() + name[1:]


def _overlay_commands() -> list[Command]:
    def checked(overlay: Overlay) -> Callable[[Session], bool]:
        return lambda session: session.overlay is overlay

    return [
        Command(f"overlay.{overlay.name.lower()}", overlay_title(overlay), "Overlay", 0,
                _change(partial(s.toggle_overlay, overlay=overlay)), (_OVERLAY_KEYS[overlay],),
                OVERLAY_TIPS[overlay], checked(overlay), icon="grid" if overlay is Overlay.GRID else "")
        for overlay in Overlay
    ]  # fmt: skip


def _playback_commands() -> list[Command]:
    def pin(rows: int, columns: int) -> Run:
        return _change(partial(s.move_pin, rows=rows, columns=columns))

    return [
        Command("play", "Play or pause", "Playback", 0, lambda w: w.controller.toggle_play(), ("Space",),
                "Play the steps, or the scan while it is shown", lambda session: session.playing, _decoded,
                icon="play"),
        Command("step.next", "Next step", "Playback", 0, _step(1), ("Right",), why_not=_decoded),
        Command("step.previous", "Previous step", "Playback", 0, _step(-1), ("Left",), why_not=_decoded),
        Command("step.first", "First step", "Playback", 0, lambda w: w.controller.choose_step(0), ("Home",),
                "The standard decode", why_not=_decoded),
        Command("step.last", "Last step", "Playback", 0, lambda w: w.controller.choose_step(s.MAX_STEPS),
                ("End",), why_not=_decoded),
        Command("scan.start", "Scan from the first patch", "Playback", 1,
                lambda w: w.controller.play_scan(), ("P",),
                "Play the decoder's way over the patches: behind it refined, before it as received",
                why_not=_scanning),
        Command("scan.next", "Next patch of the scan", "Playback", 1, lambda w: w.controller.scan_by(1),
                (".",), why_not=_scanning),
        Command("scan.previous", "Previous patch of the scan", "Playback", 1,
                lambda w: w.controller.scan_by(-1), (",",), why_not=_scanning),
        Command("scan.end", "Leave the scan", "Playback", 1, _change(s.scan_end), ("Shift+P",),
                "Show all patches at the step", why_not=_scanning),
        Command("pin.left", "Pin the patch to the left", "Playback", 2, pin(0, -1), ("Ctrl+Left",),
                "Move the pinned patch; a click pins and unpins", why_not=_open),
        Command("pin.right", "Pin the patch to the right", "Playback", 2, pin(0, 1), ("Ctrl+Right",),
                why_not=_open),
        Command("pin.up", "Pin the patch above", "Playback", 2, pin(-1, 0), ("Ctrl+Up",), why_not=_open),
        Command("pin.down", "Pin the patch below", "Playback", 2, pin(1, 0), ("Ctrl+Down",), why_not=_open),
    ]  # fmt: skip


def _decode_commands() -> list[Command]:
    def quality(delta: int) -> Run:
        return lambda window: window.controller.quality_by(delta)

    def has(context: Context) -> Callable[[Session], bool]:
        return lambda session: session.options.context is context

    commands = [
        Command("decode", "Decode", "Decode", 0, lambda w: w.controller.decode(), ("F5",),
                "Encode and refine once more", why_not=_open, icon="play"),
        Command("stop", "Stop", "Decode", 0, lambda w: w.escape(), ("Esc",),
                "Stop the work in progress; else unpin the patch and leave the scan", icon="stop"),
        Command("quality.up", "Quality up", "Decode", 1, quality(1), ("PgUp",), why_not=_original),
        Command("quality.down", "Quality down", "Decode", 1, quality(-1), ("PgDown",), why_not=_original),
    ]  # fmt: skip
    commands += [
        Command(f"context.{context.name.lower()}", f"Context {context.value}", "Decode", 2,
                _change(partial(s.set_context, context=context)), (), CONTEXT_TIPS[context], has(context),
                _context(context))
        for context in Context
    ]  # fmt: skip
    carry = Command("carry", "Carry the state along the row", "Decode", 2,
                    _change(lambda session: s.set_carry(session, not session.options.carry)), (),
                    "The episode of a patch starts from the last state of the patch to its left, not from 0",
                    lambda session: session.options.carry, _carry)  # fmt: skip
    return [*commands, carry]


CONTEXT_TIPS = {
    Context.NONE: "The patch's own symbols only",
    Context.CAUSAL: "Own symbols and the neighbours already refined: W, NW, N, NE",
    Context.NONCAUSAL: "Own symbols and those received for the neighbours still to come: E, SW, S, SE",
    Context.BOTH: "Own symbols and all eight neighbours",
}


def _help_commands() -> list[Command]:
    return [
        Command("keys", "All keys", "Help", 0, lambda w: w.show_keys(), ("?", "F1"), "Every key, in one list",
                icon="help"),
        Command("palette", "Command palette…", "Help", 0, lambda w: w.show_palette(), ("Ctrl+Shift+P",),
                "Find a command by its name", icon="search"),
        Command("about", "About", "Help", 1, lambda w: w.show_about()),
    ]  # fmt: skip


def commands() -> tuple[Command, ...]:
    """The whole table, in the order of the menus."""
    return (
        *_file_commands(),
        *_view_commands(),
        *_overlay_commands(),
        *_playback_commands(),
        *_decode_commands(),
        *_help_commands(),
    )


def find(text: str, table: tuple[Command, ...]) -> list[Command]:
    """Commands that match what was typed, the best first.

    Every typed word must begin a word of the command or stand somewhere in it; beginnings count more.
    """
    typed = text.lower().split()

    def score(command: Command) -> int:
        total = 0
        name = f"{command.menu} {command.text}".lower()
        parts = name.replace("-", " ").split()
        for word in typed:
            if any(part.startswith(word) for part in parts):
                total += 3 + name.startswith(word)
            elif word in name:
                total += 2
            elif word in command.tooltip.lower():
                total += 1
            else:
                return -1
        return total

    ranked = [(score(command), -place, command) for place, command in enumerate(table)]
    return [command for points, _, command in sorted(ranked, key=lambda each: each[:2], reverse=True)
            if points >= 0]  # fmt: skip
