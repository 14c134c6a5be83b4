"""What a page tells after an act: a notice on the next page, and the draft that it fulfilled.

Both travel in one short-lived cookie, so that a form needs no script and its result no address.
"""

import json
from urllib.parse import quote, unquote

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

COOKIE = "cogep_outcome"
TOLD = ("notice", "draft", "warning")
_SECONDS = 60
_MAX_CHARS = 400


def done(
    href: str, notice: str = "", *, draft: str = "", warning: str = "", request: Request
) -> Response:
    """Lead on after an act (303), or have HTMX lead on; ``notice`` is said on the next page.

    ``draft`` names the form whose kept draft is no longer needed. ``warning`` is what the act left
    undone: it is said as well, and stays until it is closed.
    """
    reply: Response
    if "hx-request" in request.headers:
        reply = Response(status_code=204, headers={"HX-Redirect": href})
    else:
        reply = RedirectResponse(href, status_code=303)
    tell_next(request, reply, notice, draft=draft, warning=warning)
    return reply


def tell_next(
    request: Request, reply: Response, notice: str, *, draft: str = "", warning: str = ""
) -> None:
    """Have the next page say something; ``draft`` and ``warning`` as for ``done``."""
    told = {"notice": notice[:_MAX_CHARS], "draft": draft, "warning": warning[:_MAX_CHARS]}
    value = quote(json.dumps(told))
    reply.set_cookie(
        COOKIE,
        value,
        max_age=_SECONDS,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )


def read_outcome(request: Request) -> dict[str, str]:
    """Return what the last act left to be told; nothing for a cookie that is not ours."""
    try:
        given = json.loads(unquote(request.cookies.get(COOKIE, "{}")))
    except (ValueError, RecursionError):
        return {}
    if not isinstance(given, dict):
        return {}
    return {name: str(given.get(name, ""))[:_MAX_CHARS] for name in TOLD}


def forget_outcome(reply: Response) -> None:
    """Let what was told not be told twice."""
    reply.delete_cookie(COOKIE, httponly=True, samesite="strict")
