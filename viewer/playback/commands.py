"""Commands of playback: steps, the scan over the patches, the pinned patch."""

from __future__ import annotations

from functools import partial

from viewer.core.availability import empty, no_scan, undecoded
from viewer.core.command import Act, Command
from viewer.core.control import Control, changing
from viewer.model.session.choices import MAX_STAGES, MAX_STEPS
from viewer.model.session.place import move_pin
from viewer.model.session.playback import scan_end
from viewer.playback.controller import Playback


def commands(control: Control, playback: Playback) -> list[Command]:
    change = changing(control)

    def pin(rows: int, columns: int) -> Act:
        return change(partial(move_pin, rows=rows, columns=columns))

    return [
        Command("play", "Play or pause", "Playback", 0, playback.toggle_play, ("Space",),
                "Play the steps, or the scan while it is shown", lambda session: session.playing, undecoded,
                icon="play"),
        Command("step.next", "Next step", "Playback", 0, partial(playback.step_by, 1), ("Right",),
                "One refinement step on; playback pauses", why_not=undecoded),
        Command("step.previous", "Previous step", "Playback", 0, partial(playback.step_by, -1), ("Left",),
                "One refinement step back; playback pauses", why_not=undecoded),
        Command("step.first", "First step", "Playback", 0,
                partial(playback.choose_step, -MAX_STAGES), ("Home",),
                "The standard decode, or the shortest beginning of a progressive stream", why_not=undecoded),
        Command("step.last", "Last step", "Playback", 0, partial(playback.choose_step, MAX_STEPS),
                ("End",),
                "The newest step; it follows while the decoder runs", why_not=undecoded),
        Command("scan.start", "Scan from the first patch", "Playback", 1,
                playback.play_scan, ("P",),
                "Play the raster scan: patches behind it are refined, those ahead as received",
                why_not=no_scan),
        Command("scan.next", "Next patch of the scan", "Playback", 1, partial(playback.scan_by, 1),
                (".",),
                "One patch further in raster order", why_not=no_scan),
        Command("scan.previous", "Previous patch of the scan", "Playback", 1,
                partial(playback.scan_by, -1), (",",),
                "One patch back in raster order", why_not=no_scan),
        Command("scan.end", "Leave the scan", "Playback", 1, change(scan_end), ("Shift+P",),
                "Show all patches at the step", why_not=no_scan),
        Command("pin.left", "Pin the patch to the left", "Playback", 2, pin(0, -1), ("Ctrl+Left",),
                "Move the pinned patch; a click pins and unpins", why_not=empty),
        Command("pin.right", "Pin the patch to the right", "Playback", 2, pin(0, 1), ("Ctrl+Right",),
                "Move the pinned patch 8 pixels to the right", why_not=empty),
        Command("pin.up", "Pin the patch above", "Playback", 2, pin(-1, 0), ("Ctrl+Up",),
                "Move the pinned patch 8 pixels up", why_not=empty),
        Command("pin.down", "Pin the patch below", "Playback", 2, pin(1, 0), ("Ctrl+Down",),
                "Move the pinned patch 8 pixels down", why_not=empty),
    ]  # fmt: skip
