"""The cookies: the session's, and the one by which a browser is known."""

from datetime import datetime

from fastapi import Request, Response

from cogep_assist.core.access import OpenedSession
from cogep_assist.core.access_delays import DEVICE_DAYS
from cogep_assist.edge.state import edge_state

COOKIE = "cogep_session"
DEVICE_COOKIE = "cogep_device"
ATTEMPT_COOKIE = "cogep_oidc"


def set_session_cookie(request: Request, response: Response, opened: OpenedSession) -> None:
    """Hand the session's token to the browser, out of reach of scripts and other sites."""
    set_guarded_cookie(request, response, COOKIE, opened.token, expires=opened.expires_at)


def clear_session_cookie(request: Request, response: Response) -> None:
    """Take the token back from the browser."""
    clear_guarded_cookie(request, response, COOKIE)


def set_device_cookie(request: Request, response: Response, token: str) -> None:
    """Let the browser be known at the next sign-in, so that strangers' guesses do not delay it."""
    set_guarded_cookie(request, response, DEVICE_COOKIE, token, max_age=DEVICE_DAYS * 86_400)


def set_guarded_cookie(
    request: Request,
    response: Response,
    name: str,
    value: str,
    *,
    expires: datetime | None = None,
    max_age: int | None = None,
) -> None:
    """Set a cookie that no script reads, no other site sends and, by https, no other host sets."""
    response.set_cookie(
        _name(request, name),
        value,
        expires=expires,
        max_age=max_age,
        path="/",
        httponly=True,
        secure=is_https(request),
        samesite="lax",
    )


def clear_guarded_cookie(request: Request, response: Response, name: str) -> None:
    """Take a cookie back from the browser."""
    response.delete_cookie(
        _name(request, name), path="/", httponly=True, secure=is_https(request), samesite="lax"
    )


def read_cookie(request: Request, name: str) -> str | None:
    """Return what a cookie of ours holds."""
    return request.cookies.get(_name(request, name))


def is_https(request: Request) -> bool:
    """Whether people reach this address by https, seen from here or from the settings."""
    public = edge_state(request).settings.public_url or ""
    return request.url.scheme == "https" or public.startswith("https://")


def _name(request: Request, name: str) -> str:
    # Browsers accept this prefix only from the very host, by https, for the whole site
    # (RFC 6265bis, 4.1.3.2): a neighbour under the same domain cannot plant a session.
    return f"__Host-{name}" if is_https(request) else name
