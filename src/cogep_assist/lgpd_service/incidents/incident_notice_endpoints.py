"""Whom an incident reached, and how the agency and they are told."""

import asyncio
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Request, Response

from cogep_assist.core.letter import as_text
from cogep_assist.core.models import ClockObject
from cogep_assist.edge.cursors import IdCursor, decode_id_cursor, encode_cursor
from cogep_assist.edge.rules import PrincipalDep, guarded_router
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.lgpd_service.incidents.incident_documents import agency_pdf, subject_letter
from cogep_assist.lgpd_service.incidents.incident_endpoints import MANAGE, SEE_ALL, Door, Limit
from cogep_assist.lgpd_service.incidents.incident_notices import (
    publish_notice,
    record_agency_told,
    record_proof,
    record_supplement,
    record_told_otherwise,
    tell_subjects,
)
from cogep_assist.lgpd_service.incidents.incident_schemas import (
    AgencyBody,
    IncidentReply,
    LetterReply,
    SubjectItem,
    SubjectsBody,
    SubjectsPage,
    WordsBody,
)
from cogep_assist.lgpd_service.incidents.incident_steps import find_incident
from cogep_assist.lgpd_service.incidents.incident_subjects import (
    SubjectQuery,
    select_subjects,
    subjects_of,
)
from cogep_assist.lgpd_service.legal.clock_words import clock_replies
from cogep_assist.lgpd_service.legal.legal_clocks import clocks_of
from cogep_assist.lgpd_service.legal.officers import current_officers
from cogep_assist.lgpd_service.legal.organization_profile import find_profile
from cogep_assist.lgpd_service.requests.request_public_endpoints import pdf_response

router = guarded_router(tags=["lgpd-incidents"])


@router.post(
    "/lgpd/incidents/{incident_id}/subjects",
    response_model=IncidentReply,
    summary="Acrescenta titulares atingidos, por identificador, etiqueta, fila ou datas",
    dependencies=[MANAGE],
)
async def add_subjects(door: Door, body: SubjectsBody) -> IncidentReply:
    """Select subjects."""
    query = SubjectQuery(**body.model_dump())
    return await door.change(
        lambda: select_subjects(door.session, door.principal, door.case_id, query), body
    )


@router.get(
    "/lgpd/incidents/{incident_id}/subjects",
    response_model=SubjectsPage,
    summary="Lista os titulares atingidos, e quem já foi avisado",
    dependencies=[SEE_ALL],
)
async def subjects(
    incident_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
    limit: Limit = 50,
    cursor: IdCursor = None,
) -> SubjectsPage:
    """List subjects."""
    rows, more = await subjects_of(
        session, principal, incident_id, after=decode_id_cursor(cursor), limit=limit
    )
    items = [
        SubjectItem(
            customer_id=row.customer_id,
            name=name,
            told_at=row.told_at,
            unreachable=row.unreachable,
        )
        for row, name in rows
    ]
    return SubjectsPage(items=items, next_cursor=encode_cursor(more))


@router.get(
    "/lgpd/incidents/{incident_id}/communication",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}}, "description": "A comunicação"}},
    summary="Prepara a comunicação à ANPD, em PDF",
    dependencies=[SEE_ALL],
)
async def communication(
    request: Request, incident_id: UUID, session: SessionDep, principal: PrincipalDep
) -> Response:
    """Prepare the communication to the agency."""
    row = await find_incident(session, principal, incident_id)
    zone = ZoneInfo(edge_state(request).settings.timezone)
    profile = await find_profile(session)
    officer = (await current_officers(session, zone)).acting
    running = (await clocks_of(session, ClockObject.INCIDENT, [row.id]))[row.id]
    clocks = await clock_replies(session, running, zone)
    made = await asyncio.to_thread(agency_pdf, row, profile, officer, clocks, zone)
    return pdf_response(made, row.number)


@router.get(
    "/lgpd/incidents/{incident_id}/letter",
    response_model=LetterReply,
    summary="Mostra o aviso ao titular como será enviado",
    dependencies=[SEE_ALL],
)
async def letter(
    request: Request, incident_id: UUID, session: SessionDep, principal: PrincipalDep
) -> LetterReply:
    """Show the letter."""
    row = await find_incident(session, principal, incident_id)
    zone = ZoneInfo(edge_state(request).settings.timezone)
    officer = (await current_officers(session, zone)).acting
    made = subject_letter(row, "(nome do titular)", await find_profile(session), officer, zone)
    return LetterReply(subject=made.subject, text=as_text(made))


@router.post(
    "/lgpd/incidents/{incident_id}/agency",
    response_model=IncidentReply,
    summary="Registra que a ANPD foi comunicada, com o protocolo dela",
    dependencies=[MANAGE],
)
async def agency(door: Door, body: AgencyBody) -> IncidentReply:
    """Write down that the agency was told."""
    return await door.change(
        lambda: record_agency_told(
            door.session,
            door.principal,
            door.case_id,
            body.protocol,
            door.settings,
            body.told_at,
        ),
        body,
    )


@router.post(
    "/lgpd/incidents/{incident_id}/supplement",
    response_model=IncidentReply,
    summary="Registra o complemento da comunicação à ANPD",
    dependencies=[MANAGE],
)
async def supplement(door: Door, body: WordsBody) -> IncidentReply:
    """Write down the supplement."""
    return await door.change(
        lambda: record_supplement(door.session, door.principal, door.case_id, body.words),
        body,
    )


@router.post(
    "/lgpd/incidents/{incident_id}/notices",
    response_model=IncidentReply,
    summary="Avisa os titulares atingidos, um a um, por e-mail",
    dependencies=[MANAGE],
)
async def notices(door: Door) -> IncidentReply:
    """Tell the subjects."""
    return await door.change(
        lambda: tell_subjects(door.session, door.principal, door.case_id, door.settings)
    )


@router.post(
    "/lgpd/incidents/{incident_id}/told-otherwise",
    response_model=IncidentReply,
    summary="Registra como foram avisados os titulares que a carta não alcança",
    dependencies=[MANAGE],
)
async def told_otherwise(door: Door, body: WordsBody) -> IncidentReply:
    """Write down that who cannot be reached by mail was told by other means."""
    return await door.change(
        lambda: record_told_otherwise(door.session, door.principal, door.case_id, body.words),
        body,
    )


@router.post(
    "/lgpd/incidents/{incident_id}/public-notice",
    response_model=IncidentReply,
    summary="Registra o aviso público, quando avisar cada titular é impossível",
    dependencies=[MANAGE],
)
async def public_notice(door: Door, body: WordsBody) -> IncidentReply:
    """Write down the public notice."""
    return await door.change(
        lambda: publish_notice(
            door.session, door.principal, door.case_id, body.words, door.settings
        ),
        body,
    )


@router.post(
    "/lgpd/incidents/{incident_id}/proof",
    response_model=IncidentReply,
    summary="Registra a declaração de que os titulares foram avisados",
    dependencies=[MANAGE],
)
async def proof(door: Door, body: WordsBody) -> IncidentReply:
    """Write down the declaration."""
    return await door.change(
        lambda: record_proof(door.session, door.principal, door.case_id, body.words), body
    )
