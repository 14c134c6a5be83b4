"""Bodies decoded in bounded pieces: what is kept, what is refused, how much is held."""

import gzip
import hashlib
import random
import zlib
from collections.abc import AsyncIterator

import pytest

from cogep_assist.core.errors import AppError
from cogep_assist.integrations.http_body import Body, BodyLimits, read_body

TEXT = "Férias, licença-prêmio e aposentadoria. ".encode() * 2000
BIG = BodyLimits(wire=10_000_000, decoded=10_000_000)


async def pieces(data: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


async def read(data: bytes, encoding: str, limits: BodyLimits = BIG, size: int = 65536) -> Body:
    return await read_body(pieces(data, size), encoding=encoding, limits=limits, host="h")


def raw_deflate(data: bytes) -> bytes:
    compressor = zlib.compressobj(wbits=-15)
    return compressor.compress(data) + compressor.flush()


@pytest.mark.parametrize("size", [1, 7, 65536])
@pytest.mark.parametrize(
    ("encoding", "data"),
    [
        ("", TEXT),
        ("identity", TEXT),
        ("gzip", gzip.compress(TEXT)),
        ("X-GZip", gzip.compress(TEXT)),
        ("gzip", gzip.compress(TEXT[:100]) + gzip.compress(TEXT[100:])),
        ("gzip", gzip.compress(TEXT) + b"\0" * 600),
        ("deflate", zlib.compress(TEXT)),
        ("deflate", raw_deflate(TEXT)),
    ],
)
async def test_what_was_sent_is_what_is_read(encoding: str, data: bytes, size: int) -> None:
    body = await read(data, encoding, size=size)
    with body.file:
        assert body.file.read() == TEXT
    assert body.size == len(TEXT)
    assert body.sha256 == hashlib.sha256(TEXT).hexdigest()


async def test_output_that_waits_inside_zlib_is_not_lost() -> None:
    # One short input that inflates to many full pieces and ends exactly with one.
    data = b"\0" * (256 * 1024 * 8)
    body = await read(zlib.compress(data), "deflate", size=1_000_000)
    with body.file:
        assert body.file.read() == data


async def test_an_empty_body_is_empty_in_every_encoding() -> None:
    for encoding in ("", "gzip", "deflate"):
        body = await read(b"", encoding)
        body.file.close()
        assert body.size == 0


@pytest.mark.parametrize(
    ("data", "encoding", "code"),
    [
        (gzip.compress(b"\0" * 20_000_000), "gzip", "decompression_bomb"),
        (zlib.compress(b"\0" * 20_000_000), "deflate", "decompression_bomb"),
        (raw_deflate(b"\0" * 20_000_000), "deflate", "decompression_bomb"),
        (gzip.compress(b"\0" * 6_000_000) * 2, "gzip", "decompression_bomb"),
        (b"x" * 10_000_001, "", "response_too_large"),
        (gzip.compress(random.Random(7).randbytes(10_000_001)), "gzip", "response_too_large"),
        (gzip.compress(TEXT)[:-9], "gzip", "fetch_truncated"),
        (zlib.compress(TEXT)[:-9], "deflate", "fetch_truncated"),
        (b"<html>sem compress\xc3\xa3o</html>", "gzip", "response_malformed"),
        (b"\xff\xff\xff<html>", "deflate", "response_malformed"),
        (gzip.compress(TEXT)[:40] + b"lixo" * 50, "gzip", "response_malformed"),
        (b"", "br", "content_encoding_unsupported"),
        (b"", "zstd", "content_encoding_unsupported"),
        (b"", "compress", "content_encoding_unsupported"),
        (b"", "gzip, gzip", "content_encoding_unsupported"),
        (b"", "gzip;q=1", "content_encoding_unsupported"),
    ],
)
async def test_bombs_stumps_and_garbage_have_their_code(
    data: bytes, encoding: str, code: str
) -> None:
    with pytest.raises(AppError) as refused:
        await read(data, encoding)
    assert refused.value.code == code
    assert refused.value.retryable is (code == "fetch_truncated")


async def test_a_bomb_is_left_unread_beyond_the_limit() -> None:
    taken = 0

    async def bomb() -> AsyncIterator[bytes]:
        nonlocal taken
        for piece in (b"\x1f\x8b" + gzip.compress(b"\0" * 50_000_000)[2:],) * 100:
            taken += 1
            yield piece

    with pytest.raises(AppError):
        await read_body(bomb(), encoding="gzip", limits=BIG, host="h")
    assert taken == 1
