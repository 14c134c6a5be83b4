"""Unsafe requests that come with a cookie must come from our own pages."""

import hmac
from urllib.parse import urlsplit

from fastapi import Request

from cogep_assist.core.errors import AppError
from cogep_assist.edge.state import edge_state

CSRF_HEADER = "x-csrf-token"
CSRF_FIELD = "csrf_token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def refuse_other_sites(request: Request) -> None:
    """Raise AppError("origin_refused") for a request that another site's page made.

    Browsers say where a request comes from (Sec-Fetch-Site, Origin); a client that says
    neither is no browser of this decade and is held to its token.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        if site not in {"same-origin", "none"}:
            raise AppError("origin_refused")
        return
    origin = request.headers.get("origin")
    if origin is not None and _host_of(origin) not in _own_hosts(request):
        raise AppError("origin_refused")


async def require_csrf_token(request: Request, expected: str, *, in_query: bool = False) -> None:
    """Raise AppError("csrf_token_invalid") unless header or form field carries the token.

    ``in_query``: the address may carry it, for a form with files, whose body is read as it arrives.
    """
    given = request.headers.get(CSRF_HEADER)
    if given is None and in_query:
        given = request.query_params.get(CSRF_FIELD)
    if given is None and request.headers.get("content-type", "").startswith(
        "application/x-www-form-urlencoded"
    ):
        field = (await request.form()).get(CSRF_FIELD)
        given = field if isinstance(field, str) else None
    if given is None or not hmac.compare_digest(
        given.encode("utf-8", "surrogatepass"), expected.encode()
    ):
        raise AppError("csrf_token_invalid")


def _host_of(origin: str) -> str:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


def _own_hosts(request: Request) -> set[str]:
    hosts = {request.headers.get("host", "").lower()}
    public = edge_state(request).settings.public_url
    if public:
        hosts.add(urlsplit(public).netloc.lower())
    return hosts - {""}
