"""Read a sitemap (sitemaps.org, protocol 0.9), its index files and its packed forms.

A sitemap comes from outside, so it is read as such: fetched by the guarded client, unpacked up
to a cap, parsed without entities, document types or network (see `sitemap_xml`), and never
trusted to name another host than its own.
"""

import asyncio
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from cogep_assist.core.errors import AppError
from cogep_assist.integrations.http import GuardedClient, canonical_url

MAX_BYTES = 50 * 1024 * 1024
MAX_FILES = 200
MAX_DEPTH = 2
MAX_NAME_CHARS = 2000
_GZIP = b"\x1f\x8b"


@dataclass(slots=True)
class Listing:
    """What a source holds now: name to mark; and what was passed over, why, in code and words.

    ``complete`` is False where a part could not be read: then what is absent proves nothing.
    """

    marks: dict[str, str | None] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    complete: bool = True

    def pass_over(self, name: str, why: AppError) -> None:
        """Leave a name out: by the code of its cause, and by the cause in words."""
        self.skipped[name], self.reasons[name] = why.code, why.text


async def list_sitemap(client: GuardedClient, url: str, *, most: int) -> Listing:
    """Return the addresses of a sitemap and of those that it names.

    Raises the AppErrors of the fetch for the sitemap itself, AppError("sitemap_invalid"|
    "source_too_large"). A sitemap below that cannot be read leaves the listing incomplete.
    """
    listing = Listing()
    host = _site(url)
    waiting, seen = [(url, 0)], {url}
    while waiting:
        address, depth = waiting.pop(0)
        try:
            below = await _read_one(client, address, host, listing, most)
        except AppError as error:
            if depth == 0 or error.code == "source_too_large":
                raise
            listing.complete = False
            listing.pass_over(address, error)
            continue
        for child in below:
            if child in seen:
                continue
            if depth + 1 > MAX_DEPTH or len(seen) >= MAX_FILES:
                listing.complete = False
                listing.pass_over(child, AppError("sitemap_too_deep"))
                continue
            seen.add(child)
            waiting.append((child, depth + 1))
    return listing


async def _read_one(
    client: GuardedClient, address: str, host: str, listing: Listing, most: int
) -> list[str]:
    response = await client.get(
        address, headers={"accept": "application/xml,text/xml,text/plain;q=0.5,*/*;q=0.1"}
    )
    packed = response.take_bytes()
    entries = await asyncio.to_thread(lambda: list(_entries(_unpacked(packed), most)))
    below = []
    for kind, location, mark in entries:
        name = _accepted(location, host, listing)
        if name is None:
            continue
        if kind == "sitemap":
            below.append(name)
        elif len(listing.marks) < most or name in listing.marks:
            listing.marks[name] = mark
        else:
            raise AppError("source_too_large", limit=most)
    return below


def _unpacked(data: bytes) -> bytes:
    if not data.startswith(_GZIP):
        return data
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        content = unpacker.decompress(data, MAX_BYTES)
    except zlib.error:
        raise AppError("sitemap_invalid", reason="o arquivo .gz está danificado") from None
    if unpacker.unconsumed_tail:
        raise AppError("sitemap_invalid", reason="passa do tamanho máximo ao ser descompactado")
    if not unpacker.eof:
        raise AppError("sitemap_invalid", reason="o arquivo .gz está cortado")
    return content


def _entries(content: bytes, most: int) -> Iterator[tuple[str, str, str | None]]:
    """Yield (url or sitemap, location, last change) from XML, or from a plain list."""
    start = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start:
        raise AppError("sitemap_invalid", reason="está vazio")
    if not start.startswith(b"<") and b"\x00" not in start:
        yield from _plain_list(content, most)
        return
    if start[:20].lower().startswith((b"<!doctype html", b"<html")):
        # What many servers answer instead of "not found".
        raise AppError("sitemap_invalid", reason="o endereço respondeu com uma página HTML")
    # The parser is loaded where there is a sitemap: most installations follow none.
    from cogep_assist.ingestion_service.sitemap_xml import xml_entries  # noqa: PLC0415

    yield from xml_entries(content, most)


def _plain_list(content: bytes, most: int) -> Iterator[tuple[str, str, str | None]]:
    lines = content.decode("utf-8-sig", "replace").split()
    if len(lines) > most:
        raise AppError("source_too_large", limit=most)
    if not lines[0].lower().startswith(("http://", "https://")):
        raise AppError("sitemap_invalid", reason="não é XML nem uma lista de endereços")
    for line in lines:
        yield "url", line, None


def _accepted(location: str, host: str, listing: Listing) -> str | None:
    shown = location[:200]
    try:
        name = canonical_url(location)
    except AppError as error:
        listing.pass_over(shown, error)
        return None
    if len(name) > MAX_NAME_CHARS:
        listing.pass_over(shown, AppError("source_name_too_long"))
        return None
    if _site(name) != host:
        listing.pass_over(shown, AppError("sitemap_other_host"))
        return None
    return name


def _site(url: str) -> str:
    """Return the host that a sitemap speaks for; with and without "www." are one."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    return f"{host}:{parts.port}" if parts.port not in {None, 80, 443} else host
