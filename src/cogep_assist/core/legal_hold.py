"""Look-ups that leave out what is held or shut away, for those who sweep and those who search."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from cogep_assist.core.models import FenceKind, SubjectFence
from cogep_assist.core.models.base import Base
from cogep_assist.core.principal import Act, Principal


def not_held(model: type[Base]) -> sa.ColumnElement[bool]:
    """Return the condition that holds for rows that no legal hold covers.

    A sweep over many rows goes on beside the held ones instead of failing at them.
    """
    table = model.__table__
    assert isinstance(table, sa.Table)
    row = sa.func.to_jsonb(sa.literal_column(table.name))
    return ~sa.func.lgpd.is_held(table.fullname, row, type_=sa.Boolean())


def outside_fences(principal: Principal, customer: Any) -> sa.ColumnElement[bool]:
    """Return the condition that holds where a column names no customer who is shut away.

    Whoever answers for the law sees the blocked ones still; nobody sees one who is being erased.
    """
    return sa.or_(customer.is_(None), customer.not_in(fenced_customers(principal)))


def fenced_customers(principal: Principal) -> sa.Select[UUID | None]:
    """Select the customers who are shut away from somebody."""
    fences = sa.select(SubjectFence.customer_id).where(SubjectFence.customer_id.is_not(None))
    if principal.may(Act.MANAGE_ERASURES):
        fences = fences.where(SubjectFence.kind == FenceKind.ERASING)
    return fences
