"""Incidents: reported, known, assessed, decided, told, closed."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Depends, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.idempotency import StoredReply
from cogep_assist.core.models import ClockObject, Incident, IncidentStatus
from cogep_assist.core.principal import Act, Principal
from cogep_assist.edge.cursors import IdCursor, decode_id_cursor, encode_cursor
from cogep_assist.edge.entity_tags import set_entity_tag
from cogep_assist.edge.idempotent import IdempotencyKeyHeader
from cogep_assist.edge.once_door import OnceDoor, raw
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.lgpd_service.incidents.incident_questions import DATA_KINDS, HARMED, QUESTIONS
from cogep_assist.lgpd_service.incidents.incident_schemas import (
    AssessBody,
    DecideBody,
    IncidentBody,
    IncidentChange,
    IncidentItem,
    IncidentPage,
    IncidentReply,
    IncidentStepReply,
    KnownBody,
    QuestionsReply,
    WordsBody,
)
from cogep_assist.lgpd_service.incidents.incident_steps import find_incident, steps_of
from cogep_assist.lgpd_service.incidents.incident_subjects import (
    standing_of,
)
from cogep_assist.lgpd_service.incidents.incidents import (
    IncidentFacts,
    add_note,
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
from cogep_assist.lgpd_service.requests.case_door import CaseDoor

router = guarded_router(tags=["lgpd-incidents"])
REPORT = rule(Login.KEY_OR_SESSION, Act.REPORT_INCIDENTS, idempotent=True)
SEE_OWN = rule(Login.KEY_OR_SESSION, Act.REPORT_INCIDENTS)
SEE_ALL = rule(Login.KEY_OR_SESSION, Act.MANAGE_INCIDENTS)
MANAGE = rule(Login.KEY_OR_SESSION, Act.MANAGE_INCIDENTS, idempotent=True)
Limit = Annotated[int, Query(ge=1, le=200)]


def incident_door(
    incident_id: UUID, door: Annotated[CaseDoor[IncidentReply], Depends(CaseDoor)]
) -> CaseDoor[IncidentReply]:
    """Lead to the incident that the path names."""
    return door.to(incident_id, incident_reply)


Door = Annotated[CaseDoor[IncidentReply], Depends(incident_door)]


@router.get(
    "/lgpd/incidents/questions",
    response_model=QuestionsReply,
    summary="Mostra o questionário do art. 5º da Res. CD/ANPD 15/2024",
    dependencies=[SEE_OWN],
)
async def questions() -> QuestionsReply:
    """Show the questionnaire."""
    return QuestionsReply(
        questions=dict(QUESTIONS), data_kinds=dict(DATA_KINDS), harmed=dict(HARMED)
    )


@router.post(
    "/lgpd/incidents",
    status_code=201,
    response_model=IncidentReply,
    summary="Registra um incidente; com “known_at”, os prazos começam a correr",
    dependencies=[REPORT],
)
async def report(
    request: Request,
    response: Response,
    body: IncidentBody,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> IncidentReply:
    """Report an incident."""
    door = OnceDoor(request, response, session, principal, idempotency_key)
    timezone = edge_state(request).settings.timezone
    facts = IncidentFacts(**body.model_dump(exclude={"detected_at", "known_at"}))

    async def work() -> StoredReply:
        made = await report_incident(
            session,
            principal,
            facts,
            timezone,
            detected_at=body.detected_at,
            known_at=body.known_at,
        )
        return StoredReply(201, {"id": str(made.id)})

    made = UUID((await door.once(work, raw(body))).reply["id"])
    reply = await incident_reply(session, principal, made, ZoneInfo(timezone))
    response.headers["Location"] = reply.links["self"]
    set_entity_tag(response, reply.revision)
    return reply


@router.get(
    "/lgpd/incidents",
    response_model=IncidentPage,
    summary="Lista os incidentes ao alcance de quem pergunta",
    dependencies=[SEE_OWN],
)
async def incidents(
    request: Request,
    session: SessionDep,
    principal: PrincipalDep,
    status: Annotated[list[IncidentStatus] | None, Query()] = None,
    limit: Limit = 50,
    cursor: IdCursor = None,
) -> IncidentPage:
    """List incidents."""
    rows, more = await list_incidents(
        session, principal, statuses=status or (), after=decode_id_cursor(cursor), limit=limit
    )
    zone = _zone(request)
    clocks = await clocks_of(session, ClockObject.INCIDENT, [row.id for row in rows])
    readings = await clock_readings(session, clocks, zone)
    items = [IncidentItem(**_item(row, readings[row.id])) for row in rows]
    return IncidentPage(items=items, next_cursor=encode_cursor(more))


@router.get(
    "/lgpd/incidents/{incident_id}",
    response_model=IncidentReply,
    summary="Mostra um incidente inteiro",
    dependencies=[SEE_OWN],
)
async def incident(
    request: Request,
    response: Response,
    incident_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
) -> IncidentReply:
    """Look at an incident."""
    reply = await incident_reply(session, principal, incident_id, _zone(request))
    set_entity_tag(response, reply.revision)
    return reply


@router.patch(
    "/lgpd/incidents/{incident_id}",
    response_model=IncidentReply,
    summary="Acrescenta o que se sabe do incidente",
    dependencies=[MANAGE],
)
async def change(door: Door, body: IncidentChange) -> IncidentReply:
    """Write down what else is known."""
    facts = IncidentFacts(**body.model_dump())
    return await door.change(
        lambda: change_incident(door.session, door.principal, door.case_id, facts, door.expected),
        body,
    )


@router.post(
    "/lgpd/incidents/{incident_id}/known",
    response_model=IncidentReply,
    summary="Diz desde quando se sabe que dados pessoais foram afetados: os prazos correm dali",
    dependencies=[MANAGE],
)
async def known(door: Door, body: KnownBody) -> IncidentReply:
    """Start the clocks."""
    return await door.change(
        lambda: mark_known(
            door.session,
            door.principal,
            door.case_id,
            body.known_at,
            door.settings.timezone,
        ),
        body,
    )


@router.post(
    "/lgpd/incidents/{incident_id}/assess",
    response_model=IncidentReply,
    summary="Responde ao questionário de risco ou dano relevante",
    dependencies=[MANAGE],
)
async def assess(door: Door, body: AssessBody) -> IncidentReply:
    """Answer the questionnaire."""
    return await door.change(
        lambda: assess_incident(
            door.session,
            door.principal,
            door.case_id,
            body.answers,
            door.settings.timezone,
        ),
        body,
    )


@router.post(
    "/lgpd/incidents/{incident_id}/decide",
    response_model=IncidentReply,
    summary="Decide comunicar ou não, com o motivo",
    dependencies=[MANAGE],
)
async def decide(door: Door, body: DecideBody) -> IncidentReply:
    """Decide."""
    return await door.change(
        lambda: decide_incident(
            door.session, door.principal, door.case_id, body.decision, body.reason
        ),
        body,
    )


@router.post(
    "/lgpd/incidents/{incident_id}/notes",
    response_model=IncidentReply,
    summary="Escreve uma nota no registro",
    dependencies=[MANAGE],
)
async def note(door: Door, body: WordsBody) -> IncidentReply:
    """Write a note."""
    return await door.change(
        lambda: add_note(door.session, door.principal, door.case_id, body.words), body
    )


@router.post(
    "/lgpd/incidents/{incident_id}/close",
    response_model=IncidentReply,
    summary="Encerra o incidente; o registro fica guardado",
    dependencies=[MANAGE],
)
async def close(door: Door) -> IncidentReply:
    """Close."""
    return await door.change(lambda: close_incident(door.session, door.principal, door.case_id))


async def incident_reply(
    session: AsyncSession, principal: Principal, incident_id: UUID, zone: ZoneInfo
) -> IncidentReply:
    """Return a whole incident. Raises AppError("incident_not_found")."""
    row = await find_incident(session, principal, incident_id)
    names = set(IncidentReply.model_fields) - {"clocks", "links", "subjects", "steps"}
    steps = [
        IncidentStepReply.model_validate(step, from_attributes=True)
        for step in await steps_of(session, row.id)
    ]
    clocks = (await clocks_of(session, ClockObject.INCIDENT, [row.id]))[row.id]
    return IncidentReply(
        **{
            **{name: getattr(row, name) for name in names},
            **_item(row, await clock_replies(session, clocks, zone)),
            "subjects": await standing_of(session, row),
            "steps": steps,
        }
    )


def _item(row: Incident, clocks: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    names = set(IncidentItem.model_fields) - {"clocks", "links"}
    return {
        **{name: getattr(row, name) for name in names},
        "clocks": clocks,
        "links": {"self": f"/lgpd/incidents/{row.id}"},
    }


def _zone(request: Request) -> ZoneInfo:
    return ZoneInfo(edge_state(request).settings.timezone)
