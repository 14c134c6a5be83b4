"""Read a child's answer about messages as the answer of a hostile process: it may be anything."""

import json
from typing import Any

from cogep_assist.pipeline.parse.clean import clean_characters
from cogep_assist.pipeline.parse.reply import BadReplyError, reported_error

MAX_CHARS = 200_000
# (is HTML, what was written)
Written = tuple[bool, str]
# What is new in it, and what it quotes.
Parted = tuple[str, str]


def judge_messages(header: dict[str, Any], body: bytes, count: int) -> list[Parted]:
    """Return the words of a reply, or raise the AppError that it reports, or BadReplyError."""
    if "error" in header:
        raise reported_error(header)
    try:
        found = [(_text(said), _text(folded)) for said, folded in json.loads(body)]
    except (TypeError, ValueError, RecursionError) as error:
        raise BadReplyError(str(error)) from error
    if len(found) != count:
        raise BadReplyError("another number of messages")
    return found


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > MAX_CHARS:
        raise BadReplyError("impossible text")
    # Cleaned once more: whoever broke the child might have left characters that hide.
    return clean_characters(value)
