"""The intake's common case as one statement: one trip to the server, one commit, all or nothing.

It writes whatever needs no second look. A request whose Idempotency-Key was used before, or whose
collection is not there yet, is left out whole and named, for ``batch_write`` to see to it.
"""

from collections.abc import Iterable, Sequence
from enum import Enum
from functools import cache
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection, sql
from pydantic_core import to_json

from cogep_assist.core import audit_commit
from cogep_assist.core.models import SourceKind
from cogep_assist.core.notify_bell import CHANNEL
from cogep_assist.core.principal import PrincipalKind
from cogep_assist.core.queue import INGESTION
from cogep_assist.ingestion_service.intake_request import ROUTE, IntakeRequest

HELD_BLOB_BYTES = 1024 * 1024
KINDS = {kind: kind.value for kind in SourceKind}


class Left(Enum):
    """Why a request was left out."""

    KEY_REVOKED = "key_revoked"
    NEEDS_A_LOOK = "needs_a_look"


async def write_at_once(
    connection: AsyncConnection[Any],
    requests: Sequence[IntakeRequest],
    *,
    max_attempts: int,
    ring: bool = False,
) -> dict[int, Left]:
    """Write requests by one statement; return those that it left out, by their places.

    ``ring`` wakes the workers that listen, as the commit becomes visible. It makes commits wait
    for each other: worth it for a lone request, which nobody waits behind.
    The connection commits by itself. No two requests may bring the same idempotency key of one
    principal, and none a content of more than ``HELD_BLOB_BYTES``. Raises whatever the database
    refuses: then nothing was written.
    """
    values: dict[str, Any] = {
        "route": ROUTE,
        "max_attempts": max_attempts,
        "ring": ring,
        "requests": to_json([_request(n, r) for n, r in enumerate(requests)]).decode(),
        "jobs": to_json(_jobs(requests)).decode(),
        "acts": to_json([_act(r) for r in requests]).decode(),
    }
    blobs = _blobs(requests)
    if blobs:
        for name, column in zip(
            ("ids", "hashes", "contents"), zip(*blobs, strict=True), strict=True
        ):
            values[f"blob_{name}"] = list(column)
    cursor = await connection.execute(_statement(blobs=bool(blobs)), values, prepare=True)
    row = await cursor.fetchone()
    assert row is not None
    return {n: Left.NEEDS_A_LOOK if key_is_good else Left.KEY_REVOKED for n, key_is_good in row[0]}


def fits_one_statement(request: IntakeRequest) -> bool:
    """Whether all that a request brings is small enough to be held in memory."""
    return all(s.size <= HELD_BLOB_BYTES for s in request.submissions)


def _request(n: int, request: IntakeRequest) -> dict[str, Any]:
    row: dict[str, Any] = {
        "n": n,
        "act_id": request.audit_row["id"],
        "principal": request.label,
        "request_id": request.audit_row["request_id"],
    }
    if request.principal.kind is PrincipalKind.KEY:
        row["key_id"] = str(request.principal.id)
    if request.idempotency_key is not None:
        row["key"] = request.idempotency_key
        row["body_hash"] = request.body_hash.hex()
        row["reply"] = {"ids": request.job_texts}
    return row


def _jobs(requests: Sequence[IntakeRequest]) -> list[dict[str, Any]]:
    rows = []
    for n, request in enumerate(requests):
        for job_id, s in zip(request.job_texts, request.submissions, strict=True):
            row = {"n": n, "id": job_id, "kind": KINDS[s.kind], "place": s.collection}
            # What is not told is null: most sources have few of these.
            if s.source_key != s.uri:
                row["source_key"] = s.source_key
            for name in ("uri", "title", "file_name", "declared_type", "callback_url"):
                value = getattr(s, name)
                if value is not None:
                    row[name] = value
            if s.content is not None:
                row["blob_id"] = job_id
            if s.metadata != "{}":
                row["metadata"] = s.metadata
            if s.priority:
                row["priority"] = s.priority
            rows.append(row)
    return rows


def _act(request: IntakeRequest) -> dict[str, Any]:
    return {**request.audit_row, "mac": "\\x" + request.audit_row["mac"].hex()}


def _blobs(requests: Iterable[IntakeRequest]) -> list[tuple[Any, bytes, bytes]]:
    # Of the job's own id, so that a batch written again meets its own blobs.
    return [
        (UUID(job_id), s.content.sha256, s.content.read())
        for request in requests
        for job_id, s in zip(request.job_texts, request.submissions, strict=True)
        if s.content is not None
    ]


# Asked again by the statement that writes: a key is remembered for a second.
GOOD_KEY = sql.SQL("""
    r.key_id IS NULL OR EXISTS (
        SELECT FROM access.api_key AS k
        WHERE k.id = r.key_id AND k.revoked_at IS NULL
          AND (k.expires_at IS NULL OR k.expires_at > clock_timestamp()))
""")
# An idempotency key that is older than a day is as good as new.
TAKE_OVER = sql.SQL("""
    ON CONFLICT (principal, route, key) DO UPDATE
        SET body_hash = excluded.body_hash, status = excluded.status,
            reply = excluded.reply, created_at = clock_timestamp()
        WHERE k.created_at < clock_timestamp() - interval '24 hours'
""")
# What an idempotency key, a revoked key or an unknown collection holds back is not in ``fresh``,
# and so in no part after it.
WRITE = """
WITH request AS MATERIALIZED (
    SELECT r.*, {good_key} AS key_is_good
    FROM json_to_recordset(%(requests)s::json) AS r
        (n integer, act_id uuid, key_id uuid, principal text, request_id text, key text,
         body_hash text, reply jsonb)
), job AS MATERIALIZED (
    SELECT j.*, c.id AS collection_id
    FROM ROWS FROM (json_to_recordset(%(jobs)s::json) AS
            (n integer, id uuid, kind ai.source_kind, place text, source_key text,
             uri text, title text, file_name text, declared_type text, blob_id uuid,
             metadata text, priority smallint, callback_url text))
         WITH ORDINALITY AS j
            (n, id, kind, place, source_key, uri, title, file_name, declared_type, blob_id,
             metadata, priority, callback_url, position)
    LEFT JOIN ai.collection AS c
        ON c.name = j.place AND (c.expires_at IS NULL OR c.expires_at > clock_timestamp())
), known AS MATERIALIZED (
    SELECT * FROM request
    WHERE key_is_good AND n NOT IN (SELECT job.n FROM job WHERE job.collection_id IS NULL)
), taken AS (
    INSERT INTO access.idempotency_key AS k (principal, route, key, body_hash, status, reply)
    SELECT principal, %(route)s, key, decode(body_hash, 'hex'), 202, reply
    FROM known WHERE key IS NOT NULL
    ORDER BY principal, key
    {take_over}
    RETURNING principal, key
), fresh AS MATERIALIZED (
    SELECT n, act_id, principal, request_id FROM known LEFT JOIN taken USING (principal, key)
    WHERE known.key IS NULL OR taken.key IS NOT NULL
), {blobs} jobs_written AS (
    INSERT INTO ai.ingestion_queue
        (id, source_kind, collection_id, source_key, uri, title, file_name, declared_type,
         blob_id, metadata, priority, callback_url, submitted_by, request_id,
         max_attempts)
    SELECT job.id, job.kind, job.collection_id, coalesce(job.source_key, job.uri), job.uri,
           job.title, job.file_name, job.declared_type, job.blob_id,
           coalesce(job.metadata, '{{}}')::jsonb, coalesce(job.priority, 0), job.callback_url,
           fresh.principal, fresh.request_id, %(max_attempts)s
    FROM job JOIN fresh USING (n)
    ORDER BY job.position
    ON CONFLICT (id) DO NOTHING
), acts_written AS (
    INSERT INTO lgpd.audit_event ({columns})
    SELECT {acts} FROM json_populate_recordset(NULL::lgpd.audit_event, %(acts)s::json) AS act
    JOIN fresh ON fresh.act_id = act.id
    ON CONFLICT (id) DO NOTHING
)
SELECT coalesce((
    SELECT json_agg(json_build_array(request.n, request.key_is_good)) FROM request
    WHERE NOT EXISTS (SELECT FROM fresh WHERE fresh.n = request.n)
), '[]'),
    CASE WHEN %(ring)s AND EXISTS (SELECT FROM fresh) THEN pg_notify({channel}, {queue})::text END
"""
BLOBS = """
blobs_written AS (
    INSERT INTO ai.blob (id, sha256, size, content)
    SELECT b.id, b.sha256, length(b.content), b.content
    FROM unnest(%(blob_ids)s::uuid[], %(blob_hashes)b::bytea[], %(blob_contents)b::bytea[])
         AS b(id, sha256, content)
    JOIN job ON job.id = b.id JOIN fresh ON fresh.n = job.n
    ON CONFLICT (id) DO NOTHING
),
"""


@cache
def _statement(*, blobs: bool) -> bytes:
    columns = [sql.Identifier(name) for name in (*audit_commit.COLUMNS, "mac")]
    return (
        sql.SQL(WRITE)
        .format(
            blobs=sql.SQL(BLOBS if blobs else ""),
            good_key=GOOD_KEY,
            take_over=TAKE_OVER,
            columns=sql.SQL(", ").join(columns),
            channel=sql.Literal(CHANNEL),
            queue=sql.Literal(INGESTION.table.name),
            acts=sql.SQL(", ").join(sql.SQL("act.") + column for column in columns),
        )
        .as_bytes()
    )
