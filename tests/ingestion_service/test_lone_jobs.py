"""The shortest way into the queue writes, row for row, what the two longer ones write."""

import asyncio
from typing import Any
from uuid import UUID

import psycopg
import pytest
import sqlalchemy as sa
from uuid_utils.compat import uuid7

from cogep_assist.core.access import create_key, find_keys
from cogep_assist.core.audit import is_unaltered
from cogep_assist.core.audit_commit import COLUMNS
from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.lone_statement import LoneStatement
from cogep_assist.core.models import AuditEvent, Collection, IdempotencyKey, IngestionJob, Role
from cogep_assist.core.principal import SYSTEM, Principal, PrincipalKind
from cogep_assist.core.queue import SilentBell
from cogep_assist.ingestion_service import group_commit, lone_jobs
from cogep_assist.ingestion_service.batch_statement import Left, write_at_once
from cogep_assist.ingestion_service.batch_write import write_batch
from cogep_assist.ingestion_service.group_commit import GroupCommit
from cogep_assist.ingestion_service.intake_request import IntakeRequest, Outcome
from cogep_assist.ingestion_service.lone_jobs import is_lone_job, write_lone_jobs
from cogep_assist.ingestion_service.submission import Options, text_submission, url_submission
from cogep_assist.ingestion_service.write_requests import write_requests

ADDRESS = "https://www.exemplo.gov.br/editais/2026"
# What differs between two requests that ask for the same: ids, moments and places in line.
OWN = {"id", "sequence", "available_at", "created_at", "occurred_at", "object_id", "mac"}
OPTIONS = [
    Options(),
    Options(title='Ação "urgente" \\ nº 5\n', external_id="São João 😀", priority=-7),
    Options(metadata={"ano": 2026, "área": ["ª", None, {"x": 'a"b'}]}, priority=100),
    Options(callback_url="https://www.exemplo.gov.br/aviso", collection="rh"),
]


@pytest.fixture
async def key(database: Database, settings: Settings) -> Principal:
    async with database.begin() as session:
        session.add_all([Collection(name="geral"), Collection(name="rh")])
        plaintext = await create_key(session, "Conceição", Role.ADMIN)
    async with await database.connect() as connection:
        return (await find_keys(connection, [plaintext]))[plaintext]


def requests_of(key: Principal, round_name: str) -> list[IntakeRequest]:
    person = Principal(PrincipalKind.USER, Role.ADMIN, UUID(int=7), by_key=key.id)
    return [
        IntakeRequest(who, [url_submission(ADDRESS, options)], idempotency, bytes([n]) * 32)
        for who in (SYSTEM, key, person)
        for n, options in enumerate(OPTIONS)
        for idempotency in (None, f"{round_name}-{n}")
    ]


async def rows_of(database: Database, requests: list[IntakeRequest]) -> list[dict[str, Any]]:
    """Return each request's rows, without what is its own."""
    written = []
    async with database.begin() as session:
        for request in requests:
            job = (await _columns(session, IngestionJob, id=request.job_ids[0]))[0]
            (act,) = await _columns(session, AuditEvent, object_id=request.job_texts[0])
            assert is_unaltered({name: act[name] for name in COLUMNS}, act["mac"])
            keys = await _columns(
                session, IdempotencyKey, key=request.idempotency_key, principal=request.label
            )
            assert [k.pop("reply") for k in keys] == [{"ids": request.job_texts}] * len(keys)
            for k in keys:
                k["key"] = k["key"].partition("-")[2]
            assert act["object_id"] == str(job["id"])
            written += [{k: v for k, v in row.items() if k not in OWN} for row in (job, act, *keys)]
    return written


async def _columns(session: Any, model: Any, **where: Any) -> list[dict[str, Any]]:
    table = model.__table__
    rows = await session.execute(sa.select(table).filter_by(**where))
    return [dict(row) for row in rows.mappings()]


async def test_three_ways_write_the_same_rows(database: Database, key: Principal) -> None:
    rows = []
    async with await database.connect() as connection:
        for name, write in (
            ("lone", write_lone_jobs),
            ("together", write_at_once),
            ("batch", write_batch),
        ):
            requests = requests_of(key, name)
            await write(connection, requests, max_attempts=4)
            rows.append(await rows_of(database, requests))
            numbers = await _sequences(connection, requests)
            assert numbers == sorted(numbers)
    assert len(rows[0]) == 24 * 2 + 12
    assert rows[0] == rows[1] == rows[2]


async def _sequences(
    connection: psycopg.AsyncConnection[Any], requests: list[IntakeRequest]
) -> list[int]:
    cursor = await connection.execute(
        "SELECT sequence FROM unnest(%s::uuid[]) WITH ORDINALITY AS asked(id, n)"
        " JOIN ai.ingestion_queue USING (id) ORDER BY n",
        [[request.job_ids[0] for request in requests]],
    )
    return [row[0] for row in await cursor.fetchall()]


async def test_what_needs_a_second_look_is_left_out_by_both_statements(
    database: Database, settings: Settings, key: Principal
) -> None:
    nobody = Principal(PrincipalKind.KEY, Role.ADMIN, uuid7())
    link = url_submission(ADDRESS, Options())
    new = url_submission(ADDRESS, Options(collection="nova"))
    left = []
    async with await database.connect() as connection:
        used = IntakeRequest(key, [link], "usada", b"1" * 32)
        assert await write_lone_jobs(connection, [used], max_attempts=3) == {}
        for write in (write_lone_jobs, write_at_once):
            asked = [
                IntakeRequest(key, [link], "usada", b"1" * 32),
                IntakeRequest(nobody, [link], "outra", b"1" * 32),
                IntakeRequest(key, [new]),
                IntakeRequest(key, [link]),
            ]
            left.append(await write(connection, asked, max_attempts=3))
        assert (
            left[0] == left[1] == {0: Left.NEEDS_A_LOOK, 1: Left.KEY_REVOKED, 2: Left.NEEDS_A_LOOK}
        )
        # Written again after a lost reply: refused whole, and met by its id on the longer way.
        with pytest.raises(psycopg.errors.UniqueViolation):
            await write_lone_jobs(connection, asked[3:], max_attempts=3)
        again = await write_requests(connection, [asked[3], used], max_attempts=3)
        cursor = await connection.execute("SELECT count(*) FROM ai.ingestion_queue")
        assert await cursor.fetchone() == (3,)
    replies = [(reply.job_texts, reply.repeated) for reply in again]  # type: ignore[union-attr]
    assert replies == [(asked[3].job_texts, False), (used.job_texts, True)]
    text = text_submission("olá", Options(), settings)
    assert [is_lone_job(IntakeRequest(key, some)) for some in ([link], [text], [link, link])] == [
        True,
        False,
        False,
    ]


async def test_those_who_come_together_are_shared_out_among_the_lanes(
    database: Database, key: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One lane prepares while the other writes; few requests stay together."""
    sizes: list[int] = []

    async def noted(
        connection: Any, requests: list[IntakeRequest], **options: Any
    ) -> list[Outcome]:
        sizes.append(len(requests))
        return await write_requests(connection, requests, **options)

    monkeypatch.setattr(group_commit, "write_requests", noted)
    writer = GroupCommit(database, SilentBell(), max_pending=1000, max_attempts=3)
    writer.start()
    link = url_submission(ADDRESS, Options())
    for number in (32, group_commit.SHARED_REQUESTS - 1):
        await asyncio.gather(*[writer.submit(IntakeRequest(key, [link])) for _ in range(number)])
    await writer.close()
    assert sizes == [16, 16, group_commit.SHARED_REQUESTS - 1]


async def test_a_job_that_rings_can_be_seen_before_the_disk_has_it_and_is_told_of_after(
    database: Database, key: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, again = requests_of(key, "rung")[1], requests_of(key, "rung")[1]
    seen: list[bool] = []
    place = "0/0"

    class Watched(LoneStatement):
        async def run(self, connection: Any, values: Any) -> Any:
            nonlocal place
            async with database.begin() as session:
                job = sa.select(IngestionJob.id).where(IngestionJob.id == first.job_ids[0])
                seen.append(await session.scalar(job) is not None)
                place = await session.scalar(sa.text("SELECT pg_current_wal_insert_lsn()::text"))
            return await super().run(connection, values)

    monkeypatch.setattr(lone_jobs, "LASTING", Watched(lone_jobs.LASTING._text))
    async with await database.connect() as connection:
        await connection.execute("SET synchronous_commit = on")
        assert await write_lone_jobs(connection, [first], max_attempts=4, ring=True) == {}
        there = await connection.execute(
            "SELECT pg_current_wal_flush_lsn() >= %s::pg_lsn,"
            " current_setting('synchronous_commit')",
            [place],
        )
        assert await there.fetchone() == (True, "on")
        # The same request again writes nothing, and waits for nothing.
        left = await write_lone_jobs(connection, [again], max_attempts=4, ring=True)
    assert left == {0: Left.NEEDS_A_LOOK}
    assert seen == [True]
