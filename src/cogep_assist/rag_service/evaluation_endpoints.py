"""Question sets and their measurements: list, keep, look, repeat, measure, remove."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response

from cogep_assist.core.idempotency import StoredReply
from cogep_assist.core.principal import Act
from cogep_assist.edge.cursors import IdCursor, decode_id_cursor, encode_cursor
from cogep_assist.edge.idempotent import IdempotencyKeyHeader, once
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.rag_service.question_set_gate import set_gate
from cogep_assist.rag_service.question_set_schemas import (
    QuestionSetBody,
    QuestionSetChange,
    QuestionSetDetail,
    QuestionSetPage,
    RunDetail,
    RunPage,
)
from cogep_assist.rag_service.question_sets import (
    create_question_set,
    list_question_sets,
    list_runs,
    read_question_set,
    read_run,
    remove_question_set,
    repeat_question_set,
    request_evaluation,
)

router = guarded_router(tags=["evaluations"])
READ = rule(Login.KEY_OR_SESSION, Act.READ_EVALUATIONS)
MANAGE = rule(Login.KEY_OR_SESSION, Act.MANAGE_EVALUATIONS, idempotent=True)
Limit = Annotated[int, Query(ge=1, le=200)]


@router.get(
    "/evaluations",
    response_model=QuestionSetPage,
    summary="Lista os conjuntos de perguntas e a última medição de cada um",
    dependencies=[READ],
)
async def question_sets(
    session: SessionDep, principal: PrincipalDep, limit: Limit = 50, cursor: IdCursor = None
) -> QuestionSetPage:
    """List question sets."""
    found, more = await list_question_sets(
        session, principal, limit=limit, before=decode_id_cursor(cursor)
    )
    return QuestionSetPage(items=found, next_cursor=encode_cursor(more))


@router.post(
    "/evaluations",
    status_code=201,
    response_model=QuestionSetDetail,
    summary="Guarda um conjunto de perguntas com o que se espera de cada uma",
    dependencies=[MANAGE],
)
async def create(
    request: Request,
    response: Response,
    body: QuestionSetBody,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> QuestionSetDetail:
    """Keep a question set."""

    async def work() -> StoredReply:
        made = await create_question_set(session, principal, body)
        return StoredReply(201, {"id": str(made)})

    canonical = body.model_dump_json().encode()
    stored = await once(request, session, principal, idempotency_key, canonical, work)
    set_id = UUID(stored.reply["id"])
    response.headers["Location"] = f"/evaluations/{set_id}"
    return await read_question_set(session, principal, set_id)


@router.get(
    "/evaluations/{set_id}",
    response_model=QuestionSetDetail,
    summary="Mostra um conjunto e suas perguntas",
    dependencies=[READ],
)
async def question_set(
    set_id: UUID, session: SessionDep, principal: PrincipalDep
) -> QuestionSetDetail:
    """Look at one set."""
    return await read_question_set(session, principal, set_id)


@router.patch(
    "/evaluations/{set_id}",
    response_model=QuestionSetDetail,
    summary="Diz de quantas em quantas horas medir, e os limites de cada número",
    dependencies=[MANAGE],
)
async def repeat(
    request: Request,
    set_id: UUID,
    body: QuestionSetChange,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> QuestionSetDetail:
    """Set or stop the schedule, and set the bounds."""

    async def work() -> StoredReply:
        if "every_hours" in body.model_fields_set:
            await repeat_question_set(session, principal, set_id, body.every_hours)
        if body.gate is not None:
            await set_gate(session, principal, set_id, body.gate)
        return StoredReply(200, {"id": str(set_id)})

    canonical = body.model_dump_json(exclude_unset=True).encode()
    await once(request, session, principal, idempotency_key, canonical, work)
    return await read_question_set(session, principal, set_id)


@router.delete(
    "/evaluations/{set_id}",
    status_code=204,
    summary="Remove um conjunto, suas perguntas e suas medições",
    dependencies=[MANAGE],
)
async def remove(
    request: Request,
    set_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> Response:
    """Remove a set."""

    async def work() -> StoredReply:
        await remove_question_set(session, principal, set_id)
        return StoredReply(204, {})

    await once(request, session, principal, idempotency_key, b"", work)
    return Response(status_code=204)


@router.post(
    "/evaluations/{set_id}/runs",
    status_code=202,
    response_model=QuestionSetDetail,
    summary="Pede uma medição agora",
    dependencies=[MANAGE],
)
async def measure(
    request: Request,
    set_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> QuestionSetDetail:
    """Have a set measured by a worker."""

    async def work() -> StoredReply:
        await request_evaluation(session, principal, set_id)
        return StoredReply(202, {"id": str(set_id)})

    await once(request, session, principal, idempotency_key, b"", work)
    return await read_question_set(session, principal, set_id)


@router.get(
    "/evaluations/{set_id}/runs",
    response_model=RunPage,
    summary="Lista as medições de um conjunto, da mais nova à mais antiga",
    dependencies=[READ],
)
async def runs(
    set_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
    limit: Limit = 50,
    cursor: IdCursor = None,
) -> RunPage:
    """Tell the trend of a set."""
    found, more = await list_runs(
        session, principal, set_id, limit=limit, before=decode_id_cursor(cursor)
    )
    return RunPage(items=found, next_cursor=encode_cursor(more))


@router.get(
    "/evaluations/{set_id}/runs/{run_id}",
    response_model=RunDetail,
    summary="Mostra uma medição, pergunta por pergunta",
    dependencies=[READ],
)
async def run(
    set_id: UUID, run_id: UUID, session: SessionDep, principal: PrincipalDep
) -> RunDetail:
    """Look at one measurement."""
    return await read_run(session, principal, set_id, run_id)
