"""Servers that lie, stall, flood or speak nonsense: each ends in time, with its code."""

import asyncio
import gzip
import ssl
import zlib
from collections.abc import AsyncIterator, Iterator

import pytest
from local_web import (
    Hit,
    LocalWeb,
    Names,
    Script,
    client_tls,
    local_web,
    reply,
    server_tls,
)

from cogep_assist.core.errors import AppError
from cogep_assist.integrations.http import GuardedClient, HttpPolicy

LIMIT = 200_000
OK = b"HTTP/1.1 200 OK\r\n"
GZIP = OK + b"Content-Encoding: gzip\r\n\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"


@pytest.fixture
async def web() -> AsyncIterator[LocalWeb]:
    async with local_web() as running:
        yield running


async def code_of(web: LocalWeb, page: bytes | Script, **rules: float) -> AppError:
    web.pages["/"] = page
    policy = HttpPolicy(
        allow_hosts=(web.authority,),
        max_bytes=LIMIT,
        max_decoded_bytes=LIMIT,
        max_header_bytes=8_000,
        max_headers=50,
        read_timeout=rules.get("read", 5.0),
        total_timeout=rules.get("total", 5.0),
    )
    async with GuardedClient(policy, resolver=Names()) as client:
        with pytest.raises(AppError) as failed:
            await client.get(web.url())
    assert "?" not in failed.value.message
    return failed.value


BYTES = [
    # size
    (reply(200, b"x" * (LIMIT + 1)), "response_too_large"),
    (OK + b"Content-Length: 99999999999999999999\r\n\r\nx", "response_too_large"),
    (OK + b"Content-Length: 999999999\r\n\r\n", "response_too_large"),
    (OK + b"\r\n" + b"x" * (LIMIT + 1), "response_too_large"),
    (
        CHUNKED + b"186A1\r\n" + b"x" * 100_001 + b"\r\n186A1\r\n" + b"x" * 100_001,
        "response_too_large",
    ),
    # bombs
    (
        reply(200, gzip.compress(b"\0" * 50_000_000, mtime=0), "Content-Encoding: gzip"),
        "decompression_bomb",
    ),
    (
        reply(200, zlib.compress(b"\0" * 50_000_000), "Content-Encoding: deflate"),
        "decompression_bomb",
    ),
    (
        reply(
            200,
            gzip.compress(gzip.compress(b"\0" * 9_000_000, mtime=0), mtime=0),
            "Content-Encoding: gzip, gzip",
        ),
        "content_encoding_unsupported",
    ),
    (
        reply(200, b"x", "Content-Encoding: gzip", "Content-Encoding: gzip"),
        "content_encoding_unsupported",
    ),
    (reply(200, b"\x1b\xff\xff", "Content-Encoding: br"), "content_encoding_unsupported"),
    (reply(200, b"\x28\xb5\x2f\xfd", "Content-Encoding: zstd"), "content_encoding_unsupported"),
    (reply(200, b"<html>", "Content-Encoding: gzip"), "response_malformed"),
    (
        reply(200, gzip.compress(b"texto" * 99, mtime=0)[:-8], "Content-Encoding: gzip"),
        "fetch_truncated",
    ),
    # lengths that lie, endings that come early
    (OK + b"Content-Length: 100\r\n\r\ncurto", "fetch_truncated"),
    (OK + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef", "response_malformed"),
    (OK + b"Content-Length: -5\r\n\r\nabcde", "response_malformed"),
    (OK + b"Content-Length: cinco\r\n\r\nabcde", "response_malformed"),
    (CHUNKED + b"5\r\nabc", "fetch_truncated"),
    (CHUNKED + b"5\r\nabcde\r\n", "fetch_truncated"),
    (CHUNKED + b"zz\r\nabcde\r\n0\r\n\r\n", "response_malformed"),
    (CHUNKED + b"-1\r\nabcde\r\n0\r\n\r\n", "response_malformed"),
    (CHUNKED + b"5\r\nabcdeLIXO\r\n0\r\n\r\n", "response_malformed"),
    (CHUNKED + b"F" * 40 + b"\r\nabc", "response_malformed"),
    (CHUNKED + b"5;" + b"x" * 300_000, "response_malformed"),
    (OK + b"Transfer-Encoding: lixo\r\n\r\nabc", "response_malformed"),
    # beginnings that are no HTTP
    (b"", "connect_failed"),
    (b"HTTP/1.1 200 OK\r\nContent-", "connect_failed"),
    (b"SSH-2.0-OpenSSH_9.6\r\n", "connect_failed"),
    (b"220 smtp.exemplo.br ESMTP\r\n", "connect_failed"),
    (b"+PONG\r\n-ERR unknown command\r\n\r\n", "response_malformed"),
    (b"<html>sem cabe\xc3\xa7alhos</html>\r\n\r\n", "response_malformed"),
    (b"\x16\x03\x01\x02\x00\x01" + b"\0" * 600, "response_malformed"),
    (b"HTTP/1.1 999999 X\r\n\r\n", "response_malformed"),
    (b"HTTP/9.9 200 OK\r\n\r\n", "response_malformed"),
    (b"HTTP/3.0 200 OK\r\n\r\n", "response_malformed"),
    (b"HTTP/2 200 OK\r\n\r\n", "response_malformed"),
    (OK + b"Sem dois pontos\r\n\r\n", "response_malformed"),
    (OK + b"X\0Y: z\r\n\r\n", "response_malformed"),
    (OK + b": vazio\r\n\r\n", "response_malformed"),
    # headers without end
    (OK + b"X: " + b"a" * 9_000 + b"\r\n\r\n", "response_headers_too_large"),
    (OK + b"X: " + b"a" * 300_000 + b"\r\n\r\n", "response_headers_too_large"),
    (OK + b"X: y\r\n" * 51 + b"\r\n", "response_headers_too_large"),
    (OK + b"X: y\r\n" * 100_000 + b"\r\n", "response_headers_too_large"),
    # protocols that were not asked for
    (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n", "response_malformed"),
]


@pytest.mark.parametrize(("page", "code"), BYTES)
async def test_each_lie_has_its_code(web: LocalWeb, page: bytes, code: str) -> None:
    error = await code_of(web, page)
    assert error.code == code
    assert error.retryable is (code in {"fetch_truncated", "connect_failed"})


async def stall(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, hit: Hit) -> None:
    await reader.read()


def dripping(first: bytes, forever: Iterator[bytes], pause: float) -> Script:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, hit: Hit) -> None:
        writer.write(first)
        for piece in forever:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause)

    return drip


def endless(piece: bytes) -> Iterator[bytes]:
    while True:
        yield piece


@pytest.mark.parametrize(
    ("page", "code"),
    [
        (stall, "fetch_timeout"),
        (dripping(b"", endless(b"H"), 0.02), "fetch_timeout"),
        (dripping(OK, endless(b"X: y\r\n"), 0.02), "fetch_timeout"),
        (dripping(OK + b"\r\n", endless(b"x"), 0.02), "fetch_timeout"),
        (dripping(CHUNKED, endless(b"1\r\nx\r\n"), 0.02), "fetch_timeout"),
        (dripping(b"", endless(b"HTTP/1.1 100 Continue\r\n\r\n"), 0.01), "fetch_timeout"),
        (
            # a gzip header whose file name never ends
            dripping(GZIP + b"\x1f\x8b\x08\x08\0\0\0\0\0\x03", endless(b"a"), 0.02),
            "fetch_timeout",
        ),
        (dripping(OK + b"\r\n", endless(b"x" * 50_000), 0), "response_too_large"),
        (dripping(OK, endless(b"X: y\r\n" * 500), 0), "response_headers_too_large"),
    ],
)
async def test_trickles_and_floods_end_in_time(web: LocalWeb, page: Script, code: str) -> None:
    loop = asyncio.get_running_loop()
    before = loop.time()
    error = await code_of(web, page, total=0.4)
    assert error.code == code
    assert loop.time() - before < 4.0


async def test_silence_costs_the_read_time_alone(web: LocalWeb) -> None:
    error = await code_of(web, stall, read=0.2, total=60.0)
    assert (error.code, error.retryable) == ("fetch_timeout", True)


async def test_what_follows_the_declared_length_is_not_read(web: LocalWeb) -> None:
    web.pages["/"] = OK + b"Content-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n\r\nintruso"
    async with GuardedClient(HttpPolicy(allow_hosts=(web.authority,))) as client:
        for _ in range(2):
            assert (await client.get(web.url())).take_bytes() == b"ok"
    assert web.connections == 2


async def test_a_reset_in_the_middle_is_a_truncation(web: LocalWeb) -> None:
    async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, hit: Hit) -> None:
        writer.write(OK + b"Content-Length: 1000\r\n\r\nx")
        await writer.drain()
        await asyncio.sleep(0.05)
        writer.transport.abort()

    assert (await code_of(web, reset)).code == "fetch_truncated"


async def test_nobody_listening_is_a_failed_connection() -> None:
    async with local_web() as gone:
        pass
    async with GuardedClient(HttpPolicy(allow_hosts=(gone.authority,))) as client:
        with pytest.raises(AppError) as failed:
            await client.get(gone.url())
    assert failed.value.code == "connect_failed"


NAMES = {"arquivos.exemplo.test": [["127.0.0.1"]], "outro.exemplo.test": [["127.0.0.1"]]}


@pytest.mark.parametrize(
    ("certificate", "trust", "host", "reason"),
    [
        ("expired.pem", True, "arquivos.exemplo.test", "vencido"),
        ("server.pem", True, "outro.exemplo.test", "outro nome"),
        ("server.pem", False, "arquivos.exemplo.test", "autoridade"),
    ],
)
async def test_a_certificate_that_does_not_vouch_for_the_host_is_refused(
    certificate: str, trust: bool, host: str, reason: str
) -> None:
    context = client_tls() if trust else ssl.create_default_context()
    async with local_web(tls=server_tls(certificate)) as web:
        policy = HttpPolicy(allow_hosts=(web.authority,))
        async with GuardedClient(policy, resolver=Names(NAMES), ssl_context=context) as client:
            with pytest.raises(AppError) as failed:
                await client.get(f"https://{host}:{web.port}/")
        assert failed.value.code == "tls_failed"
        assert reason in failed.value.text
        assert web.hits == []


async def test_the_certificate_is_checked_for_the_name_and_not_the_address() -> None:
    async with local_web(tls=server_tls()) as web:
        web.pages["/"] = reply(200, b"ok")
        policy = HttpPolicy(allow_hosts=(web.authority,))
        async with GuardedClient(policy, resolver=Names(NAMES), ssl_context=client_tls()) as client:
            for host in ("arquivos.exemplo.test", "127.0.0.1"):
                (await client.get(f"https://{host}:{web.port}/")).close()


async def test_plain_text_where_tls_was_due_is_a_tls_failure() -> None:
    async def banner(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 smtp.exemplo.br ESMTP\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(banner, "127.0.0.1", 0)
    authority = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with GuardedClient(HttpPolicy(allow_hosts=(authority,))) as client:
        with pytest.raises(AppError) as failed:
            await client.get(f"https://{authority}/")
    server.close()
    assert (failed.value.code, failed.value.retryable) == ("tls_failed", True)


async def test_a_server_that_never_shakes_hands_costs_the_connect_time(web: LocalWeb) -> None:
    policy = HttpPolicy(allow_hosts=(web.authority,), connect_timeout=0.2)
    async with GuardedClient(policy) as client:
        with pytest.raises(AppError) as failed:
            await client.get(f"https://{web.authority}/")
    assert failed.value.code == "fetch_timeout"
    assert "segura" in failed.value.text
