"""The register of incidents: reported, known, described, assessed, decided, closed.

Every incident is kept, told or not, for five years (Res. CD/ANPD 15/2024, art. 10): nothing here
deletes one. Clocks start when it is known that personal data were affected (arts. 6 and 9).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.events import publish
from cogep_assist.core.legal_terms import last_day
from cogep_assist.core.models import (
    ClockObject,
    Incident,
    IncidentDecision,
    IncidentStatus,
    IncidentStepKind,
)
from cogep_assist.core.principal import Act, Principal
from cogep_assist.lgpd_service.incidents.incident_questions import (
    DATA_KINDS,
    HARMED,
    checked_answers,
    has_relevant_risk,
)
from cogep_assist.lgpd_service.incidents.incident_steps import (
    lock_open_incident,
    note_step,
    sees_incident,
)
from cogep_assist.lgpd_service.incidents.incident_subjects import standing_of
from cogep_assist.lgpd_service.legal.deadline_rules import find_rule, term_of
from cogep_assist.lgpd_service.legal.legal_clocks import (
    clocks_of,
    local_today,
    recount_clock,
    resume_clocks,
    start_clock,
    stop_clocks,
)
from cogep_assist.lgpd_service.legal.legal_days import legal_calendar
from cogep_assist.lgpd_service.legal.organization_profile import find_profile
from cogep_assist.lgpd_service.requests.numbering import next_number
from cogep_assist.lgpd_service.requests.request_words import clean_name, clean_text

SERIES = "INC"
NOTICE_RULES = ("incident_agency", "incident_subjects")
NOW = sa.func.clock_timestamp()


@dataclass(frozen=True, slots=True)
class IncidentFacts:
    """What is known of an incident; None leaves what is written as it is."""

    title: str | None = None
    circumstances: str | None = None
    occurred_at: datetime | None = None
    harmed: Sequence[str] | None = None
    data_kinds: Sequence[str] | None = None
    subject_kinds: str | None = None
    subject_count: int | None = None
    measures_before: str | None = None
    measures_after: str | None = None
    risks: str | None = None
    delay_reason: str | None = None


async def report_incident(
    session: AsyncSession,
    principal: Principal,
    facts: IncidentFacts,
    timezone: str,
    *,
    detected_at: datetime | None = None,
    known_at: datetime | None = None,
) -> Incident:
    """Write an incident into the register; anybody of the house may report one.

    ``known_at``, where it is known already that personal data were affected, starts the clocks.
    Raises AppError("role_not_allowed"|"text_missing"|"incident_moment_invalid"|
    "incident_data_kind_unknown"|"incident_property_unknown").
    """
    principal.require(Act.REPORT_INCIDENTS)
    values = await _checked(session, facts)
    values["title"] = clean_name(facts.title or "", "title")
    await _refuse_future(session, detected_at, known_at)
    incident = Incident(
        number=await next_number(session, SERIES, timezone),
        detected_at=detected_at or NOW,
        keep_until_day=await _kept_until(session, ZoneInfo(timezone)),
        created_by=principal.label,
        **values,
    )
    session.add(incident)
    await session.flush()
    await note_step(session, principal, incident, IncidentStepKind.REGISTERED)
    await publish(session, "incident.registered", incident.id, ids={"incident_id": incident.id})
    if known_at is not None:
        await _start(session, principal, incident, known_at, timezone)
    return incident


async def mark_known(
    session: AsyncSession,
    principal: Principal,
    incident_id: UUID,
    known_at: datetime | None,
    timezone: str,
) -> Incident:
    """Say since when it is known that personal data were affected; the clocks start on that day.

    Raises AppError("role_not_allowed"|"incident_not_found"|"incident_closed"|
    "incident_known_already"|"incident_moment_invalid").
    """
    incident = await lock_open_incident(session, principal, incident_id)
    if incident.known_at is not None:
        local = incident.known_at.astimezone(ZoneInfo(timezone))
        raise AppError("incident_known_already", known=f"{local:%d/%m/%Y %H:%M}")
    await _refuse_future(session, known_at)
    moment = known_at or await session.scalar(sa.select(NOW))
    assert moment is not None
    await _start(session, principal, incident, moment, timezone)
    return incident


async def change_incident(
    session: AsyncSession,
    principal: Principal,
    incident_id: UUID,
    facts: IncidentFacts,
    expected: int | None = None,
) -> Incident:
    """Write down what else is known. Raises as ``report_incident``, and "changed_meanwhile"."""
    incident = await lock_open_incident(session, principal, incident_id, expected)
    values = await _checked(session, facts)
    for name, value in values.items():
        setattr(incident, name, value)
    details = {"fields": sorted(values)}
    await note_step(session, principal, incident, IncidentStepKind.CHANGED, details=details)
    return incident


async def assess_incident(
    session: AsyncSession,
    principal: Principal,
    incident_id: UUID,
    answers: Mapping[str, bool],
    timezone: str,
) -> Incident:
    """Answer the questionnaire of art. 5; every answer is kept.

    Raises AppError("role_not_allowed"|"incident_not_found"|"incident_closed"|
    "incident_questions_missing"|"incident_question_unknown").
    """
    incident = await lock_open_incident(session, principal, incident_id)
    incident.answers = checked_answers(answers)
    incident.relevant_risk = has_relevant_risk(answers)
    incident.status = IncidentStatus.ASSESSED
    if answers["integrity_or_security"]:
        await _undouble(session, incident, ZoneInfo(timezone))
    details = {"answers": dict(answers), "relevant_risk": incident.relevant_risk}
    await note_step(session, principal, incident, IncidentStepKind.ASSESSED, details=details)
    return incident


async def decide_incident(
    session: AsyncSession,
    principal: Principal,
    incident_id: UUID,
    decision: IncidentDecision,
    reason: str,
) -> Incident:
    """Decide whether the agency and the data subjects are told, and why; either way it is kept.

    Not telling stops the clocks of the notices, telling lets them run. Raises
    AppError("role_not_allowed"|"incident_not_found"|"incident_closed"|"incident_not_assessed"|
    "incident_not_known"|"incident_decision_unexplained").
    """
    incident = await lock_open_incident(session, principal, incident_id)
    if incident.relevant_risk is None:
        raise AppError("incident_not_assessed")
    if not reason.strip():
        raise AppError("incident_decision_unexplained")
    if decision is IncidentDecision.COMMUNICATE and incident.known_at is None:
        raise AppError("incident_not_known")
    incident.decision, incident.decision_reason = decision, clean_text(reason, "reason")
    if decision is IncidentDecision.DO_NOT_COMMUNICATE:
        await stop_clocks(session, ClockObject.INCIDENT, incident.id, *NOTICE_RULES)
    else:
        await _resume_stopped(session, incident)
    await note_step(
        session,
        principal,
        incident,
        IncidentStepKind.DECIDED,
        body=incident.decision_reason,
        details={"decision": decision.value, "relevant_risk": incident.relevant_risk},
    )
    return incident


async def add_note(
    session: AsyncSession, principal: Principal, incident_id: UUID, body: str
) -> Incident:
    """Write a note on an incident. Raises AppError("incident_not_found"|"text_missing")."""
    incident = await lock_open_incident(session, principal, incident_id)
    text = clean_text(body, "body")
    await note_step(session, principal, incident, IncidentStepKind.NOTE, body=text)
    return incident


async def close_incident(
    session: AsyncSession, principal: Principal, incident_id: UUID
) -> Incident:
    """Close an incident that was told, or was decided not to be. The register keeps it.

    Raises AppError("role_not_allowed"|"incident_not_found"|"incident_closed"|
    "incident_unfinished").
    """
    incident = await lock_open_incident(session, principal, incident_id)
    missing = await _missing(session, incident)
    if missing:
        raise AppError("incident_unfinished", missing=", ".join(missing))
    incident.status, incident.closed_at = IncidentStatus.CLOSED, NOW
    await stop_clocks(session, ClockObject.INCIDENT, incident.id)
    await note_step(session, principal, incident, IncidentStepKind.CLOSED)
    return incident


async def list_incidents(
    session: AsyncSession,
    principal: Principal,
    *,
    statuses: Sequence[IncidentStatus] = (),
    after: UUID | None = None,
    limit: int = 50,
) -> tuple[Sequence[Incident], UUID | None]:
    """Return a page of the incidents that somebody may see, the newest first."""
    principal.require(Act.REPORT_INCIDENTS)
    statement = (
        sa.select(Incident)
        .where(sees_incident(principal))
        .order_by(Incident.id.desc())
        .limit(limit + 1)
    )
    if statuses:
        statement = statement.where(Incident.status.in_(statuses))
    if after is not None:
        statement = statement.where(Incident.id < after)
    rows = (await session.scalars(statement)).all()
    return rows[:limit], rows[limit - 1].id if len(rows) > limit else None


async def _start(
    session: AsyncSession,
    principal: Principal,
    incident: Incident,
    known_at: datetime,
    timezone: str,
) -> None:
    incident.known_at = known_at
    zone = ZoneInfo(timezone)
    day = known_at.astimezone(zone).date()
    for rule in NOTICE_RULES:
        await start_clock(session, ClockObject.INCIDENT, incident.id, rule, day, zone)
    details = {"known_at": known_at.isoformat(timespec="seconds")}
    await note_step(session, principal, incident, IncidentStepKind.KNOWN, details=details)


async def _undouble(session: AsyncSession, incident: Incident, zone: ZoneInfo) -> None:
    """Count the notices' clocks anew, as everybody's: doubled terms do not hold here."""
    clocks = (await clocks_of(session, ClockObject.INCIDENT, [incident.id]))[incident.id]
    for clock in clocks:
        if clock.small_agent and clock.met_at is None:
            await recount_clock(session, clock, zone, small=False)


async def _resume_stopped(session: AsyncSession, incident: Incident) -> None:
    clocks = (await clocks_of(session, ClockObject.INCIDENT, [incident.id]))[incident.id]
    if any(clock.stopped_at is not None for clock in clocks):
        await resume_clocks(session, ClockObject.INCIDENT, incident.id)


async def _missing(session: AsyncSession, incident: Incident) -> list[str]:
    """Return what is still to be done; the declaration to the agency runs by its own clock."""
    if incident.decision is None:
        return ["a avaliação e a decisão"]
    if incident.decision is IncidentDecision.DO_NOT_COMMUNICATE:
        return []
    standing = await standing_of(session, incident)
    everybody = incident.subjects_told_at and not standing["waiting"] + standing["unreachable"]
    clocks = (await clocks_of(session, ClockObject.INCIDENT, [incident.id]))[incident.id]
    proof = [clock.met_at for clock in clocks if clock.rule_key == "incident_proof"]
    told = {
        "a comunicação à ANPD": incident.agency_told_at,
        "o aviso aos titulares": everybody or incident.public_notice_until,
        "a declaração de que os titulares foram avisados": any(proof),
    }
    return [name for name, done in told.items() if not done]


async def _kept_until(session: AsyncSession, zone: ZoneInfo) -> Any:
    rule, profile = await find_rule(session, "incident_register"), await find_profile(session)
    term = term_of(rule, profile)
    return last_day(term, await local_today(session, zone), await legal_calendar(session))


async def _checked(session: AsyncSession, facts: IncidentFacts) -> dict[str, Any]:
    given = {one.name: getattr(facts, one.name) for one in fields(facts)}
    values = {name: value for name, value in given.items() if value is not None}
    for name, value in values.items():
        if isinstance(value, str):
            values[name] = clean_text(value, name, obligatory=name == "title")
    for name, known, refusal in (
        ("data_kinds", DATA_KINDS, "incident_data_kind_unknown"),
        ("harmed", HARMED, "incident_property_unknown"),
    ):
        if name in values:
            unknown = sorted(set(values[name]) - set(known))
            if unknown:
                raise AppError(refusal, names=", ".join(unknown), known=", ".join(known))
            values[name] = list(dict.fromkeys(values[name]))
    await _refuse_future(session, facts.occurred_at)
    return values


async def _refuse_future(session: AsyncSession, *moments: datetime | None) -> None:
    now = await session.scalar(sa.select(NOW))
    assert now is not None
    for moment in moments:
        if moment is not None and (moment.tzinfo is None or moment > now):
            raise AppError("incident_moment_invalid")
