"""What the codecs have in common whose encoder and standard decoder come with Pillow."""

from __future__ import annotations

import struct
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace
from io import BytesIO
from types import MappingProxyType

import numpy as np
from PIL import Image, ImageFile

from engine.codecs.checks import check_pixels, check_quality, check_rate, check_subsampling
from engine.codecs.damage import DamagedError, UnfollowedError
from engine.codecs.facts import Described
from engine.codecs.png import png_of
from engine.codecs.rate_search import Rates, nearest
from engine.errors import UserError, printable
from engine.io.bit_depth import read_8bit
from engine.io.colour import left_out_words, to_srgb
from engine.io.image import check_size, unsupported
from engine.io.orientation import orientation_of, orientation_words, upright
from engine.step_scale import LEAST_SCALE, scale_of_rate
from engine.types import Coded, EncodeOptions, Pixels, frozen

REFERENCE_STEP = 16.0
"""A scale of 1 (see `Coded.scale`): this quantiser step, in 8-bit levels of an orthonormal transform. About
what JPEG's standard luma table spends on the low frequencies, so that scales of all codecs compare."""


@dataclass(frozen=True)
class StreamFacts:
    """What a stream says of itself, read without decoding it.

    codec: name in the registry. scale: see `Coded.scale`; None where this stream's structure hides it.
    subsampling: J:a:b. trailing: bytes after its end. further: bytes within it that hold other pictures.
    damage, unread: see `Coded`. notes: what it says that isn't done when it is shown. grid: width and height
    that its decoder may also have.
    """

    codec: str
    width: int
    height: int
    scale: float | None
    subsampling: str
    trailing: int = 0
    further: int = 0
    damage: str = ""
    unread: str = ""
    notes: tuple[str, ...] = ()
    grid: tuple[int, int] | None = None


@dataclass(frozen=True)
class About:
    """orientation: EXIF's, 1 (upright) to 8. profile: the embedded ICC profile, if any. frames: how many."""

    orientation: int = 1
    profile: bytes | None = None
    frames: int = 1


class PillowCodec(Described, ABC):
    """A codec of `engine.registry.Codec`, but for the format itself. Stateless; safe in several threads."""

    magic: tuple[bytes, ...]
    magic_at = 0
    typical: Rates = MappingProxyType({})
    """Where to begin the search for a rate."""
    opener: type[ImageFile.ImageFile]
    """Pillow's class of the format; `Image.open` would look at others too, and warn."""

    @abstractmethod
    def _file(self, image: Image.Image, quality: int, subsampling: str) -> bytes:
        """Encode to a file with its check sum; options were checked."""

    @abstractmethod
    def _facts(self, payload: bytes, name: str) -> StreamFacts:
        """Look through the structure of a file. Raises DamagedError; anything that `struct` and indexing
        raise on short data counts as that too."""

    def encode(self, pixels: Pixels, options: EncodeOptions) -> Coded:
        """Encode uint8 (height, width, 3) sRGB. `options.subsampling` counts where the format has a choice.

        With `bits_per_pixel` the stream is sought whose file, headers included, comes nearest to it;
        `Coded.bits_per_pixel` tells what was reached. Deterministic. Raises UserError on impossible options
        and sizes.
        """
        check_rate(options, self.title)
        quality = options.quality
        if quality is not None:
            payload = self._payload(pixels, quality, options.subsampling)
        else:
            payload, quality = self._nearest(pixels, options.bits_per_pixel or 0.0, options.subsampling)
        return self._read(payload, "stream", quality)

    def decode(self, payload: bytes, name: str = "stream") -> Coded:
        """Read a file as received. `standard` shows the coded pixels: orientation and embedded colour
        profiles are not applied (`notes` tells), transparency is composited on white, of several frames the
        first counts. What its decoder shows of a damaged file is shown, with `damage` or `unread` saying what
        is wrong. Raises UserError, naming `name`, on what the decoder can't read.
        """
        return self._read(payload, name, None)

    def size_and_standard(self, pixels: Pixels, quality: int, subsampling: str) -> tuple[bytes, Pixels]:
        """The payload and its standard decode only; raises UserError as `encode`."""
        payload = self._payload(pixels, quality, subsampling)
        return payload, self._pixels(payload, "stream", self._checked(payload, "stream"))[0]

    def notes(self, payload: bytes, name: str = "stream") -> tuple[str, ...]:
        """What `decode` left undone with a file, one short sentence each. Raises UserError as `decode`."""
        facts = self._checked(payload, name)
        notes: list[str] = list(facts.notes)
        about = self._about(payload, name)
        if about.orientation > 1:
            notes.append(orientation_words(about.orientation))
        words = left_out_words(about.profile, False) if about.profile else ""
        if words:
            notes.append(words)
        if about.frames > 1:
            notes.append(f"first of {about.frames} frames")
        notes += self._pixels(payload, name, facts)[2]
        if facts.further:
            notes.append(f"{facts.further:,} bytes of further frames, not counted")
        if facts.trailing:
            notes.append(f"{facts.trailing:,} bytes after the end of the picture, not counted")
        return tuple(notes)

    def png(self, pixels: Pixels, coded: Coded) -> bytes:
        """`pixels` of `coded` as a PNG file, turned upright, with the stream's colour profile if it fits."""
        about = self._about(coded.payload, "stream")
        return png_of(upright(pixels, about.orientation), about.profile, grey=coded.grey)

    def _payload(self, pixels: Pixels, quality: int, subsampling: str) -> bytes:
        check_pixels(pixels)
        check_quality(quality, self.qualities, self.title)
        image, subsampling = Image.fromarray(pixels), self._subsampling(subsampling)
        return self._guarded(image, lambda: self._file(image, quality, subsampling))

    def _guarded(self, image: Image.Image, encode: Callable[[], bytes]) -> bytes:
        try:
            return encode()
        except MemoryError:
            raise UserError(f"not enough memory to encode {image.width}×{image.height} pixels") from None
        except (OSError, ValueError, RuntimeError) as error:
            size = f"{image.width}×{image.height}"
            raise UserError(f"{self.title} can't encode a picture of {size} pixels ({error})") from None

    def _subsampling(self, asked: str) -> str:
        if len(self.subsamplings) == 1:  # there is nothing to choose
            return self.subsamplings[0]
        check_subsampling(asked, self.subsamplings, self.title)
        return asked

    def _nearest(self, pixels: Pixels, target: float, subsampling: str) -> tuple[bytes, int | None]:
        """The file nearest to `target` bits per pixel, and its quality."""
        return nearest(
            lambda quality: self._payload(pixels, quality, subsampling),
            target,
            pixels.shape[0] * pixels.shape[1],
            range(self.qualities[0], self.qualities[1] + 1),
            self.typical,
        )

    def _checked(self, payload: bytes, name: str) -> StreamFacts:
        """The stream's facts; what its decoder alone tells where its structure can't be followed here."""
        try:
            facts = self._facts(payload, name)
        except UnfollowedError as reason:
            facts = replace(self._bare_facts(payload, name, str(reason)), unread=str(reason))
        except DamagedError as reason:
            facts = replace(self._bare_facts(payload, name, str(reason)), damage=str(reason))
        except (struct.error, IndexError, ValueError, KeyError, OverflowError):
            bare = self._bare_facts(payload, name, "its structure makes no sense")
            facts = replace(bare, unread="its structure makes no sense")
        check_size(facts.width, facts.height, name, self.title)
        return facts

    def _bare_facts(self, payload: bytes, name: str, reason: str) -> StreamFacts:
        """Raises UserError, giving `reason`, where not even the decoder's own header reader gets on."""
        try:
            with self.opener(BytesIO(payload)) as image:
                return StreamFacts(self.name, *image.size, None, "")
        except Exception:  # parsers of hostile bytes raise nearly anything
            raise UserError(f"{name}: the {self.title} file is damaged ({reason})") from None

    def _read(self, payload: bytes, name: str, quality: int | None) -> Coded:
        facts = self._checked(payload, name)
        standard, grey, _ = self._pixels(payload, name, facts)
        foreign = facts.trailing + facts.further
        scale = facts.scale
        if scale is None:
            scale = scale_of_rate(8 * (len(payload) - foreign) / (facts.width * facts.height))
        subsampling = "" if facts.subsampling == "4:0:0" else facts.subsampling
        return Coded(
            codec=facts.codec,
            payload=payload,
            standard=standard,
            scale=max(LEAST_SCALE, scale),
            quality=quality,
            subsampling="4:0:0" if grey else subsampling,
            patch_bits_note=f"{self.title} codes regions together; its bits can't be told apart by patch",
            foreign=foreign,
            damage=facts.damage,
            unread=facts.unread,
            orientation=self._about(payload, name).orientation,
        )

    def _about(self, payload: bytes, name: str) -> About:
        """What a file says beside its picture. Raises UserError."""
        with self._opened(payload, name) as image:
            profile, frames = image.info.get("icc_profile"), int(getattr(image, "n_frames", 1))
            return About(orientation_of(image) or 1, profile or None, frames)

    def _pixels(self, payload: bytes, name: str, facts: StreamFacts) -> tuple[Pixels, bool, list[str]]:
        """The standard decode, whether it is grey, and what was done to it."""
        notes: list[str] = []
        with _reporting(self.title, name, facts.damage or facts.unread):
            eight = self._image(payload, name, facts, notes)
            pixels = frozen(np.asarray(to_srgb(eight, None, notes)))
        return pixels, eight.mode in ("L", "LA"), notes

    def _image(self, payload: bytes, name: str, facts: StreamFacts, notes: list[str]) -> Image.Image:
        """The picture with 8 bits a sample. Raises what Pillow raises."""
        with self.opener(BytesIO(payload)) as image:
            if image.size not in ((facts.width, facts.height), facts.grid):
                raise ValueError("its headers disagree about the size")
            return read_8bit(image, BytesIO(payload), name, notes)

    def _opened(self, payload: bytes, name: str) -> ImageFile.ImageFile:
        with _reporting(self.title, name):
            return self.opener(BytesIO(payload))


class _reporting:  # noqa: N801 (a context manager, read as a function)
    """Turn what Pillow raises on broken data into a UserError. reason: what is known to be wrong already."""

    def __init__(self, title: str, name: str, reason: str = "") -> None:
        self._title, self._name, self._reason = title, name, reason

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        if isinstance(error, MemoryError):
            raise UserError(f"{self._name}: not enough memory to decode it") from None
        if error is None or isinstance(error, UserError) or not isinstance(error, Exception):
            return
        # Parsers of hostile bytes raise nearly anything.
        said = printable(" ".join(str(error).split()).rstrip(".")[:120]) or type(error).__name__
        if unsupported(said):
            raise UserError(
                f"{self._name}: this kind of {self._title} file is not supported ({said})"
            ) from None
        reason = f"damaged ({self._reason})" if self._reason else f"damaged or cut off ({said})"
        raise UserError(f"{self._name}: the {self._title} file is {reason}") from None
