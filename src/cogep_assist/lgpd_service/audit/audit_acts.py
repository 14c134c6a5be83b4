"""Look acts up in the audit: by who acted, on whom, what, on which object and when."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.models import AuditEvent, Ticket
from cogep_assist.core.principal import Act, Principal

PSEUDONYM = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class ActFilter:
    """What is asked for; None leaves a field open.

    ``actor`` is a pseudonym or a label such as ``user:<id>``, also of a key that acted in
    somebody's name; ``subject`` a pseudonym or a customer's id.
    """

    actor: str | None = None
    subject: str | None = None
    act: str | None = None
    object_type: str | None = None
    object_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None


async def list_acts(
    session: AsyncSession,
    principal: Principal,
    wanted: ActFilter,
    *,
    before: UUID | None = None,
    limit: int = 50,
) -> Sequence[AuditEvent]:
    """Return acts, newest first, that come after the cursor ``before``.

    Raises AppError("role_not_allowed").
    """
    principal.require(Act.READ_AUDIT)
    statement = sa.select(AuditEvent).where(*_conditions(wanted))
    if before is not None:
        statement = statement.where(AuditEvent.id < before)
    found = await session.scalars(statement.order_by(AuditEvent.id.desc()).limit(limit))
    return found.all()


def _conditions(wanted: ActFilter) -> list[sa.ColumnElement[bool]]:
    equal = {
        AuditEvent.act: wanted.act,
        AuditEvent.object_type: wanted.object_type,
        AuditEvent.object_id: wanted.object_id,
    }
    conditions = [column == value for column, value in equal.items() if value is not None]
    if wanted.actor is not None:
        conditions.append(_by(wanted.actor))
    if wanted.since is not None:
        conditions.append(AuditEvent.occurred_at >= wanted.since)
    if wanted.until is not None:
        conditions.append(AuditEvent.occurred_at < wanted.until)
    if wanted.subject is not None:
        conditions.append(_of_subject(wanted.subject))
    return conditions


def _by(given: str) -> sa.ColumnElement[bool]:
    """Match acts of whoever acted, themselves or, a key, in somebody's name."""
    named = given if PSEUDONYM.fullmatch(given) else audit.pseudonym(given)
    return sa.or_(AuditEvent.actor == named, AuditEvent.details[audit.BY_KEY].astext == named)


def _of_subject(given: str) -> sa.ColumnElement[bool]:
    """Match acts on a person: by pseudonym, and by their record's and tickets' ids."""
    try:
        customer = UUID(given) if not PSEUDONYM.fullmatch(given) else None
    except ValueError:
        return sa.false()
    named = audit.subject_pseudonym(customer) if customer else given
    noted: sa.ColumnElement[bool] = AuditEvent.details[audit.SUBJECT].astext == named
    if customer is None:
        return noted
    tickets = sa.select(sa.cast(Ticket.id, sa.Text)).where(Ticket.customer_id == customer)
    return sa.or_(
        noted,
        sa.and_(AuditEvent.object_type == "customer", AuditEvent.object_id == str(customer)),
        sa.and_(AuditEvent.object_type == "ticket", AuditEvent.object_id.in_(tickets)),
    )
