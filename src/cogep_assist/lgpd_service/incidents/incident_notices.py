"""Tell the agency and the data subjects of an incident, supplement it, and prove that it was done.

The agency is told by its own form: what is written here is the text to put into it, and that and
when it was sent. Data subjects are told by letters through the outbox, some hundreds at a time.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.background_work import enqueue_background
from cogep_assist.core.config import Settings
from cogep_assist.core.errors import AppError
from cogep_assist.core.legal_terms import end_of_day, last_day
from cogep_assist.core.letter import mail_payload
from cogep_assist.core.models import (
    ClockObject,
    ContactKind,
    Customer,
    CustomerContact,
    Incident,
    IncidentDecision,
    IncidentStatus,
    IncidentStepKind,
    IncidentSubject,
)
from cogep_assist.core.outbox import MAIL, post
from cogep_assist.core.principal import SYSTEM, Principal
from cogep_assist.lgpd_service.incidents.incident_documents import (
    missing_in_letter,
    subject_letter,
)
from cogep_assist.lgpd_service.incidents.incident_steps import lock_open_incident, note_step
from cogep_assist.lgpd_service.incidents.incident_subjects import letter_came_back, standing_of
from cogep_assist.lgpd_service.legal.deadline_rules import find_rule, term_of
from cogep_assist.lgpd_service.legal.legal_clocks import (
    clocks_of,
    local_today,
    meet_clocks,
    start_clock,
)
from cogep_assist.lgpd_service.legal.legal_days import legal_calendar
from cogep_assist.lgpd_service.legal.officers import current_officers
from cogep_assist.lgpd_service.legal.organization_profile import find_profile
from cogep_assist.lgpd_service.requests.request_words import clean_text

NOTICES = "incident_notices"
BATCH = 500
NOW = sa.func.clock_timestamp()


async def record_agency_told(
    session: AsyncSession,
    principal: Principal,
    incident_id: UUID,
    protocol: str,
    settings: Settings,
    told_at: datetime | None = None,
) -> Incident:
    """Write down that the agency was told, and its protocol; the supplement's term starts.

    Raises AppError("role_not_allowed"|"incident_not_found"|"incident_closed"|
    "incident_not_communicable"|"text_missing"|"incident_moment_invalid").
    """
    incident = await _communicable(session, principal, incident_id)
    now = await session.scalar(sa.select(NOW))
    assert now is not None
    moment = told_at or now
    if moment.tzinfo is None or moment > now:
        raise AppError("incident_moment_invalid")
    zone = ZoneInfo(settings.timezone)
    if incident.known_at is not None and moment < incident.known_at:
        known = incident.known_at.astimezone(zone)
        raise AppError("incident_told_before_known", known=f"{known:%d/%m/%Y %H:%M}")
    incident.agency_protocol = clean_text(protocol, "protocol")
    incident.agency_told_at = moment
    incident.status = IncidentStatus.COMMUNICATED
    # What was told in time is in time, whenever somebody writes it down.
    await meet_clocks(session, ClockObject.INCIDENT, incident.id, "incident_agency", at=moment)
    await _start_followers(session, incident, moment.astimezone(zone), zone)
    details = {"protocol": incident.agency_protocol}
    await note_step(session, principal, incident, IncidentStepKind.AGENCY_TOLD, details=details)
    return incident


async def record_supplement(
    session: AsyncSession, principal: Principal, incident_id: UUID, words: str
) -> Incident:
    """Write down that the communication was supplemented. As ``record_agency_told``.

    Raises AppError("incident_agency_untold") where there is nothing to supplement yet.
    """
    incident = await _communicated(session, principal, incident_id)
    body = clean_text(words, "words")
    await meet_clocks(session, ClockObject.INCIDENT, incident.id, "incident_supplement")
    await note_step(session, principal, incident, IncidentStepKind.SUPPLEMENTED, body=body)
    return incident


async def record_proof(
    session: AsyncSession, principal: Principal, incident_id: UUID, words: str
) -> Incident:
    """Write down that the declaration on telling the subjects was filed with the agency.

    Raises as ``record_supplement``.
    """
    incident = await _communicated(session, principal, incident_id)
    body = clean_text(words, "words")
    await meet_clocks(session, ClockObject.INCIDENT, incident.id, "incident_proof")
    await note_step(session, principal, incident, IncidentStepKind.PROOF_FILED, body=body)
    return incident


async def publish_notice(
    session: AsyncSession, principal: Principal, incident_id: UUID, where: str, settings: Settings
) -> Incident:
    """Publish the notice on the public page, in place of individual ones, for as long as it must.

    ``where`` says where else it stands. Raises as ``tell_subjects``.
    """
    incident = await _communicable(session, principal, incident_id)
    body = clean_text(where, "where")
    zone = ZoneInfo(settings.timezone)
    await _require_words(session, incident, zone)
    rule, profile = await find_rule(session, "incident_public_notice"), await find_profile(session)
    today = await local_today(session, zone)
    until = last_day(term_of(rule, profile), today, await legal_calendar(session))
    incident.public_notice_until = end_of_day(until, zone)
    await meet_clocks(session, ClockObject.INCIDENT, incident.id, "incident_subjects")
    details = {"until": until.isoformat()}
    await note_step(
        session, principal, incident, IncidentStepKind.PUBLIC_NOTICE, body=body, details=details
    )
    return incident


async def public_notices(session: AsyncSession) -> Sequence[Incident]:
    """Return the incidents whose public notice stands at this moment, the newest first."""
    statement = sa.select(Incident).where(Incident.public_notice_until > NOW)
    return (await session.scalars(statement.order_by(Incident.id.desc()))).all()


async def tell_subjects(
    session: AsyncSession, principal: Principal, incident_id: UUID, settings: Settings
) -> Incident:
    """Put the letters to the selected subjects in line; they go out in the background.

    Raises as ``record_agency_told``, and AppError("incident_letter_incomplete"|
    "incident_nobody_to_tell").
    """
    incident = await _communicable(session, principal, incident_id)
    await _require_words(session, incident, ZoneInfo(settings.timezone))
    if not (await standing_of(session, incident))["waiting"]:
        raise AppError("incident_nobody_to_tell")
    await enqueue_background(session, NOTICES, str(incident.id))
    return incident


async def send_notices(session: AsyncSession, subject: str, settings: Settings) -> int:
    """Post the next letters of an incident and return how many; the last batch meets the clock.

    ``subject`` is the incident's id. Whoever has no address is marked, for somebody to tell them
    otherwise.
    """
    incident_id = UUID(subject)
    incident = await session.get(
        Incident, incident_id, with_for_update=True, populate_existing=True
    )
    if incident is None or incident.decision is not IncidentDecision.COMMUNICATE:
        return 0
    rows = await _waiting(session, incident_id)
    profile = await find_profile(session)
    officer = (await current_officers(session, ZoneInfo(settings.timezone))).acting
    told = []
    for customer_id, name, address in rows:
        if address is None:
            continue
        letter = subject_letter(incident, name, profile, officer, ZoneInfo(settings.timezone))
        await post(
            session, MAIL, f"incident:{incident_id}:{customer_id}", mail_payload(letter, address)
        )
        told.append(customer_id)
    await _mark(session, incident_id, told, [row[0] for row in rows if row[2] is None])
    if len(rows) == BATCH:
        await enqueue_background(session, NOTICES, str(incident_id))
    elif rows:
        await _count_told(session, SYSTEM, incident)
    return len(told)


async def record_told_otherwise(
    session: AsyncSession, principal: Principal, incident_id: UUID, words: str
) -> Incident:
    """Write down how those were told whom no letter reaches. As ``record_agency_told``.

    Raises AppError("incident_nobody_to_tell") where there is no such person.
    """
    incident = await _communicable(session, principal, incident_id)
    body = clean_text(words, "words")
    reached = await session.execute(
        sa.update(IncidentSubject)
        .where(
            IncidentSubject.incident_id == incident_id,
            sa.or_(IncidentSubject.unreachable, letter_came_back()),
        )
        .values(told_at=NOW, unreachable=False)
        .returning(IncidentSubject.customer_id)
    )
    if not reached.all():
        raise AppError("incident_nobody_to_tell")
    await _count_told(session, principal, incident, body)
    return incident


async def _count_told(
    session: AsyncSession, principal: Principal, incident: Incident, body: str | None = None
) -> None:
    """Note how many were told; the clock is met once nobody waits and nobody is out of reach."""
    standing = await standing_of(session, incident)
    if incident.subjects_told_at is None and not standing["waiting"] + standing["unreachable"]:
        incident.subjects_told_at = NOW
        await meet_clocks(session, ClockObject.INCIDENT, incident.id, "incident_subjects")
    kind = IncidentStepKind.SUBJECTS_TOLD
    await note_step(session, principal, incident, kind, body=body, details=standing)


async def _require_words(session: AsyncSession, incident: Incident, zone: ZoneInfo) -> None:
    """Refuse to tell people what nobody has written yet."""
    officer = (await current_officers(session, zone)).acting
    missing = missing_in_letter(incident, officer, late=await _is_late(session, incident))
    if missing:
        raise AppError("incident_letter_incomplete", missing=", ".join(missing))


async def _is_late(session: AsyncSession, incident: Incident) -> bool:
    clocks = (await clocks_of(session, ClockObject.INCIDENT, [incident.id]))[incident.id]
    now = await session.scalar(sa.select(NOW))
    return any(c.rule_key == "incident_subjects" and now and now >= c.due_at for c in clocks)


async def _communicable(session: AsyncSession, principal: Principal, incident_id: UUID) -> Incident:
    incident = await lock_open_incident(session, principal, incident_id)
    if incident.decision is not IncidentDecision.COMMUNICATE:
        raise AppError("incident_not_communicable")
    return incident


async def _communicated(session: AsyncSession, principal: Principal, incident_id: UUID) -> Incident:
    incident = await _communicable(session, principal, incident_id)
    if incident.agency_told_at is None:
        raise AppError("incident_agency_untold")
    return incident


async def _start_followers(
    session: AsyncSession, incident: Incident, told_at: datetime, zone: ZoneInfo
) -> None:
    """Start what counts from the communication, and from the end of the subjects' term."""
    clocks = (await clocks_of(session, ClockObject.INCIDENT, [incident.id]))[incident.id]
    by_rule = {clock.rule_key: clock for clock in clocks}
    small = by_rule["incident_subjects"].small_agent
    starts = {
        "incident_supplement": told_at.date(),
        "incident_proof": by_rule["incident_subjects"].due_on,
    }
    for rule, day in starts.items():
        if rule not in by_rule:
            await start_clock(
                session, ClockObject.INCIDENT, incident.id, rule, day, zone, small=small
            )


async def _waiting(session: AsyncSession, incident_id: UUID) -> list[tuple[UUID, str, str | None]]:
    address = (
        sa.select(CustomerContact.typed)
        .where(
            CustomerContact.customer_id == Customer.id, CustomerContact.kind == ContactKind.EMAIL
        )
        .order_by(CustomerContact.is_primary.desc(), CustomerContact.id)
        .limit(1)
        .scalar_subquery()
    )
    rows = await session.execute(
        sa.select(Customer.id, sa.func.coalesce(Customer.social_name, Customer.name), address)
        .join(IncidentSubject, IncidentSubject.customer_id == Customer.id)
        .where(
            IncidentSubject.incident_id == incident_id,
            IncidentSubject.told_at.is_(None),
            ~IncidentSubject.unreachable,
        )
        .order_by(Customer.id)
        .limit(BATCH)
    )
    return [(row[0], row[1], row[2]) for row in rows]


async def _mark(
    session: AsyncSession, incident_id: UUID, told: list[UUID], unreachable: list[UUID]
) -> None:
    for ids, values in ((told, {"told_at": NOW}), (unreachable, {"unreachable": True})):
        if ids:
            await session.execute(
                sa.update(IncidentSubject)
                .where(
                    IncidentSubject.incident_id == incident_id,
                    IncidentSubject.customer_id.in_(ids),
                )
                .values(values)
            )
