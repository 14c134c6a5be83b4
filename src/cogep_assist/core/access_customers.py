"""Which customers somebody may see: where every look-up of customers starts."""

from uuid import UUID

import sqlalchemy as sa

from cogep_assist.core.legal_hold import outside_fences
from cogep_assist.core.models import Customer
from cogep_assist.core.principal import Act, Principal


def sees_customer(principal: Principal) -> sa.ColumnElement[bool]:
    """Return the condition that holds for the customers that somebody may see.

    Those who serve customers see every living one; a requester sees the one who they are;
    nobody sees one that was removed or merged into another, nor, in everyday work, one whose
    data are blocked (art. 5, XIII).
    """
    living = sa.and_(Customer.removed_at.is_(None), outside_fences(principal, Customer.id))
    if principal.may(Act.SEE_EVERY_CUSTOMER):
        return living
    if principal.customer_id is not None:
        return sa.and_(living, Customer.id == principal.customer_id)
    return sa.false()


def visible_customers(principal: Principal) -> sa.Select[UUID]:
    """Select the ids of the customers that somebody may see."""
    return sa.select(Customer.id).where(sees_customer(principal))
