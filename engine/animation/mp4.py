"""MP4: H.264 where an encoder for it is installed, else MPEG-4 part 2, at 30 frames a second.

Colours are converted by BT.709 and said to be so in the stream, so that players show what was written. A
frame that stays is sent again, which costs next to nothing and which every player shows for its time.
"""

from __future__ import annotations

from errno import ENOSPC
from typing import Any, BinaryIO

from engine.animation.frames import Frames, Stopped, composed
from engine.errors import UserError
from engine.types import Cancelled, Pixels, Progress

RATE = 30
"""Frames a second."""
SHORTEST = 1 / RATE
_ENCODERS: tuple[tuple[str, dict[str, str]], ...] = (
    ("libx264", {"crf": "14", "preset": "medium", "bf": "0"}),
    ("libopenh264", {"b": "12000000"}),
    ("mpeg4", {"qmin": "2", "qmax": "4", "b": "20000000"}),
)
"""By preference, with settings at which H.264's own artefacts can't be taken for the codec's."""
_BT709, _SRGB, _LIMITED = 1, 13, 1  # ITU-T H.273


def find_encoder(name: str) -> tuple[str, dict[str, str]]:
    """An installed encoder and its settings. Raises UserError, beginning with `name`, when there is none."""
    try:
        import av
    except ImportError:
        raise UserError(f"{name}: MP4 needs PyAV (pip install 'nrc-viewer[video]'), or choose .gif") from None
    for encoder, settings in _ENCODERS:
        if encoder in av.codecs_available:
            return encoder, settings
    raise UserError(f"{name}: the installed PyAV has no encoder for MP4; choose .gif")


def write_mp4(file: BinaryIO, frames: Frames, cancelled: Cancelled, progress: Progress) -> None:
    """Write a video of all frames in their order. Raises `Stopped` when cancelled, UserError when the encoder
    refuses the frames' size."""
    import av

    encoder, settings = find_encoder("MP4")
    first = composed(frames[0])
    height, width = first.shape[:2]
    try:
        with av.open(file, "w", format="mp4") as container:
            stream: Any = container.add_stream(encoder, rate=RATE, options=settings)
            _set_up(stream, width, height)
            until, sent = 0.0, 0
            for number in range(len(frames)):
                frame = frames[number]
                until += max(SHORTEST, frame.seconds)
                times = max(1, round(RATE * until) - sent)  # what rounding takes from one the next ones get
                sent += times
                _send(container, stream, composed(frame), times, cancelled)
                progress((number + 1) / len(frames))
            container.mux(stream.encode())
    except av.error.FFmpegError as error:
        if isinstance(error, OSError) and error.errno == ENOSPC:
            raise  # the disk's fault
        reason = (error.strerror or "the encoder refused").lower()
        raise UserError(f"MP4: {width}×{height} pixels can't be written ({reason})") from None


def _set_up(stream: Any, width: int, height: int) -> None:
    stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
    context = stream.codec_context
    context.thread_count = 1  # the window keeps its share of the processor
    context.color_primaries = context.colorspace = _BT709
    context.color_trc, context.color_range = _SRGB, _LIMITED


def _send(container: Any, stream: Any, pixels: Pixels, times: int, cancelled: Cancelled) -> None:
    import av
    from av.video.reformatter import Colorspace

    picture = av.VideoFrame.from_ndarray(pixels, "rgb24")
    picture = picture.reformat(format="yuv420p", dst_colorspace=Colorspace.ITU709)
    for _ in range(times):
        if cancelled():
            raise Stopped
        picture.pts = None
        container.mux(stream.encode(picture))
