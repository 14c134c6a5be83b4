"""What a chat service replies: a stream of events, or one JSON where it does not stream."""

import json
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from cogep_assist.core.errors import AppError
from cogep_assist.integrations.event_stream import EventStream
from cogep_assist.integrations.http import StreamedReply

MOST_BYTES = 8_000_000
_DONE = "[DONE]"
_BLANK = b"\xef\xbb\xbf \t\r\n"


@dataclass(frozen=True, slots=True)
class ToolCallPiece:
    """Some of a tool's call: which one of the reply, more of its arguments, its name at first."""

    index: int
    arguments: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class ChatPiece:
    """Some of what a model wrote; ``finish_reason`` stands on the last piece."""

    text: str
    finish_reason: str | None = None
    tool_calls: tuple[ToolCallPiece, ...] = ()


async def read_pieces(reply: StreamedReply) -> AsyncGenerator[ChatPiece]:
    """Give the text of a reply as it comes, whatever content type it declares.

    Raises AppError("llm_response_invalid") for what is no chat reply, AppError("llm_failed") for
    an error that the service tells inside it, AppError("llm_interrupted") for a stream that ends
    in the middle.
    """
    reading = _Reading()
    async with aclosing(reply.pieces()) as chunks:
        async for chunk in chunks:
            for piece in reading.feed(chunk):
                yield piece
            if reading.done:
                return
    for piece in reading.finish():
        yield piece


class _Reading:
    """One reply in the making; its first character tells a stream from a whole JSON."""

    def __init__(self) -> None:
        self.done = False
        self._events = EventStream()
        self._head = b""
        self._whole: bytearray | None = None
        self._size = 0
        self._ended = False

    def feed(self, chunk: bytes) -> Iterator[ChatPiece]:
        self._size += len(chunk)
        if self._size > MOST_BYTES:
            raise _invalid("é longa demais")
        if self._whole is not None:
            self._whole += chunk
            return
        begun = bool(self._head.lstrip(_BLANK))
        if not begun:
            self._head += chunk
            first = self._head.lstrip(_BLANK)[:1]
            if first in (b"{", b"[", b"<"):
                self._whole = bytearray(self._head)
                return
        yield from self._tell(self._events.feed(chunk))

    def finish(self) -> Iterator[ChatPiece]:
        if self._whole is not None:
            yield _of_completion(bytes(self._whole))
            return
        yield from self._tell(self._events.finish(), last=True)
        if not (self.done or self._ended):
            raise AppError("llm_interrupted") if self._head.strip() else _invalid("veio vazia")

    def _tell(self, events: Iterator[str], *, last: bool = False) -> Iterator[ChatPiece]:
        for data in events:
            if data.strip() == _DONE:
                self.done = True
            if self.done:
                return
            for piece in _of_event(data, last=last):
                self._ended = self._ended or piece.finish_reason is not None
                yield piece


def _of_event(data: str, *, last: bool = False) -> Iterator[ChatPiece]:
    try:
        event = json.loads(data)
    except (ValueError, RecursionError):
        raise AppError("llm_interrupted") if last else _invalid("não é um JSON") from None
    choice = _choice(event)
    if choice is None:
        return
    delta = choice.get("delta")
    text = delta.get("content") if isinstance(delta, dict) else None
    reason = choice.get("finish_reason")
    piece = ChatPiece(
        text if isinstance(text, str) else "",
        reason if isinstance(reason, str) else None,
        _tool_calls(delta),
    )
    if piece.text or piece.finish_reason or piece.tool_calls:
        yield piece


def _of_completion(body: bytes) -> ChatPiece:
    try:
        choice = _choice(json.loads(body))
    except (ValueError, RecursionError):
        raise _invalid("não é um JSON") from None
    message = choice.get("message") if choice else None
    text = message.get("content") if isinstance(message, dict) else None
    if choice is None or not isinstance(text, str):
        raise _invalid("não traz uma mensagem")
    reason = choice.get("finish_reason")
    return ChatPiece(text, reason if isinstance(reason, str) else "stop")


def _tool_calls(said: Any) -> tuple[ToolCallPiece, ...]:
    """Return the pieces of tools' calls in a delta or a message; what is malformed is left out."""
    calls = said.get("tool_calls") if isinstance(said, dict) else None
    found: list[ToolCallPiece] = []
    for place, call in enumerate(calls if isinstance(calls, list) else ()):
        function = call.get("function") if isinstance(call, dict) else None
        if not isinstance(function, dict):
            continue
        index, name = call.get("index", place), function.get("name")
        arguments = function.get("arguments")
        found.append(
            ToolCallPiece(
                index if isinstance(index, int) else place,
                arguments if isinstance(arguments, str) else "",
                name if isinstance(name, str) else None,
            )
        )
    return tuple(found)


def _choice(event: Any) -> dict[str, Any] | None:
    """Return the first choice; a stream's last event may hold usage figures and no choice."""
    if not isinstance(event, dict):
        raise _invalid("não é um objeto JSON")
    if event.get("error"):
        # What the service says of it may quote what was sent: it is neither told nor logged.
        raise AppError("llm_failed")
    choices = event.get("choices")
    if not isinstance(choices, list):
        raise _invalid("falta “choices”")
    return choices[0] if choices and isinstance(choices[0], dict) else None


def _invalid(reason: str) -> AppError:
    return AppError("llm_response_invalid", reason=reason)
