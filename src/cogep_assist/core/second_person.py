"""Whether two acts were two persons': a key that somebody made themselves is that somebody."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.models import AuditEvent
from cogep_assist.core.principal import SYSTEM, PrincipalKind

_KEY = f"{PrincipalKind.KEY.value}:"


async def is_same_person(session: AsyncSession, first: str, second: str) -> bool:
    """Tell whether two labels lead to one person, by who made the keys among them.

    Keys that were made on the server itself are told apart: whose they are, nobody here knows.
    """
    names = await _names(session, first) & await _names(session, second)
    return first == second or bool(names)


async def _names(session: AsyncSession, label: str) -> set[str]:
    """Return the audit's names for a label and, where it is a key, for who made it."""
    names = {audit.pseudonym(label)}
    if label.startswith(_KEY):
        made = await session.scalars(
            sa.select(AuditEvent.actor).where(
                AuditEvent.object_type == "api_key",
                AuditEvent.object_id == label.removeprefix(_KEY),
                AuditEvent.act == "key_created",
            )
        )
        names.update(made)
    return names - {audit.pseudonym(SYSTEM.label)}
