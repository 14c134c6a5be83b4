"""POST /ingest and the jobs that come of it."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response
from fastapi.responses import JSONResponse
from starlette.background import BackgroundTask

from cogep_assist.core.errors import AppError
from cogep_assist.core.idempotency import StoredReply, body_hash, check_key
from cogep_assist.core.models import JobStatus, Role
from cogep_assist.core.principal import Act, Principal
from cogep_assist.edge.absent import EMPTY_IS_ABSENT
from cogep_assist.edge.cursors import NumberCursor, decode_number_cursor, encode_cursor
from cogep_assist.edge.direct import direct
from cogep_assist.edge.idempotent import IdempotencyKeyHeader, once
from cogep_assist.edge.once_door import Door
from cogep_assist.edge.rate_limits import Rate
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.ingestion_service.collections import require_curated
from cogep_assist.ingestion_service.intake import intake_of
from cogep_assist.ingestion_service.intake_request import ROUTE, IntakeReply, IntakeRequest
from cogep_assist.ingestion_service.job_control import cancel_job, prioritise_job, retry_job
from cogep_assist.ingestion_service.job_queries import find_job, list_jobs
from cogep_assist.ingestion_service.json_body import read_json_submissions
from cogep_assist.ingestion_service.multipart import read_upload
from cogep_assist.ingestion_service.openapi_body import INGEST_BODY
from cogep_assist.ingestion_service.schemas import (
    AcceptedBatch,
    AcceptedJob,
    JobPage,
    JobReply,
)
from cogep_assist.ingestion_service.submission import Submission, fingerprint

MAX_WAIT_SECONDS = 60.0
JSON = "application/json"
_JSON_HEADER = (b"content-type", JSON.encode())
# An ``AcceptedJob`` without its model, which costs more than all the rest of it.
_ACCEPTED_JOB = b'{"id":"%b","status":"pending","links":{"self":"/ingest/%b","document":null}}'
UNFINISHED = frozenset({JobStatus.PENDING, JobStatus.PROCESSING})

router = guarded_router(tags=["ingest"])


@router.post(
    "/ingest",
    status_code=202,
    response_model=AcceptedJob | AcceptedBatch,
    summary="Põe fontes na fila: URL, texto ou arquivos",
    openapi_extra=INGEST_BODY,
    dependencies=[
        rule(Login.KEY_OR_SESSION, Act.INGEST, rate=Rate.INGEST, idempotent=True, rechecked=True)
    ],
)
@direct
async def ingest(
    request: Request, principal: PrincipalDep, idempotency_key: IdempotencyKeyHeader = None
) -> Response:
    """Check the sources and answer once they are safely in the queue."""
    if idempotency_key is not None:
        check_key(idempotency_key)
    settings = intake_of(request).settings
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == JSON:
        submissions, many = await read_json_submissions(request, settings)
        return await _accept(request, principal, submissions, idempotency_key, many=many)
    if kind == "multipart/form-data":
        async with read_upload(request, settings) as submissions:
            many = len(submissions) > 1
            return await _accept(request, principal, submissions, idempotency_key, many=many)
    raise AppError(
        "media_type_not_accepted",
        content_type=kind[:100] or "—",
        expected="application/json ou multipart/form-data",
    )


@router.get(
    "/ingest",
    response_model=JobPage,
    summary="Lista as tarefas, da mais nova à mais antiga",
    dependencies=[rule(Login.KEY_OR_SESSION, Act.READ_JOBS)],
)
async def jobs(
    session: SessionDep,
    principal: PrincipalDep,
    status: Annotated[JobStatus | None, EMPTY_IS_ABSENT] = None,
    request_id: Annotated[
        str | None, Query(max_length=64, description="Só as do pedido com este X-Request-ID.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: NumberCursor = None,
) -> JobPage:
    """List the jobs that this person may see."""
    found, more = await list_jobs(
        session,
        principal,
        status=status,
        request_id=request_id,
        limit=limit,
        before=decode_number_cursor(cursor),
    )
    return JobPage(items=found, next_cursor=encode_cursor(more))


@router.get(
    "/ingest/{job_id}",
    response_model=JobReply,
    summary="Mostra uma tarefa; com wait, espera que ela termine",
    dependencies=[rule(Login.KEY_OR_SESSION, Act.READ_JOBS)],
)
async def job(
    request: Request,
    job_id: UUID,
    principal: PrincipalDep,
    wait: Annotated[
        float, Query(ge=0, le=MAX_WAIT_SECONDS, description="Segundos a esperar pelo fim.")
    ] = 0,
) -> JobReply:
    """Look at a job now, or as soon as it has ended."""
    intake = intake_of(request)
    async with intake.database.begin() as session:
        found = await find_job(session, principal, job_id)
    if not wait or found.status not in UNFINISHED:
        return found
    # No connection is held meanwhile.
    await intake.watch.wait(job_id, wait)
    async with intake.database.begin() as session:
        return await find_job(session, principal, job_id)


@router.post(
    "/ingest/{job_id}/retry",
    response_model=JobReply,
    summary="Tenta de novo uma tarefa que falhou ou foi cancelada",
    dependencies=[rule(Login.KEY_OR_SESSION, Act.MANAGE_JOBS, idempotent=True)],
)
async def retry(
    request: Request,
    job_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> Response:
    """Put a job back in line."""

    async def work() -> StoredReply:
        await retry_job(session, principal, job_id)
        return StoredReply(200, {})

    await once(request, session, principal, idempotency_key, b"", work)
    reply = await find_job(session, principal, job_id)
    # After the reply, and so after the commit.
    ring = BackgroundTask(intake_of(request).writer.ring)
    return JSONResponse(reply.model_dump(mode="json"), background=ring)


@router.post(
    "/ingest/{job_id}/cancel",
    response_model=JobReply,
    summary="Cancela uma tarefa que espera ou pede que pare a que está em curso",
    dependencies=[rule(Login.KEY_OR_SESSION, Act.MANAGE_JOBS, idempotent=True)],
)
async def cancel(
    request: Request,
    job_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> JobReply:
    """Stop a job."""

    async def work() -> StoredReply:
        await cancel_job(session, principal, job_id)
        return StoredReply(200, {})

    await once(request, session, principal, idempotency_key, b"", work)
    return await find_job(session, principal, job_id)


@router.post(
    "/ingest/{job_id}/prioritise",
    response_model=JobReply,
    summary="Põe uma tarefa que espera à frente das outras",
    dependencies=[rule(Login.KEY_OR_SESSION, Act.MANAGE_JOBS, idempotent=True)],
)
async def prioritise(door: Door, job_id: UUID) -> JobReply:
    """Let a waiting job go first."""

    async def work() -> JobReply:
        return await prioritise_job(door.session, door.principal, job_id)

    await door.do(work)
    return await find_job(door.session, door.principal, job_id)


async def _accept(
    request: Request,
    principal: Principal,
    submissions: list[Submission],
    key: str | None,
    *,
    many: bool,
) -> Response:
    intake = intake_of(request)
    if principal.role is not Role.ADMIN:
        async with intake.database.begin() as session:
            await require_curated(session, principal, {s.collection for s in submissions})
    digest = b""
    if key is not None:
        digest = body_hash(ROUTE, b"many" if many else b"one", fingerprint(submissions))
    accepted = await intake.writer.submit(IntakeRequest(principal, submissions, key, digest))
    return _accepted(accepted, many=many)


def _accepted(reply: IntakeReply, *, many: bool) -> Response:
    ids = [text.encode() for text in reply.job_texts]
    headers = [] if many else [(b"location", b"/ingest/" + ids[0])]
    if reply.repeated:
        headers.append((b"idempotent-replay", b"true"))
    jobs = b",".join([_ACCEPTED_JOB % (job_id, job_id) for job_id in ids])
    return _Accepted(b'{"items":[%b]}' % jobs if many else jobs, headers)


class _Accepted(Response):
    """A 202 that is put together once, as it is sent."""

    status_code = 202
    background = None

    def __init__(self, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
        self.body = body
        self.raw_headers = [*headers, (b"content-length", b"%d" % len(body)), _JSON_HEADER]
