"""The terms that hold, each with the law it comes from; every number can be changed."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.errors import AppError
from cogep_assist.core.legal_terms import Term
from cogep_assist.core.models import DeadlineRule, DeadlineUnit, OrganizationProfile
from cogep_assist.core.principal import Act, Principal
from cogep_assist.lgpd_service.legal.organization_profile import has_small_terms

MAX_TEXT_CHARS = 1000
# Longer than any term of a law that is counted here.
MAX_AMOUNT = 3650
NOW = sa.func.clock_timestamp()


@dataclass(frozen=True, slots=True)
class RuleChange:
    """What a rule is to say; an amount of small agents or an extension may be None: there is none.

    ``confirm_with_counsel`` is taken away when counsel has confirmed the number.
    """

    amount: int
    unit: DeadlineUnit
    small_amount: int | None
    extension: int | None
    small_extension: int | None
    ends_on_business_day: bool
    starts_on_business_day: bool
    reference: str
    note: str
    confirm_with_counsel: bool


async def list_rules(session: AsyncSession, principal: Principal) -> list[DeadlineRule]:
    """Return every rule, in order."""
    principal.require(Act.READ_LEGAL_TERMS)
    statement = sa.select(DeadlineRule).order_by(DeadlineRule.position, DeadlineRule.key)
    return list(await session.scalars(statement))


async def find_rule(session: AsyncSession, key: str) -> DeadlineRule:
    """Return a rule. Raises AppError("deadline_rule_not_found")."""
    rule = await session.get(DeadlineRule, key, populate_existing=True)
    if rule is None:
        raise AppError("deadline_rule_not_found")
    return rule


async def change_rule(
    session: AsyncSession,
    principal: Principal,
    key: str,
    change: RuleChange,
    expected: int | None = None,
) -> DeadlineRule:
    """Change a term; the audit keeps the numbers before and after. Running clocks keep their ends.

    Raises AppError("role_not_allowed"|"deadline_rule_not_found"|"changed_meanwhile"|
    "deadline_invalid"|"text_missing").
    """
    principal.require(Act.MANAGE_LEGAL_TERMS)
    _check(change)
    rule = await session.get(DeadlineRule, key, with_for_update=True, populate_existing=True)
    if rule is None:
        raise AppError("deadline_rule_not_found")
    if expected is not None and expected != rule.revision:
        raise AppError("changed_meanwhile", current=rule.revision)
    before = _numbers(rule)
    for name in change.__slots__:
        setattr(rule, name, getattr(change, name))
    rule.revision += 1
    rule.updated_at = NOW
    await session.flush()
    details = {"before": before, "after": _numbers(rule)}
    await audit.record(session, principal, "deadline_rule_changed", "deadline_rule", key, details)
    await session.refresh(rule)
    return rule


def term_of(
    rule: DeadlineRule,
    profile: OrganizationProfile,
    *,
    extended: bool = False,
    small: bool | None = None,
) -> Term:
    """Return the term that a rule gives this organisation, extended or not.

    An extension is counted on from the first day, before an end on a day without work is put off:
    of the two readings, the one that ends sooner. ``small`` says otherwise than the profile whether
    the terms of small agents hold (Res. CD/ANPD 2/2022, art. 14, II, last part).
    """
    if small is None:
        small = has_small_terms(profile)
    amount = rule.amount
    if small and rule.small_amount is not None:
        amount = rule.small_amount
    if extended:
        more = rule.extension or 0
        amount += rule.small_extension if small and rule.small_extension is not None else more
    return Term(
        rule.unit,
        amount,
        ends_on_business_day=rule.ends_on_business_day,
        starts_on_business_day=rule.starts_on_business_day,
        missing_day_ends_month=profile.public_body,
    )


def _check(change: RuleChange) -> None:
    amounts = (change.amount, change.small_amount, change.extension, change.small_extension)
    if any(amount is not None and not 0 <= amount <= MAX_AMOUNT for amount in amounts):
        raise AppError("deadline_invalid", maximum=MAX_AMOUNT)
    if 0 in (change.extension, change.small_extension):
        raise AppError("deadline_invalid", maximum=MAX_AMOUNT)
    if not change.reference.strip():
        raise AppError("text_missing", field="reference")


def _numbers(rule: DeadlineRule) -> dict[str, Any]:
    names = ("amount", "small_amount", "extension", "small_extension", "confirm_with_counsel")
    return {**{name: getattr(rule, name) for name in names}, "unit": rule.unit.value}
