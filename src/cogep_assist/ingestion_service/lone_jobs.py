"""The intake's usual case, requests of one job without content, as one set of rows.

It writes what ``batch_statement`` would write of the same requests, in two thirds of the time:
one text is read instead of three, and nothing is put together by its place. A request that needs a
second look is left out and named, as there; one that was written before fails the statement whole,
and is met by its id in ``batch_write``.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from psycopg import AsyncConnection, sql
from pydantic_core import from_json, to_json

from cogep_assist.core.collection_name import DEFAULT_COLLECTION
from cogep_assist.core.lone_statement import LoneStatement
from cogep_assist.core.models import SourceKind
from cogep_assist.core.notify_bell import CHANNEL
from cogep_assist.core.principal import PrincipalKind
from cogep_assist.core.queue import INGESTION
from cogep_assist.ingestion_service.batch_statement import GOOD_KEY, KINDS, TAKE_OVER, Left
from cogep_assist.ingestion_service.intake_request import ACT, OBJECT_TYPE, ROUTE, IntakeRequest

# The details of the act, unless a key acts for a person.
ONE_JOB = {"count": 1}
# What is not told is null.
SELDOM = ("uri", "title", "file_name", "declared_type", "callback_url")


def is_lone_job(request: IntakeRequest) -> bool:
    """Whether a request brings one job and no content."""
    return len(request.submissions) == 1 and request.submissions[0].content is None


async def write_lone_jobs(
    connection: AsyncConnection[Any],
    requests: Sequence[IntakeRequest],
    *,
    max_attempts: int,
    ring: bool = False,
) -> dict[int, Left]:
    """Write requests of one job each; return and raise as ``write_at_once`` does.

    Where it is to ``ring``, the job can be seen and is begun before the disk has it; this returns
    once the disk has it, so that nobody is told of a job which a power cut could forget.
    """
    keyed = any(request.idempotency_key is not None for request in requests)
    result = await _statement(keyed=keyed, ring=ring).run(
        connection,
        [to_json([_row(n, r) for n, r in enumerate(requests)]), b"%d" % max_attempts],
    )
    text = result.get_value(0, 0)
    left = from_json(text) if text is not None else []
    if ring and len(left) < len(requests):
        await LASTING.run(connection, [])
    return {n: Left.NEEDS_A_LOOK if good else Left.KEY_REVOKED for n, good in left}


def _row(n: int, request: IntakeRequest) -> dict[str, Any]:
    """Return a request's job, its act and its key, the act's columns by their own names.

    What most requests have alike is in the statement, and here only where it differs.
    """
    job = request.submissions[0]
    act = request.audit_row
    row = {
        "n": n,
        "job_id": request.job_texts[0],
        "submitted_by": request.label,
        "id": act["id"],
        "occurred_at": act["occurred_at"],
        "actor_kind": act["actor_kind"],
        "actor": act["actor"],
        "request_id": act["request_id"],
        "mac": "\\x" + act["mac"].hex(),
    }
    if act["details"] != ONE_JOB:
        row["details"] = act["details"]
    if job.kind is not SourceKind.URL:
        row["kind"] = KINDS[job.kind]
    if job.collection != DEFAULT_COLLECTION:
        row["place"] = job.collection
    if job.source_key != job.uri:
        row["source_key"] = job.source_key
    for name in SELDOM:
        value = getattr(job, name)
        if value is not None:
            row[name] = value
    if job.metadata != "{}":
        row["metadata"] = job.metadata
    if job.priority:
        row["priority"] = job.priority
    if request.principal.kind is PrincipalKind.KEY:
        row["key_id"] = str(request.principal.id)
    if request.idempotency_key is not None:
        row["key"] = request.idempotency_key
        row["body_hash"] = "\\x" + request.body_hash.hex()
    return row


# What an idempotency key, a revoked key or an unknown collection holds back is not in ``fresh``,
# and so in no part after it.
WRITE = """
WITH asked AS MATERIALIZED (
    SELECT r.*,
        (SELECT c.id FROM ai.collection AS c
         WHERE c.name = coalesce(r.place, {collection})
           AND (c.expires_at IS NULL OR c.expires_at > clock_timestamp())
        ) AS collection_id,
        {good_key} AS key_is_good
    FROM json_to_recordset($1::json) AS r
        (n integer, job_id uuid, kind ai.source_kind, place text, source_key text, uri text,
         title text, file_name text, declared_type text, metadata text, priority smallint,
         callback_url text, submitted_by text, key_id uuid, key text, body_hash bytea,
         id uuid, occurred_at timestamptz, actor_kind text, actor text, details jsonb,
         request_id text, mac bytea)
), known AS (
    SELECT * FROM asked WHERE key_is_good AND collection_id IS NOT NULL
), {fresh}, jobs_written AS (
    INSERT INTO ai.ingestion_queue
        (id, source_kind, collection_id, source_key, uri, title, file_name, declared_type,
         metadata, priority, callback_url, submitted_by, request_id, max_attempts)
    SELECT job_id, coalesce(kind, {kind}), collection_id, coalesce(source_key, uri), uri, title,
           file_name, declared_type, coalesce(metadata, '{{}}')::jsonb, coalesce(priority, 0),
           callback_url, submitted_by, request_id, $2::smallint
    FROM fresh
    ORDER BY n
), acts_written AS (
    INSERT INTO lgpd.audit_event
        (id, occurred_at, actor_kind, actor, act, object_type, object_id, details, request_id, mac)
    SELECT id, occurred_at, actor_kind, actor, {act}, {object_type}, job_id::text,
           coalesce(details, {details}), request_id, mac
    FROM fresh
)
SELECT (
    SELECT json_agg(json_build_array(asked.n, asked.key_is_good)) FROM asked
    WHERE NOT EXISTS (SELECT FROM fresh WHERE fresh.n = asked.n)
){ring}
"""
UNKEYED = "fresh AS MATERIALIZED (SELECT * FROM known)"
KEYED = """
taken AS (
    INSERT INTO access.idempotency_key AS k (principal, route, key, body_hash, status, reply)
    SELECT submitted_by, {route}, key, body_hash, 202,
           jsonb_build_object('ids', jsonb_build_array(job_id))
    FROM known WHERE key IS NOT NULL
    ORDER BY submitted_by, key
    {take_over}
    RETURNING principal, key
), fresh AS MATERIALIZED (
    SELECT known.* FROM known
    LEFT JOIN taken ON taken.principal = known.submitted_by AND taken.key = known.key
    WHERE known.key IS NULL OR taken.key IS NOT NULL
)
"""
# The commit wakes the worker, and is not waited for by it: the ring goes out, and the job can be
# seen, while the disk has yet to take it. What the worker then writes lies behind it in the log, so
# that no end of the job can last longer than the job itself. Whoever meets the idempotency key
# meanwhile has to lock its row, and with that waits for the disk too.
RING = """, CASE WHEN EXISTS (SELECT FROM fresh) THEN pg_notify({channel}, {queue})::text END,
    set_config('synchronous_commit', 'off', true)"""
# A transaction that writes next to nothing: its commit waits as the server's settings want it, for
# the disk or for a standby, and whatever was written before it is there with it.
LASTING = LoneStatement(b"SELECT pg_logical_emit_message(true, 'cogep', '')")


@cache
def _statement(*, keyed: bool, ring: bool) -> LoneStatement:
    queue = sql.Literal(INGESTION.table.name)
    rung = sql.SQL(RING if ring else "").format(channel=sql.Literal(CHANNEL), queue=queue)
    fresh = sql.SQL(KEYED if keyed else UNKEYED).format(
        route=sql.Literal(ROUTE), take_over=TAKE_OVER
    )
    write = sql.SQL(WRITE).format(
        collection=sql.Literal(DEFAULT_COLLECTION),
        kind=sql.Literal(SourceKind.URL.value),
        act=sql.Literal(ACT),
        object_type=sql.Literal(OBJECT_TYPE),
        details=sql.Literal(to_json(ONE_JOB).decode()),
        fresh=fresh,
        good_key=GOOD_KEY,
        ring=rung,
    )
    return LoneStatement(write.as_bytes())
