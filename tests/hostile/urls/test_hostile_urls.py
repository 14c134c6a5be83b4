"""URLs that try to reach inside: refused before any socket, each with its code.

Every case runs through the whole client beside a real canary on this machine; the
connector records every socket that would be opened.
"""

from collections.abc import AsyncIterator

import pytest
from hostile_urls import ANSWERS, HOSTILE
from local_web import LocalWeb, Names, Wiretap, local_web, reply

from cogep_assist.core.errors import AppError
from cogep_assist.integrations.http import GuardedClient, HttpPolicy


@pytest.fixture
async def canary() -> AsyncIterator[LocalWeb]:
    async with local_web() as running:
        yield running
        assert running.connections == 0


@pytest.fixture
async def allowed() -> AsyncIterator[LocalWeb]:
    async with local_web() as running:
        running.pages["/"] = reply(200, b"permitido")
        yield running


@pytest.mark.parametrize(("template", "code"), HOSTILE)
async def test_no_socket_is_opened_for_a_hostile_url(
    canary: LocalWeb, allowed: LocalWeb, template: str, code: str
) -> None:
    url = template.replace("{canary}", str(canary.port)).replace("{allowed}", str(allowed.port))
    tap = Wiretap()
    policy = HttpPolicy(allow_hosts=(allowed.authority,), total_timeout=5.0)
    async with GuardedClient(policy, resolver=Names(ANSWERS), connector=tap) as client:
        with pytest.raises(AppError) as refused:
            await client.get(url)
    # A canary's port that no rule names is refused by port, before its address is.
    by_port = code == "address_not_public" and "{canary}" in template
    assert refused.value.code == ("url_port_not_allowed" if by_port else code)
    assert "?" not in refused.value.message
    assert tap.attempts == []
    assert allowed.connections == 0


async def test_the_same_client_does_reach_the_allowed_server(allowed: LocalWeb) -> None:
    tap = Wiretap()
    policy = HttpPolicy(allow_hosts=(allowed.authority,))
    async with GuardedClient(policy, resolver=Names(ANSWERS), connector=tap) as client:
        assert (await client.get(allowed.url())).take_bytes() == b"permitido"
    assert tap.attempts == [("127.0.0.1", allowed.port)]


async def test_an_open_port_elsewhere_does_not_open_the_canary(canary: LocalWeb) -> None:
    # With the canary's own port named for another host, its address still refuses.
    policy = HttpPolicy(allow_hosts=(f"wiki.orgao.br:{canary.port}",))
    async with GuardedClient(policy, resolver=Names(ANSWERS)) as client:
        for host in ("127.0.0.1", "localhost", "2130706433", "[::ffff:127.0.0.1]"):
            with pytest.raises(AppError) as refused:
                await client.get(f"http://{host}:{canary.port}/")
            assert refused.value.code == "address_not_public"


def test_the_collection_is_large_enough() -> None:
    assert len({template for template, _ in HOSTILE}) >= 120
