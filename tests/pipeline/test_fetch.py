"""The first station: documents come named and typed, or do not come at all."""

from collections.abc import AsyncIterator

import pytest
from local_web import LocalWeb, local_web, redirect, reply

from cogep_assist.core.errors import AppError
from cogep_assist.integrations.http import GuardedClient, HttpPolicy
from cogep_assist.pipeline.fetch import document_name, fetch


@pytest.fixture
async def web() -> AsyncIterator[LocalWeb]:
    async with local_web() as running:
        yield running


@pytest.fixture
async def client(web: LocalWeb) -> AsyncIterator[GuardedClient]:
    async with GuardedClient(HttpPolicy(allow_hosts=(web.authority,))) as opened:
        yield opened


async def test_a_document_comes_with_all_that_the_next_stations_need(
    web: LocalWeb, client: GuardedClient
) -> None:
    moment = "Mon, 23 Nov 2026 12:00:00 GMT"
    web.pages |= {
        "/baixar": redirect("/arquivos/regulamento%20de%20f%C3%A9rias.pdf"),
        "/arquivos/regulamento%20de%20f%C3%A9rias.pdf": reply(
            200,
            b"%PDF-1.7",
            "Content-Type: application/pdf",
            'ETag: W/"7"',
            f"Last-Modified: {moment}",
        ),
    }
    with await fetch(client, web.url("/baixar")) as fetched:
        assert fetched.name == "regulamento de férias.pdf"
        assert (fetched.declared_type, fetched.charset) == ("application/pdf", None)
        assert fetched.final_url.endswith("/arquivos/regulamento%20de%20f%C3%A9rias.pdf")
        assert (fetched.etag, fetched.last_modified) == ('W/"7"', moment)
        assert (fetched.not_modified, fetched.size) == (False, 8)
        assert len(fetched.content_sha256) == 64
        assert fetched.take_bytes() == b"%PDF-1.7"


async def test_an_unchanged_document_keeps_its_validators(
    web: LocalWeb, client: GuardedClient
) -> None:
    web.pages["/p"] = reply(304, length=False)
    with await fetch(client, web.url("/p"), etag='"v1"', last_modified="ontem") as fetched:
        assert fetched.not_modified
        assert (fetched.etag, fetched.last_modified) == ('"v1"', "ontem")
        assert (fetched.size, fetched.content_sha256) == (0, "")


async def test_an_unchanged_document_may_get_a_new_validator(
    web: LocalWeb, client: GuardedClient
) -> None:
    web.pages["/p"] = reply(304, b"", 'ETag: "v2"', length=False)
    with await fetch(client, web.url("/p"), etag='"v1"') as fetched:
        assert fetched.etag == '"v2"'


async def test_an_empty_reply_is_an_error_with_its_cause(
    web: LocalWeb, client: GuardedClient
) -> None:
    web.pages["/p"] = reply(200, b"")
    with pytest.raises(AppError) as failed:
        await fetch(client, web.url("/p"))
    assert failed.value.code == "response_empty"
    assert "127.0.0.1" in failed.value.text


async def test_the_callers_limit_counts(web: LocalWeb, client: GuardedClient) -> None:
    web.pages["/p"] = reply(200, b"x" * 11)
    with pytest.raises(AppError) as failed:
        await fetch(client, web.url("/p"), max_bytes=10)
    assert failed.value.code == "response_too_large"


URL = "https://exemplo.gov.br/"


@pytest.mark.parametrize(
    ("disposition", "url", "name"),
    [
        (None, URL + "a/portaria.pdf?v=2", "portaria.pdf"),
        (None, URL + "licen%C3%A7as/", "licenças"),
        (None, URL, "exemplo.gov.br"),
        (None, URL + "%E7.pdf", "\ufffd.pdf"),
        (None, URL + "a%2F..%2F..%2Fetc%2Fpasswd", "passwd"),
        (None, URL + "..%5C..%5Cwin.ini", "win.ini"),
        (None, URL + "%00%0D%0A", "exemplo.gov.br"),
        ('attachment; filename="edital nº 3.docx"', URL + "x", "edital nº 3.docx"),
        ("attachment; filename=edital.docx", URL + "x", "edital.docx"),
        ("attachment; filename*=UTF-8''f%C3%A9rias.odt", URL + "x", "férias.odt"),
        ("attachment; filename*=ISO-8859-1''f%E9rias.odt", URL + "x", "férias.odt"),
        ("attachment; filename*=nada''%ff.odt", URL + "x.odt", "ÿ.odt"),
        ("attachment; filename*=unicode_escape''a%5Cud800.odt", URL + "x.odt", "a.odt"),
        ("attachment; filename*=zlib''a%00.odt", URL + "x.odt", "a.odt"),
        ('attachment; filename="../../etc/passwd"', URL + "x", "passwd"),
        ('attachment; filename="C:\\\\fakepath\\\\a.pdf"', URL + "x", "a.pdf"),
        ('attachment; filename="a\u202efdp.exe"', URL + "x", "afdp.exe"),
        ('attachment; filename="a\x00b<c>.pdf"', URL + "x", "abc.pdf"),
        ('attachment; filename="..."', URL + "x.pdf", "x.pdf"),
        ('attachment; filename=""', URL + "x.pdf", "x.pdf"),
        ("attachment", URL + "x.pdf", "x.pdf"),
        ("inline; lixo=;;;=", URL + "x.pdf", "x.pdf"),
        (f'attachment; filename="{"a" * 300}.pdf"', URL, "a" * 196 + ".pdf"),
        (f'attachment; filename="{"a" * 300}"', URL, "a" * 200),
    ],
)
def test_a_name_is_bare_and_safe_whatever_the_server_says(
    disposition: str | None, url: str, name: str
) -> None:
    assert document_name(disposition, url) == name
