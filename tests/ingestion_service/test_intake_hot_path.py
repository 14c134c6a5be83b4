"""What the short way into the queue must keep: keys, order, refusals, rings, and every reply."""

import asyncio
from typing import Any

import httpx2
import psycopg
import pytest
import sqlalchemy as sa
from api import Api
from sqlalchemy.engine import URL
from uuid_utils.compat import uuid7

from cogep_assist.core.access import revoke_key
from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database, conninfo
from cogep_assist.core.models import AuditEvent, Blob, Collection, IngestionJob, Role
from cogep_assist.core.notify_bell import CHANNEL, NotifyBell
from cogep_assist.core.principal import SYSTEM, Principal, PrincipalKind
from cogep_assist.edge import key_lookup
from cogep_assist.ingestion_service.batch_statement import HELD_BLOB_BYTES
from cogep_assist.ingestion_service.group_commit import GroupCommit
from cogep_assist.ingestion_service.intake_request import IntakeReply, IntakeRequest
from cogep_assist.ingestion_service.submission import (
    Options,
    Submission,
    text_submission,
    url_submission,
)
from cogep_assist.ingestion_service.write_requests import write_requests

BIG = b"x" * (HELD_BLOB_BYTES + 1)


def link(name: str, **options: Any) -> Submission:
    return url_submission(f"https://www.exemplo.gov.br/{name}", Options(**options))


async def test_a_key_revoked_a_moment_ago_writes_nothing(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Although a look-up before the revocation lets it in: the statement that writes looks too."""
    monkeypatch.setattr(key_lookup, "REMEMBERED_SECONDS", 600.0)
    ana = await api.client(Role.CURATOR, "Conceição")
    headers = {"Idempotency-Key": "pedido"}
    assert (await ana.post("/ingest", json={"text": "um"}, headers=headers)).status_code == 202
    async with api.database.begin() as session:
        await revoke_key(session, "Conceição")
    assert len(api.app.state.edge.keys._remembered) == 1
    for attempt in (
        ana.post("/ingest", json={"text": "dois"}),
        ana.post("/ingest", json={"text": "um"}, headers=headers),
        ana.post("/ingest", files={"file": ("grande.txt", BIG)}),
        ana.post("/ingest", json={"text": "três", "collection": "nova"}),
        ana.get("/ingest"),
    ):
        reply = await attempt
        assert (reply.status_code, reply.json()["error"]["code"]) == (401, "key_invalid")
    async with api.database.begin() as session:
        for model, count in ((IngestionJob, 1), (Blob, 1), (Collection, 1)):
            found = await session.scalar(sa.select(sa.func.count()).select_from(model))
            assert found == count, model


async def test_one_batch_of_every_kind(settings: Settings, database: Database) -> None:
    """Each request has its own outcome, whichever way it took."""
    nobody = Principal(PrincipalKind.KEY, Role.CURATOR, uuid7())
    async with await database.connect() as connection:
        await write_requests(
            connection,
            [IntakeRequest(SYSTEM, [link("primeiro")], "usada", b"1" * 32)],
            max_attempts=3,
        )
        big = text_submission(BIG.decode(), Options(title="Resolução nº 5"), settings)
        small = text_submission("olá", Options(), settings)
        requests = [
            IntakeRequest(SYSTEM, [link("a", title="Ação", metadata={"ano": 2026}, priority=7)]),
            IntakeRequest(SYSTEM, [link("primeiro")], "usada", b"1" * 32),
            IntakeRequest(SYSTEM, [link("outro")], "usada-com-outro", b"2" * 32),
            IntakeRequest(SYSTEM, [link("b", collection="nova"), link("c")]),
            IntakeRequest(SYSTEM, [big, link("d", external_id="São João")]),
            IntakeRequest(nobody, [link("e")]),
            IntakeRequest(SYSTEM, [small], "livre", b"3" * 32),
        ]
        outcomes = await write_requests(connection, requests, max_attempts=4)
    codes = [getattr(outcome, "code", "written") for outcome in outcomes]
    assert codes == [*["written"] * 5, "key_invalid", "written"]
    repeated = [isinstance(o, IntakeReply) and o.repeated for o in outcomes]
    assert repeated == [False, True, False, False, False, False, False]
    async with database.begin() as session:
        jobs = {job.id: job for job in await session.scalars(sa.select(IngestionJob))}
        acts = await session.scalar(sa.select(sa.func.count()).select_from(AuditEvent))
    written = [
        r
        for r, c, again in zip(requests, codes, repeated, strict=True)
        if c == "written" and not again
    ]
    expected = [job_id for request in written for job_id in request.job_ids]
    assert set(expected) < set(jobs)
    assert len(jobs) == len(expected) + 1
    # An act for each request that was written, and one for each collection that was made.
    assert acts == 1 + len(written) + 2
    first = jobs[requests[0].job_ids[0]]
    assert (first.title, first.attributes, first.priority, first.max_attempts) == (
        "Ação",
        {"ano": 2026},
        7,
        4,
    )
    assert first.source_key == first.uri == "https://www.exemplo.gov.br/a"
    assert jobs[requests[4].job_ids[1]].source_key == "external:São João"
    assert jobs[requests[4].job_ids[0]].blob_id == requests[4].job_ids[0]
    # In the order of the items, and of the requests of one statement.
    numbers = [jobs[i].sequence for i in (*requests[0].job_ids, *requests[6].job_ids)]
    assert numbers == sorted(numbers)


async def test_another_body_under_a_used_key_is_refused_beside_good_ones(
    database: Database, settings: Settings
) -> None:
    async with await database.connect() as connection:
        first = IntakeRequest(SYSTEM, [link("um")], "chave", b"1" * 32)
        await write_requests(connection, [first], max_attempts=3)
        outcomes = await write_requests(
            connection,
            [
                IntakeRequest(SYSTEM, [link("dois")], "chave", b"2" * 32),
                IntakeRequest(SYSTEM, [link("três")]),
            ],
            max_attempts=3,
        )
    assert getattr(outcomes[0], "code", None) == "idempotency_key_reused"
    assert isinstance(outcomes[1], IntakeReply)


async def test_writing_again_what_was_committed_changes_nothing(
    database: Database, settings: Settings
) -> None:
    """As after a connection that was lost between the commit and its reply."""
    requests = [
        IntakeRequest(SYSTEM, [text_submission("um", Options(), settings)], "chave", b"1" * 32),
        IntakeRequest(SYSTEM, [link("dois"), link("três")]),
    ]
    async with await database.connect() as connection:
        once = await write_requests(connection, requests, max_attempts=3)
        twice = await write_requests(connection, requests, max_attempts=3)
    ids = [o.job_ids for o in once if isinstance(o, IntakeReply)]
    assert ids == [o.job_ids for o in twice if isinstance(o, IntakeReply)]
    async with database.begin() as session:
        for model, count in ((IngestionJob, 3), (Blob, 1)):
            found = await session.scalar(sa.select(sa.func.count()).select_from(model))
            assert found == count, model
        acts = list(await session.scalars(sa.select(AuditEvent.act)))
    assert acts.count("ingestion_submitted") == 2


@pytest.mark.parametrize("collection", ["rh", "nova"])
async def test_a_lone_request_rings_by_its_own_commit(
    database: Database, database_url: URL, collection: str
) -> None:
    """One ring that names the queue; the job can be seen by whoever hears it."""
    async with database.begin() as session:
        session.add(Collection(name="rh"))
    bell = NotifyBell(database)
    writer = GroupCommit(database, bell, max_pending=100, max_attempts=3)
    writer.start()
    with psycopg.connect(conninfo(database_url), autocommit=True) as listening:
        listening.execute(f"LISTEN {CHANNEL}")
        await writer.submit(IntakeRequest(SYSTEM, [link("um", collection=collection)]))
        rings = list(listening.notifies(timeout=5, stop_after=1))
        found = listening.execute("SELECT count(*) FROM ai.ingestion_queue").fetchone()
        assert found == (1,)
        assert rings
        await writer.close()
        await bell.close()
        assert not list(listening.notifies(timeout=0.2))


async def test_many_at_once_are_all_written_and_all_rung_for(
    database: Database, database_url: URL
) -> None:
    bell = NotifyBell(database)
    writer = GroupCommit(database, bell, max_pending=1000, max_attempts=3)
    writer.start()
    with psycopg.connect(conninfo(database_url), autocommit=True) as listening:
        listening.execute(f"LISTEN {CHANNEL}")
        requests = [IntakeRequest(SYSTEM, [link(str(n))]) for n in range(200)]
        replies = await asyncio.gather(*map(writer.submit, requests))
        await writer.close()
        await bell.close()
        rings = list(listening.notifies(timeout=5, stop_after=1))
    assert 1 <= len(rings) < 100
    assert [reply.job_ids for reply in replies] == [request.job_ids for request in requests]
    async with database.begin() as session:
        assert await session.scalar(sa.select(sa.func.count()).select_from(IngestionJob)) == 200


CASES: list[tuple[str | None, dict[str, Any]]] = [
    ("curator", {"json": {"url": "https://www.exemplo.gov.br/edital"}}),
    ("curator", {"json": {"items": [{"text": "um"}, {"text": "dois"}]}}),
    ("curator", {"files": {"file": ("ata.txt", "Ata da reunião".encode())}}),
    ("curator", {"json": {"text": "um"}, "headers": {"Idempotency-Key": "em branco"}}),
    ("curator", {"json": {"text": ""}}),
    ("curator", {"json": {"texto": "um"}}),
    ("curator", {"content": b"{", "headers": {"Content-Type": "application/json"}}),
    ("curator", {"content": b"um", "headers": {"Content-Type": "text/plain"}}),
    ("curator", {"json": {"url": "https://www.exemplo.gov.br/", "collection": "Não Vale"}}),
    ("agent", {"json": {"text": "um"}}),
    (None, {"json": {"text": "um"}}),
    (None, {"json": {"text": "um"}, "headers": {"Authorization": "Bearer cogep_nada"}}),
    (None, {"json": {"text": "um"}, "headers": {"Authorization": "Basic YTpi"}}),
]


@pytest.mark.parametrize(("role", "asked"), CASES)
async def test_the_short_way_answers_as_the_long_one(
    api: Api, role: str | None, asked: dict[str, Any]
) -> None:
    """Below a prefix an address is left to the framework, which has the same route."""
    client = await api.client(Role(role)) if role else api.anonymous()
    below = httpx2.ASGITransport(app=api.app, root_path="/servico")
    async with httpx2.AsyncClient(
        transport=below, base_url="http://cogep.test", headers=client.headers
    ) as long_way:
        short, long = (
            await client.post("/ingest", **asked),
            await long_way.post("/servico/ingest", **asked),
        )
    assert short.status_code == long.status_code
    assert set(short.headers) == set(long.headers)
    assert short.headers["content-type"] == long.headers["content-type"]
    assert _without_ids(short.json()) == _without_ids(long.json())


def _without_ids(body: Any) -> Any:
    if isinstance(body, dict):
        kept = {"id": "", "self": "", "request_id": ""}
        return {key: kept.get(key, _without_ids(value)) for key, value in body.items()}
    if isinstance(body, list):
        return [_without_ids(value) for value in body]
    return body
