"""A server whose pages take their time, so that jobs can be met in the midst of their work."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

PAGE = """<!doctype html><html lang="pt-br"><title>Portaria {name}</title>
<p>A portaria {name} trata das férias dos servidores e da escala do setor.</p></html>"""


class SlowWeb:
    """Pages at ``/SECONDS/NAME``, answered after so many seconds when first asked for."""

    def __init__(self) -> None:
        self.port = 0
        self._asked: set[str] = set()
        self._held: dict[str, asyncio.Event] = {}

    def url(self, seconds: float, name: str) -> str:
        return f"http://127.0.0.1:{self.port}/{seconds}/{name}"

    def held_url(self, name: str) -> str:
        """A page that who first asks for it gets when it is let go, and everybody else at once."""
        self._held[name] = asyncio.Event()
        return self.url(0, name)

    def let_go(self, name: str) -> None:
        self._held[name].set()

    async def take_time(self, seconds: float, name: str) -> None:
        first = name not in self._asked
        self._asked.add(name)
        # Whoever does a lost reader's work again is not made to wait as well.
        if first and name in self._held:
            await self._held[name].wait()
        elif first:
            await asyncio.sleep(seconds)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"


@asynccontextmanager
async def slow_web() -> AsyncIterator[SlowWeb]:
    """Serve for a while; who is cut off in the middle is not waited for."""
    tasks: set[asyncio.Task[None]] = set()
    web = SlowWeb()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            _, seconds, name = head.split(b" ", 2)[1].decode().split("/", 2)
            # Whoever does a lost reader's work again is not made to wait as well.
            await web.take_time(float(seconds), name)
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
        web.port = server.sockets[0].getsockname()[1]
        yield web
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
