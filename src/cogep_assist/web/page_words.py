"""An error in the words of whoever looks at a page: no commands, no requests of programs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from string import Formatter
from typing import Any

from cogep_assist.core.errors import AppError
from cogep_assist.core.messages import message_for, render
from cogep_assist.edge.errors import error_body
from cogep_assist.web.page_remedies import REMEDIES, TEXTS

# Where the question box in other people's sites asks.
VISITORS = "/widget/"


@dataclass(frozen=True, slots=True)
class PageProblem:
    """What a template says of an error."""

    text: str
    remedy: str
    code: str
    details: dict[str, Any]


def page_problem(error: AppError) -> PageProblem:
    """Return an error as a page tells it."""
    return PageProblem(page_text(error), page_remedy(error), error.code, error.details)


def page_text(error: AppError) -> str:
    """Return what happened, as a page tells it."""
    return render(TEXTS[error.code], error.details) if error.code in TEXTS else error.text


def page_remedy(error: AppError) -> str:
    """Return what to do, as a page tells it."""
    return render(REMEDIES[error.code], error.details) if error.code in REMEDIES else error.remedy


def page_message(message: str) -> str:
    """Return a message that was put together elsewhere, with its remedy in a page's words."""
    for ending, remedy in _endings():
        found = ending.search(message)
        if found:
            return message[: found.start()] + render(remedy, found.groupdict())
    return message


def visitor_error(error: AppError) -> tuple[int, dict[str, Any]]:
    """Return an error as the question box in other people's sites gets it."""
    body = error_body(error)
    body["error"]["message"] = f"{page_text(error)} {page_remedy(error)}".strip()
    return error.status, body


@cache
def _endings() -> list[tuple[re.Pattern[str], str]]:
    """Return what the catalogue's remedies look like at a message's end, longest first."""
    known = sorted(REMEDIES, key=lambda code: -len(message_for(code).remedy))
    return [
        (re.compile("".join(_pattern(message_for(code).remedy)) + r"\Z"), REMEDIES[code])
        for code in known
    ]


def _pattern(template: str) -> Iterator[str]:
    seen: set[str] = set()
    for literal, field, _, _ in Formatter().parse(template):
        yield re.escape(literal)
        if field:
            yield f"(?P={field})" if field in seen else f"(?P<{field}>.+?)"
            seen.add(field)
