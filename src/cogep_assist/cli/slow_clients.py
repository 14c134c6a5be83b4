"""The server's patience: a client that sends or reads too slowly, too much, or what is ambiguous.

Without it each half-sent request, and each reply that nobody takes, keeps a connection and its
memory for good, and a few thousand of them keep everybody else out. A single one that never ends
its trailers, or sends requests without waiting for replies, takes the machine's memory.
"""

import asyncio
from collections.abc import Iterable
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from cogep_assist.cli.one_host import refuse_two_hosts
from cogep_assist.core.network_address import plain_address

MAX_HEAD_BYTES = 64 * 1024
# What lies around a body beside it: the sizes of its chunks (six bytes around one), their
# extensions and the trailers. The framework would keep trailers beside the heads, without an end.
FRAME_BYTES_A_BYTE = 8
# Requests that wait on one connection for the reply to an earlier one; browsers send none so.
MOST_IN_LINE = 32
HEAD_SECONDS = 20.0
# So long for a body, and longer by what has come of it: a slow line may take its time.
BODY_SECONDS = 60.0
BODY_BYTES_A_SECOND = 1024
# So long for each such a part of a reply that waits to be read.
READ_SECONDS = 60.0
LOOK_SECONDS = 5.0
_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-length: 0\r\nconnection: close\r\n\r\n"
)


class TooManyInLineError(ValueError):
    """The client sends requests faster than it waits for replies."""


class MeasuredHttp(HttpToolsProtocol):
    """A connection that knows since when, and how much, its client has been sending and reading."""

    # None while the client owes nothing: its request is here, or it is idle between two.
    _since: float | None = None
    _received = 0
    # Of what was received for this request, how much its body is.
    _body = 0
    _in_head = True
    # Since when the client has left too much of the reply unread, and how much it was then.
    _unread_since: float | None = None
    _unread = 0

    # Narrower than the standard library's own, as the server's protocol has it.
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        if self.client is not None:
            # As limits, records and the list of trusted proxies write it.
            self.client = (plain_address(self.client[0]), self.client[1])
        self._since = self.loop.time()

    def data_received(self, data: bytes) -> None:
        """Count what comes, and end a head, or what is around a body, before it is too large."""
        if self._since is None and (self.cycle is None or self.cycle.response_complete):
            # An empty line before a request begins none, and ends the framework's own patience.
            self._begin()
            self._in_head = True
        self._received += len(data)
        super().data_received(data)
        if self.transport.is_closing() or self._since is None:
            return
        if self._received - self._body * (1 + FRAME_BYTES_A_BYTE) > MAX_HEAD_BYTES:
            if self._in_head:
                self.transport.write(_TOO_LARGE)
            self.transport.close()

    def on_message_begin(self) -> None:
        """Begin to wait for a head."""
        super().on_message_begin()
        if self._since is None:
            self._begin()
        self._in_head = True

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header of the head; a trailer is none, and whoever reads heads must not see it."""
        if self._in_head:
            super().on_header(name, value)

    def on_body(self, body: bytes) -> None:
        """Take a part of the body."""
        self._body += len(body)
        super().on_body(body)

    def resume_writing(self) -> None:
        """Take note that the client reads."""
        self._unread_since = None
        super().resume_writing()

    def on_headers_complete(self) -> None:
        """Begin to wait for a body, of a request that can be meant in one way only."""
        refuse_two_hosts(self.url, self.headers, self.parser.get_http_version())
        if len(self.pipeline) >= MOST_IN_LINE:
            # What is answered already is on its way; a further reply would be to none of these.
            self.transport.abort()
            raise TooManyInLineError
        super().on_headers_complete()
        self._begin()
        self._in_head = False

    def on_message_complete(self) -> None:
        """Wait for nothing more."""
        super().on_message_complete()
        self._since, self._received, self._body = None, 0, 0

    def is_overdue(self, now: float) -> bool:
        """Tell whether the client lets a request or a reply wait; our own delays do not count."""
        return self._sends_too_slowly(now) or self._reads_too_slowly(now)

    def _sends_too_slowly(self, now: float) -> bool:
        if self._since is None or self.flow.read_paused:
            return False
        allowed = BODY_SECONDS + self._received / BODY_BYTES_A_SECOND
        return now - self._since > (HEAD_SECONDS if self._in_head else allowed)

    def _reads_too_slowly(self, now: float) -> bool:
        left = self.transport.get_write_buffer_size()
        enough = READ_SECONDS * BODY_BYTES_A_SECOND
        if left == 0 or self._unread_since is None or self._unread - left >= enough:
            self._unread_since, self._unread = (now, left) if left else (None, 0)
            return False
        return now - self._unread_since > READ_SECONDS

    def _begin(self) -> None:
        self._since, self._received, self._body = self.loop.time(), 0, 0


async def let_slow_ones_go(connections: Iterable[Any], *, every: float = LOOK_SECONDS) -> None:
    """Close, for as long as the server runs, the connections whose clients are overdue."""
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(every)
        now = loop.time()
        for connection in list(connections):
            if isinstance(connection, MeasuredHttp) and connection.is_overdue(now):
                connection.transport.abort()
