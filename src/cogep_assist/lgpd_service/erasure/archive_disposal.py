"""The disposal list of public records whose term is over, to be laid before the archive.

Public records are eliminated only with that authorisation (Lei 8.159/1991, art. 9); the list asks
for it, and eliminates nothing. What is under a legal hold is told, and stays. By the number of the
archive's term of elimination records are kept no longer, and their own terms take them.
"""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import SubjectKeeping
from cogep_assist.core.principal import Act, Principal
from cogep_assist.lgpd_service.erasure.erasure_schemas import DisposalReply, DisposalTermReply
from cogep_assist.lgpd_service.keeping.keepings import NOW

REFERENCE = "Lei 8.159/1991, art. 9º"
_OVER = sa.text("""
    SELECT k.id, k.reference AS code, k.object_type, k.object_id, t.protocol, k.until,
           coalesce(t.created_at, d.created_at, c.created_at) AS began_at,
           coalesce(t.closed_at, t.last_entry_at, d.created_at, c.updated_at) AS ended_at,
           CASE k.object_type
             WHEN 'ticket' THEN lgpd.is_held('crm.ticket', to_jsonb(t))
             WHEN 'document' THEN lgpd.is_held('ai.document', to_jsonb(d))
             ELSE lgpd.is_held('crm.customer', to_jsonb(c)) END AS held
      FROM lgpd.keeping k
      LEFT JOIN crm.ticket t ON k.object_type = 'ticket' AND t.id = k.object_id
      LEFT JOIN ai.document d ON k.object_type = 'document' AND d.id = k.object_id
      LEFT JOIN crm.customer c ON k.object_type = 'customer' AND c.id = k.object_id
     WHERE k.ground = 'public_archive' AND k.ended_at IS NULL AND k.until < current_date
       AND coalesce(t.id, d.id, c.id) IS NOT NULL
     ORDER BY k.reference, began_at, k.id
""")


_TERMS = (
    sa.select(
        SubjectKeeping.disposal_term.label("term"),
        sa.func.count().label("records"),
        sa.func.max(SubjectKeeping.ended_at).label("recorded_at"),
        sa.func.array_agg(SubjectKeeping.reference.distinct()).label("codes"),
    )
    .where(SubjectKeeping.disposal_term.is_not(None))
    .group_by(SubjectKeeping.disposal_term)
    .order_by(sa.func.max(SubjectKeeping.ended_at).desc(), SubjectKeeping.disposal_term)
)


async def disposal_list(session: AsyncSession, principal: Principal) -> list[DisposalReply]:
    """Return the public records whose term is over, by their code. Raises "role_not_allowed"."""
    principal.require(Act.MANAGE_RETENTION)
    return [DisposalReply(**row) for row in (await session.execute(_OVER)).mappings()]


async def authorise_disposal(
    session: AsyncSession, principal: Principal, keeping_ids: Sequence[UUID], term: str
) -> int:
    """Record that the archive let some records of the list go; return how many.

    All or none. Nothing is eliminated here. Raises AppError("role_not_allowed"|
    "disposal_term_missing"|"disposal_nothing_chosen"|"disposal_not_listed").
    """
    principal.require(Act.MANAGE_RETENTION)
    term = " ".join(term.split())
    if not term:
        raise AppError("disposal_term_missing")
    if not keeping_ids:
        raise AppError("disposal_nothing_chosen")
    wanted = set(keeping_ids)
    # 1. Locked first: what somebody else ends meanwhile is on no list any more.
    await session.execute(
        sa.select(SubjectKeeping.id)
        .where(SubjectKeeping.id.in_(wanted))
        .order_by(SubjectKeeping.id)
        .with_for_update()
    )
    # 2. Only what the list tells, and what no hold keeps.
    free = {one.id for one in await disposal_list(session, principal) if not one.held}
    if not wanted <= free:
        raise AppError("disposal_not_listed")
    await session.execute(
        sa.update(SubjectKeeping)
        .where(SubjectKeeping.id.in_(wanted))
        .values(ended_at=NOW, ended_by=principal.label, disposal_term=term)
    )
    # 3. One row for each record: what became of it is found by its own id.
    for one in sorted(wanted):
        details = {"disposal_term": term}
        await audit.record(session, principal, "keeping_ended", "keeping", one, details)
    return len(wanted)


async def disposal_terms(session: AsyncSession, principal: Principal) -> list[DisposalTermReply]:
    """Return the terms of elimination that were recorded, the newest first."""
    principal.require(Act.MANAGE_RETENTION)
    return [DisposalTermReply(**row) for row in (await session.execute(_TERMS)).mappings()]
