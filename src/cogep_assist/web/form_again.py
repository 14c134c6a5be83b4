"""Give a form back on its own page when it was not taken: what was typed, and what is wrong.

Most pages have forms, and any of them may be refused before its handler sees it. Instead of an
error's own page, where what was typed is lost, the page that was sent from is rendered anew, by
its own route and with its own rules, and the form in it is filled and marked. Needs no script.
"""

from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

from fastapi import Request, Response
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope, Send

from cogep_assist.core.errors import AppError
from cogep_assist.web.form_marks import give_back
from cogep_assist.web.form_sent import sent_form

# Whoever may not act is told so on a page of its own; a failure of ours is none of the form.
NOT_THE_FORM = {401, 403, 405, 413}
# What the error says of itself beside its words.
_TOLD = ("Retry-After",)
_MARK = "cogep.form_again"
_OF_ROUTE = ("route", "endpoint", "path_params", "router", "root_path_route")
_LEFT_OUT = {b"content-length", b"content-type", b"transfer-encoding", b"referer", b"accept"}


def form_again(request: Request, error: AppError, otherwise: Response) -> Response:
    """Return a reply that shows the form again, or ``otherwise`` where its page is not known."""
    place = _sent_from(request)
    sent = sent_form(request)
    told = 400 <= error.status < 500 and error.status not in NOT_THE_FORM
    if not told or not place or sent is None or _MARK in request.scope:
        return otherwise
    return _FormAgain(request, error, place, sent, otherwise)


class _FormAgain(Response):
    """A reply that asks for the form's page as it is sent: only then can it wait."""

    def __init__(
        self,
        request: Request,
        error: AppError,
        place: str,
        sent: Mapping[str, list[str]],
        otherwise: Response,
    ) -> None:
        super().__init__(status_code=error.status)
        self._request, self._error, self._place = request, error, place
        self._sent, self._otherwise = sent, otherwise

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        page = await _page(self._request, self._place)
        filled = page and give_back(
            page,
            unquote(urlsplit(self._place).path),
            self._request.url.path,
            self._sent,
            self._error,
        )
        reply = Response(filled, self.status_code, media_type="text/html") if filled else None
        chosen = reply or self._otherwise
        for name in _TOLD:
            if name in self.headers:
                chosen.headers[name] = self.headers[name]
        await chosen(scope, receive, send)


async def _page(request: Request, place: str) -> str:
    """Render a page of ours as this person would get it; nothing where they would not."""
    parts = urlsplit(place)
    headers = [pair for pair in request.scope["headers"] if pair[0] not in _LEFT_OUT]
    scope = {key: value for key, value in request.scope.items() if key not in _OF_ROUTE}
    scope |= {
        "method": "GET",
        "path": unquote(parts.path),
        "raw_path": parts.path.encode(),
        "query_string": parts.query.encode(),
        "headers": [*headers, (b"accept", b"text/html")],
        "state": {},
        _MARK: True,
    }
    status, kind, body = 0, "", bytearray()

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def take(message: Message) -> None:
        nonlocal status, kind
        if message["type"] == "http.response.start":
            status = message["status"]
            kind = dict(message["headers"]).get(b"content-type", b"").decode("latin-1")
        elif message["type"] == "http.response.body":
            body.extend(message.get("body", b""))

    try:
        await request.app.router(scope, receive, take)
    except HTTPException:
        # The address is none of ours.
        return ""
    return body.decode() if status == 200 and kind.startswith("text/html") else ""


def _sent_from(request: Request) -> str:
    """Return the page of ours that a request was sent from: a path, and its query."""
    try:
        found = urlsplit(request.headers.get("referer", ""))
    except ValueError:
        return ""
    if found.netloc != request.url.netloc or not found.path.startswith("/"):
        return ""
    return found.path + (f"?{found.query}" if found.query else "")
