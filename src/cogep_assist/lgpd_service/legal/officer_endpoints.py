"""The encarregado: acts of appointment, and whom everybody turns to."""

from urllib.parse import quote
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.idempotency import StoredReply
from cogep_assist.core.models import OfficerAppointment
from cogep_assist.core.principal import Act, Principal
from cogep_assist.edge.idempotent import IdempotencyKeyHeader, once
from cogep_assist.edge.once_door import Door, raw
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.lgpd_service.legal.legal_schemas import (
    AppointmentBody,
    AppointmentReply,
    AppointmentsReply,
    EndBody,
    PublicationBody,
    PublicOfficer,
    PublicOfficersReply,
)
from cogep_assist.lgpd_service.legal.officers import (
    MAX_ACT_BYTES,
    NewAppointment,
    appoint,
    attach_act,
    current_officers,
    end_appointment,
    find_appointment,
    list_appointments,
    missing_of,
    publish_appointment,
    read_act,
)
from cogep_assist.lgpd_service.legal.organization_profile import find_profile
from cogep_assist.lgpd_service.uploaded_file import FILE_FORM, uploaded_file

router = guarded_router(tags=["lgpd-officers"])
READ = rule(Login.KEY_OR_SESSION, Act.MANAGE_OFFICERS)
MANAGE = rule(Login.KEY_OR_SESSION, Act.MANAGE_OFFICERS, idempotent=True)


@router.get(
    "/lgpd/dpo",
    response_model=PublicOfficersReply,
    summary="Diz quem é o encarregado e como falar com ele (art. 41, § 1º)",
    dependencies=[rule(Login.OPEN)],
)
async def dpo(request: Request, session: SessionDep) -> PublicOfficersReply:
    """Tell everybody whom to turn to."""
    zone = ZoneInfo(edge_state(request).settings.timezone)
    officers = await current_officers(session, zone)
    return PublicOfficersReply(
        organization=(await find_profile(session)).name,
        vacant=officers.acting is None,
        acting=_public(officers.acting),
        substitute=_public(officers.substitute),
    )


@router.get(
    "/lgpd/officers",
    response_model=AppointmentsReply,
    summary="Lista as designações de encarregado e substituto",
    dependencies=[READ],
)
async def officers(session: SessionDep, principal: PrincipalDep) -> AppointmentsReply:
    """List acts of appointment."""
    rows = await list_appointments(session, principal)
    missing = await missing_of(session, rows)
    return AppointmentsReply(items=[_reply(row, missing[row.id]) for row in rows])


@router.post(
    "/lgpd/officers",
    status_code=201,
    response_model=AppointmentReply,
    summary="Registra um ato de designação",
    dependencies=[MANAGE],
)
async def post_officer(door: Door, body: AppointmentBody) -> AppointmentReply:
    """Register an act."""

    async def work() -> StoredReply:
        made = await appoint(door.session, door.principal, NewAppointment(**body.model_dump()))
        return StoredReply(201, {"id": str(made.id)})

    made = UUID((await door.once(work, raw(body))).reply["id"])
    return await _shown(door.session, door.principal, made)


@router.post(
    "/lgpd/officers/{officer_id}/end",
    response_model=AppointmentReply,
    summary="Diz qual é o último dia de uma designação",
    dependencies=[MANAGE],
)
async def end(door: Door, officer_id: UUID, body: EndBody) -> AppointmentReply:
    """End an appointment."""

    async def work() -> StoredReply:
        await end_appointment(door.session, door.principal, officer_id, body.ends_on)
        return StoredReply(200, {})

    await door.once(work, raw(body))
    return await _shown(door.session, door.principal, officer_id)


@router.post(
    "/lgpd/officers/{officer_id}/publication",
    response_model=AppointmentReply,
    summary="Diz onde e quando a designação saiu (órgão público: diário oficial)",
    dependencies=[MANAGE],
)
async def publication(door: Door, officer_id: UUID, body: PublicationBody) -> AppointmentReply:
    """Say where an act came out."""

    async def work() -> StoredReply:
        await publish_appointment(
            door.session, door.principal, officer_id, body.publication, body.published_on
        )
        return StoredReply(200, {})

    await door.once(work, raw(body))
    return await _shown(door.session, door.principal, officer_id)


@router.put(
    "/lgpd/officers/{officer_id}/act",
    response_model=AppointmentReply,
    summary="Guarda o ato assinado, cifrado",
    openapi_extra=FILE_FORM,
    dependencies=[MANAGE],
)
async def put_act(
    request: Request,
    officer_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> AppointmentReply:
    """Keep the act itself."""
    file = await uploaded_file(request, MAX_ACT_BYTES)

    async def work() -> StoredReply:
        await attach_act(session, principal, officer_id, file.name, file.content)
        return StoredReply(200, {})

    await once(request, session, principal, idempotency_key, file.fingerprint, work)
    return await _shown(session, principal, officer_id)


@router.get(
    "/lgpd/officers/{officer_id}/act",
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {}}, "description": "O ato"}},
    summary="Baixa o ato assinado",
    dependencies=[READ],
)
async def get_act(officer_id: UUID, session: SessionDep, principal: PrincipalDep) -> Response:
    """Hand the act out, to be saved."""
    name, content = await read_act(session, principal, officer_id)
    return download(name, content)


def download(name: str, content: bytes) -> Response:
    """Answer with a file to be saved, never to be shown as a page of ours."""
    return Response(
        content,
        media_type="application/octet-stream",
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
            "Content-Security-Policy": "sandbox; default-src 'none'",
        },
    )


async def _shown(session: AsyncSession, principal: Principal, officer_id: UUID) -> AppointmentReply:
    row = await find_appointment(session, principal, officer_id)
    return _reply(row, (await missing_of(session, [row]))[row.id])


def _reply(row: OfficerAppointment, missing: list[str]) -> AppointmentReply:
    return AppointmentReply(
        **{name: getattr(row, name) for name in AppointmentBody.model_fields},
        id=row.id,
        act_name=row.act_name,
        act_sha256=row.act_sha256.hex() if row.act_sha256 else None,
        missing=missing,
        created_at=row.created_at,
    )


def _public(row: OfficerAppointment | None) -> PublicOfficer | None:
    if row is None:
        return None
    return PublicOfficer(
        kind=row.kind,
        name=row.name,
        responsible_name=row.responsible_name,
        email=row.email,
        phone=row.phone,
        since=row.starts_on,
    )
