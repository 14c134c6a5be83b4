"""What a customer's page keeps at hand beside tickets: files that came, and what was consented."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.models import (
    ConsentAct,
    ConsentEvent,
    PurposeVersion,
    Ticket,
    TicketAttachment,
    TicketEntry,
)
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.tickets.ticket_access import is_withheld, may_see

MOST = 10
CONSENT_WORDS = {
    ConsentAct.GRANTED.value: "consentiu",
    ConsentAct.REFUSED.value: "recusou",
    ConsentAct.REVOKED.value: "revogou",
}


@dataclass(frozen=True, slots=True)
class Paper:
    """A file (``ticket_id`` says where it came) or a word on a purpose (``act``)."""

    kind: str
    name: str
    at: datetime
    id: UUID | None = None
    ticket_id: UUID | None = None
    size_bytes: int | None = None
    act: str = ""


async def customer_papers(
    session: AsyncSession, principal: Principal, customer_id: UUID
) -> list[Paper]:
    """Return the newest files and words of consent of a customer who was found visible.

    In one query; files of tickets that this person may not see are left out.
    """
    principal.require(Act.SEE_EVERY_CUSTOMER)
    files = (
        sa.select(
            sa.literal("file").label("kind"),
            TicketAttachment.name.label("name"),
            TicketEntry.created_at.label("at"),
            TicketAttachment.id.label("id"),
            Ticket.id.label("ticket_id"),
            TicketAttachment.size_bytes.label("size_bytes"),
            sa.literal("").label("act"),
        )
        .join(TicketEntry, TicketEntry.id == TicketAttachment.entry_id)
        .join(Ticket, Ticket.id == TicketEntry.ticket_id)
        .where(Ticket.customer_id == customer_id, may_see(principal), ~is_withheld(principal))
        .order_by(TicketEntry.created_at.desc())
        .limit(MOST)
    )
    words = (
        sa.select(
            sa.literal("consent").label("kind"),
            PurposeVersion.title.label("name"),
            ConsentEvent.occurred_at.label("at"),
            sa.cast(sa.null(), sa.Uuid()).label("id"),
            sa.cast(sa.null(), sa.Uuid()).label("ticket_id"),
            sa.cast(sa.null(), sa.Integer()).label("size_bytes"),
            sa.cast(ConsentEvent.act, sa.Text).label("act"),
        )
        .join(PurposeVersion, PurposeVersion.id == ConsentEvent.version_id)
        .where(ConsentEvent.customer_id == customer_id)
        .order_by(ConsentEvent.sequence.desc())
        .limit(MOST)
    )
    both = sa.union_all(files.subquery().select(), words.subquery().select())
    rows = await session.execute(both)
    return [Paper(*row) for row in rows]
