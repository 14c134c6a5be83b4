"""The shape of one message that a person reads."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Message:
    """Say what happened and what to do, in Brazilian Portuguese.

    ``text`` and ``remedy`` are ``str.format`` templates over the error's details.
    ``status`` is the HTTP status that the API answers with.
    """

    status: int
    text: str
    remedy: str
    retryable: bool = False
