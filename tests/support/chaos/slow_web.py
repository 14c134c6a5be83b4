"""A server whose pages take their time, so that jobs can be met in the midst of their work."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

PAGE = """<!doctype html><html lang="pt-br"><title>Portaria {name}</title>
<p>A portaria {name} trata das férias dos servidores e da escala do setor.</p></html>"""


class SlowWeb:
    """Pages at ``/SECONDS/NAME``, answered after so many seconds when first asked for."""

    def __init__(self, port: int) -> None:
        self.port = port

    def url(self, seconds: float, name: str) -> str:
        return f"http://127.0.0.1:{self.port}/{seconds}/{name}"

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"


@asynccontextmanager
async def slow_web() -> AsyncIterator[SlowWeb]:
    """Serve for a while; who is cut off in the middle is not waited for."""
    tasks: set[asyncio.Task[None]] = set()
    asked: set[str] = set()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            _, seconds, name = head.split(b" ", 2)[1].decode().split("/", 2)
            # Whoever does a lost reader's work again is not made to wait as well.
            first = name not in asked
            asked.add(name)
            # Whoever does a lost reader's work again is not made to wait as well.
            await asyncio.sleep(float(seconds) if first else 0)
            body = PAGE.format(name=name).encode()
            writer.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
                b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body
            )
            await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            pass
        finally:
            tasks.discard(task)
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield SlowWeb(server.sockets[0].getsockname()[1])
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
