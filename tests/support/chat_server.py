"""A real server on loopback that speaks /v1/chat/completions and says what a test scripts."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from threading import Thread
from typing import Any

from local_web import Hit, LocalWeb, Script, local_web, reply

PATH = "/v1/chat/completions"
STREAM_HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
)
Says = Callable[[dict[str, Any]], str]


@dataclass
class ChatServer:
    """A running server: what it was asked, and whether somebody hung up on it."""

    web: LocalWeb
    asked: list[dict[str, Any]] = field(default_factory=list)
    hung_up: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        return self.web.url("/v1")

    @property
    def prompts(self) -> list[str]:
        """What the last message of each request said."""
        return [asked["messages"][-1]["content"] for asked in self.asked]

    def says(self, text: str | Says, *, piece: int = 7, finish: str | None = "stop") -> None:
        """Stream a text in pieces of so many characters."""

        async def script(r: asyncio.StreamReader, w: asyncio.StreamWriter, hit: Hit) -> None:
            said = text(self._take(hit)) if callable(text) else text
            if not callable(text):
                self._take(hit)
            w.write(STREAM_HEAD)
            for event in events(said, piece=piece, finish=finish):
                w.write(chunk(event))
                await w.drain()
            w.write(b"0\r\n\r\n")
            await w.drain()

        self.web.pages[PATH] = script

    def sends(self, *pieces: bytes, head: bytes = STREAM_HEAD, end: bytes = b"0\r\n\r\n") -> None:
        """Stream exactly these bytes, each in a chunk of its own."""

        async def script(r: asyncio.StreamReader, w: asyncio.StreamWriter, hit: Hit) -> None:
            self._take(hit)
            w.write(head)
            for piece in pieces:
                w.write(chunk(piece))
                await w.drain()
            w.write(end)
            await w.drain()

        self.web.pages[PATH] = script

    def replies(self, *raw: bytes) -> None:
        """Answer with whole replies, one after the other; the last one stays."""
        left = list(raw)

        async def script(r: asyncio.StreamReader, w: asyncio.StreamWriter, hit: Hit) -> None:
            self._take(hit)
            w.write(left.pop(0) if len(left) > 1 else left[0])
            await w.drain()

        self.web.pages[PATH] = script

    def hangs(self, text: str = "") -> None:
        """Say a text, then nothing, until somebody hangs up."""

        async def script(r: asyncio.StreamReader, w: asyncio.StreamWriter, hit: Hit) -> None:
            self._take(hit)
            if text:
                w.write(STREAM_HEAD)
                for event in events(text, finish=None, done=False):
                    w.write(chunk(event))
                await w.drain()
            await r.read()
            self.hung_up.set()

        self.web.pages[PATH] = script

    def _take(self, hit: Hit) -> dict[str, Any]:
        asked: dict[str, Any] = json.loads(hit.body)
        self.asked.append(asked)
        return asked


@asynccontextmanager
async def chat_server() -> AsyncIterator[ChatServer]:
    """Serve until the block ends."""
    async with local_web() as web:
        server = ChatServer(web)
        models = {"object": "list", "data": [{"id": "modelo-local", "object": "model"}]}
        listing = json.dumps(models).encode()
        web.pages["/v1/models"] = reply(200, listing, "Content-Type: application/json")
        yield server


@contextmanager
def chat_server_beside() -> Iterator[ChatServer]:
    """Serve in a thread of its own, for commands that run their own event loop."""
    ready: Future[tuple[ChatServer, asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def serve() -> None:
        stopped = asyncio.Event()
        async with chat_server() as server:
            ready.set_result((server, asyncio.get_running_loop(), stopped))
            await stopped.wait()

    thread = Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    server, loop, stopped = ready.result(timeout=30)
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(stopped.set)
        thread.join(timeout=30)


def events(
    text: str, *, piece: int = 7, finish: str | None = "stop", done: bool = True
) -> list[bytes]:
    """Write a text as the events of a stream."""
    deltas: list[dict[str, Any]] = [{"delta": {"role": "assistant", "content": ""}}]
    deltas += [{"delta": {"content": text[a : a + piece]}} for a in range(0, len(text), piece)]
    if finish:
        deltas.append({"delta": {}, "finish_reason": finish})
    written = [event({"choices": [{"index": 0, **delta}]}) for delta in deltas]
    return [*written, b"data: [DONE]\n\n"] if done else written


def event(data: Any) -> bytes:
    return f"data: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


def completion(text: str, finish: str = "stop") -> bytes:
    """Write a whole reply that does not stream."""
    message = {"role": "assistant", "content": text}
    body = {"choices": [{"index": 0, "message": message, "finish_reason": finish}]}
    return reply(200, json.dumps(body).encode(), "Content-Type: application/json")


def chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


__all__ = [
    "PATH",
    "ChatServer",
    "Script",
    "chat_server",
    "chat_server_beside",
    "completion",
    "event",
    "events",
]
