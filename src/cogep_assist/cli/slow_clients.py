"""The server's patience: a client that sends too much of a head, or too slowly, is let go.

Without it each half-sent request keeps a connection and its memory for good, and a few thousand
of them keep everybody else out.
"""

import asyncio
from collections.abc import Iterable
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MAX_HEAD_BYTES = 64 * 1024
HEAD_SECONDS = 20.0
# So long for a body, and longer by what has come of it: a slow line may take its time.
BODY_SECONDS = 60.0
BODY_BYTES_A_SECOND = 1024
LOOK_SECONDS = 5.0
_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-length: 0\r\nconnection: close\r\n\r\n"
)


class MeasuredHttp(HttpToolsProtocol):
    """A connection that knows since when, and how much, its client has been sending."""

    # None while the client owes nothing: its request is here, or it is idle between two.
    _since: float | None = None
    _received = 0
    _in_head = True

    # Narrower than the standard library's own, as the server's protocol has it.
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._since = self.loop.time()

    def data_received(self, data: bytes) -> None:
        """Count what comes, and end a head that is too large before it is kept."""
        self._received += len(data)
        super().data_received(data)
        if self._in_head and self._received > MAX_HEAD_BYTES and not self.transport.is_closing():
            self.transport.write(_TOO_LARGE)
            self.transport.close()

    def on_message_begin(self) -> None:
        """Begin to wait for a head."""
        super().on_message_begin()
        if self._since is None:
            self._begin()
        self._in_head = True

    def on_headers_complete(self) -> None:
        """Begin to wait for a body."""
        super().on_headers_complete()
        self._begin()
        self._in_head = False

    def on_message_complete(self) -> None:
        """Wait for nothing more."""
        super().on_message_complete()
        self._since, self._received = None, 0

    def is_overdue(self, now: float) -> bool:
        """Tell whether the client lets a request wait for too long; our own delays do not count."""
        if self._since is None or self.flow.read_paused:
            return False
        allowed = BODY_SECONDS + self._received / BODY_BYTES_A_SECOND
        return now - self._since > (HEAD_SECONDS if self._in_head else allowed)

    def _begin(self) -> None:
        self._since, self._received = self.loop.time(), 0


async def let_slow_ones_go(connections: Iterable[Any], *, every: float = LOOK_SECONDS) -> None:
    """Close, for as long as the server runs, the connections whose clients are overdue."""
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(every)
        now = loop.time()
        for connection in list(connections):
            if isinstance(connection, MeasuredHttp) and connection.is_overdue(now):
                connection.transport.abort()
