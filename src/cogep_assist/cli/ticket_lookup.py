"""Find the ticket that somebody means on the command line: by protocol or by id."""

from typing import Annotated
from uuid import UUID

import sqlalchemy as sa
import typer
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.access_users import find_by_email
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Ticket
from cogep_assist.crm_service.tickets.protocol import read_protocol

TicketName = Annotated[
    str, typer.Argument(metavar="CHAMADO", help="Protocolo (2026.000123-4) ou identificador.")
]


async def ticket_named(session: AsyncSession, text: str) -> UUID:
    """Return a ticket's id. Raises AppError("protocol_invalid"|"ticket_not_found")."""
    protocol = read_protocol(text)
    if protocol is not None:
        found = await session.scalar(sa.select(Ticket.id).where(Ticket.protocol == protocol))
        if found is None:
            raise AppError("ticket_not_found")
        return found
    try:
        return UUID(text.strip())
    except ValueError:
        raise AppError("protocol_invalid", text=text[:40]) from None


async def user_named(session: AsyncSession, email: str) -> UUID:
    """Return a user's id. Raises AppError("user_not_found")."""
    user = await find_by_email(session, email)
    if user is None:
        raise AppError("user_not_found")
    return user.id
