"""Which automated decisions somebody may see: where every look-up of decisions starts."""

import sqlalchemy as sa

from cogep_assist.core.models import AutomatedDecision
from cogep_assist.core.principal import Act, Principal


def sees_decision(principal: Principal) -> sa.ColumnElement[bool]:
    """Return the condition that holds for the decisions that somebody may see.

    Those who review see all; everybody else the decisions about themselves.
    """
    if principal.may(Act.REVIEW_DECISIONS):
        return sa.true()
    return about_oneself(principal)


def about_oneself(principal: Principal) -> sa.ColumnElement[bool]:
    """Return the condition that holds for the decisions about somebody."""
    if principal.id is None:
        return sa.false()
    mine = AutomatedDecision.subject == principal.label
    if principal.customer_id is None:
        return mine
    return sa.or_(mine, AutomatedDecision.customer_id == principal.customer_id)
