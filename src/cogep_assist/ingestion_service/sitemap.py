"""Read a sitemap (sitemaps.org, protocol 0.9), its index files and its packed forms.

A sitemap comes from outside, so it is read as such: fetched by the guarded client, unpacked up
to a cap, parsed without entities, document types or network, and never trusted to name another
host than its own. The parser is lxml's incremental one with its own depth and text limits left
on; each element is let go as it ends, so that 50 MB of XML hold one entry in memory. A child
process, as documents have, would guard against flaws of the C library alone; with document types
refused the part of it that such flaws were found in is never reached.
"""

import asyncio
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from lxml import etree

from cogep_assist.core.errors import AppError
from cogep_assist.integrations.http import GuardedClient, canonical_url
from cogep_assist.pipeline.parse.xml_safe import declares_doctype

MAX_BYTES = 50 * 1024 * 1024
MAX_FILES = 200
MAX_DEPTH = 2
MAX_NAME_CHARS = 2000
MAX_MARK_CHARS = 100
_GZIP = b"\x1f\x8b"


@dataclass(slots=True)
class Listing:
    """What a source holds now: name to mark, and what was passed over and why.

    ``complete`` is False where a part could not be read: then what is absent proves nothing.
    """

    marks: dict[str, str | None] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)
    complete: bool = True


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
            listing.skipped[address] = error.code
            continue
        for child in below:
            if child in seen:
                continue
            if depth + 1 > MAX_DEPTH or len(seen) >= MAX_FILES:
                listing.complete = False
                listing.skipped[child] = "sitemap_too_deep"
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
    if declares_doctype(content):
        raise AppError("sitemap_invalid", reason="declara um tipo de documento (DOCTYPE)")
    yield from _xml_entries(content, most)


def _xml_entries(content: bytes, most: int) -> Iterator[tuple[str, str, str | None]]:
    events = etree.iterparse(
        io.BytesIO(content), events=("end",), resolve_entities=False, no_network=True,
        load_dtd=False, huge_tree=False, recover=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    count, root = 0, None
    try:
        for _, element in events:
            kind = _local(element)
            if kind in {"url", "sitemap"} and element.getparent() is not None:
                count += 1
                if count > most:
                    raise AppError("source_too_large", limit=most)
                location = _child(element, "loc")
                if location:
                    yield kind, location, _child(element, "lastmod")
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]
        root = events.root
    except etree.XMLSyntaxError:
        raise AppError("sitemap_invalid", reason="não é XML bem formado") from None
    if root is None or _local(root) not in {"urlset", "sitemapindex"}:
        raise AppError("sitemap_invalid", reason="não é um urlset nem um sitemapindex")


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
        listing.skipped[shown] = error.code
        return None
    if len(name) > MAX_NAME_CHARS:
        listing.skipped[shown] = "source_name_too_long"
        return None
    if _site(name) != host:
        listing.skipped[shown] = "sitemap_other_host"
        return None
    return name


def _site(url: str) -> str:
    """Return the host that a sitemap speaks for; with and without "www." are one."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    return f"{host}:{parts.port}" if parts.port not in {None, 80, 443} else host


def _child(element: etree._Element, name: str) -> str | None:
    for child in element:
        if _local(child) == name and child.text:
            text = "".join(child.text.split())
            return text[:MAX_MARK_CHARS] if name == "lastmod" else text
    return None


def _local(element: etree._Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""
