"""Saved views: lists of tickets by name."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import SavedView
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.desk.desk_tool_schemas import TicketQuery, ViewBody, ViewReply
from cogep_assist.crm_service.tickets.protocol import read_protocol
from cogep_assist.crm_service.tickets.ticket_list import TicketFilter

MAX_VIEWS = 200


async def list_views(session: AsyncSession, principal: Principal) -> list[ViewReply]:
    """Return one's own views and the shared ones, by name."""
    principal.require(Act.WORK_TICKETS)
    rows = await session.scalars(
        sa.select(SavedView)
        .where(sa.or_(SavedView.owner == principal.label, SavedView.shared))
        .order_by(SavedView.shared, SavedView.name)
        .limit(MAX_VIEWS)
        .execution_options(populate_existing=True)
    )
    return [_reply(principal, row) for row in rows]


async def save_view(session: AsyncSession, principal: Principal, body: ViewBody) -> ViewReply:
    """Keep a list under a name.

    Raises AppError("role_not_allowed"|"view_exists"); only the desk's administrators share.
    """
    principal.require(Act.MANAGE_DESK if body.shared else Act.WORK_TICKETS)
    view = SavedView(
        name=body.name.strip(),
        owner=principal.label,
        shared=body.shared,
        asked=body.asked.model_dump(mode="json", exclude_defaults=True),
    )
    try:
        async with session.begin_nested():
            session.add(view)
    except IntegrityError:
        raise AppError("view_exists", name=body.name) from None
    await audit.record(session, principal, "view_saved", "saved_view", view.id)
    return _reply(principal, view)


async def remove_view(session: AsyncSession, principal: Principal, view_id: UUID) -> None:
    """Forget a view: one's own, or any shared one as administrator.

    Raises AppError("view_not_found").
    """
    principal.require(Act.WORK_TICKETS)
    allowed: sa.ColumnElement[bool] = SavedView.owner == principal.label
    if principal.may(Act.MANAGE_DESK):
        allowed = sa.or_(allowed, SavedView.shared)
    gone = await session.scalar(
        sa.delete(SavedView).where(SavedView.id == view_id, allowed).returning(SavedView.id)
    )
    if gone is None:
        raise AppError("view_not_found")
    await audit.record(session, principal, "view_removed", "saved_view", gone)


async def asked_by_view(session: AsyncSession, principal: Principal, view_id: UUID) -> TicketQuery:
    """Return what a view asks for. Raises AppError("view_not_found")."""
    view = await session.scalar(
        sa.select(SavedView).where(
            SavedView.id == view_id,
            sa.or_(SavedView.owner == principal.label, SavedView.shared),
        )
    )
    if view is None or not principal.may(Act.WORK_TICKETS):
        raise AppError("view_not_found")
    return TicketQuery.model_validate(view.asked)


def filter_of(principal: Principal, asked: TicketQuery) -> TicketFilter:
    """Turn what is asked for into a filter.

    Who does not work on tickets asks for no tag, nobody's and no deadline, be it as a filter or as
    the order: they would learn them by trying.
    Raises AppError("claim_needs_person"|"assignee_not_found"|"role_not_allowed").
    """
    told = any(one is not None for one in (asked.tag, asked.assignee, asked.deadline))
    if told or asked.order == "deadline":
        principal.require(Act.WORK_TICKETS)
    return TicketFilter(
        statuses=asked.status,
        priorities=asked.priority,
        queue=asked.queue,
        assignee_id=_assignee(principal, asked.assignee),
        unassigned=asked.assignee == "none",
        customer_id=asked.customer_id,
        tag=asked.tag,
        # A protocol that cannot be one finds nothing, as one that does not exist.
        protocol=asked.protocol and (read_protocol(asked.protocol) or "-"),
        created_from=asked.created_from,
        created_until=asked.created_until,
        snoozed=asked.snoozed,
        deadline=asked.deadline,
        by_deadline=asked.order == "deadline",
        merged=asked.merged or asked.protocol is not None,
    )


def _assignee(principal: Principal, assignee: str | None) -> UUID | None:
    if assignee is None or assignee == "none":
        return None
    if assignee == "me":
        if principal.user_id is None:
            raise AppError("claim_needs_person")
        return principal.user_id
    try:
        return UUID(assignee)
    except ValueError:
        raise AppError("assignee_not_found") from None


def _reply(principal: Principal, view: SavedView) -> ViewReply:
    return ViewReply(
        id=view.id,
        name=view.name,
        shared=view.shared,
        asked=TicketQuery.model_validate(view.asked),
        mine=view.owner == principal.label,
    )
