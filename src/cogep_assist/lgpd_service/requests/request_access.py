"""Which requests somebody may see: where every look-up of requests starts."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import RequestStep, RequestStepKind, SubjectRequest
from cogep_assist.core.principal import Act, Principal
from cogep_assist.lgpd_service.requests.numbering import (
    code_fits,
    code_of,
    paper_code_fits,
    read_protocol,
)

# What is between those who attend to a request.
INTERNAL = frozenset(
    {
        RequestStepKind.NOTE,
        RequestStepKind.ASSIGNED,
        RequestStepKind.ALERTED,
        RequestStepKind.LINKED,
    }
)


def sees_request(principal: Principal) -> sa.ColumnElement[bool]:
    """Return the condition that holds for the requests that somebody may see.

    The encarregado and administrators see all; everybody else what they asked themselves, or what
    was asked for the customer who they are.
    """
    if principal.may(Act.MANAGE_SUBJECT_REQUESTS):
        return sa.true()
    mine = SubjectRequest.opened_by == principal.label
    if principal.id is None:
        # Nobody in particular: "anonymous" is not a person who asked before.
        return sa.false()
    if principal.customer_id is None:
        return mine
    return sa.or_(mine, SubjectRequest.customer_id == principal.customer_id)


async def find_request(
    session: AsyncSession, principal: Principal, request_id: UUID, *, lock: bool = False
) -> SubjectRequest:
    """Return a request that somebody may see. Raises AppError("subject_request_not_found")."""
    statement = sa.select(SubjectRequest).where(
        SubjectRequest.id == request_id, sees_request(principal)
    )
    if lock:
        statement = statement.with_for_update()
    found = await session.scalar(statement.execution_options(populate_existing=True))
    if found is None:
        raise AppError("subject_request_not_found")
    return found


async def request_by_code(
    session: AsyncSession, protocol: str, code: str, *, lock: bool = False
) -> SubjectRequest:
    """Return the request that a protocol and its code open.

    A protocol that does not exist and a code that does not fit get the same answer.
    Raises AppError("subject_request_status_not_found").
    """
    written = read_protocol(protocol)
    # Compared in any case, so that the time taken does not tell which of both was wrong.
    fits = code_fits(written or protocol, code)
    statement = sa.select(SubjectRequest).where(SubjectRequest.protocol == (written or ""))
    if lock:
        statement = statement.with_for_update()
    found = await session.scalar(statement.execution_options(populate_existing=True))
    if found is None or not fits:
        raise AppError("subject_request_status_not_found")
    return found


async def request_by_paper_code(session: AsyncSession, protocol: str, code: str) -> SubjectRequest:
    """Return, locked, the request to which a code lets papers be added.

    Raises AppError("subject_request_status_not_found").
    """
    fits = paper_code_fits(protocol, code)
    found = await session.scalar(
        sa.select(SubjectRequest).where(SubjectRequest.protocol == protocol).with_for_update()
    )
    if found is None or not fits:
        raise AppError("subject_request_status_not_found")
    return found


async def steps_of(session: AsyncSession, request_id: UUID, *, internal: bool) -> list[RequestStep]:
    """Return what happened to a request, in order; ``internal``: what only the house sees, too."""
    statement = sa.select(RequestStep).where(RequestStep.request_id == request_id)
    if not internal:
        statement = statement.where(RequestStep.kind.not_in(INTERNAL))
    return list(await session.scalars(statement.order_by(RequestStep.id)))


def public_code(principal: Principal, request: SubjectRequest) -> str | None:
    """Return a request's code for the one who asked; nobody else learns it."""
    return code_of(request.protocol) if request.opened_by == principal.label else None
