"""Turn what was written elsewhere, as HTML or plain, into words: many messages at once.

It runs in a limited child; `message_reply` reads its answer.
"""

import json

from cogep_assist.pipeline.parse.clean import clean_characters
from cogep_assist.pipeline.parse.mail_html import text_of_html
from cogep_assist.pipeline.parse.mail_quotes import split_quoted
from cogep_assist.pipeline.parse.message_reply import MAX_CHARS, Parted


def part_messages(data: bytes) -> bytes:
    """Return, as JSON, the new and the quoted words of each [is HTML, text] of a JSON list."""
    return json.dumps([_parted(*one) for one in json.loads(data)]).encode()


def _parted(is_html: bool, text: str) -> Parted:
    words = text_of_html(text) if is_html else text
    return split_quoted(clean_characters(words)[:MAX_CHARS])
