"""The questions of a set, one by one: list, add, look at, change, remove."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response

from cogep_assist.core.idempotency import StoredReply
from cogep_assist.core.principal import Act
from cogep_assist.edge.cursors import NumberCursor, decode_number_cursor, encode_cursor
from cogep_assist.edge.entity_tags import (
    IfMatchHeader,
    check_revision,
    expected_revision,
    set_entity_tag,
)
from cogep_assist.edge.idempotent import IdempotencyKeyHeader, once
from cogep_assist.edge.once_door import Door
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.rag_service.question_set_editing import (
    add_question,
    change_question,
    find_question,
    list_questions,
    remove_question,
    take_in_questions,
)
from cogep_assist.rag_service.question_set_schemas import (
    QuestionsTakenReply,
    SetQuestionBody,
    SetQuestionPage,
    SetQuestionReply,
    SetQuestionsBody,
)

router = guarded_router(tags=["evaluations"])
READ = rule(Login.KEY_OR_SESSION, Act.READ_EVALUATIONS)
MANAGE = rule(Login.KEY_OR_SESSION, Act.MANAGE_EVALUATIONS, idempotent=True)
MANY = "/evaluations/{set_id}/questions"
ONE = "/evaluations/{set_id}/questions/{question_id}"
# What asks something else has another id: under its id a question is always as it was first.
ONLY_REVISION = 1


@router.get(
    MANY,
    response_model=SetQuestionPage,
    summary="Lista as perguntas de um conjunto, na ordem dele",
    dependencies=[READ],
)
async def questions(
    set_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: NumberCursor = None,
) -> SetQuestionPage:
    """List the questions of a set."""
    found, more = await list_questions(
        session, principal, set_id, limit=limit, after=decode_number_cursor(cursor)
    )
    return SetQuestionPage(items=found, next_cursor=encode_cursor(more))


@router.post(
    MANY,
    status_code=201,
    response_model=SetQuestionReply,
    summary="Acrescenta uma pergunta ao fim de um conjunto",
    dependencies=[MANAGE],
)
async def add(
    request: Request,
    response: Response,
    set_id: UUID,
    body: SetQuestionBody,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> SetQuestionReply:
    """Add a question."""

    async def work() -> StoredReply:
        made = await add_question(session, principal, set_id, body)
        return StoredReply(201, {"id": str(made)})

    given = body.model_dump_json().encode()
    stored = await once(request, session, principal, idempotency_key, given, work)
    return _shown(response, set_id, body, UUID(stored.reply["id"]))


@router.get(
    ONE,
    response_model=SetQuestionReply,
    summary="Mostra uma pergunta de um conjunto",
    dependencies=[READ],
)
async def question(
    response: Response,
    set_id: UUID,
    question_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
) -> SetQuestionReply:
    """Look at one question."""
    set_entity_tag(response, ONLY_REVISION)
    return await find_question(session, principal, set_id, question_id)


@router.put(
    ONE,
    response_model=SetQuestionReply,
    summary="Põe uma pergunta no lugar de outra, com outro identificador",
    description=(
        "O que pergunta ou espera outra coisa é outra pergunta: a resposta traz o identificador "
        "novo, e o antigo deixa de existir. De duas pessoas que mudam a mesma, a segunda recebe "
        "404 e nada se perde. Nas medições passadas fica o que a pergunta antiga alcançou."
    ),
    dependencies=[MANAGE],
)
async def change(
    request: Request,
    response: Response,
    set_id: UUID,
    question_id: UUID,
    body: SetQuestionBody,
    session: SessionDep,
    principal: PrincipalDep,
    if_match: IfMatchHeader = None,
    idempotency_key: IdempotencyKeyHeader = None,
) -> SetQuestionReply:
    """Put what was sent in the place of a question."""

    async def work() -> StoredReply:
        check_revision(expected_revision(if_match), ONLY_REVISION)
        made = await change_question(session, principal, set_id, question_id, body)
        return StoredReply(200, {"id": str(made)})

    given = body.model_dump_json().encode()
    stored = await once(request, session, principal, idempotency_key, given, work)
    return _shown(response, set_id, body, UUID(stored.reply["id"]))


@router.delete(
    ONE,
    status_code=204,
    summary="Remove uma pergunta de um conjunto",
    dependencies=[MANAGE],
)
async def remove(
    request: Request,
    set_id: UUID,
    question_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
    if_match: IfMatchHeader = None,
    idempotency_key: IdempotencyKeyHeader = None,
) -> Response:
    """Take a question out of its set."""

    async def work() -> StoredReply:
        check_revision(expected_revision(if_match), ONLY_REVISION)
        await remove_question(session, principal, set_id, question_id)
        return StoredReply(204, {})

    await once(request, session, principal, idempotency_key, b"", work)
    return Response(status_code=204)


def _shown(
    response: Response, set_id: UUID, body: SetQuestionBody, question_id: UUID
) -> SetQuestionReply:
    """Tell a question as it was kept, and where it is."""
    response.headers["Location"] = f"/evaluations/{set_id}/questions/{question_id}"
    set_entity_tag(response, ONLY_REVISION)
    return SetQuestionReply(id=question_id, **body.model_dump())


@router.post(
    f"{MANY}/import",
    response_model=QuestionsTakenReply,
    summary="Acrescenta muitas perguntas de uma vez; as de mesmas palavras são trocadas",
    dependencies=[MANAGE],
)
async def take_in(door: Door, set_id: UUID, body: SetQuestionsBody) -> QuestionsTakenReply:
    """Take in all questions or none."""

    async def work() -> QuestionsTakenReply:
        taken = await take_in_questions(door.session, door.principal, set_id, body.questions)
        return QuestionsTakenReply.model_validate(taken, from_attributes=True)

    return await door.reply(QuestionsTakenReply, work, body)
