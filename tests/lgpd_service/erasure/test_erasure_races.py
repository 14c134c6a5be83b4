"""Erasures beside everything else: whatever is under way at that moment brings nobody back.

Each race is set up by a gate, where one side stands still until the other has passed.
"""

import asyncio
import contextlib
from typing import Any
from uuid import UUID

import psycopg
import pytest
import sqlalchemy as sa
from erased_people import (
    CPF,
    LEFT,
    NAME,
    TEXT,
    Gate,
    confirmed,
    customer,
    erased,
    iolanda,
    left,
)
from sqlalchemy.engine import URL
from uuid_utils.compat import uuid7

from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database, conninfo
from cogep_assist.core.models import (
    Customer,
    DocumentVersion,
    Erasure,
    ErasureStatus,
    ErasureTombstone,
    IngestionJob,
    JobStatus,
)
from cogep_assist.core.principal import SYSTEM
from cogep_assist.crm_service.tickets.ticket_index import index_ticket
from cogep_assist.crm_service.tickets.ticket_open import NewTicket, open_ticket
from cogep_assist.ingestion_service.submission import (
    HeldContent,
    Options,
    file_submission,
    text_submission,
)
from cogep_assist.ingestion_service.submissions import submit
from cogep_assist.lgpd_service.erasure import erasure_mentions, erasure_own, erasure_run
from cogep_assist.lgpd_service.erasure.erasure_run import run_erasure
from cogep_assist.lgpd_service.erasure.erasure_tombstones import digests_of, write_tombstone
from cogep_assist.lgpd_service.subject_data.identity import subject_of_customer
from cogep_assist.pipeline.parse.child import ParserPool
from cogep_assist.pipeline.parse.document import ParsedDocument
from cogep_assist.worker_service.process import drain_once


class PausingParsers:
    """Parsers that stand at the gate between what they read and what becomes of it."""

    def __init__(self, parsers: ParserPool, gate: Gate) -> None:
        self._parsers, self._gate = parsers, gate

    async def parse(self, *args: Any, **options: Any) -> ParsedDocument:
        parsed = await self._parsers.parse(*args, **options)
        await self._gate.pass_through()
        return parsed

    def __getattr__(self, name: str) -> Any:
        return getattr(self._parsers, name)


async def sent(database: Database, settings: Settings, name: str = "ata.txt") -> UUID:
    held = HeldContent.of(TEXT.encode())
    (job,) = await submit(
        database, SYSTEM, [file_submission(name, None, held, Options(), settings)]
    )
    return job


async def announced(database: Database, erasure_id: UUID) -> None:
    """Wait until the tombstone can be seen."""
    for _ in range(1000):
        async with database.begin() as session:
            if await session.get(ErasureTombstone, erasure_id) is not None:
                return
        await asyncio.sleep(0.01)
    raise AssertionError("no tombstone")


async def test_a_document_that_is_being_read_does_not_name_who_was_erased_meanwhile(
    database: Database, settings: Settings, database_url: URL, parsers: ParserPool
) -> None:
    whom, gate = await iolanda(database), Gate()
    job_id = await sent(database, settings, f"Ata de {NAME}.txt")
    waiting = PausingParsers(parsers, gate)
    drained = asyncio.create_task(drain_once(settings, database, waiting))  # type: ignore[arg-type]
    await asyncio.wait_for(gate.reached.wait(), 20)
    await erased(database, settings, whom)
    gate.opened.set()
    await drained
    async with database.begin() as session:
        job = await session.get_one(IngestionJob, job_id)
        version = (await session.scalars(sa.select(DocumentVersion))).one()
    assert job.status is JobStatus.COMPLETED
    assert "erased_person_left_out" in (job.warnings or [])
    assert "pediu a revisão das férias parceladas" in version.text
    assert (version.blob_id, job.blob_id) == (None, None)
    assert left(database_url) == []


async def test_a_new_document_keeps_a_namesake_and_loses_the_person(
    database: Database, settings: Settings, parsers: ParserPool
) -> None:
    await erased(database, settings, await iolanda(database))
    alone = f"Portaria 12. Designa {NAME} para a comissão de férias."
    known = f"{alone} CPF {CPF}."
    ids = await submit(
        database,
        SYSTEM,
        [text_submission(text, Options(), settings) for text in (alone, known)],
    )
    await drain_once(settings, database, parsers)
    async with database.begin() as session:
        texts = [one.text for one in await session.scalars(sa.select(DocumentVersion))]
        told = [(await session.get_one(IngestionJob, one)).warnings for one in ids]
    assert sorted(NAME in text for text in texts) == [False, True]
    assert not any(CPF in text for text in texts)
    assert told == [["perhaps_erased_person"], ["erased_person_left_out"]]


async def test_a_restored_job_is_published_by_what_lies_beside_the_database(
    database: Database, settings: Settings, database_url: URL, parsers: ParserPool
) -> None:
    whom = await iolanda(database)
    async with database.begin() as session:
        told = digests_of(await subject_of_customer(session, whom))
    with psycopg.connect(conninfo(database_url)) as owner:
        # As a backup of an hour before has it: the job waits, and nobody has heard of an erasure.
        owner.execute("DELETE FROM crm.customer_contact")
        owner.execute("DELETE FROM crm.customer_event")
        owner.execute("DELETE FROM crm.customer")
        owner.execute("DELETE FROM crm.name_word")
    await sent(database, settings)
    write_tombstone(settings.data_dir, uuid7(), told)
    await drain_once(settings, database, parsers)
    assert left(database_url) == []


async def test_the_same_file_sent_again_leaves_no_original(
    database: Database, settings: Settings, database_url: URL, parsers: ParserPool
) -> None:
    whom = await iolanda(database)
    await sent(database, settings)
    await drain_once(settings, database, parsers)
    await erased(database, settings, whom)
    assert left(database_url) == []
    await sent(database, settings)
    await drain_once(settings, database, parsers)
    assert left(database_url) == []


async def test_what_was_being_written_when_it_began_is_waited_for(
    database: Database, settings: Settings, database_url: URL
) -> None:
    erasure_id = await confirmed(database, await iolanda(database))
    with psycopg.connect(conninfo(database_url)) as writer:
        writer.execute("INSERT INTO ai.collection (id, name) VALUES (%s, %s)", [uuid7(), NAME])
        running = asyncio.create_task(run_erasure(database, settings.data_dir, erasure_id))
        await announced(database, erasure_id)
        await asyncio.sleep(0.1)
        assert not running.done()
        writer.commit()
    assert await running is ErasureStatus.COMPLETED
    assert left(database_url) == []


async def test_a_transaction_without_end_leaves_the_proof_to_the_next_run(
    database: Database, settings: Settings, database_url: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasure_run, "PATIENCE_SECONDS", 0.1)
    erasure_id = await confirmed(database, await iolanda(database))
    with psycopg.connect(conninfo(database_url)) as copying:
        copying.execute("SELECT count(*) FROM crm.customer")
        for _ in range(2):
            status = await run_erasure(database, settings.data_dir, erasure_id)
            assert status is ErasureStatus.EXECUTED
        assert left(database_url) == []
    assert await run_erasure(database, settings.data_dir, erasure_id) is ErasureStatus.COMPLETED


async def test_two_who_are_erased_at_once_both_leave_the_text_that_names_them(
    database: Database, settings: Settings, database_url: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = "Bento Ferreira Mascate"
    whom = await iolanda(database), await customer(database, other, cpf="111.444.777-35")
    with psycopg.connect(conninfo(database_url)) as owner:
        owner.execute(
            "INSERT INTO ai.collection (id, name) VALUES (%s, %s)", [uuid7(), f"{NAME} e {other}"]
        )
    erasures = [await confirmed(database, one) for one in whom]
    redact, met = erasure_mentions._redact, asyncio.Barrier(2)

    async def together(*args: Any) -> None:
        """Both have read the text before either writes, where nothing keeps them apart."""
        with contextlib.suppress(TimeoutError, asyncio.BrokenBarrierError):
            async with asyncio.timeout(0.3):
                await met.wait()
        await redact(*args)

    monkeypatch.setattr(erasure_mentions, "_redact", together)
    runs = [run_erasure(database, settings.data_dir, one) for one in erasures]
    assert set(await asyncio.gather(*runs)) == {ErasureStatus.COMPLETED}
    assert left(database_url, (*LEFT, "bento", "mascate")) == []


async def test_namesakes_who_are_erased_together_do_not_keep_each_others_name(
    database: Database, settings: Settings, database_url: URL
) -> None:
    both = await iolanda(database), await customer(database, cpf="111.444.777-35")
    with psycopg.connect(conninfo(database_url)) as owner:
        owner.execute("INSERT INTO ai.collection (id, name) VALUES (%s, %s)", [uuid7(), NAME])
    erasures = [await confirmed(database, one) for one in both]
    for one in erasures:
        await run_erasure(database, settings.data_dir, one)
    assert left(database_url) == []


async def test_a_second_worker_that_comes_late_changes_no_certificate(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    erasure_id = await confirmed(database, await iolanda(database))
    gate, execute = Gate(), erasure_run._execute

    async def late(*args: Any) -> Any:
        monkeypatch.setattr(erasure_run, "_execute", execute)
        await gate.pass_through()
        return await execute(*args)

    monkeypatch.setattr(erasure_run, "_execute", late)
    second = asyncio.create_task(run_erasure(database, settings.data_dir, erasure_id))
    await asyncio.wait_for(gate.reached.wait(), 20)
    assert await run_erasure(database, settings.data_dir, erasure_id) is ErasureStatus.COMPLETED
    async with database.begin() as session:
        before = (await session.get_one(Erasure, erasure_id)).certificate
    gate.opened.set()
    assert await second is ErasureStatus.COMPLETED
    async with database.begin() as session:
        assert (await session.get_one(Erasure, erasure_id)).certificate == before


async def test_a_ticket_that_is_indexed_meanwhile_leaves_no_text_of_it(
    database: Database, settings: Settings, database_url: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    whom = await iolanda(database)
    async with database.begin() as session:
        new = NewTicket(subject="Meu pedido", body="Segredo de família.", customer_id=whom)
        ticket = await open_ticket(session, SYSTEM, new, settings.timezone)
    forget, indexing = erasure_own._forget_in_search, []

    async def index() -> None:
        async with database.begin() as session:
            await index_ticket(session, str(ticket.id))

    async def meanwhile(*args: Any) -> set[UUID]:
        done = await forget(*args)
        indexing.append(asyncio.create_task(index()))
        await asyncio.wait(indexing, timeout=0.5)
        return done

    monkeypatch.setattr(erasure_own, "_forget_in_search", meanwhile)
    await erased(database, settings, whom)
    await asyncio.gather(*indexing)
    assert left(database_url, (*LEFT, "segredo de fam")) == []


async def test_a_form_from_before_does_not_write_the_person_back(
    database: Database, settings: Settings, database_url: URL
) -> None:
    whom = await iolanda(database)
    other = await customer(database, "Rui Barbosa Lima", notes=f"Procurador de {NAME}.")
    async with database.begin() as session:
        before = (await session.get_one(Customer, other)).revision
    await erased(database, settings, whom)
    async with database.begin() as session:
        assert (await session.get_one(Customer, other)).revision > before
    assert left(database_url) == []
