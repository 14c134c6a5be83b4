"""Style sheets, scripts, fonts and marks, under names that change with their content."""

import gzip
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import PurePosixPath

from fastapi import Request, Response

from cogep_assist.core.errors import AppError
from cogep_assist.edge.rate_limits import Rate
from cogep_assist.edge.rules import Login, guarded_router, rule

MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
# Fonts are compressed already.
COMPRESSED = {".css", ".js", ".svg"}
# What every page asks for goes out in one piece each: a request less is sooner painted.
BUNDLES = {
    "css/base.css": (
        "vendor/govbr/tokens.css",
        "css/theme.css",
        "css/layout.css",
        "css/components.css",
    ),
    "js/base.js": (
        "js/theme.js",
        "vendor/htmx/htmx.min.js",
        "vendor/htmx/hx-sse.min.js",
        "js/notices.js",
        "js/strips.js",
        "js/sliders.js",
        "js/sending.js",
        "js/dialogs.js",
        "js/keys.js",
        "js/drafts.js",
        "js/live.js",
    ),
}
_URL = re.compile(rb'url\("([^"?#:]+)"\)')

router = guarded_router(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Asset:
    """A file of the pages, read once, compressed once."""

    content: bytes
    compressed: bytes | None
    media_type: str
    digest: str


@router.get("/estatico/{name:path}", dependencies=[rule(Login.OPEN, rate=Rate.NONE)])
async def asset(request: Request, name: str) -> Response:
    """Give a file of the pages; there is nothing in them that anybody must not see."""
    found = _assets().get(name)
    if found is None:
        raise AppError("not_found")
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return _reply(request, found, headers)


def loader_reply(request: Request, name: str) -> Response:
    """Give a file to pages of other sites, by an address that stays when the file changes."""
    found = _assets()[name]
    headers = {
        "Cache-Control": "public, max-age=3600",
        "ETag": f'"{found.digest}"',
        # Other sites' pages may load it, also with a checksum of their own (integrity=).
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Access-Control-Allow-Origin": "*",
    }
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return _reply(request, found, headers)


def asset_href(name: str) -> str:
    """Return the address of a file of the pages, which changes when the file does."""
    return f"/estatico/{name}?v={_assets()[name].digest}"


def _reply(request: Request, found: Asset, headers: dict[str, str]) -> Response:
    headers = {**headers, "Vary": "Accept-Encoding"}
    if found.compressed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return Response(found.compressed, media_type=found.media_type, headers=headers)
    return Response(found.content, media_type=found.media_type, headers=headers)


@cache
def _assets() -> dict[str, Asset]:
    """Read every file of the pages: a name that a request brings never opens one."""
    raw = dict(_files())
    ready = {name: _asset(name, content) for name, content in raw.items() if name[-4:] != ".css"}
    for name, content in raw.items():
        if name.endswith(".css"):
            ready[name] = _asset(name, _with_hashed_urls(name, content, ready))
    for name, parts in BUNDLES.items():
        # The semicolon ends what a script leaves open.
        glue = b"\n" if name.endswith(".css") else b"\n;\n"
        ready[name] = _asset(name, glue.join(ready[part].content for part in parts))
    return ready


def _files() -> list[tuple[str, bytes]]:
    root = files("cogep_assist.web") / "static"
    folders, found = [(root, "")], []
    while folders:
        folder, prefix = folders.pop()
        for entry in folder.iterdir():
            if entry.is_dir():
                folders.append((entry, f"{prefix}{entry.name}/"))
            elif PurePosixPath(entry.name).suffix in MEDIA_TYPES:
                found.append((f"{prefix}{entry.name}", entry.read_bytes()))
    return found


def _asset(name: str, content: bytes) -> Asset:
    suffix = PurePosixPath(name).suffix
    smaller = gzip.compress(content, 9, mtime=0) if suffix in COMPRESSED else None
    return Asset(content, smaller, MEDIA_TYPES[suffix], hashlib.sha256(content).hexdigest()[:12])


def _with_hashed_urls(name: str, content: bytes, known: dict[str, Asset]) -> bytes:
    """Put the hash of a font into the style sheet that names it; a wrong name fails at once."""
    folder = PurePosixPath(name).parent

    def hashed(match: re.Match[bytes]) -> bytes:
        parts: list[str] = []
        for part in (folder / match[1].decode()).parts:
            if part == "..":
                parts.pop()
            else:
                parts.append(part)
        target = "/".join(parts)
        return f'url("/estatico/{target}?v={known[target].digest}")'.encode()

    return _URL.sub(hashed, content)
