"""Turn what was written elsewhere, as HTML or plain, into words: many messages at once.

``part_messages`` runs in a limited child; ``judge_messages`` reads its answer, which is hostile.
"""

import json
from typing import Any

from cogep_assist.pipeline.parse.clean import clean_characters
from cogep_assist.pipeline.parse.mail_html import text_of_html
from cogep_assist.pipeline.parse.mail_quotes import split_quoted
from cogep_assist.pipeline.parse.reply import BadReplyError, reported_error

MAX_CHARS = 200_000
# (is HTML, what was written)
Written = tuple[bool, str]
# What is new in it, and what it quotes.
Parted = tuple[str, str]


def part_messages(data: bytes) -> bytes:
    """Return, as JSON, the new and the quoted words of each [is HTML, text] of a JSON list."""
    return json.dumps([_parted(*one) for one in json.loads(data)]).encode()


def judge_messages(header: dict[str, Any], body: bytes, count: int) -> list[Parted]:
    """Return the words of a reply, or raise the AppError that it reports, or BadReplyError."""
    if "error" in header:
        raise reported_error(header)
    try:
        found = [(_text(said), _text(folded)) for said, folded in json.loads(body)]
    except (TypeError, ValueError) as error:
        raise BadReplyError(str(error)) from error
    if len(found) != count:
        raise BadReplyError("another number of messages")
    return found


def _parted(is_html: bool, text: str) -> Parted:
    words = text_of_html(text) if is_html else text
    return split_quoted(clean_characters(words)[:MAX_CHARS])


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > MAX_CHARS:
        raise BadReplyError("impossible text")
    # Cleaned once more: whoever broke the child might have left characters that hide.
    return clean_characters(value)
