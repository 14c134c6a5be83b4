"""The reply of a model with what was hidden from it put back: its text, its calls of tools."""

from dataclasses import replace

from cogep_assist.integrations.chat_reply import ChatPiece, ToolCallPiece
from cogep_assist.integrations.privacy_gateway import Exchange, Revealer


class RevealedPieces:
    """Reveals one reply while it comes; the arguments of each tool's call are JSON of their own."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._text = exchange.revealer()
        self._calls: dict[int, Revealer] = {}

    def feed(self, piece: ChatPiece) -> ChatPiece:
        """Return a piece as far as it can be told already."""
        calls = tuple(
            replace(call, arguments=self._call(call.index).feed(call.arguments))
            for call in piece.tool_calls
        )
        return replace(piece, text=self._text.feed(piece.text), tool_calls=calls)

    def finish(self) -> ChatPiece | None:
        """Return what was held back, or None."""
        text = self._text.finish()
        calls = tuple(
            ToolCallPiece(index, rest)
            for index, revealer in self._calls.items()
            if (rest := revealer.finish())
        )
        return ChatPiece(text, tool_calls=calls) if text or calls else None

    def _call(self, index: int) -> Revealer:
        return self._calls.setdefault(index, self._exchange.revealer(json_text=True))
