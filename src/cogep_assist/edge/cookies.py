"""The session's cookie."""

from fastapi import Request, Response

from cogep_assist.core.access import OpenedSession
from cogep_assist.edge.state import edge_state

COOKIE = "cogep_session"


def set_session_cookie(request: Request, response: Response, opened: OpenedSession) -> None:
    """Hand the session's token to the browser, out of reach of scripts and other sites."""
    response.set_cookie(
        COOKIE,
        opened.token,
        expires=opened.expires_at,
        path="/",
        httponly=True,
        secure=is_https(request),
        samesite="lax",
    )


def clear_session_cookie(request: Request, response: Response) -> None:
    """Take the token back from the browser."""
    response.delete_cookie(
        COOKIE, path="/", httponly=True, secure=is_https(request), samesite="lax"
    )


def is_https(request: Request) -> bool:
    """Whether people reach this address by https, seen from here or from the settings."""
    public = edge_state(request).settings.public_url or ""
    return request.url.scheme == "https" or public.startswith("https://")
