"""Incidents looked up, and what happens to them written as audited rows."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.errors import AppError
from cogep_assist.core.live_events import announce
from cogep_assist.core.models import Incident, IncidentStatus, IncidentStep, IncidentStepKind
from cogep_assist.core.principal import Act, Principal


async def find_incident(
    session: AsyncSession, principal: Principal, incident_id: UUID, *, lock: bool = False
) -> Incident:
    """Return an incident: any to those who manage them, to others the ones they reported.

    Raises AppError("incident_not_found").
    """
    statement = sa.select(Incident).where(Incident.id == incident_id, sees_incident(principal))
    if lock:
        statement = statement.with_for_update()
    found = await session.scalar(statement.execution_options(populate_existing=True))
    if found is None:
        raise AppError("incident_not_found")
    return found


def sees_incident(principal: Principal) -> sa.ColumnElement[bool]:
    """Return the condition that holds for the incidents that somebody may see."""
    if principal.may(Act.MANAGE_INCIDENTS):
        return sa.true()
    return Incident.created_by == principal.label


async def lock_open_incident(
    session: AsyncSession, principal: Principal, incident_id: UUID, expected: int | None = None
) -> Incident:
    """Return an incident that is not closed, locked, for those who manage incidents.

    Raises AppError("role_not_allowed"|"incident_not_found"|"incident_closed"|"changed_meanwhile").
    """
    principal.require(Act.MANAGE_INCIDENTS)
    incident = await find_incident(session, principal, incident_id, lock=True)
    if expected is not None and expected != incident.revision:
        raise AppError("changed_meanwhile", current=incident.revision)
    if incident.status is IncidentStatus.CLOSED:
        raise AppError("incident_closed", number=incident.number)
    return incident


async def note_step(
    session: AsyncSession,
    principal: Principal,
    incident: Incident,
    kind: IncidentStepKind,
    *,
    body: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> IncidentStep:
    """Write what happened to an incident, and its audit. Details hold no personal data."""
    step = IncidentStep(
        incident_id=incident.id,
        kind=kind,
        body=body,
        details=dict(details or {}),
        actor=principal.label,
    )
    session.add(step)
    incident.revision = Incident.revision + 1
    await session.flush()
    await session.refresh(incident)
    await audit.record(
        session, principal, f"incident_{kind.value}", "incident", incident.id, details
    )
    await announce(session, "lgpd")
    return step


async def steps_of(session: AsyncSession, incident_id: UUID) -> list[IncidentStep]:
    """Return what happened to an incident that the caller may see, in order."""
    statement = sa.select(IncidentStep).where(IncidentStep.incident_id == incident_id)
    return list(await session.scalars(statement.order_by(IncidentStep.id)))
