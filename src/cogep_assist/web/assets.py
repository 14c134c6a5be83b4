"""The style sheet and the mark, under names that change with their content."""

import hashlib
from functools import cache
from importlib.resources import files

from fastapi import Response

from cogep_assist.core.errors import AppError
from cogep_assist.edge.rate_limits import Rate
from cogep_assist.edge.rules import Login, guarded_router, rule

MEDIA_TYPES = {"cogep.css": "text/css; charset=utf-8", "marca.svg": "image/svg+xml"}

router = guarded_router(include_in_schema=False)


@router.get("/estatico/{name}", dependencies=[rule(Login.OPEN, rate=Rate.NONE)])
async def asset(name: str) -> Response:
    """Give a file of the pages; there is nothing in them that anybody must not see."""
    if name not in MEDIA_TYPES:
        raise AppError("not_found")
    return Response(
        _content(name),
        media_type=MEDIA_TYPES[name],
        headers={"Cache-Control": "public, max-age=31536000, immutable"},
    )


@cache
def asset_href(name: str) -> str:
    """Return the address of a file of the pages, which changes when the file does."""
    return f"/estatico/{name}?v={hashlib.sha256(_content(name)).hexdigest()[:12]}"


@cache
def _content(name: str) -> bytes:
    return (files("cogep_assist.web") / "static" / name).read_bytes()
