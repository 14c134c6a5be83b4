"""Clients that send without an end what no handler ever sees: it is not kept, and it ends."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import uvicorn

from cogep_assist.cli import slow_clients
from cogep_assist.cli.slow_clients import MOST_IN_LINE, MeasuredHttp, let_slow_ones_go

HEAD = b"POST / HTTP/1.1\r\nHost: x\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
# More than any of these is let send before it is closed, and not more than a test may take.
MOST_SENT = 8 << 20
# Where a connection may grow: each is begun once and then goes on for ever.
ENDLESS = {
    "a line of the head": (HEAD + b"X: ", b"a" * 4000),
    "headers": (HEAD, b"a: b\r\n" * 700),
    "a target": (b"GET /", b"a" * 4000),
    "empty lines before a request": (b"", b"\r\n" * 2000),
    "trailers": (CHUNKED + b"1\r\nx\r\n0\r\n", b"a: b\r\n" * 700),
    "a line of the trailers": (CHUNKED + b"1\r\nx\r\n0\r\nx: ", b"a" * 4000),
    "a name in the trailers": (CHUNKED + b"0\r\n", b"a" * 4000),
    "an extension of a chunk": (CHUNKED + b"1;", b"a" * 4000),
    "the extension of the last chunk": (CHUNKED + b"1\r\nx\r\n0;", b"a" * 4000),
    "the size of a chunk": (CHUNKED, b"0" * 4000),
}


class Kept:
    """What the server holds of requests: the heads that its handler was given."""

    def __init__(self) -> None:
        self.heads: list[list[tuple[bytes, bytes]]] = []
        self.go_on = asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Read a request to its end and answer when the test lets it."""
        self.heads.append(scope["headers"])
        size, more = 0, True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            size, more = size + len(message["body"]), message["more_body"]
        await self.go_on.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": str(size).encode()})


@contextlib.asynccontextmanager
async def serving(app: Any) -> AsyncIterator[tuple[tuple[str, int], set[Any]]]:
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, http=MeasuredHttp, lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    running = asyncio.create_task(server._serve(sockets=[listening]))
    while not server.started:
        await asyncio.sleep(0.01)
    letting_go = asyncio.create_task(let_slow_ones_go(server.server_state.connections, every=0.05))
    yield listening.getsockname()[:2], server.server_state.connections
    server.should_exit = True
    letting_go.cancel()
    await running


@pytest.mark.parametrize("what", ENDLESS)
async def test_what_has_no_end_is_ended(what: str) -> None:
    first, again = ENDLESS[what]
    kept = Kept()
    async with serving(kept) as (address, _):
        reader, writer = await asyncio.open_connection(*address)
        sent = 0
        with contextlib.suppress(ConnectionError):
            writer.write(first)
            while sent < MOST_SENT:
                writer.write(again)
                sent += len(again)
                await asyncio.wait_for(writer.drain(), 30)
            await asyncio.wait_for(reader.read(), 30)
        writer.close()
        kept.go_on.set()
    # Its end came from the server, and what was kept of it is bounded.
    assert sent < MOST_SENT
    assert sum(map(len, kept.heads)) < 100


async def test_requests_that_wait_for_no_reply_are_ended() -> None:
    """A reply lets the next piece in, which holds thousands: they would pile up."""
    kept = Kept()
    kept.go_on.set()
    async with serving(kept) as (address, _):
        reader, writer = await asyncio.open_connection(*address)
        reading = asyncio.create_task(reader.read())
        sent = 0
        with contextlib.suppress(ConnectionError):
            while sent < MOST_SENT:
                writer.write(GET * 1000)
                sent += len(GET) * 1000
                await asyncio.wait_for(writer.drain(), 30)
        with contextlib.suppress(ConnectionError):
            await reading
        writer.close()
    assert sent < MOST_SENT
    assert len(kept.heads) <= MOST_IN_LINE


async def test_a_trailer_is_no_header() -> None:
    kept = Kept()
    kept.go_on.set()
    async with serving(kept) as (address, _):
        body = b"1\r\nx\r\n0\r\nAuthorization: Bearer forged\r\nHost: elsewhere\r\n\r\n"
        closing = HEAD + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
        reader, writer = await asyncio.open_connection(*address)
        writer.write(closing + body)
        assert (await reader.read()).startswith(b"HTTP/1.1 200")
        writer.close()
    assert [name for name, _ in kept.heads[0]] == [b"host", b"connection", b"transfer-encoding"]


async def test_many_small_chunks_and_some_requests_in_line_are_served() -> None:
    kept = Kept()
    kept.go_on.set()
    async with serving(kept) as (address, _):
        reader, writer = await asyncio.open_connection(*address)
        closing = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        writer.write(CHUNKED + b"1\r\nx\r\n" * 50_000 + b"0\r\nx: y\r\n\r\n")
        writer.write(GET * (MOST_IN_LINE - 2) + closing)
        told = await reader.read()
        writer.close()
    assert told.count(b"HTTP/1.1 200") == MOST_IN_LINE
    assert b"\r\n50000\r\n" in told


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(slow_clients, "HEAD_SECONDS", 0.2)
    return iter([None])


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("drop", [b"\r\n", b"\n", b"G"])
async def test_a_drop_between_two_requests_keeps_no_connection(drop: bytes) -> None:
    kept = Kept()
    kept.go_on.set()
    async with serving(kept) as (address, connections):
        reader, writer = await asyncio.open_connection(*address)
        writer.write(GET)
        await reader.readuntil(b"0\r\n\r\n")
        writer.write(drop)
        # The server hangs up; without it the connection would stay for good.
        with contextlib.suppress(ConnectionError):
            assert await asyncio.wait_for(reader.read(), 30) == b""
        writer.close()
        while connections:
            await asyncio.sleep(0.01)
