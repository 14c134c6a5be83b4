"""The catalogue of messages: error code to HTTP status, Portuguese text and remedy."""

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from string import Formatter
from typing import Any

from cogep_assist.core import message_catalogue
from cogep_assist.core.message import Message

UNKNOWN = Message(
    status=500,
    text="Algo deu errado do nosso lado.",
    remedy="Tente de novo em instantes; se continuar, informe o código do pedido ao suporte.",
)


@cache
def catalogue() -> Mapping[str, Message]:
    """Collect the messages of every room; two rooms may not claim the same code."""
    collected: dict[str, Message] = {}
    for module in pkgutil.iter_modules(message_catalogue.__path__):
        room = importlib.import_module(f"{message_catalogue.__name__}.{module.name}")
        for code, message in room.MESSAGES.items():
            if code in collected:
                raise RuntimeError(f"message code {code!r} is claimed twice")
            collected[code] = message
    return collected


def message_for(code: str) -> Message:
    """Return the message of an error code, or the general one for a code nobody wrote."""
    return catalogue().get(code, UNKNOWN)


def render(template: str, details: Mapping[str, Any]) -> str:
    """Fill a template; a detail that is missing reads as "?" and never raises."""
    return Formatter().vformat(template, (), _Lenient(details))


class _Lenient(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "?"
