"""LGPD, Incidentes: registered at once, the clock from knowledge, the test, both notices."""

import asyncio
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Form, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import ClockObject, IncidentDecision
from cogep_assist.core.principal import Act, Principal
from cogep_assist.edge.cursors import IdCursor, decode_id_cursor, encode_cursor
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.lgpd_service.incidents.incident_documents import agency_pdf
from cogep_assist.lgpd_service.incidents.incident_notices import (
    publish_notice,
    record_agency_told,
    record_proof,
    record_supplement,
    record_told_otherwise,
    tell_subjects,
)
from cogep_assist.lgpd_service.incidents.incident_questions import DATA_KINDS, HARMED, QUESTIONS
from cogep_assist.lgpd_service.incidents.incident_steps import find_incident, steps_of
from cogep_assist.lgpd_service.incidents.incident_subjects import (
    SubjectQuery,
    select_subjects,
    standing_of,
)
from cogep_assist.lgpd_service.incidents.incidents import (
    IncidentFacts,
    assess_incident,
    change_incident,
    close_incident,
    decide_incident,
    list_incidents,
    mark_known,
    report_incident,
)
from cogep_assist.lgpd_service.legal.clock_words import clock_readings, clock_replies
from cogep_assist.lgpd_service.legal.legal_clocks import clocks_of
from cogep_assist.lgpd_service.legal.officers import current_officers
from cogep_assist.lgpd_service.legal.organization_profile import find_profile
from cogep_assist.web.privacy_words import INCIDENT_STATUS, INCIDENT_STEP
from cogep_assist.web.section_frame import Work, answer_form, privacy_page

HREF = "/protecao-de-dados/incidentes"
router = guarded_router(include_in_schema=False)
MANAGE = rule(Login.SESSION, Act.MANAGE_INCIDENTS)
Line = Annotated[str, Form(max_length=300)]
Text = Annotated[str, Form(max_length=20_000)]
Moment = Annotated[datetime | None, Form()]


@router.get(HREF, dependencies=[MANAGE])
async def incidents(
    request: Request, session: SessionDep, principal: PrincipalDep, cursor: IdCursor = None
) -> Response:
    """Show the register, the newest first."""
    return await _page(request, session, principal, cursor)


@router.post(HREF, dependencies=[MANAGE])
async def report(
    request: Request,
    principal: PrincipalDep,
    titulo: Line = "",
    circunstancias: Text = "",
    conhecido: Annotated[bool, Form()] = False,
) -> Response:
    """Write an incident into the register; where personal data were hit, the clock starts."""

    async def work(session: AsyncSession) -> None:
        timezone = edge_state(request).settings.timezone
        made = await report_incident(
            session,
            principal,
            IncidentFacts(title=titulo, circumstances=circunstancias),
            timezone,
        )
        if conhecido:
            await mark_known(session, principal, made.id, None, timezone)

    return await answer_form(
        request, principal, work, _page, None, href=HREF, notice="O incidente foi registrado."
    )


@router.get(f"{HREF}/{{incident_id}}", dependencies=[MANAGE])
async def one(
    request: Request, session: SessionDep, principal: PrincipalDep, incident_id: UUID
) -> Response:
    """Show one incident."""
    return await _one(request, session, principal, incident_id)


@router.get(f"{HREF}/{{incident_id}}/comunicacao", dependencies=[MANAGE])
async def communication(
    request: Request, session: SessionDep, principal: PrincipalDep, incident_id: UUID
) -> Response:
    """Hand out the communication to the agency, as far as it is filled in."""
    zone = _zone(request)
    found = await find_incident(session, principal, incident_id)
    running = (await clocks_of(session, ClockObject.INCIDENT, [found.id]))[found.id]
    clocks = await clock_replies(session, running, zone)
    profile = await find_profile(session)
    officer = (await current_officers(session, zone)).acting
    made = await asyncio.to_thread(agency_pdf, found, profile, officer, clocks, zone)
    disposition = f'attachment; filename="{found.number}.pdf"'
    return Response(
        made, media_type="application/pdf", headers={"Content-Disposition": disposition}
    )


@router.post(f"{HREF}/{{incident_id}}/conhecimento", dependencies=[MANAGE])
async def known(
    request: Request, principal: PrincipalDep, incident_id: UUID, quando: Moment = None
) -> Response:
    """Say since when it is known that personal data were affected."""

    async def work(session: AsyncSession) -> None:
        settings = edge_state(request).settings
        moment = _local(request, quando)
        await mark_known(session, principal, incident_id, moment, settings.timezone)

    return await _done(request, principal, incident_id, work, "O relógio começou a correr.")


@router.post(f"{HREF}/{{incident_id}}/fatos", dependencies=[MANAGE])
async def facts(
    request: Request,
    principal: PrincipalDep,
    incident_id: UUID,
    circunstancias: Text = "",
    ocorreu: Moment = None,
    lesado: Annotated[list[str] | None, Form(max_length=20)] = None,
    dados: Annotated[list[str] | None, Form(max_length=20)] = None,
    titulares: Text = "",
    antes: Text = "",
    depois: Text = "",
    riscos: Text = "",
    demora: Text = "",
) -> Response:
    """Write down what else is known."""

    async def work(session: AsyncSession) -> None:
        told = IncidentFacts(
            circumstances=circunstancias,
            occurred_at=_local(request, ocorreu),
            harmed=lesado or [],
            data_kinds=dados or [],
            subject_kinds=titulares,
            measures_before=antes,
            measures_after=depois,
            risks=riscos,
            delay_reason=demora,
        )
        await change_incident(session, principal, incident_id, told)

    return await _done(request, principal, incident_id, work, "Os fatos foram registrados.")


@router.post(f"{HREF}/{{incident_id}}/avaliacao", dependencies=[MANAGE])
async def assess(request: Request, principal: PrincipalDep, incident_id: UUID) -> Response:
    """Answer the questionnaire of art. 5; a question without an answer is told by its name."""
    given = await request.form()
    answers = {key: given[key] == "sim" for key in QUESTIONS if given.get(key) in {"sim", "nao"}}

    async def work(session: AsyncSession) -> None:
        timezone = edge_state(request).settings.timezone
        await assess_incident(session, principal, incident_id, answers, timezone)

    return await _done(request, principal, incident_id, work, "A avaliação foi registrada.")


@router.post(f"{HREF}/{{incident_id}}/decisao", dependencies=[MANAGE])
async def decide(
    request: Request,
    principal: PrincipalDep,
    incident_id: UUID,
    decisao: Annotated[IncidentDecision, Form()] = IncidentDecision.COMMUNICATE,
    motivo: Text = "",
) -> Response:
    """Decide whether the agency and the data subjects are told, and why."""

    async def work(session: AsyncSession) -> None:
        await decide_incident(session, principal, incident_id, decisao, motivo)

    return await _done(request, principal, incident_id, work, "A decisão foi registrada.")


@router.post(f"{HREF}/{{incident_id}}/titulares", dependencies=[MANAGE])
async def subjects(
    request: Request,
    principal: PrincipalDep,
    incident_id: UUID,
    etiqueta: Line = "",
    fila: Line = "",
    estado: Annotated[str, Form(max_length=2)] = "",
    de: Moment = None,
    ate: Moment = None,
    todos: Annotated[bool, Form()] = False,
) -> Response:
    """Add the customers that were affected, by what they have in common."""

    async def work(session: AsyncSession) -> None:
        query = SubjectQuery(
            tag=etiqueta.strip() or None,
            state=estado.strip() or None,
            queue=fila.strip() or None,
            tickets_since=_local(request, de),
            tickets_until=_local(request, ate),
            everybody=todos,
        )
        await select_subjects(session, principal, incident_id, query)

    return await _done(request, principal, incident_id, work, "Os titulares foram reunidos.")


@router.post(f"{HREF}/{{incident_id}}/avisos", dependencies=[MANAGE])
async def notices(request: Request, principal: PrincipalDep, incident_id: UUID) -> Response:
    """Put the letters to the affected in line."""

    async def work(session: AsyncSession) -> None:
        await tell_subjects(session, principal, incident_id, edge_state(request).settings)

    return await _done(request, principal, incident_id, work, "Os avisos saem em instantes.")


@router.post(f"{HREF}/{{incident_id}}/registros", dependencies=[MANAGE])
async def records(
    request: Request,
    principal: PrincipalDep,
    incident_id: UUID,
    o_que: Line = "",
    palavras: Text = "",
    quando: Moment = None,
) -> Response:
    """Write down what was done towards the agency and the public."""
    settings = edge_state(request).settings

    async def work(session: AsyncSession) -> None:
        match o_que:
            case "anpd":
                told_at = _local(request, quando)
                await record_agency_told(
                    session, principal, incident_id, palavras, settings, told_at
                )
            case "complemento":
                await record_supplement(session, principal, incident_id, palavras)
            case "outro_meio":
                await record_told_otherwise(session, principal, incident_id, palavras)
            case "declaracao":
                await record_proof(session, principal, incident_id, palavras)
            case "publico":
                await publish_notice(session, principal, incident_id, palavras, settings)
            case _:
                raise AppError("text_missing", field="o que foi feito")

    return await _done(request, principal, incident_id, work, "Registrado.")


@router.post(f"{HREF}/{{incident_id}}/encerrar", dependencies=[MANAGE])
async def close(request: Request, principal: PrincipalDep, incident_id: UUID) -> Response:
    """Close an incident; the register keeps it for five years."""

    async def work(session: AsyncSession) -> None:
        await close_incident(session, principal, incident_id)

    return await _done(request, principal, incident_id, work, "O incidente foi encerrado.")


async def _done(
    request: Request, principal: Principal, incident_id: UUID, work: Work, notice: str
) -> Response:
    return await answer_form(
        request, principal, work, _one, incident_id, href=f"{HREF}/{incident_id}", notice=notice
    )


async def _page(
    request: Request,
    session: AsyncSession,
    principal: Principal,
    cursor: str | None,
    problem: AppError | None = None,
) -> Response:
    found, more = await list_incidents(session, principal, after=decode_id_cursor(cursor))
    clocks = await clocks_of(session, ClockObject.INCIDENT, [one.id for one in found])
    readings = await clock_readings(session, clocks, _zone(request))
    return privacy_page(
        request,
        "incidents.html",
        problem,
        items=[(one, readings[one.id]) for one in found],
        next_cursor=encode_cursor(more),
        first=cursor is None,
        states=INCIDENT_STATUS,
    )


async def _one(
    request: Request,
    session: AsyncSession,
    principal: Principal,
    incident_id: UUID,
    problem: AppError | None = None,
) -> Response:
    found = await find_incident(session, principal, incident_id)
    clocks = (await clocks_of(session, ClockObject.INCIDENT, [found.id]))[found.id]
    shown: list[dict[str, Any]] = await clock_replies(session, clocks, _zone(request))
    return privacy_page(
        request,
        "incident.html",
        problem,
        incident=found,
        clocks=shown,
        steps=await steps_of(session, found.id),
        standing=await standing_of(session, found),
        states=INCIDENT_STATUS,
        step_words=INCIDENT_STEP,
        questions=QUESTIONS,
        data_kinds=DATA_KINDS,
        harmed=HARMED,
        occurred=_typed(found.occurred_at, _zone(request)),
    )


def _local(request: Request, typed: datetime | None) -> datetime | None:
    """Return a moment that was typed by the clock on the wall."""
    return typed and typed.replace(tzinfo=_zone(request))


def _typed(moment: datetime | None, zone: ZoneInfo) -> str:
    """Return a moment as a field for day and hour has it."""
    return f"{moment.astimezone(zone):%Y-%m-%dT%H:%M}" if moment else ""


def _zone(request: Request) -> ZoneInfo:
    return ZoneInfo(edge_state(request).settings.timezone)
