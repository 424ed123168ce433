"""Quantised DCT coefficients of a JPEG file, by jpeglib (libjpeg) or, where it is missing, in Python.

jpeglib takes paths only, so a rewritten, metadata-free stream goes through a temporary file; giving it the
frame's measures ourselves spares it a full decode and its global marker buffers, which threads would share.
A fatal error of libjpeg brings the process down in there: only streams that passed `jpeg_parse.parse` and
that Pillow decoded may come here.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

import numpy as np
from numpy.typing import NDArray

from engine.codecs.damage import DamagedError
from engine.codecs.jpeg.huffman import decode_sequential
from engine.codecs.jpeg.stream import JpegStream

Planes = list[NDArray[np.int16]]
"""int16 (block rows, block columns, 8, 8) per component, natural order [vertical, horizontal frequency]."""

_PYTHON_LIMIT = 1_000_000
"""Bytes of a file that the Python decoder takes on, at about two seconds a megabyte."""


class CoefficientsUnavailableError(Exception):
    """The file may be fine, but its coefficients can't be read here; the text says why, for people."""


def read_coefficients(stream: JpegStream, *, trusted: bool = False) -> Planes:
    """Coefficients of all components, on the grids of `JpegStream.completed`.

    trusted: the file was written here, so libjpeg will have nothing to complain about; its complaints go to
    the process's standard error, which is otherwise diverted for the milliseconds of the call.
    Raises CoefficientsUnavailableError or DamagedError.
    """
    planes, complaint = read_as_far(stream, trusted=trusted)
    if complaint:
        raise DamagedError(complaint)
    return planes


def read_as_far(stream: JpegStream, *, trusted: bool = False) -> tuple[Planes, str]:
    """`read_coefficients` of what came of a damaged file, zeros for the rest, and libjpeg's first complaint.

    Raises CoefficientsUnavailableError; and DamagedError where jpeglib is missing.
    """
    frame = stream.frame
    if frame.arithmetic:
        raise CoefficientsUnavailableError("arithmetic coding: its coefficients can't be read here")
    if len({c.identifier for c in frame.components}) < len(frame.components):
        raise CoefficientsUnavailableError("its components share a name, so they can't be told apart")
    if any(_lacks_tables(stream)):
        raise CoefficientsUnavailableError("its Huffman tables are not in the file")
    if stream.absent:  # libjpeg has no quantisation table for them
        raise CoefficientsUnavailableError("some of its components never came")
    data, grids = stream.completed()
    try:
        import jpeglib
    except ImportError:
        return _by_python(stream, grids), ""
    del jpeglib
    try:
        if trusted:
            return _by_jpeglib(data, stream, grids), ""
        with _complaints() as complaints:
            planes = _by_jpeglib(data, stream, grids)
    except OSError:  # no room or no right to write temporary files, or libjpeg gave up
        raise CoefficientsUnavailableError("jpeglib could not read its coefficients") from None
    serious = (complaint for complaint in complaints if _DAMAGE.search(complaint))
    return planes, next(serious, "").removeprefix("Corrupt JPEG data: ").strip()


def _lacks_tables(stream: JpegStream) -> Iterator[bool]:
    for scan in stream.scans:
        first, high = scan.spectral[0], scan.approximation[0]
        if stream.frame.sequential or (first == 0 and not high):
            yield None in scan.dc
        if stream.frame.sequential or first > 0:
            yield None in scan.ac


def _by_python(stream: JpegStream, grids: Sequence[tuple[int, int]]) -> Planes:
    if not stream.frame.sequential:
        raise CoefficientsUnavailableError("jpeglib, which reads progressive JPEG, is not installed")
    if len(stream.payload) > _PYTHON_LIMIT:
        raise CoefficientsUnavailableError("jpeglib, which reads large JPEG files, is not installed")
    try:
        return decode_sequential(stream, grids)
    except ValueError as error:
        raise DamagedError(str(error)) from None


def _by_jpeglib(data: bytes, stream: JpegStream, grids: Sequence[tuple[int, int]]) -> Planes:
    import jpeglib

    frame = stream.frame
    spaces = {1: jpeglib.JCS_GRAYSCALE, 3: jpeglib.JCS_YCbCr, 4: jpeglib.JCS_CMYK}
    file = jpeglib.DCTJPEG(
        path="",
        content=data,
        height=frame.height,
        width=frame.width,
        block_dims=np.array(grids, np.int32),
        samp_factor=np.array([(c.v, c.h) for c in frame.components], np.int32),
        markers=[],
        huffmans=[],
        jpeg_color_space=spaces[len(frame.components)],
        progressive_mode=frame.progressive,
        num_scans=len(stream.scans),
        Y=None,
        Cb=None,
        Cr=None,
        K=None,
        qt=None,
        quant_tbl_no=None,
    )
    file.load()
    planes: Planes = [file.Y, file.Cb, file.Cr, file.K][: len(frame.components)]
    return planes


_DAMAGE = re.compile(
    r"bad Huffman code|premature end of data|found marker|before marker 0xd[0-7]|Premature end of JPEG"
)
"""What libjpeg says (jerror.h) when it had to make pixels up. Stray bytes before the end are harmless."""
_LIBJPEG = re.compile(r"^(Corrupt JPEG data|Premature end|Inconsistent progression|Invalid SOS parameters)")
_diverting = threading.Lock()


@contextmanager
def _complaints() -> Iterator[list[str]]:
    """Collect what libjpeg writes to standard error; lines of others are passed on afterwards."""
    lines: list[str] = []
    with _diverting, tempfile.TemporaryFile() as caught:
        try:
            saved = os.dup(2)
        except OSError:  # a program without standard error, as windowed ones have it on Windows
            yield lines
            return
        try:
            if sys.stderr is not None:
                with suppress(ValueError, OSError):  # closed
                    sys.stderr.flush()
            os.dup2(caught.fileno(), 2)
            yield lines
        finally:
            os.dup2(saved, 2)
            os.close(saved)
            caught.seek(0)
            for line in caught.read().splitlines(keepends=True):
                text = line.decode("utf-8", "replace")
                if _LIBJPEG.match(text):
                    lines.append(text.strip())
                else:
                    os.write(2, line)
