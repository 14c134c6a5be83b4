"""A desk by the hundred thousand: rows made inside the database, tickets indexed for real."""

import itertools
import random
from collections.abc import Iterator
from functools import cache
from typing import Any
from uuid import UUID

import psycopg
import sqlalchemy as sa
from sqlalchemy.engine import URL
from uuid_utils.compat import uuid7

from cogep_assist.core.db import Database, conninfo, driver_connection
from cogep_assist.core.models import Ticket
from cogep_assist.crm_service.reports.report_fold import fold_changes
from cogep_assist.crm_service.tickets.ticket_index import desk_collection
from cogep_assist.retrieval.segments import IndexUnit, add_segment
from customer_rows import copy_customers
from passages import new_collection, store
from people import generate

PER_SEGMENT = 65_536
WORDS_A_TICKET = 25
VOCABULARY = 20_000
_WORDS = (
    "impressora toner rede senha acesso sistema férias folha pagamento conexão servidor relatório "
    "assinatura processo protocolo certidão matrícula licença diária viagem almoxarifado contrato "
    "monitor teclado telefone ramal reunião auditório agenda portal cadastro benefício auxílio"
)
WORDS = _WORDS.split()
# One ticket each so many seconds: a million of them are a little under three years of a desk.
SECONDS_BETWEEN = 90
_TICKETS = """
CREATE TEMP TABLE people AS SELECT id, row_number() OVER () AS place FROM crm.customer;
CREATE INDEX ON people (place);
INSERT INTO crm.ticket (id, protocol, subject, status, waiting_on, priority, channel, queue_id,
                        assignee_id, customer_id, opened_by, tags, created_at, first_replied_at,
                        last_entry_at, resolved_at, closed_at)
SELECT uuidv7(m.moment - clock_timestamp()), '1999.' || lpad(n::text, 7, '0') || '-0',
       w.words[1 + n %% 33] || ' ' || w.words[1 + (n * 7) %% 33],
       (ARRAY['new','open','waiting','resolved','closed','closed','closed'])[1 + n %% 7]
           ::crm.ticket_status,
       CASE WHEN n %% 7 = 2 THEN 'customer'::crm.waiting_on END,
       (ARRAY['low','normal','high','urgent'])[1 + n %% 4]::crm.ticket_priority, 'web',
       w.queues[1 + n %% 20], w.users[1 + n %% 50],
       p.id, 'system', ARRAY[w.words[1 + (n * 13) %% 33]], m.moment,
       CASE WHEN n %% 7 > 0 THEN m.moment + (n %% 700 + 5) * interval '1 minute' END,
       m.moment + interval '1 day',
       CASE WHEN n %% 7 > 2 THEN m.moment + (n %% 9000 + 90) * interval '1 minute' END,
       CASE WHEN n %% 7 > 3 THEN m.moment + interval '14 days' END
FROM generate_series(1, %(tickets)s) n
CROSS JOIN LATERAL (SELECT now() + (n - %(tickets)s) * interval '%(seconds)s seconds' AS moment) m
CROSS JOIN (SELECT %(words)s::text[] AS words, (SELECT array_agg(id) FROM crm.queue) AS queues,
                   (SELECT array_agg(id) FROM access."user") AS users) w
JOIN people p ON p.place = 1 + n %% %(customers)s
ORDER BY n;
INSERT INTO crm.ticket_sla (ticket_id, first_reply_due_at, first_reply_met, resolution_due_at,
                            resolution_met, due_at)
SELECT id, created_at + interval '8 hours',
       CASE WHEN first_replied_at IS NOT NULL
            THEN first_replied_at < created_at + interval '8 hours' END,
       created_at + interval '5 days',
       CASE WHEN resolved_at IS NOT NULL THEN resolved_at < created_at + interval '5 days' END,
       CASE WHEN resolved_at IS NULL THEN created_at + interval '5 days' END
FROM crm.ticket;
INSERT INTO crm.ticket_rating (ticket_id, score, created_at)
SELECT id, 1 + (row_number() OVER ()) %% 5, resolved_at FROM crm.ticket
WHERE resolved_at IS NOT NULL AND customer_id IN (SELECT id FROM people WHERE place %% 5 = 0);
INSERT INTO crm.report_change SELECT id, queue_id FROM crm.ticket;
"""
_HISTORY = """
INSERT INTO crm.ticket_entry (id, ticket_id, kind, author, body, created_at)
SELECT uuidv7(t.created_at - clock_timestamp()), t.id,
       (ARRAY['message','reply','note'])[k]::crm.entry_kind, 'system',
       repeat(t.subject || ' ' || k || ' ', 12), t.created_at
FROM crm.ticket t CROSS JOIN generate_series(1, 3) k;
INSERT INTO crm.ticket_event (id, ticket_id, kind, actor, details, created_at)
SELECT uuidv7(t.created_at - clock_timestamp()), t.id,
       CASE WHEN k = 1 THEN 'opened' ELSE 'edited' END, 'system', '{}', t.created_at
FROM crm.ticket t CROSS JOIN generate_series(1, 10) k;
INSERT INTO crm.customer_event (id, customer_id, kind, object_type, object_id, actor, details,
                                occurred_at)
SELECT uuidv7(created_at - clock_timestamp()), customer_id, 'ticket_opened', 'ticket', id::text,
       'system', '{}', created_at
FROM crm.ticket;
INSERT INTO lgpd.audit_event (id, occurred_at, actor_kind, actor, act, object_type, object_id, mac)
SELECT uuidv7(created_at - clock_timestamp()), created_at, 'user', assignee_id::text,
       'ticket_opened', 'ticket', id::text, ''
FROM crm.ticket;
TRUNCATE lgpd.audit_pending;
"""


async def grow(database: Database, admin: URL, tickets: int, *, history: bool = True) -> None:
    """Make tickets, with customers, entries and events, inside the database.

    Without ``history``, tickets alone, with their targets and ratings, of a tenth of the people.

    ``admin`` is a superuser: the rows are told to be right, so no foreign key is looked up, and
    the indexes are made when the rows are there.
    """
    customers = max(1, tickets // (5 if history else 50))
    await copy_customers(database, generate(customers * 10 // 14 + 1, 7)[:customers])
    wanted = {"tickets": tickets, "customers": customers, "seconds": SECONDS_BETWEEN}
    connection = await psycopg.AsyncConnection.connect(conninfo(admin), autocommit=True)
    async with connection:
        await connection.execute("SET session_replication_role = replica")
        await connection.execute("SET maintenance_work_mem = '512MB'")
        indexes = await _drop_indexes(connection)
        for statement in (_TICKETS + (_HISTORY if history else "")).split(";\n"):
            if statement.strip():
                text = statement % {**{k: str(v) for k, v in wanted.items()}, "words": _array()}
                await connection.execute(text)
        for definition in indexes:
            await connection.execute(definition)
        await connection.execute("VACUUM ANALYZE")


async def _drop_indexes(connection: psycopg.AsyncConnection[Any]) -> list[str]:
    """Drop the indexes of the tables that grow, keys excepted, and return how to make them."""
    found = await connection.execute(
        "SELECT format('%I.%I', schemaname, indexname), indexdef FROM pg_indexes"
        " WHERE (schemaname = 'crm' AND tablename LIKE 'ticket%' OR tablename = 'audit_event')"
        " AND NOT EXISTS (SELECT FROM pg_constraint WHERE conname = indexname)"
    )
    rows = await found.fetchall()
    for name, _ in rows:
        await connection.execute(f"DROP INDEX {name}")
    return [definition for _, definition in rows]


async def pack_reports(database: Database) -> int:
    """Pack what reports read, as the worker does; return how many changes that took."""
    packed = 0
    while True:
        async with database.begin() as session:
            taken = await fold_changes(session)
        if not taken:
            return packed
        packed += taken


async def add_passages(database: Database, wanted: int) -> None:
    """Fill a public collection with passages of what people write about."""
    collection = await new_collection(database, "Base de conhecimento")
    texts = _texts()
    await store(database, collection, (f"{next(texts)}. {next(texts)}." for _ in range(wanted)))


def _array() -> str:
    return "ARRAY[" + ",".join(f"'{word}'" for word in WORDS) + "]"


async def index(database: Database, wanted: int) -> int:
    """Index up to so many tickets, each queue's by the segment, as merging leaves them."""
    texts = _texts()
    indexed = 0
    async with database.begin() as session:
        queues = (await session.scalars(sa.select(Ticket.queue_id).distinct())).all()
    for queue in queues:
        async with database.begin() as session:
            collection = await desk_collection(session, queue)
            found = await session.execute(
                sa.select(Ticket.id, Ticket.subject)
                .where(Ticket.queue_id == queue)
                .limit(wanted - indexed)
            )
            rows = [(row.id, row.subject) for row in found]
        for start in range(0, len(rows), PER_SEGMENT):
            part = rows[start : start + PER_SEGMENT]
            await _index_part(database, collection, part, texts)
        indexed += len(rows)
    return indexed


def frequent_words() -> list[str]:
    """Return the words that most tickets share, the most frequent first."""
    return WORDS


def rare_words() -> list[str]:
    """Return words that some hundred of a million tickets hold."""
    return _vocabulary()[4_000:4_200]


def _texts() -> Iterator[str]:
    """Yield what people write: a few words often, most of them seldom (Zipf and Mandelbrot)."""
    chance = random.Random(7)
    words = _vocabulary()
    weights = list(itertools.accumulate(1 / (rank + 20) for rank in range(len(words))))
    while True:
        yield " ".join(chance.choices(words, cum_weights=weights, k=WORDS_A_TICKET))


@cache
def _vocabulary() -> list[str]:
    chance = random.Random(3)
    parts = [a + b for a in "bcdfglmnprstv" for b in ("a", "e", "i", "o", "u", "ar", "en", "ão")]
    made = {"".join(chance.choices(parts, k=chance.randint(2, 4))) for _ in range(VOCABULARY)}
    return WORDS + sorted(sorted(made - set(WORDS)), key=lambda _: chance.random())


async def _index_part(
    database: Database, collection: UUID, rows: list[tuple[UUID, str]], texts: Iterator[str]
) -> None:
    documents, versions, chunks, units = [], [], [], []
    for ticket_id, subject in rows:
        body = f"{subject} {next(texts)}"
        document, version, chunk = uuid7(), uuid7(), uuid7()
        key = f"ticket:{ticket_id}"
        documents.append((document, collection, key, subject, "text/plain"))
        versions.append((version, document, 1, subject, body, b"x", "ticket", 1, "text/plain"))
        chunks.append((chunk, collection, document, version, 0, 0, len(body), body))
        units.append(IndexUnit(chunk, body, subject, "", ticket_id))
    async with database.begin() as session:
        driver = await driver_connection(session)
        async with driver.cursor() as cursor:
            for table, columns, made in (
                ("document", "id, collection_id, source_key, title, media_type", documents),
                (
                    "document_version",
                    (
                        "id, document_id, number, title, text, content_sha256, parser,"
                        " pipeline_release, media_type"
                    ),
                    versions,
                ),
                (
                    "chunk",
                    (
                        "id, collection_id, document_id, version_id, ordinal, start_offset,"
                        " end_offset, text"
                    ),
                    chunks,
                ),
            ):
                async with cursor.copy(f"COPY ai.{table} ({columns}) FROM STDIN") as copy:
                    for row in made:
                        await copy.write_row(row)
        await add_segment(session, collection, units)
