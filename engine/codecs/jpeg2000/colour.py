"""The picture that a JPEG 2000 file shows, where its components are not simply grey or red, green and blue.

Palette, channel definitions, subsampled components and sYCC are put together here as OpenJPEG's tool does it
(opj_decompress, color.c); Pillow knows palettes and whole components in their usual order only.
"""

from __future__ import annotations

import numpy as np
from PIL import Image

from engine.codecs.jpeg2000.boxes import ESYCC, SYCC, Boxes, Channel, colour_boxes
from engine.codecs.jpeg2000.components import Plane, component_planes
from engine.codecs.jpeg2000.parse import Codestream, find_codestream, parse

_PLAIN = (None, 16, 17)
"""Nothing said of colours; sRGB and grey (T.800, table I.10)."""

_CMYK = 12


def picture_of(payload: bytes, stream: Codestream | None = None) -> Image.Image | None:
    """The picture, in mode L, LA, RGB or RGBA with 8 bits a sample; None where Pillow's own is right, or it
    can't be made here.

    stream: `payload`'s codestream, parsed. Raises DamagedError, and struct.error or ValueError, where it
    makes no sense, and what Pillow raises.
    """
    start, end = find_codestream(payload)
    if stream is None:
        stream = parse(payload, start, end)
    boxes = colour_boxes(payload)
    usual = _usual(boxes, stream)
    if usual and not _overflows(boxes, stream):
        return None
    codestream = payload[start : start + stream.end]
    planes = component_planes(codestream, stream)
    if planes is None or not planes:
        return None
    if usual:
        return Image.fromarray(np.stack(planes, axis=-1))
    channels = boxes.channels or tuple(Channel(index) for index in range(len(planes)))
    alpha, colours = boxes.alpha, boxes.colours
    if colours is None:
        wanted = [number for number in range(len(channels)) if number != alpha]
        colours = tuple(wanted[: 3 if len(wanted) >= 3 else 1])
    if max((*colours, alpha or 0)) >= len(channels) or any(
        each.component >= len(planes) for each in channels
    ):
        return None
    chosen = [channels[number] for number in (*colours, *(() if alpha is None else (alpha,)))]
    least = _finest(stream)
    width, height = picture_size(stream)
    made = [
        _through(
            _filled(planes[each.component], stream, each.component, least, (height, width)),
            each,
            boxes,
            stream,
        )
        for each in chosen
    ]
    if len(colours) == 3 and _is_sycc(boxes, stream):
        made[:3] = _rgb_of_sycc(*made[:3])
    elif len(colours) == 3 and boxes.space == ESYCC and boxes.palette is None and _whole(stream):
        made[:3] = _rgb_of_esycc(*made[:3])
    return Image.fromarray(made[0] if len(made) == 1 else np.stack(made, axis=-1))


def more_components(payload: bytes) -> list[str]:
    """What is said of a file with more components than a picture has, one short sentence; else none."""
    start, end = find_codestream(payload)
    count = len(parse(payload, start, end).components)
    return [f"the first 3 of its {count} components are shown"] if count > 4 else []


def profile_of(payload: bytes) -> bytes | None:
    """The ICC profile that a file's colours are told by."""
    return colour_boxes(payload).profile


def colours_left(payload: bytes) -> list[str]:
    """What is said of a file whose colour space isn't converted, one short sentence; else none."""
    space = colour_boxes(payload).space
    known = space in _PLAIN or space in (_CMYK, SYCC, ESYCC)
    return [] if known else [f"colours shown as coded: its colour space (number {space}) is not converted"]


def picture_size(stream: Codestream) -> tuple[int, int]:
    """Width and height of the picture: of its finest component, where that isn't whole either."""
    across, down = _finest(stream)
    if (across, down) == (1, 1):
        return stream.width, stream.height
    return -(-stream.x1 // across) - -(-stream.x0 // across), -(-stream.y1 // down) - -(-stream.y0 // down)


def _finest(stream: Codestream) -> tuple[int, int]:
    return min(each.dx for each in stream.components), min(each.dy for each in stream.components)


def _usual(boxes: Boxes, stream: Codestream) -> bool:
    """Whether Pillow shows it as it is meant."""
    count = len(stream.components)
    if count > 4 or boxes.palette is not None or boxes.space in (SYCC, ESYCC):
        return False
    if any((each.dx, each.dy) != (1, 1) or each.bits < 8 for each in stream.components):
        return False
    as_coded = boxes.colours in (None, tuple(range(3 if count >= 3 else 1)))
    return as_coded and boxes.alpha in (None, count - 1)


def _overflows(boxes: Boxes, stream: Codestream) -> bool:
    """Whether Pillow may show white as black: see `whites`."""
    several = 2 <= len(stream.components) <= 4
    return several and boxes.space in _PLAIN and any(each.bits > 8 for each in stream.components)


def _is_sycc(boxes: Boxes, stream: Codestream) -> bool:
    """A stream that says nothing of its colours has chroma where two components have fewer samples. Like
    OpenJPEG's tool, none has where luma isn't whole."""
    if boxes.palette is not None or len(stream.components) < 3:
        return boxes.palette is not None and boxes.space == SYCC
    first, second, third = ((each.dx, each.dy) for each in stream.components[:3])
    if first != (1, 1):
        return False
    return boxes.space == SYCC or (boxes.space is None and second == third != first)


def _whole(stream: Codestream) -> bool:
    return all((each.dx, each.dy) == (1, 1) for each in stream.components)


def _filled(
    plane: Plane, stream: Codestream, component: int, least: tuple[int, int], size: tuple[int, int]
) -> Plane:
    """Samples repeated to the picture's own, of `size` (height, width) at every `least` (across, down)."""
    own = stream.components[component]
    if (own.dx, own.dy) == least:
        return plane
    rows = (np.arange(size[0]) + -(-stream.y0 // least[1])) * least[1] // own.dy - -(-stream.y0 // own.dy)
    columns = (np.arange(size[1]) + -(-stream.x0 // least[0])) * least[0] // own.dx - -(-stream.x0 // own.dx)
    rows, columns = rows.clip(0, plane.shape[0] - 1), columns.clip(0, plane.shape[1] - 1)
    return plane[rows[:, None], columns[None, :]]


def _through(plane: Plane, channel: Channel, boxes: Boxes, stream: Codestream) -> Plane:
    """A component's samples, or what they stand for in the palette."""
    if channel.column is None or boxes.palette is None:
        return plane
    bits = stream.components[channel.component].bits
    entries = np.rint(plane * ((2**bits - 1) / 255)).astype(np.intp) if bits < 8 else plane.astype(np.intp)
    column = boxes.palette[:, min(channel.column, boxes.palette.shape[1] - 1)]
    shown: Plane = column[entries.clip(0, len(column) - 1)]
    return shown


def _rgb_of_sycc(y: Plane, cb: Plane, cr: Plane) -> list[Plane]:
    """OpenJPEG's integers (sycc_to_rgb): products are cut, not rounded."""
    blue, red = cb.astype(np.int32) - 128, cr.astype(np.int32) - 128
    light = y.astype(np.int32)
    made = [
        light + (1.402 * red).astype(np.int32),
        light - (0.344 * blue + 0.714 * red).astype(np.int32),
        light + (1.772 * blue).astype(np.int32),
    ]
    return [plane.clip(0, 255).astype(np.uint8) for plane in made]


def _rgb_of_esycc(y: Plane, cb: Plane, cr: Plane) -> list[Plane]:
    """OpenJPEG's numbers (color_esycc_to_rgb)."""
    light, blue, red = y.astype(np.float64), cb.astype(np.float64) - 128, cr.astype(np.float64) - 128
    made = [
        light - 0.0000368 * blue + 1.40199 * red,
        1.0003 * light - 0.344125 * blue - 0.7141128 * red,
        0.999823 * light + 1.77204 * blue - 0.000008 * red,
    ]
    return [(plane + 0.5).astype(np.int32).clip(0, 255).astype(np.uint8) for plane in made]
