"""Texts to start a reply from, with places for the ticket's own words."""

import re
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import ReplyTemplate, Ticket, User
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.desk.desk_tool_schemas import FilledTemplate, TemplateReply
from cogep_assist.crm_service.sla.business_calendars import checked_name
from cogep_assist.crm_service.tickets.ticket_access import find_ticket
from cogep_assist.crm_service.tickets.ticket_reply import ticket_reply
from cogep_assist.crm_service.tickets.ticket_words import clean_body

PLACES = ("protocolo", "assunto", "cliente", "atendente", "fila")
# A row that nobody updated has no xmax: it was inserted just now.
CREATED: sa.ColumnElement[bool] = sa.literal_column("xmax = 0", sa.Boolean).label("created")
_PLACE = re.compile(r"\{\{([^{}]{0,80})\}\}")


async def list_templates(session: AsyncSession, principal: Principal) -> list[TemplateReply]:
    """Return every text, by name."""
    principal.require(Act.WORK_TICKETS)
    rows = await session.scalars(
        sa.select(ReplyTemplate)
        .order_by(ReplyTemplate.name)
        .execution_options(populate_existing=True)
    )
    return [TemplateReply(id=row.id, name=row.name, body=row.body) for row in rows]


async def set_template(
    session: AsyncSession, principal: Principal, name: str, body: str
) -> tuple[TemplateReply, bool]:
    """Keep a text under a name; return it, and whether it is new.

    Raises AppError("role_not_allowed"|"template_place_unknown"|"request_invalid").
    """
    principal.require(Act.MANAGE_DESK)
    name, text = checked_name(name), clean_body(body)
    check_places(text)
    row = (
        await session.execute(
            insert(ReplyTemplate)
            .values(name=name, body=text)
            .on_conflict_do_update(index_elements=["name"], set_={"body": text})
            .returning(ReplyTemplate.id, CREATED)
        )
    ).one()
    await audit.record(session, principal, "template_set", "reply_template", row.id)
    return TemplateReply(id=row.id, name=name, body=text), bool(row.created)


async def remove_template(session: AsyncSession, principal: Principal, name: str) -> None:
    """Forget a text. Raises AppError("role_not_allowed"|"template_not_found")."""
    principal.require(Act.MANAGE_DESK)
    gone = await session.scalar(
        sa.delete(ReplyTemplate).where(ReplyTemplate.name == name).returning(ReplyTemplate.id)
    )
    if gone is None:
        raise AppError("template_not_found", name=name[:60])
    await audit.record(session, principal, "template_removed", "reply_template", gone)


async def fill_template(
    session: AsyncSession, principal: Principal, ticket_id: UUID, name: str
) -> FilledTemplate:
    """Return a text for a ticket. Raises AppError("ticket_not_found"|"template_not_found")."""
    principal.require(Act.WORK_TICKETS)
    ticket = await find_ticket(session, principal, ticket_id)
    body = await session.scalar(sa.select(ReplyTemplate.body).where(ReplyTemplate.name == name))
    if body is None:
        raise AppError("template_not_found", name=name[:60])
    return FilledTemplate(name=name, text=await fill(session, principal, ticket, body))


async def fill(session: AsyncSession, principal: Principal, ticket: Ticket, text: str) -> str:
    """Put a ticket's own words into a text's places; what is not known leaves a blank."""
    shown = await ticket_reply(session, ticket.id, principal)
    agent = None
    if principal.user_id is not None:
        agent = await session.scalar(sa.select(User.name).where(User.id == principal.user_id))
    words = {
        "protocolo": shown.protocol,
        "assunto": shown.subject,
        "cliente": shown.customer.name if shown.customer else "",
        "atendente": agent or "",
        "fila": shown.queue,
    }
    # In one pass: what a place is filled with is never read for places itself.
    return _PLACE.sub(lambda place: words.get(place[1].strip(), ""), text)


def check_places(text: str) -> None:
    """Raise AppError("template_place_unknown") for a place that nothing can fill."""
    for place in _PLACE.finditer(text):
        if place[1].strip() not in PLACES:
            known = ", ".join("{{" + name + "}}" for name in PLACES)
            raise AppError("template_place_unknown", place=place[0], known=known)
