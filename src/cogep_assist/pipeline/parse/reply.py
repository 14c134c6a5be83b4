"""Judge what a parser child answered: it read a hostile document, so nothing is taken on trust."""

import re
from types import MappingProxyType
from typing import Any

from cogep_assist.core.errors import AppError
from cogep_assist.core.message_catalogue.parse import MESSAGES
from cogep_assist.pipeline.parse.document import BLOCK_KINDS, Block, ParsedDocument
from cogep_assist.pipeline.parse.limits import ParseLimits

_FORBIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_CODE = re.compile(r"[a-z][a-z0-9_]{2,60}")
_DETAIL_CHARS = 200


class BadReplyError(Exception):
    """A child answered with something that no honest child says."""


def judge_reply(header: dict[str, Any], body: bytes, limits: ParseLimits) -> ParsedDocument:
    """Return the document of a reply, or raise the AppError that it reports, or BadReplyError."""
    if "error" in header:
        raise reported_error(header)
    try:
        return _document(header["document"], body.decode("utf-8"), limits)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadReplyError(str(error)) from error


def reported_error(header: dict[str, Any]) -> AppError:
    """Return the error that a reply reports. Raises BadReplyError for one that nobody knows."""
    code = header["error"]
    details = header.get("details")
    if not isinstance(code, str) or code not in MESSAGES or not isinstance(details, dict):
        raise BadReplyError("unknown error code")
    return AppError(
        code,
        **{
            key: value[:_DETAIL_CHARS] if isinstance(value, str) else value
            for key, value in details.items()
            if isinstance(key, str) and _CODE.fullmatch(key) and key != "code"
            and isinstance(value, str | int | float | bool)
        },
    )  # fmt: skip


def _document(header: dict[str, Any], text: str, limits: ParseLimits) -> ParsedDocument:
    if not text.strip() or len(text) > limits.max_text_chars or _FORBIDDEN.search(text):
        raise BadReplyError("text beyond its bounds")
    pages = header["page_count"]
    if pages is not None and not (type(pages) is int and 0 < pages <= limits.max_pages):
        raise BadReplyError("impossible page count")
    metadata = {_text(key, 100): _text(value, 4_000) for key, value in header["metadata"].items()}
    return ParsedDocument(
        text=text,
        title=_optional(header["title"], 1_000),
        blocks=_blocks(header["blocks"], len(text)),
        media_type=_text(header["media_type"], 200),
        language=_optional(header["language"], 20),
        page_count=pages,
        parser=_text(header["parser"], 200),
        warnings=tuple(_warning(code) for code in header["warnings"][:50]),
        metadata=MappingProxyType(metadata),
    )


def _blocks(rows: list[Any], length: int) -> tuple[Block, ...]:
    blocks = []
    reached = 0
    for kind, start, end, level, page in rows:
        sound = (
            kind in BLOCK_KINDS
            and type(start) is int
            and type(end) is int
            and reached <= start < end <= length
            and type(level) is int
            and 0 <= level <= 6
            and (page is None or (type(page) is int and page >= 1))
        )
        if not sound:
            raise BadReplyError("impossible block")
        blocks.append(Block(kind, start, end, level, page))
        reached = end
    if not blocks:
        raise BadReplyError("text without blocks")
    return tuple(blocks)


def _text(value: Any, limit: int) -> str:
    if not isinstance(value, str) or len(value) > limit or _FORBIDDEN.search(value):
        raise BadReplyError("impossible text")
    return value


def _optional(value: Any, limit: int) -> str | None:
    return None if value is None else _text(value, limit)


def _warning(code: Any) -> str:
    if not isinstance(code, str) or not _CODE.fullmatch(code):
        raise BadReplyError("impossible warning")
    return code
