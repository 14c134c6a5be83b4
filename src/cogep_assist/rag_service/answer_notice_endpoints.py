"""What a person is told who asked in vain: that the base has the answer by now."""

from uuid import UUID

from fastapi import Response

from cogep_assist.core.principal import Act
from cogep_assist.edge.once_door import Door
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.rag_service.answer_notices import close_notice, open_notices, want_mail
from cogep_assist.rag_service.conversation_schemas import (
    AnswerNoticeBody,
    AnswerNoticeList,
    AnswerNoticeReply,
)

router = guarded_router(tags=["conversations"])
ONE = "/ask/{answer_id}/notice"
OWN = rule(Login.KEY_OR_SESSION, Act.READ_CONVERSATIONS, idempotent=True)


@router.get(
    "/ask/notices",
    response_model=AnswerNoticeList,
    summary="Lista as próprias perguntas sem resposta que a base já responde",
    dependencies=[rule(Login.KEY_OR_SESSION, Act.READ_CONVERSATIONS)],
)
async def notices(session: SessionDep, principal: PrincipalDep) -> AnswerNoticeList:
    """List what somebody with an account is yet to hear of, the newest first."""
    found = await open_notices(session, principal)
    told = [AnswerNoticeReply.model_validate(one, from_attributes=True) for one in found]
    return AnswerNoticeList(items=told)


@router.put(
    ONE,
    status_code=204,
    summary="Diz se quer um e-mail quando a base responder a uma pergunta sua",
    dependencies=[OWN],
)
async def wish(door: Door, answer_id: UUID, body: AnswerNoticeBody) -> Response:
    """Keep whether a letter is wanted."""

    async def work() -> None:
        await want_mail(door.session, door.principal, answer_id, wanted=body.by_mail)

    await door.do(work, body)
    return Response(status_code=204)


@router.delete(
    ONE,
    status_code=204,
    summary="Dispensa o aviso de que a base responde a uma pergunta sua",
    dependencies=[OWN],
)
async def close(door: Door, answer_id: UUID) -> Response:
    """Put a notice aside."""

    async def work() -> None:
        await close_notice(door.session, door.principal, answer_id)

    return await door.remove(work)
