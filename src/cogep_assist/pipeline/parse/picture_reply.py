"""Judge a picture that a parser child drew: it read a hostile file, so nothing is trusted."""

from typing import Any

from cogep_assist.pipeline.parse.reply import BadReplyError, reported_error

MAX_PIXELS = 6_000_000
PNG = b"\x89PNG\r\n\x1a\n"


def judge_picture(header: dict[str, Any], body: bytes) -> bytes:
    """Return the PNG of a reply, or raise the AppError that it reports, or BadReplyError."""
    if "error" in header:
        raise reported_error(header)
    if not body.startswith(PNG) or len(body) > MAX_PIXELS * 4:
        raise BadReplyError("no picture")
    return body
