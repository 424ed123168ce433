"""Made pictures of kinds that nothing was trained on, neither networks nor guard: for tests and measuring
only.

Each kind is a function of a generator and a side in pixels, to uint8 (side, side, 3).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from scipy import ndimage

from engine.types import Pixels

Rng = np.random.Generator
Kind = Callable[[Rng, int], Pixels]
SIDE = 256


def _drawn(side: int, times: int, ground: object) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = Image.new("RGB", (side * times, side * times), ground)  # type: ignore[arg-type]
    return image, ImageDraw.Draw(image)


def _reduced(image: Image.Image, side: int) -> Pixels:
    return np.asarray(image.resize((side, side), Image.Resampling.BOX))


def _any_colour(rng: Rng) -> tuple[int, int, int]:
    r, g, b = (int(v) for v in rng.integers(0, 256, 3))
    return r, g, b


def crossword(rng: Rng, side: int) -> Pixels:
    """Black and white fields with a small number in some and a capital in others."""
    image, draw = _drawn(side, 1, "white")
    field = 22
    for y in range(0, side, field):
        for x in range(0, side, field):
            draw.rectangle(
                (x, y, x + field, y + field), outline="black", fill="black" if rng.random() < 0.2 else "white"
            )
            if rng.random() < 0.3:
                draw.text((x + 2, y), str(int(rng.integers(1, 60))), "black", font=ImageFont.load_default(8))
            if rng.random() < 0.5:
                letter = chr(65 + int(rng.integers(26)))
                draw.text((x + 7, y + 4), letter, "black", font=ImageFont.load_default(15))
    return np.asarray(image)


def seven_segments(rng: Rng, side: int) -> Pixels:
    """Red or green digits of a display, with the dark segments faintly seen."""
    image, draw = _drawn(side, 1, (12, 12, 12))
    lit, off = ((255, 40, 20), (50, 12, 10)) if rng.random() < 0.5 else ((60, 255, 90), (12, 45, 16))
    for y in range(8, side, 62):
        for x in range(8, side, 38):
            on = rng.random(7) < 0.6
            boxes = [
                (3, 0, 25, 4),
                (24, 3, 28, 25),
                (24, 28, 28, 50),
                (3, 49, 25, 53),
                (0, 28, 4, 50),
                (0, 3, 4, 25),
                (3, 24, 25, 28),
            ]
            for state, (a, b, c, d) in zip(on, boxes, strict=True):
                draw.rectangle((x + a, y + b, x + c, y + d), fill=lit if state else off)
    return np.asarray(image)


def tartan(rng: Rng, side: int) -> Pixels:
    """Coloured threads crossing in a twill."""
    sett = np.concatenate([np.tile(rng.integers(0, 256, 3), (int(n), 1)) for n in rng.integers(2, 16, 9)])
    threads = np.tile(sett, (side // len(sett) + 1, 1))[:side]
    y, x = np.mgrid[:side, :side]
    over = (x + y) % 4 < 2
    return np.where(over[..., None], threads[None, :], threads[:, None]).astype(np.uint8)


def contours(rng: Rng, side: int) -> Pixels:
    """Brown lines of equal height on a pale ground, every fifth one thicker."""
    field = ndimage.gaussian_filter(rng.normal(0, 1, (2 * side, 2 * side)), 50)
    field = (field - field.min()) / np.ptp(field) * 30
    slope = np.hypot(*np.gradient(field)) + 1e-6
    near = np.abs(field - np.round(field)) / slope
    width = np.where(np.round(field) % 5 == 0, 1.8, 0.8)
    ink = np.clip(width - near + 0.5, 0, 1)[..., None]
    large = np.asarray([246, 240, 220]) * (1 - ink) + np.asarray([150, 90, 40]) * ink
    return _reduced(Image.fromarray(large.astype(np.uint8)), side)


def truchet(rng: Rng, side: int) -> Pixels:
    """Quarter circles in squares turned at random."""
    times, cell = 3, 20
    image, draw = _drawn(side, times, _any_colour(rng))
    ink, step = _any_colour(rng), cell * times
    for y in range(0, side * times, step):
        for x in range(0, side * times, step):
            corners = ((x, y), (x + step, y + step)) if rng.random() < 0.5 else ((x + step, y), (x, y + step))
            for a, b in corners:
                r = step // 2
                draw.ellipse((a - r, b - r, a + r, b + r), outline=ink, width=4 * times)
    return _reduced(image, side)


def guilloche(rng: Rng, side: int) -> Pixels:
    """Fine rosettes, as on banknotes."""
    times = 3
    image, draw = _drawn(side, times, (250, 248, 240))
    t = np.linspace(0, 2 * np.pi, 4000)
    for k in range(14):
        a, b = int(rng.integers(5, 30)), int(rng.integers(3, 20))
        r = side * times * (0.2 + 0.02 * k + 0.06 * np.sin(a * t) + 0.03 * np.sin(b * t))
        points = np.stack([side * times / 2 + r * np.cos(t), side * times / 2 + r * np.sin(t)], 1)
        draw.line([tuple(p) for p in points], _any_colour(rng), 2)
    return _reduced(image, side)


def handwriting(rng: Rng, side: int) -> Pixels:
    """Loops in blue ink along the lines of an exercise book."""
    times = 3
    image, draw = _drawn(side, times, (252, 252, 248))
    for y in range(24, side, 24):
        draw.line((0, y * times, side * times, y * times), (170, 200, 230), times)
        t = np.linspace(0, 40, 900)
        x = 6 * t + 5 * np.sin(6 * t) + ndimage.gaussian_filter1d(rng.normal(0, 20, 900), 12)
        height = 6 + 5 * np.abs(ndimage.gaussian_filter1d(rng.normal(0, 8, 900), 25))
        z = y - 2 - height * (0.5 + 0.5 * np.sin(6 * t + 1))
        draw.line([(a * times, b * times) for a, b in zip(x, z, strict=True)], (25, 40, 130), 4)
    return _reduced(image, side)


def fractal(rng: Rng, side: int) -> Pixels:
    """A Julia set in the colours of its escape times."""
    y, x = np.mgrid[-1.3 : 1.3 : side * 1j, -1.3 : 1.3 : side * 1j]
    z = x + 1j * y
    c = complex(rng.choice([-0.8 + 0.156j, -0.4 + 0.6j, 0.285 + 0.01j, -0.7269 + 0.1889j]))
    count = np.zeros(z.shape, int)
    for _ in range(90):
        alive = np.abs(z) < 4
        z = np.where(alive, z * z + c, z)
        count += alive
    palette = rng.integers(0, 256, (91, 3))
    palette[-1] = 0
    return palette[count].astype(np.uint8)


def subway(rng: Rng, side: int) -> Pixels:
    """Thick coloured lines in eighths of a turn, with stations and names."""
    times = 2
    image, draw = _drawn(side, times, "white")
    for _ in range(7):
        x, y = (float(v) for v in rng.uniform(0, side * times, 2))
        points, angle = [(x, y)], float(rng.integers(8)) * np.pi / 4
        for _ in range(6):
            angle += float(rng.integers(-1, 2)) * np.pi / 4
            x, y = x + 90 * np.cos(angle), y + 90 * np.sin(angle)
            points.append((x, y))
        draw.line(points, _any_colour(rng), 12, joint="curve")
        for a, b in points:
            draw.ellipse((a - 8, b - 8, a + 8, b + 8), fill="white", outline="black", width=3)
            draw.text(
                (a + 10, b - 16), f"St. {int(rng.integers(99))}", "black", font=ImageFont.load_default(18)
            )
    return _reduced(image, side)


def zone_plate(rng: Rng, side: int) -> Pixels:
    """Rings whose pitch falls to two pixels."""
    y, x = np.mgrid[:side, :side] - side / 2 + rng.uniform(-20, 20)
    wave = 127.5 + 127.5 * np.cos(np.pi * (x * x + y * y) / side)
    return np.repeat(np.round(wave)[..., None], 3, 2).astype(np.uint8)


def engraving(rng: Rng, side: int) -> Pixels:
    """A ball and a ground drawn by lines that swell in the shade."""
    times = 2
    y, x = np.mgrid[: side * times, : side * times] / (side * times)
    u, v = (x - 0.5) / 0.35, (y - 0.5) / 0.35
    height = np.sqrt(np.clip(1 - u * u - v * v, 0, 1))
    light = np.where(u * u + v * v < 1, 0.2 + 0.7 * np.clip(-0.4 * u - 0.5 * v + 0.7 * height, 0, 1), 0.75)
    lines = 0.5 + 0.5 * np.cos(2 * np.pi * (y + 0.1 * height) * side / rng.uniform(3, 6))
    ink = lines > light
    small = (255 * (1 - ink)).astype(np.uint8)
    return np.repeat(
        np.asarray(Image.fromarray(small).resize((side, side), Image.Resampling.BOX))[..., None], 3, 2
    )


def test_card(rng: Rng, side: int) -> Pixels:
    """Bars of pure colours, a grey stair, gratings of rising frequency, a circle."""
    picture = np.zeros((side, side, 3), np.uint8)
    bars = [
        (255, 255, 255),
        (255, 255, 0),
        (0, 255, 255),
        (0, 255, 0),
        (255, 0, 255),
        (255, 0, 0),
        (0, 0, 255),
    ]
    for k, bar in enumerate(bars):
        picture[: side // 2, k * side // 7 : (k + 1) * side // 7] = bar
    picture[side // 2 : 5 * side // 8] = (np.arange(side) * 10 // side * 28)[None, :, None]
    x = np.arange(side)
    chirp = 127 + 127 * np.sign(np.sin(2 * np.pi * np.cumsum(0.02 + 0.4 * x / side)))
    picture[5 * side // 8 : 7 * side // 8] = chirp[None, :, None].astype(np.uint8)
    image = Image.fromarray(picture)
    ImageDraw.Draw(image).ellipse((8, 8, side - 8, side - 8), outline=(255, 255, 255), width=2)
    del rng
    return np.asarray(image)


def calendar(rng: Rng, side: int) -> Pixels:
    """A month: days in boxes, Sundays in red, notes."""
    image, draw = _drawn(side, 1, "white")
    draw.rectangle((0, 0, side, 30), fill=_any_colour(rng))
    draw.text((10, 4), "November 2031", "white", font=ImageFont.load_default(20))
    for day in range(35):
        x, y = day % 7 * side // 7, 36 + day // 7 * 44
        draw.rectangle((x, y, x + side // 7, y + 44), outline=(190, 190, 190))
        draw.text(
            (x + 3, y + 1), str(day + 1), "red" if day % 7 == 6 else "black", font=ImageFont.load_default(14)
        )
        if rng.random() < 0.3:
            draw.rectangle((x + 3, y + 24, x + side // 7 - 3, y + 36), fill=_any_colour(rng))
    return np.asarray(image)


def spectrogram(rng: Rng, side: int) -> Pixels:
    """Harmonics over noise, in a map from black through red to white."""
    y = np.mgrid[:side, :side][0]
    pitch = 12 + 6 * ndimage.gaussian_filter1d(rng.normal(0, 8, side), 14)
    level = 0.25 * rng.random((side, side))
    for k in range(1, 15):
        level += np.exp(-(((side - y) - k * pitch[None]) ** 2) / 3) / k**0.7
    level = np.clip(level, 0, 1)
    planes = [
        np.interp(level, [0, 0.4, 0.75, 1], stops)
        for stops in ((0, 180, 255, 255), (0, 0, 140, 255), (20, 60, 0, 255))
    ]
    return np.stack(planes, 2).astype(np.uint8)


def chess(rng: Rng, side: int) -> Pixels:
    """A diagram: fields hatched, pieces as discs with a letter."""
    times, field = 2, 32
    image, draw = _drawn(side, times, "white")
    for row in range(side // field):
        for column in range(side // field):
            x, y = column * field * times, row * field * times
            if (row + column) % 2:
                for k in range(0, 2 * field * times, 6):
                    draw.line(
                        (x + max(0, k - 64), y + min(k, 64), x + min(k, 64), y + max(0, k - 64)), "black", 1
                    )
            if rng.random() < 0.35:
                black = rng.random() < 0.5
                draw.ellipse(
                    (x + 10, y + 10, x + 54, y + 54),
                    fill="black" if black else "white",
                    outline="black",
                    width=3,
                )
                draw.text(
                    (x + 22, y + 14),
                    str(rng.choice(list("KQRBNP"))),
                    "white" if black else "black",
                    font=ImageFont.load_default(28),
                )
    return _reduced(image, side)


def wireframe(rng: Rng, side: int) -> Pixels:
    """A landscape as a net of lines one pixel wide, seen aslant."""
    image, draw = _drawn(side, 1, (0, 0, 0) if rng.random() < 0.5 else (255, 255, 255))
    ink = (0, 255, 120) if image.getpixel((0, 0)) == (0, 0, 0) else (30, 30, 120)
    n = 26
    height = ndimage.gaussian_filter(rng.normal(0, 1, (n, n)), 2) * 160
    place = [
        [(side / 2 + (i - j) * 6, 40 + (i + j) * 3.6 - height[i, j]) for j in range(n)] for i in range(n)
    ]
    for i in range(n):
        draw.line(place[i], ink)
        draw.line([row[i] for row in place], ink)
    return np.asarray(image)


def knitting(rng: Rng, side: int) -> Pixels:
    """A chart of stitches: a motif of colours in small fields, each with a V."""
    field = 8
    count = side // field
    motif = rng.integers(0, 3, (6, 6))
    chart = np.tile(np.concatenate([motif, motif[:, ::-1]], 1), (count // 6 + 1, count // 12 + 1))[
        :count, :count
    ]
    tints = [_any_colour(rng) for _ in range(3)]
    image, draw = _drawn(side, 1, "white")
    for row in range(count):
        for column in range(count):
            x, y = column * field, row * field
            draw.rectangle(
                (x, y, x + field - 1, y + field - 1), fill=tints[chart[row, column]], outline=(60, 60, 60)
            )
            draw.line((x + 1, y + 2, x + 4, y + 6, x + 6, y + 2), (240, 240, 240))
    return np.asarray(image)


def schematic(rng: Rng, side: int) -> Pixels:
    """A circuit: resistors, capacitors and wires at right angles, with values."""
    image, draw = _drawn(side, 1, "white")
    draw.fontmode = "1"
    for y in range(20, side, 40):
        x = 0
        while x < side:
            kind = int(rng.integers(4))
            if kind == 0:
                zigzag = [(x + 4 * k, y + (0 if k in (0, 6) else (-5 if k % 2 else 5))) for k in range(7)]
                draw.line(zigzag, "black")
                draw.text(
                    (x, y - 16), f"{int(rng.integers(1, 99))}k", "black", font=ImageFont.load_default(9)
                )
            elif kind == 1:
                draw.line((x, y, x + 10, y), "black")
                draw.line((x + 10, y - 7, x + 10, y + 7), "black")
                draw.line((x + 14, y - 7, x + 14, y + 7), "black")
                draw.line((x + 14, y, x + 24, y), "black")
            else:
                draw.line((x, y, x + 24, y), "black")
                if kind == 2:
                    draw.ellipse((x - 2, y - 2, x + 2, y + 2), fill="black")
                    draw.line((x, y, x, y + 40), "black")
            x += 24
    return np.asarray(image)


KINDS: dict[str, Kind] = {
    kind.__name__: kind
    for kind in (
        crossword, seven_segments, tartan, contours, truchet, guilloche, handwriting, fractal, subway,
        zone_plate, engraving, test_card, calendar, spectrogram, chess, wireframe, knitting, schematic,
    )
}  # fmt: skip
test_card.__test__ = False  # type: ignore[attr-defined]  # pytest would take it for a test


def unseen(name: str, seed: int = 0, side: int = SIDE) -> Pixels:
    """The picture of a kind that measurements use, uint8 (side, side, 3)."""
    return np.ascontiguousarray(
        KINDS[name](np.random.default_rng((seed, sorted(KINDS).index(name))), side), np.uint8
    )
