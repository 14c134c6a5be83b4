"""The pinned transport that clients of others are given: one endpoint and no other."""

from collections.abc import AsyncIterator

import httpx2
import pytest
from local_web import LocalWeb, Names, Wiretap, client_tls, local_web, redirect, reply, server_tls

from cogep_assist.core.errors import AppError
from cogep_assist.integrations.http import (
    GuardedTransport,
    HttpPolicy,
    policy_for_pinned,
    transport_for_pinned,
)


@pytest.fixture
async def web() -> AsyncIterator[LocalWeb]:
    async with local_web() as running:
        yield running


async def test_a_third_partys_client_works_through_it(web: LocalWeb) -> None:
    web.pages["/v1/chat"] = reply(200, b'{"ok": true}', "Content-Type: application/json")
    transport = transport_for_pinned(web.url("/v1"))
    async with httpx2.AsyncClient(transport=transport, trust_env=False) as client:
        answer = await client.post(web.url("/v1/chat"), json={"pergunta": "Férias?"})
    assert answer.json() == {"ok": True}
    assert web.hits[0].body.decode() == '{"pergunta":"Férias?"}'


async def test_it_reaches_no_other_origin(web: LocalWeb) -> None:
    tap = Wiretap()
    async with local_web() as other:
        transport = transport_for_pinned(web.url(), connector=tap, resolver=Names())
        async with httpx2.AsyncClient(transport=transport, trust_env=False) as client:
            for url in (
                other.url(),
                f"https://{web.authority}/",
                f"http://127.0.0.2:{web.port}/",
                f"http://localhost:{web.port}/",
                "http://exemplo.gov.br/",
                "http://169.254.169.254/",
            ):
                with pytest.raises(AppError) as refused:
                    await client.get(url)
                assert refused.value.code == "origin_not_pinned"
        assert other.connections == 0
    assert tap.attempts == []


async def test_a_redirect_of_the_endpoint_leads_nowhere_else(web: LocalWeb) -> None:
    async with local_web() as other:
        web.pages["/"] = redirect(other.url())
        transport = transport_for_pinned(web.url())
        async with httpx2.AsyncClient(transport=transport, follow_redirects=True) as client:
            with pytest.raises(AppError) as refused:
                await client.get(web.url())
        assert refused.value.code == "origin_not_pinned"
        assert other.connections == 0


async def test_the_endpoints_name_may_not_lead_to_metadata() -> None:
    tap, names = Wiretap(), Names({"llm.interno": [["169.254.169.254"]]})
    transport = transport_for_pinned("http://llm.interno:11434", connector=tap, resolver=names)
    async with httpx2.AsyncClient(transport=transport, trust_env=False) as client:
        with pytest.raises(AppError) as refused:
            await client.get("http://llm.interno:11434/v1/models")
    assert refused.value.code == "address_not_public"
    assert tap.attempts == []


async def test_one_allowance_is_not_the_others(web: LocalWeb) -> None:
    # What the administrator set for the endpoint opens nothing for a person's URL.
    transport_for_pinned(web.url())
    async with GuardedTransport(HttpPolicy()) as transport:
        with pytest.raises(AppError) as refused:
            await transport.handle_async_request(httpx2.Request("GET", web.url()))
    assert refused.value.code == "url_port_not_allowed"
    # And the list for people's URLs opens nothing for the endpoint's client.
    assert policy_for_pinned(web.url()).allow_hosts == ()


async def test_an_endless_answer_is_cut(web: LocalWeb) -> None:
    web.pages["/"] = reply(200, b"x" * 5000)
    transport = GuardedTransport(policy_for_pinned(web.url(), max_bytes=4999))
    async with httpx2.AsyncClient(transport=transport) as client:
        with pytest.raises(AppError) as refused:
            await client.get(web.url())
    assert refused.value.code == "response_too_large"


async def test_failures_on_an_open_connection_are_httpx2s_own(web: LocalWeb) -> None:
    web.pages["/"] = b"lixo\r\n\r\n"
    async with httpx2.AsyncClient(transport=transport_for_pinned(web.url())) as client:
        with pytest.raises(httpx2.RemoteProtocolError):
            await client.get(web.url())


async def test_tls_is_checked_against_the_endpoints_name() -> None:
    names = Names({"arquivos.exemplo.test": [["127.0.0.1"]], "llm.exemplo.test": [["127.0.0.1"]]})
    async with local_web(tls=server_tls()) as web:
        web.pages["/"] = reply(200, b"ok")
        good, bad = (
            f"https://{name}:{web.port}/" for name in ("arquivos.exemplo.test", "llm.exemplo.test")
        )
        for url, works in ((good, True), (bad, False)):
            transport = transport_for_pinned(url, resolver=names, ssl_context=client_tls())
            async with httpx2.AsyncClient(transport=transport) as client:
                if works:
                    assert (await client.get(url)).text == "ok"
                else:
                    with pytest.raises(httpx2.ConnectError):
                        await client.get(url)


@pytest.mark.parametrize(
    ("origin", "code"),
    [
        ("llm.interno:11434", "url_invalid"),
        ("ftp://llm.interno", "url_scheme_not_allowed"),
        ("http://chave@llm.interno", "url_credentials_refused"),
    ],
)
def test_a_bad_origin_is_refused_when_it_is_set(origin: str, code: str) -> None:
    with pytest.raises(AppError) as refused:
        transport_for_pinned(origin)
    assert refused.value.code == code
