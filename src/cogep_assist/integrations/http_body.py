"""A response's body, decoded in bounded pieces into a spooled temporary file."""

import asyncio
import hashlib
import zlib
from collections.abc import AsyncIterable, Iterator
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO

from cogep_assist.core.errors import AppError

ACCEPTED_ENCODINGS = "gzip, deflate"
SPOOL_BYTES = 1024 * 1024
_PIECE_BYTES = 256 * 1024
_GZIP_MAGIC = b"\x1f\x8b"


@dataclass(slots=True)
class Body:
    """A decoded body at rest: file positioned at its start, size in bytes, SHA-256 in hex."""

    file: IO[bytes]
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """Bytes accepted on the wire and after decoding."""

    wire: int
    decoded: int


async def read_body(
    stream: AsyncIterable[bytes], *, encoding: str, limits: BodyLimits, host: str
) -> Body:
    """Read a whole body, never holding more than a piece of it beyond the spool.

    Raises AppError("response_too_large", "decompression_bomb", "fetch_truncated",
    "response_malformed", "content_encoding_unsupported").
    """
    decoder = _decoder_for(encoding, host)
    file: IO[bytes] = SpooledTemporaryFile(max_size=SPOOL_BYTES)  # noqa: SIM115 - handed over
    try:
        size, digest = await _copy(stream, decoder, file, limits=limits, host=host)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return Body(file=file, size=size, sha256=digest)


async def _copy(
    stream: AsyncIterable[bytes],
    decoder: "_Inflater | None",
    file: IO[bytes],
    *,
    limits: BodyLimits,
    host: str,
) -> tuple[int, str]:
    wire = decoded = 0
    digest = hashlib.sha256()
    async for chunk in stream:
        wire += len(chunk)
        if wire > limits.wire:
            raise AppError("response_too_large", host=host, limit_bytes=limits.wire)
        for piece in decoder.feed(chunk) if decoder else (chunk,):
            decoded += len(piece)
            if decoded > limits.decoded:
                code = "decompression_bomb" if decoder else "response_too_large"
                raise AppError(code, host=host, limit_bytes=limits.decoded)
            digest.update(piece)
            file.write(piece)
            if len(piece) == _PIECE_BYTES:
                # A chunk that inflates a thousandfold must not hold the event loop.
                await asyncio.sleep(0)
    if decoder is not None and not decoder.finished:
        raise AppError("fetch_truncated", host=host)
    return decoded, digest.hexdigest()


def _decoder_for(encoding: str, host: str) -> "_Inflater | None":
    name = encoding.strip().lower()
    if name in {"", "identity"}:
        return None
    if name in {"gzip", "x-gzip"}:
        return _Inflater(host, gzip=True)
    if name == "deflate":
        return _Inflater(host, gzip=False)
    # Layered encodings multiply a bomb; br and zstd were not asked for.
    raise AppError("content_encoding_unsupported", host=host, encoding=name[:40])


class _Inflater:
    """Inflate gzip (of several members too) or deflate (with or without zlib header)."""

    def __init__(self, host: str, *, gzip: bool) -> None:
        self._host = host
        self._gzip = gzip
        self._head = b""
        self._trailing = False
        self._inflate = zlib.decompressobj(31) if gzip else None

    @property
    def finished(self) -> bool:
        """Whether the compressed stream came to its own end (one without a byte has)."""
        return not self._head or (self._inflate is not None and self._inflate.eof)

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield decoded pieces of at most ``_PIECE_BYTES``."""
        if len(self._head) < 2:
            before, self._head = self._head, (self._head + data)[:2]
            if self._inflate is None:
                if len(self._head) < 2:
                    return
                self._inflate = zlib.decompressobj(_deflate_window(self._head))
                data = before + data
        while data and not self._trailing:
            assert self._inflate is not None
            if self._inflate.eof and not self._next_member(data):
                return
            piece = self._inflate_piece(data)
            if piece:
                yield piece
            data = self._inflate.unused_data if self._inflate.eof else self._inflate.unconsumed_tail
            if not data and len(piece) == _PIECE_BYTES:
                yield from self._drain()

    def _inflate_piece(self, data: bytes) -> bytes:
        assert self._inflate is not None
        try:
            return self._inflate.decompress(data, _PIECE_BYTES)
        except zlib.error:
            reason = "o conteúdo comprimido está corrompido"
            raise AppError("response_malformed", host=self._host, reason=reason) from None

    def _drain(self) -> Iterator[bytes]:
        # Output may wait inside zlib with no input left.
        while piece := self._inflate_piece(b""):
            yield piece

    def _next_member(self, data: bytes) -> bool:
        if not (self._gzip and data.startswith(_GZIP_MAGIC[: len(data)])):
            self._trailing = True  # padding after the end, as gzip itself tolerates
            return False
        self._inflate = zlib.decompressobj(31)
        return True


def _deflate_window(head: bytes) -> int:
    # RFC 9110 asks for the zlib header (RFC 1950 2.2) around deflate; many servers omit it.
    with_header = head[0] & 0x0F == 8 and int.from_bytes(head) % 31 == 0
    return zlib.MAX_WBITS if with_header else -zlib.MAX_WBITS
