"""Frames between a worker and its parser child: a measured header and body."""

import json
import struct
from collections.abc import Mapping
from typing import Any, BinaryIO

_SIZES = struct.Struct(">IQ")
MAX_HEADER_BYTES = 64 * 1024 * 1024
_PIECE = 1024 * 1024


class BrokenFrameError(Exception):
    """The other side ended, or said something that is no frame."""


def write_header(stream: BinaryIO, header: Mapping[str, Any], body_size: int) -> None:
    """Write the sizes and the header of a frame; the caller writes the body."""
    encoded = json.dumps(header, ensure_ascii=True, separators=(",", ":")).encode("ascii")
    stream.write(_SIZES.pack(len(encoded), body_size))
    stream.write(encoded)


def write_frame(stream: BinaryIO, header: Mapping[str, Any], body: bytes = b"") -> None:
    """Write a whole frame and flush it."""
    write_header(stream, header, len(body))
    stream.write(body)
    stream.flush()


def read_frame(
    stream: BinaryIO, *, max_body: int, max_header: int = MAX_HEADER_BYTES
) -> tuple[dict[str, Any], bytes]:
    """Read a whole frame, refusing sizes beyond the bounds before anything is allocated."""
    header_size, body_size = _SIZES.unpack(read_exactly(stream, _SIZES.size))
    if header_size > max_header or body_size > max_body:
        raise BrokenFrameError("frame beyond its bounds")
    try:
        header = json.loads(read_exactly(stream, header_size))
    except (ValueError, RecursionError) as error:
        raise BrokenFrameError("header is not JSON") from error
    if not isinstance(header, dict):
        raise BrokenFrameError("header is not an object")
    return header, read_exactly(stream, body_size)


def read_exactly(stream: BinaryIO, size: int) -> bytes:
    """Read this many bytes or raise BrokenFrameError at the end of the stream."""
    pieces: list[bytes] = []
    missing = size
    while missing:
        piece = stream.read(min(missing, _PIECE))
        if not piece:
            raise BrokenFrameError("stream ended")
        pieces.append(piece)
        missing -= len(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)
