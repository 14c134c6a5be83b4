"""A calendar as a reply: looked at again and again, and sent only where it has changed."""

import hashlib
from typing import Annotated, Any

from fastapi import Path, Request, Response

from cogep_assist.core.icalendar import MEDIA_TYPE

FeedToken = Annotated[str, Path(min_length=1, max_length=200)]
CALENDAR: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/calendar": {}}, "description": "A agenda (RFC 5545)"},
    304: {"description": "Nada mudou desde a última leitura"},
}


def calendar_reply(request: Request, content: bytes) -> Response:
    """Return a calendar, or that it is the one that the program has already (RFC 9110, 13.1.2)."""
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    headers["Content-Disposition"] = 'inline; filename="prazos.ics"'
    return Response(content, media_type=MEDIA_TYPE, headers=headers)
