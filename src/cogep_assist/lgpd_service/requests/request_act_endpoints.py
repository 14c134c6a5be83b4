"""What becomes of a request of a data subject: proof, work, answer, refusal, notices."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends

from cogep_assist.core.principal import Act
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.lgpd_service.requests.case_door import CaseDoor
from cogep_assist.lgpd_service.requests.request_access import find_request
from cogep_assist.lgpd_service.requests.request_ends import (
    answer_request,
    cancel_request,
    refuse_request,
)
from cogep_assist.lgpd_service.requests.request_identity import link_customer, record_check
from cogep_assist.lgpd_service.requests.request_notices import (
    Recipient,
    notices_of,
    tell_recipients,
)
from cogep_assist.lgpd_service.requests.request_replies import request_reply
from cogep_assist.lgpd_service.requests.request_schemas import (
    AnswerBody,
    AssignBody,
    ExtendBody,
    IdentityBody,
    LinkBody,
    NoteBody,
    NoticeBody,
    NoticePage,
    NoticeReply,
    ReasonBody,
    RefusalBody,
    RequestReply,
)
from cogep_assist.lgpd_service.requests.request_work import (
    add_note,
    assign_request,
    extend_request,
    reopen_request,
    start_request,
)

router = guarded_router(tags=["lgpd-requests"])
OPEN = rule(Login.KEY_OR_SESSION, Act.OPEN_SUBJECT_REQUESTS, idempotent=True)
SEE_ALL = rule(Login.KEY_OR_SESSION, Act.MANAGE_SUBJECT_REQUESTS)
MANAGE = rule(Login.KEY_OR_SESSION, Act.MANAGE_SUBJECT_REQUESTS, idempotent=True)


def request_door(
    request_id: UUID, door: Annotated[CaseDoor[RequestReply], Depends(CaseDoor)]
) -> CaseDoor[RequestReply]:
    """Lead to the request that the path names."""
    return door.to(request_id, request_reply)


Door = Annotated[CaseDoor[RequestReply], Depends(request_door)]


@router.post(
    "/lgpd/requests/{request_id}/identity",
    response_model=RequestReply,
    summary="Registra a conferência de identidade feita por uma pessoa e apaga os documentos",
    dependencies=[MANAGE],
)
async def check_identity(door: Door, body: IdentityBody) -> RequestReply:
    """Write down that somebody looked at who asks."""
    return await door.change(
        lambda: record_check(
            door.session,
            door.principal,
            door.case_id,
            body.method,
            door.settings,
            passed=body.passed,
            note=body.note,
            customer_id=body.customer_id,
        ),
        body,
    )


@router.post(
    "/lgpd/requests/{request_id}/link",
    response_model=RequestReply,
    summary="Diz de qual cliente são os dados de que o pedido trata",
    dependencies=[MANAGE],
)
async def link(door: Door, body: LinkBody) -> RequestReply:
    """Say whose data it is about."""

    async def work() -> None:
        found = await find_request(door.session, door.principal, door.case_id, lock=True)
        await link_customer(door.session, door.principal, found, body.customer_id)

    return await door.change(work, body)


@router.post(
    "/lgpd/requests/{request_id}/assign",
    response_model=RequestReply,
    summary="Entrega o pedido a uma pessoa, ou a ninguém",
    dependencies=[MANAGE],
)
async def assign(door: Door, body: AssignBody) -> RequestReply:
    """Give a request to somebody."""
    return await door.change(
        lambda: assign_request(
            door.session, door.principal, door.case_id, body.user_id, door.expected
        ),
        body,
    )


@router.post(
    "/lgpd/requests/{request_id}/start",
    response_model=RequestReply,
    summary="Começa o atendimento do pedido",
    dependencies=[MANAGE],
)
async def start(door: Door) -> RequestReply:
    """Begin to work."""
    return await door.change(
        lambda: start_request(door.session, door.principal, door.case_id, door.expected)
    )


@router.post(
    "/lgpd/requests/{request_id}/notes",
    response_model=RequestReply,
    summary="Escreve uma nota interna",
    dependencies=[MANAGE],
)
async def note(door: Door, body: NoteBody) -> RequestReply:
    """Write a note."""
    return await door.change(
        lambda: add_note(door.session, door.principal, door.case_id, body.body), body
    )


@router.post(
    "/lgpd/requests/{request_id}/extend",
    response_model=RequestReply,
    summary="Prorroga um prazo, se a norma dele permite, com o motivo",
    dependencies=[MANAGE],
)
async def extend(door: Door, body: ExtendBody) -> RequestReply:
    """Extend a term."""
    return await door.change(
        lambda: extend_request(
            door.session, door.principal, door.case_id, body.rule, body.reason, door.settings
        ),
        body,
    )


@router.post(
    "/lgpd/requests/{request_id}/answer",
    response_model=RequestReply,
    summary="Responde ao titular, com comprovante assinado",
    dependencies=[MANAGE],
)
async def answer(door: Door, body: AnswerBody) -> RequestReply:
    """Answer."""
    return await door.change(
        lambda: answer_request(
            door.session,
            door.principal,
            door.case_id,
            body.outcome,
            body.answer,
            door.settings,
            door.expected,
        ),
        body,
    )


@router.post(
    "/lgpd/requests/{request_id}/refuse",
    response_model=RequestReply,
    summary="Recusa o pedido com um fundamento do catálogo e os motivos",
    dependencies=[MANAGE],
)
async def refuse(door: Door, body: RefusalBody) -> RequestReply:
    """Refuse."""
    return await door.change(
        lambda: refuse_request(
            door.session,
            door.principal,
            door.case_id,
            body.ground,
            body.answer,
            door.settings,
            door.expected,
        ),
        body,
    )


@router.post(
    "/lgpd/requests/{request_id}/cancel",
    response_model=RequestReply,
    summary="Cancela o pedido, a pedido de quem o fez",
    dependencies=[OPEN],
)
async def cancel(door: Door, body: ReasonBody) -> RequestReply:
    """Cancel."""

    async def work() -> None:
        found = await find_request(door.session, door.principal, door.case_id, lock=True)
        await cancel_request(door.session, door.principal, found, body.reason, door.settings)

    return await door.change(work, body)


@router.post(
    "/lgpd/requests/{request_id}/reopen",
    response_model=RequestReply,
    summary="Reabre um pedido respondido ou recusado, com o motivo",
    dependencies=[MANAGE],
)
async def reopen(door: Door, body: ReasonBody) -> RequestReply:
    """Take a request up again."""
    return await door.change(
        lambda: reopen_request(
            door.session, door.principal, door.case_id, body.reason, door.expected
        ),
        body,
    )


@router.post(
    "/lgpd/requests/{request_id}/notices",
    response_model=RequestReply,
    summary="Avisa quem recebeu os dados para que repita a providência (art. 18, § 6º)",
    dependencies=[MANAGE],
)
async def tell(door: Door, body: NoticeBody) -> RequestReply:
    """Tell recipients."""
    recipients = [Recipient(one.name, one.email) for one in body.recipients]
    return await door.change(
        lambda: tell_recipients(
            door.session, door.principal, door.case_id, recipients, body.asked, door.settings
        ),
        body,
    )


@router.get(
    "/lgpd/requests/{request_id}/notices",
    response_model=NoticePage,
    summary="Lista os avisos a quem recebeu os dados, com as confirmações",
    dependencies=[SEE_ALL],
)
async def notices(request_id: UUID, session: SessionDep, principal: PrincipalDep) -> NoticePage:
    """Look at the log of notices."""
    rows = await notices_of(session, principal, request_id)
    return NoticePage(items=[NoticeReply.model_validate(row, from_attributes=True) for row in rows])
