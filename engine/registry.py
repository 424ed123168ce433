"""Named parts, added with one new file and one line here; tests run over every entry.

Entries are import paths, resolved at first use, so that listing names costs nothing and the window
opens before PyTorch is loaded.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar, runtime_checkable

from engine.errors import UserError

if TYPE_CHECKING:  # names are listed without NumPy, so that `nrc --help` answers at once
    from engine.types import Coded, EncodeOptions, Pixels

T = TypeVar("T")


class Codec(Protocol):
    """Encoder and standard decoder of one format. Stateless."""

    name: str
    """Key in the registry, as commands take it."""
    title: str
    """As people write it: "JPEG", "JPEG 2000"."""
    suffixes: tuple[str, ...]
    """File endings of its streams, the first one is used for saving."""
    qualities: tuple[int, int]
    """Lowest and highest quality accepted."""
    subsamplings: tuple[str, ...]
    """J:a:b of what it encodes: where there is only one, `EncodeOptions.subsampling` has no say."""
    magic: tuple[bytes, ...]
    """Bytes that tell its streams, any of these, `magic_at` bytes from their beginning."""
    magic_at: int

    def encode(self, pixels: Pixels, options: EncodeOptions) -> Coded:
        """Encode uint8 (height, width, 3) sRGB. Raises UserError on impossible options."""
        ...

    def decode(self, payload: bytes, name: str = "stream") -> Coded:
        """Read a stream. Raises UserError, naming `name`, on anything that is not a whole, valid one."""
        ...

    def notes(self, payload: bytes, name: str = "stream") -> tuple[str, ...]:
        """What `decode` left undone with a file, one short sentence each. Raises UserError as `decode`."""
        ...

    def png(self, pixels: Pixels, coded: Coded) -> bytes:
        """A PNG file of decoded or repaired pixels that looks as the stream's own file does.

        Decoders work on the coded grid and values; what the stream says about showing them (orientation,
        colour profile) is applied here.
        """
        ...

    def size_and_standard(self, pixels: Pixels, quality: int, subsampling: str) -> tuple[bytes, Pixels]:
        """The payload and its standard decode only, without symbols and bits: for rate curves."""
        ...


@runtime_checkable
class Progressive(Protocol):
    """A codec whose streams may end early: cut after any of their stages they are valid, shorter ones.

    `isinstance` tells whether a codec is one.
    """

    def encode_stages(self, pixels: Pixels, options: EncodeOptions) -> Iterator[Coded]:
        """What `Codec.encode` returns, last, and before it the shorter streams that it begins with."""
        ...

    def stages(self, payload: bytes, name: str = "stream") -> Iterator[Coded]:
        """The stream cut after each of its stages, and what is decoded of it; the last one is whole."""
        ...

    def stage_count(self, payload: bytes, name: str = "stream") -> int:
        """Number of stages, known without decoding any. Raises UserError as `Codec.decode`."""
        ...


class Registry(Generic[T]):
    """Names to lazily imported objects, in order of registration."""

    def __init__(self, kind: str, entries: dict[str, str]) -> None:
        self._kind = kind
        self._entries = entries

    def names(self) -> tuple[str, ...]:
        return tuple(self._entries)

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def get(self, name: str) -> T:
        """Import and return an entry. Raises UserError for an unknown name, listing the known ones."""
        try:
            module, attribute = self._entries[name].split(":")
        except KeyError:
            known = ", ".join(self._entries)
            raise UserError(f"unknown {self._kind} '{name}' (known: {known})") from None
        entry: T = getattr(import_module(module), attribute)
        return entry


CODECS: Registry[Codec] = Registry(
    "codec",
    {
        "jpeg": "engine.codecs.jpeg.codec:JPEG",
        "jpeg2000": "engine.codecs.jpeg2000.codec:JPEG2000",
        "jpeg2000-nomct": "engine.codecs.jpeg2000.codec:JPEG2000_NOMCT",
        "webp": "engine.codecs.webp.codec:WEBP",
        "avif": "engine.codecs.avif.codec:AVIF",
        "e2e": "engine.codecs.learned.e2e:E2E",
        "goog": "engine.codecs.learned.goog:GOOG",
    },
)
_CELLS = {
    "elman": ("Elman", "engine.cells.elman:Elman"),
    "lstm": ("LSTM", "engine.cells.lstm:LSTM"),
    "gru": ("GRU", "engine.cells.gru:GRU"),
    "delta": ("Delta-RNN", "engine.cells.delta:DeltaRNN"),
    "lru": ("LRU", "engine.cells.lru:LRU"),
    "mlp": ("MLP", "engine.cells.mlp:MLP"),
}
_LEARNERS = {
    "bptt": ("BPTT", "engine.learners.bptt:BPTT"),
    "tbptt": ("Truncated BPTT", "engine.learners.tbptt:TruncatedBPTT"),
    "sab": ("SAB", "engine.learners.sab:SAB"),
    "rtrl": ("RTRL", "engine.learners.rtrl:RTRL"),
    "uoro": ("UORO", "engine.learners.uoro:UORO"),
    "snap1": ("SnAp-1", "engine.learners.snap1:SnAp1"),
    "kf-rtrl": ("KF-RTRL", "engine.learners.kf_rtrl:KFRTRL"),
    "rflo": ("RFLO", "engine.learners.rflo:RFLO"),
    "immediate": ("Immediate", "engine.learners.immediate:Immediate"),
    "snap2": ("SnAp-2", "engine.learners.snap_n:SnAp2"),
    "snap3": ("SnAp-3", "engine.learners.snap_n:SnAp3"),
    "ok": ("OK", "engine.learners.ok:OK"),
    "diagonal": ("Diagonal RTRL", "engine.learners.diagonal:DiagonalRTRL"),
}
CELLS: Registry[Any] = Registry("cell", {name: entry for name, (_, entry) in _CELLS.items()})
LEARNERS: Registry[Any] = Registry("learner", {name: entry for name, (_, entry) in _LEARNERS.items()})
CELL_TITLES = {name: title for name, (title, _) in _CELLS.items()}
LEARNER_TITLES = {name: title for name, (title, _) in _LEARNERS.items()}
"""As people write them, known without importing PyTorch."""
DECODERS: Registry[Any] = Registry(
    "decoder kind",
    {
        "sweep": "engine.decoders.sweep:SweepDecoder",
        "raster": "engine.decoders.raster:RasterDecoder",
        "sibling": "engine.decoders.sibling:SiblingDecoder",
        "memory": "engine.decoders.memory:MemoryDecoder",
        "laplacian": "engine.decoders.classical.laplacian:LaplacianDecoder",
        "jpegli": "engine.decoders.classical.jpegli:JpegliDecoder",
        "onnx": "engine.decoders.onnx_model:OnnxDecoder",
    },
)
