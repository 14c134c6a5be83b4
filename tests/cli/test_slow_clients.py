"""Clients that send too slowly, or too much of a head, are let go; all others are served."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
import uvicorn

from cogep_assist.cli import slow_clients
from cogep_assist.cli.slow_clients import MAX_HEAD_BYTES, MeasuredHttp, let_slow_ones_go

HEAD = b"POST / HTTP/1.1\r\nHost: x\r\n"


async def echo(_scope: Any, receive: Any, send: Any) -> None:
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        size, more = size + len(message["body"]), message["more_body"]
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(size).encode()})


@pytest.fixture
async def address(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[str, int]]:
    monkeypatch.setattr(slow_clients, "HEAD_SECONDS", 0.3)
    monkeypatch.setattr(slow_clients, "BODY_SECONDS", 0.3)
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(echo, http=MeasuredHttp, lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server._serve(sockets=[listening]))
    letting_go = asyncio.create_task(let_slow_ones_go(server.server_state.connections, every=0.05))
    while not server.started:
        await asyncio.sleep(0.01)
    yield listening.getsockname()[:2]
    server.should_exit = True
    letting_go.cancel()
    await serving


async def told(address: tuple[str, int], *pieces: bytes, pause: float = 0.02) -> bytes:
    """What a client that sends these pieces is answered until the server hangs up."""
    reader, writer = await asyncio.open_connection(*address)
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause)
        return await asyncio.wait_for(reader.read(), 10)
    except ConnectionError:
        return b""
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


async def test_who_dawdles_is_let_go_and_who_does_not_is_served(address: tuple[str, int]) -> None:
    body = HEAD + b"Content-Length: 5000\r\nConnection: close\r\n\r\n"
    silent, half, dripping, bodiless, steady, whole = await asyncio.gather(
        told(address),
        told(address, HEAD),
        # A drop now and then buys no more time for a head.
        told(address, *([HEAD, *[b"X: y\r\n"] * 40]), pause=0.05),
        told(address, body, b"x"),
        # Longer than the first patience, and so much that more time is due.
        told(address, body, *[b"x" * 500] * 10, pause=0.06),
        told(address, body + b"x" * 5000),
    )
    assert (silent, half, dripping, bodiless) == (b"", b"", b"", b"")
    for reply in (steady, whole):
        assert reply.startswith(b"HTTP/1.1 200")
        assert reply.endswith(b"5000\r\n0\r\n\r\n")


async def test_a_head_has_an_end(address: tuple[str, int]) -> None:
    too_much = b"X-A: " + b"a" * MAX_HEAD_BYTES
    # One header without an end, many small ones, and after a request that was in order.
    first = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
    for sent in ((HEAD, too_much), (HEAD, b"A: b\r\n" * 20_000), (first + HEAD, too_much)):
        reply = await told(address, *sent)
        assert reply == b"" or b"HTTP/1.1 431" in reply
    fits = HEAD + b"X-A: " + b"a" * 50_000 + b"\r\nConnection: close\r\n\r\n"
    assert (await told(address, fits)).startswith(b"HTTP/1.1 200")


async def test_who_leaves_a_reply_unread_is_let_go_and_a_slow_reader_is_served(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(slow_clients, "READ_SECONDS", 0.5)
    monkeypatch.setattr(slow_clients, "BODY_BYTES_A_SECOND", 200_000)
    whole, ended = 24 << 20, {b"/nunca": False, b"/devagar": False, b"/inteira": False}

    async def much(scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        # In pieces, as an export, and at once, as a file that was built in memory.
        piece = whole if scope["path"] == "/inteira" else 1 << 20
        try:
            for _ in range(whole // piece):
                await send({"type": "http.response.body", "body": b"x" * piece, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        finally:
            ended[scope["raw_path"]] = True

    async def read(path: bytes, pause: float | None) -> int:
        reader, writer = await asyncio.open_connection(*listening.getsockname()[:2], limit=4096)
        writer.write(b"GET " + path + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        size = 0
        with contextlib.suppress(ConnectionError):
            if pause is None:
                await asyncio.wait_for(closed.wait(), 10)
            while got := await reader.read(1 << 20):
                size += len(got)
                await asyncio.sleep(pause or 0)
        writer.close()
        return size

    listening = socket.create_server(("127.0.0.1", 0))
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 16)
    server = uvicorn.Server(
        uvicorn.Config(much, http=MeasuredHttp, lifespan="off", log_config=None)
    )
    serving = asyncio.create_task(server._serve(sockets=[listening]))
    closed = asyncio.Event()
    while not server.started:
        await asyncio.sleep(0.01)
    connections = server.server_state.connections
    letting_go = asyncio.create_task(let_slow_ones_go(connections, every=0.05))
    never, at_once, slowly = (
        asyncio.create_task(read(path, pause))
        for path, pause in ((b"/nunca", None), (b"/inteira", None), (b"/devagar", 0.0005))
    )
    assert await slowly > whole
    while connections:
        await asyncio.sleep(0.02)
    closed.set()
    # What had been on its way comes; the rest was given up, and nothing waits for its reader.
    assert await never < whole > await at_once
    assert all(ended.values())
    server.should_exit = True
    letting_go.cancel()
    await serving


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="this machine has no IPv6")
async def test_a_proxy_is_trusted_by_its_ipv4_address_on_a_socket_for_both() -> None:
    seen: list[tuple[str, str]] = []

    async def note(scope: Any, receive: Any, send: Any) -> None:
        seen.append((scope["client"][0], scope["scheme"]))
        await echo(scope, receive, send)

    listening = socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True)
    config = uvicorn.Config(
        note,
        http=MeasuredHttp,
        lifespan="off",
        log_config=None,
        forwarded_allow_ips=["127.0.0.1/32"],
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server._serve(sockets=[listening]))
    while not server.started:
        await asyncio.sleep(0.01)
    port = listening.getsockname()[1]
    head = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
    for forged in (b"", b"X-Forwarded-For: 6.6.6.6, 203.0.113.9\r\nX-Forwarded-Proto: https\r\n"):
        assert b"200 OK" in await told(("127.0.0.1", port), head + forged + b"\r\n")
    server.should_exit = True
    await serving
    assert seen == [("127.0.0.1", "http"), ("203.0.113.9", "https")]


async def test_a_request_is_for_one_host(address: tuple[str, int]) -> None:
    refused = (
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b",
        b"GET / HTTP/1.1\r\nHost: a\r\nhost: a",
        b"GET / HTTP/1.1\r\nX: y",
        b"GET / HTTP/1.1\r\nHost: a b",
        b"GET / HTTP/1.1\r\nHost: a/b@c",
        b"GET / HTTP/1.1\r\nHost: a, b",
        b"GET / HTTP/1.1\r\nHost: a:99x",
        b"GET http://b/ HTTP/1.1\r\nHost: a",
        b"GET http://a@b/ HTTP/1.1\r\nHost: b",
        b"GET http://a:81/ HTTP/1.1\r\nHost: a",
    )
    served = (
        b"GET / HTTP/1.1\r\nHost: a:8000",
        b"GET / HTTP/1.1\r\nHost: [::1]:8000",
        b"GET / HTTP/1.1\r\nHost:",
        b"GET http://A/ HTTP/1.1\r\nHost: a",
        b"GET http://[::1]:8000/ HTTP/1.1\r\nHost: [::1]:8000",
        b"GET / HTTP/1.0\r\nX: y",
    )
    end = b"\r\nConnection: close\r\n\r\n"
    for head in refused:
        assert (await told(address, head + end)).startswith(b"HTTP/1.1 400"), head
    for head in served:
        assert (await told(address, head + end)).startswith(b"HTTP/1.1 200"), head
