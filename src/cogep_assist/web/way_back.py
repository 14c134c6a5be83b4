"""Where somebody was when their session was over, so that signing in leads back there.

A cookie, so that it outlives a second step and an identity provider, and no address carries it.
"""

import re
from urllib.parse import urlsplit

from fastapi import Request, Response

from cogep_assist.edge.cookies import clear_guarded_cookie, read_cookie, set_guarded_cookie

COOKIE = "cogep_way_back"
HOME = "/perguntar"
_SECONDS = 15 * 60
_MOST_CHARS = 500
# A path of ours and its query, and nothing that a browser could read as another host.
_OURS = re.compile(r"/(?![/\\])[A-Za-z0-9_\-./~%=&?+:,@]*")
_NOT_BACK = ("/entrar", "/sair", "/convite", "/redefinir", "/primeiro-acesso", "/ao-vivo")


def remember_way(request: Request, reply: Response) -> None:
    """Keep the page that was asked for, or the one from which something was sent."""
    place = _asked_for(request)
    if place:
        set_guarded_cookie(request, reply, COOKIE, place, max_age=_SECONDS)


def way_back(request: Request) -> str:
    """Return where a person who has signed in goes on."""
    return _fit(read_cookie(request, COOKIE) or "") or HOME


def forget_way(request: Request, reply: Response) -> None:
    """Lead nobody else to where this person was."""
    if read_cookie(request, COOKIE) is not None:
        clear_guarded_cookie(request, reply, COOKIE)


def _asked_for(request: Request) -> str:
    """A page's own address; of a part or of a form, the address of the page that holds it."""
    if "hx-request" in request.headers:
        return _local(request, request.headers.get("hx-current-url", ""))
    if request.method != "GET":
        return _local(request, request.headers.get("referer", ""))
    query = f"?{request.url.query}" if request.url.query else ""
    return _fit(request.url.path + query)


def _local(request: Request, address: str) -> str:
    try:
        found = urlsplit(address)
    except ValueError:
        return ""
    if found.netloc != request.url.netloc:
        return ""
    return _fit(found.path + (f"?{found.query}" if found.query else ""))


def _fit(place: str) -> str:
    if len(place) > _MOST_CHARS or not _OURS.fullmatch(place) or place == "/":
        return ""
    return "" if place.startswith(_NOT_BACK) else place
