"""Names looked up once, judged, and connected to as judged."""

import asyncio
import socket

import httpcore2
import pytest
from local_web import Names, Wiretap, local_web, reply

from cogep_assist.core.errors import AppError
from cogep_assist.integrations.http import GuardedClient, HttpPolicy
from cogep_assist.integrations.http_connect import (
    GuardedBackend,
    SystemResolver,
    connect_to_address,
)

POLICY = HttpPolicy(connect_timeout=2.0)


async def test_the_system_resolver_answers_every_address_and_can_be_closed() -> None:
    resolver = SystemResolver()
    answers = await resolver("localhost", 80)
    assert set(answers) & {"127.0.0.1", "::1"}
    with pytest.raises(socket.gaierror):
        await resolver("nao-existe.invalid", 80)
    resolver.close()
    resolver.close()


async def test_a_socket_is_opened_to_a_literal_only() -> None:
    with pytest.raises(ValueError, match="localhost"):
        await connect_to_address("localhost", 80, 1.0)


async def test_the_checked_address_is_the_one_connected_to() -> None:
    names, tap = Names({"arquivos.exemplo.test": [["127.0.0.1"]]}), Wiretap()
    async with local_web() as web:
        web.pages["/a"] = reply(200, b"ok")
        policy = HttpPolicy(allow_hosts=(web.authority,))
        async with GuardedClient(policy, resolver=names, connector=tap) as client:
            response = await client.get(f"http://arquivos.exemplo.test:{web.port}/a")
        assert response.take_bytes() == b"ok"
        assert web.hits[0].headers["host"] == f"arquivos.exemplo.test:{web.port}"
        assert tap.attempts == [("127.0.0.1", web.port)]
        assert names.asked == ["arquivos.exemplo.test"]


async def test_a_dead_address_gives_way_to_the_next() -> None:
    async with local_web() as web:
        web.pages["/"] = reply(200, b"ok")
        names = Names({"dois.test": [["::1", "127.0.0.1"]]})
        allowed = (f"[::1]:{web.port}", web.authority)
        tap = Wiretap()
        policy = HttpPolicy(allow_hosts=allowed)
        async with GuardedClient(policy, resolver=names, connector=tap) as client:
            (await client.get(f"http://dois.test:{web.port}/")).close()
    assert [address for address, _ in tap.attempts] == ["::1", "127.0.0.1"]


@pytest.mark.parametrize(
    "answers",
    [
        ["127.0.0.1"],
        ["200.160.2.3", "127.0.0.1"],
        ["127.0.0.1", "200.160.2.3"],
        ["::1"],
        ["2801:80::1", "fe80::1"],
        ["fe80::1%1"],
        ["::ffff:10.0.0.1"],
        ["64:ff9b::7f00:1"],
        ["2002:7f00:1::1"],
        ["0.0.0.0"],
        ["::"],
        ["169.254.169.254"],
        ["224.0.0.1"],
    ],
)
async def test_no_socket_is_opened_when_any_answer_is_not_public(answers: list[str]) -> None:
    tap = Wiretap()
    backend = GuardedBackend(POLICY, Names({"mal.test": [answers]}), tap)
    with pytest.raises(AppError) as refused:
        await backend.connect_tcp("mal.test", 80)
    assert refused.value.code == "address_not_public"
    assert tap.attempts == []


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "2130706433", "::ffff:7f00:1", "0x7f.1"])
async def test_the_socket_itself_judges_whatever_reading_came_down(host: str) -> None:
    tap = Wiretap()
    with pytest.raises(AppError) as refused:
        await GuardedBackend(POLICY, Names(), tap).connect_tcp(host, 80)
    assert refused.value.code == "address_not_public"
    assert tap.attempts == []


@pytest.mark.parametrize("answers", [[], ["isto não é um endereço"]])
async def test_a_name_without_a_usable_answer_is_a_dns_failure(answers: list[str]) -> None:
    with pytest.raises(AppError) as refused:
        await GuardedBackend(POLICY, Names({"x.test": [answers]}), Wiretap()).connect_tcp(
            "x.test", 80
        )
    assert refused.value.code == "dns_failed"
    assert refused.value.retryable


async def test_a_name_server_that_never_answers_costs_the_connect_time() -> None:
    async def silent(host: str, port: int) -> list[str]:
        await asyncio.Event().wait()
        raise AssertionError("unreachable")

    backend = GuardedBackend(HttpPolicy(connect_timeout=0.05), silent, Wiretap())
    with pytest.raises(AppError) as refused:
        await backend.connect_tcp("lento.test", 80)
    assert refused.value.code == "dns_failed"


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (httpcore2.ConnectError("refused"), "connect_failed"),
        (OSError("unreachable"), "connect_failed"),
        (httpcore2.ConnectTimeout("slow"), "fetch_timeout"),
    ],
)
async def test_when_every_address_fails_the_cause_is_named(failure: Exception, code: str) -> None:
    tried: list[str] = []

    async def failing(address: str, port: int, seconds: float) -> httpcore2.AsyncNetworkStream:
        tried.append(address)
        raise failure

    answers = [f"200.160.2.{last}" for last in range(1, 20)]
    backend = GuardedBackend(POLICY, Names({"x.test": [answers]}), failing)
    with pytest.raises(AppError) as refused:
        await backend.connect_tcp("x.test", 443)
    assert refused.value.code == code
    assert refused.value.retryable
    assert tried == answers[:6]


async def test_local_sockets_are_not_supported() -> None:
    with pytest.raises(NotImplementedError):
        await GuardedBackend(POLICY, Names(), Wiretap()).connect_unix_socket("/run/docker.sock")
