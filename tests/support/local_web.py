"""Real servers on 127.0.0.0/8 that say exactly the bytes a test tells them to."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpcore2

from cogep_assist.integrations.http_connect import connect_to_address

TLS = Path(__file__).parent / "tls"


@dataclass(frozen=True)
class Hit:
    """One request as it came over the wire."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes = b""


Script = Callable[[asyncio.StreamReader, asyncio.StreamWriter, Hit], Awaitable[None]]


@dataclass
class LocalWeb:
    """A running server: ``pages`` maps a target to raw reply bytes or to a script."""

    host: str
    port: int
    scheme: str
    pages: dict[str, bytes | Script] = field(default_factory=dict)
    hits: list[Hit] = field(default_factory=list)
    connections: int = 0

    @property
    def authority(self) -> str:
        return f"{self.host}:{self.port}"

    def url(self, target: str = "/") -> str:
        return f"{self.scheme}://{self.authority}{target}"

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        while (hit := await _read_request(reader)) is not None:
            self.hits.append(hit)
            page = self.pages.get(hit.target, reply(404))
            if not isinstance(page, bytes):
                await page(reader, writer, hit)
                return
            writer.write(page)
            await writer.drain()
            if b"connection: keep-alive" not in page:
                return


def reply(status: int = 200, body: bytes = b"", *headers: str, length: bool = True) -> bytes:
    """Write a reply with a true Content-Length, unless told not to."""
    lines = [f"HTTP/1.1 {status} X", *headers]
    if length:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def redirect(location: str, status: int = 302) -> bytes:
    return reply(status, b"", f"Location: {location}")


@asynccontextmanager
async def local_web(
    host: str = "127.0.0.1", *, tls: ssl.SSLContext | None = None
) -> AsyncIterator[LocalWeb]:
    """Serve on a free port until the block ends, leaving no task or socket behind."""
    web = LocalWeb(host=host, port=0, scheme="https" if tls else "http")
    tasks: set[asyncio.Task[None]] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            await web.answer(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError, ssl.SSLError):
            pass
        finally:
            writer.transport.abort() if writer.is_closing() else writer.close()
            tasks.discard(task)

    server = await asyncio.start_server(handle, host, 0, ssl=tls, limit=2**20)
    web.port = server.sockets[0].getsockname()[1]
    try:
        yield web
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)


def server_tls(certificate: str = "server.pem") -> ssl.SSLContext:
    """Serve as arquivos.exemplo.test and 127.0.0.1, by the tests' own authority."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(TLS / certificate)
    return context


def client_tls() -> ssl.SSLContext:
    """Trust the tests' own authority and nobody else."""
    return ssl.create_default_context(cafile=str(TLS / "authority.pem"))


@dataclass
class Wiretap:
    """A connector that opens real connections and remembers each attempt."""

    attempts: list[tuple[str, int]] = field(default_factory=list)

    async def __call__(
        self, address: str, port: int, seconds: float
    ) -> httpcore2.AsyncNetworkStream:
        self.attempts.append((address, port))
        return await connect_to_address(address, port, seconds)


@dataclass
class Names:
    """A resolver whose answers a test writes; each look-up takes the next answer."""

    answers: dict[str, list[list[str]]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def __call__(self, host: str, port: int) -> list[str]:
        self.asked.append(host)
        queue = self.answers.get(host)
        if not queue:
            raise OSError("name not known")
        return queue.pop(0) if len(queue) > 1 else queue[0]


async def _read_request(reader: asyncio.StreamReader) -> Hit | None:
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")[:-2]
    method, target, _ = first.split(" ")
    headers = {
        name.strip().lower(): value.strip() for name, _, value in (x.partition(":") for x in lines)
    }
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Hit(method=method, target=target, headers=headers, body=body)
