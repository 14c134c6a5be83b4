"""Erasures over HTTP: plan, look, confirm, cancel; and why data must be kept."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.principal import Act
from cogep_assist.edge.linked_page import Paged
from cogep_assist.edge.once_door import Door
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.lgpd_service.erasure.archive_disposal import (
    authorise_disposal,
    disposal_list,
    disposal_terms,
)
from cogep_assist.lgpd_service.erasure.erasure_schemas import (
    ConfirmBody,
    DisposalBody,
    DisposalReply,
    DisposalTermReply,
    DisposedReply,
    DoubtList,
    DoubtsBody,
    ErasureList,
    ErasureReply,
    KeepingBody,
    KeepingReply,
    SubjectBody,
)
from cogep_assist.lgpd_service.erasure.erasures import (
    cancel_erasure,
    confirm_erasure,
    decide_doubts,
    find_erasure,
    lift_block,
    list_doubts,
    list_erasures,
    plan_erasure,
)
from cogep_assist.lgpd_service.keeping.keepings import end_keeping, keep, list_keepings
from cogep_assist.lgpd_service.subject_data.identity import (
    Subject,
    subject_of_customer,
    subject_of_values,
    typed_values,
)

router = guarded_router(tags=["lgpd"])
ERASE = rule(Login.KEY_OR_SESSION, Act.MANAGE_ERASURES, idempotent=True)
LOOK = rule(Login.KEY_OR_SESSION, Act.MANAGE_ERASURES)
KEEP = rule(Login.KEY_OR_SESSION, Act.MANAGE_RETENTION, idempotent=True)
Limit = Annotated[int, Query(ge=1, le=200)]
Term = Annotated[
    str,
    Query(max_length=60, description="Número do termo de eliminação do arquivo."),
]
Before = Annotated[UUID | None, Query(alias="cursor", description="Continua daqui.")]


async def subject_from(session: AsyncSession, body: SubjectBody) -> Subject:
    """Return whom a body means. Raises what the identity raises."""
    if body.customer_id is not None:
        return await subject_of_customer(session, body.customer_id)
    return await subject_of_values(session, typed_values(**body.identifiers))


@router.post(
    "/lgpd/erasures",
    response_model=ErasureReply,
    status_code=201,
    summary="Planeja a eliminação dos dados de um titular; nada muda ainda",
    dependencies=[ERASE],
)
async def plan(door: Door, body: SubjectBody) -> ErasureReply:
    """Plan an erasure."""

    async def work() -> tuple[ErasureReply, bool]:
        subject = await subject_from(door.session, body)
        made = await plan_erasure(
            door.session,
            door.principal,
            subject,
            request_id=body.request_id,
            only_block=body.only_block,
        )
        return ErasureReply.of(made), True

    return await door.put(ErasureReply, work, body)


@router.get(
    "/lgpd/erasures",
    response_model=ErasureList,
    summary="Lista as eliminações, da mais nova à mais antiga",
    dependencies=[LOOK],
)
async def listed(
    session: SessionDep, principal: PrincipalDep, limit: Limit = 50, before: Before = None
) -> ErasureList:
    """List erasures."""
    found = await list_erasures(session, principal, limit=limit + 1, before=before)
    more = len(found) > limit
    return ErasureList(
        erasures=[ErasureReply.of(one) for one in found[:limit]],
        next_cursor=str(found[limit - 1].id) if more else None,
    )


@router.get(
    "/lgpd/erasures/{erasure_id}",
    response_model=ErasureReply,
    summary="Mostra uma eliminação: plano, andamento e certificado",
    dependencies=[LOOK],
)
async def shown(session: SessionDep, principal: PrincipalDep, erasure_id: UUID) -> ErasureReply:
    """Show an erasure."""
    return ErasureReply.of(await find_erasure(session, principal, erasure_id))


@router.get(
    "/lgpd/erasures/{erasure_id}/doubts",
    response_model=DoubtList,
    summary="Mostra as grafias que podem ser do titular ou de outra pessoa",
    dependencies=[LOOK],
)
async def doubts(session: SessionDep, principal: PrincipalDep, erasure_id: UUID) -> DoubtList:
    """List doubtful spellings."""
    return DoubtList.of(await list_doubts(session, principal, erasure_id))


@router.put(
    "/lgpd/erasures/{erasure_id}/doubts",
    response_model=DoubtList,
    summary="Decide quais grafias em dúvida saem; as não decididas ficam",
    dependencies=[ERASE],
)
async def decide(door: Door, erasure_id: UUID, body: DoubtsBody) -> DoubtList:
    """Decide doubtful spellings."""

    async def work() -> DoubtList:
        return DoubtList.of(
            await decide_doubts(door.session, door.principal, erasure_id, body.decisions)
        )

    return await door.reply(DoubtList, work, body)


@router.post(
    "/lgpd/erasures/{erasure_id}/confirm",
    response_model=ErasureReply,
    summary="Confirma um plano, digitando o protocolo; não tem volta",
    dependencies=[ERASE],
)
async def confirm(door: Door, erasure_id: UUID, body: ConfirmBody) -> ErasureReply:
    """Confirm a plan."""

    async def work() -> ErasureReply:
        done = await confirm_erasure(door.session, door.principal, erasure_id, body.protocol)
        return ErasureReply.of(done)

    return await door.reply(ErasureReply, work, body)


@router.post(
    "/lgpd/erasures/{erasure_id}/cancel",
    response_model=ErasureReply,
    summary="Desiste de um plano que não foi confirmado",
    dependencies=[ERASE],
)
async def cancel(door: Door, erasure_id: UUID) -> ErasureReply:
    """Cancel a plan."""

    async def work() -> ErasureReply:
        return ErasureReply.of(await cancel_erasure(door.session, door.principal, erasure_id))

    return await door.reply(ErasureReply, work)


@router.delete(
    "/lgpd/erasures/{erasure_id}/block",
    status_code=204,
    summary="Suspende o bloqueio dos dados de um titular",
    dependencies=[ERASE],
)
async def unblock(door: Door, erasure_id: UUID) -> Response:
    """Lift a block."""
    return await door.remove(lambda: lift_block(door.session, door.principal, erasure_id))


@router.post(
    "/lgpd/keepings",
    response_model=KeepingReply,
    status_code=201,
    summary="Registra por que dados devem ser conservados, e até quando",
    dependencies=[KEEP],
)
async def record_keeping(door: Door, body: KeepingBody) -> KeepingReply:
    """Record a ground of conservation."""

    async def work() -> tuple[KeepingReply, bool]:
        made = await keep(
            door.session,
            door.principal,
            body.object_type,
            body.object_id,
            body.ground,
            body.reference,
            body.until,
        )
        return KeepingReply.of(made), True

    return await door.put(KeepingReply, work, body)


@router.get(
    "/lgpd/keepings",
    response_model=list[KeepingReply],
    summary="Lista os fundamentos de conservação em vigor",
    dependencies=[rule(Login.KEY_OR_SESSION, Act.MANAGE_RETENTION)],
)
async def keepings(session: SessionDep, principal: PrincipalDep, page: Paged) -> list[KeepingReply]:
    """List grounds of conservation."""
    found = page.cut(await list_keepings(session, principal), lambda one: one.id)
    return [KeepingReply.of(one) for one in found]


@router.get(
    "/lgpd/keepings/disposal",
    response_model=list[DisposalReply],
    summary="Listagem de eliminação: documentos públicos cujo prazo terminou (Lei 8.159/1991)",
    dependencies=[rule(Login.KEY_OR_SESSION, Act.MANAGE_RETENTION)],
)
async def disposal(
    session: SessionDep, principal: PrincipalDep, page: Paged
) -> list[DisposalReply]:
    """List public records whose term is over."""
    return page.cut(await disposal_list(session, principal), lambda one: one.id)


@router.get(
    "/lgpd/keepings/disposal/terms",
    response_model=list[DisposalTermReply],
    summary="Lista os termos de eliminação registrados",
    dependencies=[rule(Login.KEY_OR_SESSION, Act.MANAGE_RETENTION)],
)
async def terms(session: SessionDep, principal: PrincipalDep) -> list[DisposalTermReply]:
    """List the archive's terms."""
    return await disposal_terms(session, principal)


@router.post(
    "/lgpd/keepings/disposal",
    response_model=DisposedReply,
    summary="Registra o termo de eliminação do arquivo para registros da listagem",
    dependencies=[KEEP],
)
async def authorise(door: Door, body: DisposalBody) -> DisposedReply:
    """Record the archive's authorisation."""

    async def work() -> DisposedReply:
        records = await authorise_disposal(door.session, door.principal, body.ids, body.term)
        return DisposedReply(term=body.term, records=records)

    return await door.reply(DisposedReply, work, body)


@router.delete(
    "/lgpd/keepings/{keeping_id}",
    status_code=204,
    summary="Encerra um fundamento de conservação",
    dependencies=[KEEP],
)
async def stop_keeping(door: Door, keeping_id: UUID, disposal_term: Term = "") -> Response:
    """End a ground of conservation."""
    return await door.remove(
        lambda: end_keeping(door.session, door.principal, keeping_id, disposal_term=disposal_term)
    )
