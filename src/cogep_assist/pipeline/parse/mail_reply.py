"""Judge what a parser child answered of an e-mail: it read a hostile one, so nothing is trusted."""

import re
from dataclasses import dataclass
from typing import Any

from cogep_assist.pipeline.parse.reply import BadReplyError, reported_error

_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
MAX_TEXT_CHARS = 200_000


@dataclass(frozen=True, slots=True)
class MailFile:
    """An attachment as its sender named it; nothing about it has been checked."""

    name: str
    declared_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class FailedRecipient:
    """One recipient in a delivery report: what became of it, by RFC 3464's words."""

    address: str
    action: str
    status: str


@dataclass(frozen=True, slots=True)
class ParsedMail:
    """An e-mail, as it claims to be. ``said`` is what is new in it, ``folded`` the rest.

    Addresses are (name, address). ``marks`` are the headers by which machines are told from
    people, in lower case. ``report`` is None for what is no delivery report.
    """

    message_id: str | None
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    sender: tuple[tuple[str, str], ...]
    reply_to: tuple[tuple[str, str], ...]
    to: tuple[tuple[str, str], ...]
    subject: str
    date: str
    return_path: str
    marks: dict[str, str]
    authentication: tuple[str, ...]
    said: str
    folded: str
    files: tuple[MailFile, ...]
    report: tuple[FailedRecipient, ...] | None
    report_about: str | None
    # Files that there was no room for.
    left_out: int = 0


def judge_mail(header: dict[str, Any], body: bytes) -> ParsedMail:
    """Return the mail of a reply, or raise the AppError that it reports, or BadReplyError."""
    if "error" in header:
        raise reported_error(header)
    try:
        return _mail(header["mail"], body)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadReplyError(str(error)) from error


def _mail(mail: dict[str, Any], body: bytes) -> ParsedMail:
    report = mail["report"]
    return ParsedMail(
        message_id=None if mail["message_id"] is None else _text(mail["message_id"], 250),
        in_reply_to=_texts(mail["in_reply_to"], 100, 250),
        references=_texts(mail["references"], 100, 250),
        sender=_pairs(mail["from"]),
        reply_to=_pairs(mail["reply_to"]),
        to=_pairs(mail["to"]),
        subject=_text(mail["subject"], 500),
        date=_text(mail["date"], 100),
        return_path=_text(mail["return_path"], 320),
        marks={_text(k, 40): _text(v, 300) for k, v in mail["marks"].items()},
        authentication=_texts(mail["authentication"], 3, 1000),
        said=_text(mail["said"], MAX_TEXT_CHARS),
        folded=_text(mail["folded"], MAX_TEXT_CHARS),
        files=_files(mail["attachments"], body),
        report=None if report is None else _recipients(report["recipients"]),
        report_about=None if report is None else _optional(report["about"], 250),
        left_out=_count(mail["left_out"]),
    )


def _count(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= MAX_TEXT_CHARS * 100:
        raise BadReplyError("impossible count")
    return value


def _files(rows: list[Any], body: bytes) -> tuple[MailFile, ...]:
    files, reached = [], 0
    for name, kind, size in rows:
        if type(size) is not int or size < 1 or reached + size > len(body):
            raise BadReplyError("impossible attachment")
        content = body[reached : reached + size]
        files.append(MailFile(_text(name, 200), _text(kind, 100), content))
        reached += size
    if reached != len(body) or len(files) > 100:
        raise BadReplyError("impossible attachments")
    return tuple(files)


def _recipients(rows: list[Any]) -> tuple[FailedRecipient, ...]:
    return tuple(FailedRecipient(*(_text(value, 320) for value in row)) for row in rows[:20])


def _pairs(rows: list[Any]) -> tuple[tuple[str, str], ...]:
    return tuple((_text(name, 200), _text(address, 320)) for name, address in rows[:100])


def _texts(values: list[Any], most: int, limit: int) -> tuple[str, ...]:
    return tuple(_text(value, limit) for value in values[:most])


def _optional(value: Any, limit: int) -> str | None:
    return None if value is None else _text(value, limit)


def _text(value: Any, limit: int) -> str:
    if not isinstance(value, str) or len(value) > limit or _FORBIDDEN.search(value):
        raise BadReplyError("impossible text")
    return value
