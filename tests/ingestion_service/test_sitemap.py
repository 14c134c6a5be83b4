"""Sitemaps: what the protocol allows is read, what a stranger may do with it is refused."""

import gzip
import tracemalloc
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from local_web import LocalWeb, local_web, reply

from cogep_assist.core.config import Settings, load_settings
from cogep_assist.core.errors import AppError
from cogep_assist.ingestion_service.sitemap import Listing, list_sitemap
from cogep_assist.integrations.http import GuardedClient, policy_from_settings

NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


@pytest.fixture
async def web() -> AsyncIterator[LocalWeb]:
    async with local_web() as server:
        yield server


@pytest.fixture
async def client(web: LocalWeb) -> AsyncIterator[GuardedClient]:
    settings: Settings = load_settings(fetch_allow_hosts=[web.authority])
    policy = replace(policy_from_settings(settings), total_timeout=10.0)
    async with GuardedClient(policy) as opened:
        yield opened


def urlset(*entries: str) -> bytes:
    body = "".join(f"<url>{entry}</url>" for entry in entries)
    return f'<?xml version="1.0" encoding="UTF-8"?><urlset {NS}>{body}</urlset>'.encode()


def index(*addresses: str) -> bytes:
    body = "".join(f"<sitemap><loc>{address}</loc></sitemap>" for address in addresses)
    return f"<sitemapindex {NS}>{body}</sitemapindex>".encode()


async def listed(web: LocalWeb, client: GuardedClient, content: bytes, most: int = 100) -> Listing:
    web.pages["/sitemap.xml"] = reply(200, content, "Content-Type: application/xml")
    return await list_sitemap(client, web.url("/sitemap.xml"), most=most)


async def test_addresses_and_their_last_change(web: LocalWeb, client: GuardedClient) -> None:
    listing = await listed(
        web,
        client,
        urlset(
            f"<loc> {web.url('/ferias')}\n</loc><lastmod>2026-11-20</lastmod>",
            f"<loc>{web.url('/licença?a=1&amp;b=2')}</loc>",
        ),
    )
    assert listing.complete
    assert listing.marks == {
        web.url("/ferias"): "2026-11-20",
        web.url("/licen%C3%A7a?a=1&b=2"): None,
    }


async def test_an_index_and_packed_files_are_followed(web: LocalWeb, client: GuardedClient) -> None:
    web.pages["/a.xml.gz"] = reply(200, gzip.compress(urlset(f"<loc>{web.url('/a')}</loc>")))
    web.pages["/b.txt"] = reply(200, f"{web.url('/b')}\n{web.url('/c')}\n".encode())
    listing = await listed(web, client, index(web.url("/a.xml.gz"), web.url("/b.txt")))
    assert set(listing.marks) == {web.url("/a"), web.url("/b"), web.url("/c")}
    assert listing.complete


async def test_a_part_that_cannot_be_read_makes_it_incomplete(
    web: LocalWeb, client: GuardedClient
) -> None:
    web.pages["/a.xml"] = reply(200, urlset(f"<loc>{web.url('/a')}</loc>"))
    listing = await listed(web, client, index(web.url("/a.xml"), web.url("/sumiu.xml")))
    assert set(listing.marks) == {web.url("/a")}
    assert not listing.complete
    assert listing.skipped == {web.url("/sumiu.xml"): "http_not_found"}
    assert "127.0.0.1 diz que a página não existe" in listing.reasons[web.url("/sumiu.xml")]


async def test_an_index_that_names_itself_ends(web: LocalWeb, client: GuardedClient) -> None:
    listing = await listed(web, client, index(web.url("/sitemap.xml")))
    assert listing.marks == {}
    assert len(web.hits) == 1


async def test_indexes_within_indexes_have_an_end(web: LocalWeb, client: GuardedClient) -> None:
    for level in range(1, 6):
        web.pages[f"/{level}.xml"] = reply(200, index(web.url(f"/{level + 1}.xml")))
    listing = await listed(web, client, index(web.url("/1.xml")))
    assert not listing.complete
    assert len(web.hits) == 3


async def test_other_hosts_and_schemes_are_passed_over(
    web: LocalWeb, client: GuardedClient
) -> None:
    listing = await listed(
        web,
        client,
        urlset(
            "<loc>http://169.254.169.254/latest/meta-data/</loc>",
            "<loc>https://outro.example/a</loc>",
            "<loc>file:///etc/passwd</loc>",
            "<loc>javascript:alert(1)</loc>",
            f"<loc>{web.url('/a')}</loc>",
            f"<loc>{web.url('/' + 'x' * 3000)}</loc>",
            "<lastmod>2026-01-01</lastmod>",
        ),
    )
    assert list(listing.marks) == [web.url("/a")]
    assert len(listing.skipped) == 5
    assert set(listing.skipped.values()) >= {"sitemap_other_host", "source_name_too_long"}


HOSTILE = {
    "entities": b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;">]><urlset>&b;</urlset>',
    "external": b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><urlset>&x;</urlset>',
    "utf-16": '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a><urlset/>'.encode("utf-16"),
    "cut": urlset("<loc>https://a.example/</loc>")[:-20],
    "html": b"\n<!DOCTYPE HTML><html><body>Nada aqui</body></html>",
    "empty": b"   ",
    "binary": b"%PDF-1.7 \x00\x01\x02",
    "deep": b"<urlset>" + b"<a>" * 5000,
    "text": b"ola mundo",
    "bad gzip": gzip.compress(b"<urlset></urlset>")[:-12],
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
async def test_hostile_files_are_refused_with_a_cause(
    name: str, web: LocalWeb, client: GuardedClient
) -> None:
    with pytest.raises(AppError) as refused:
        await listed(web, client, HOSTILE[name])
    assert refused.value.code == "sitemap_invalid"
    assert "?" not in refused.value.text
    assert ("página HTML" in refused.value.text) == (name == "html")


async def test_a_bomb_is_not_unpacked(web: LocalWeb, client: GuardedClient) -> None:
    bomb = gzip.compress(b"<urlset>" + b" " * (200 * 1024 * 1024))
    tracemalloc.start()
    try:
        with pytest.raises(AppError, match="sitemap_invalid"):
            await listed(web, client, bomb)
        assert tracemalloc.get_traced_memory()[1] < 120 * 1024 * 1024
    finally:
        tracemalloc.stop()


async def test_too_many_addresses_are_refused(web: LocalWeb, client: GuardedClient) -> None:
    many = urlset(*(f"<loc>{web.url(f'/{n}')}</loc>" for n in range(11)))
    with pytest.raises(AppError) as refused:
        await listed(web, client, many, most=10)
    assert refused.value.code == "source_too_large"
    assert "10" in refused.value.text


async def test_a_sitemap_that_is_not_there_is_no_empty_one(
    web: LocalWeb, client: GuardedClient
) -> None:
    with pytest.raises(AppError, match="http_not_found"):
        await list_sitemap(client, web.url("/nada.xml"), most=10)
