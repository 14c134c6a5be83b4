"""Clocks and terms as people and programs read them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.models import DeadlineRule, DeadlineUnit, LegalClock

Key = TypeVar("Key")
UNITS: Mapping[DeadlineUnit, tuple[str, str]] = {
    DeadlineUnit.CALENDAR_DAYS: ("dia corrido", "dias corridos"),
    DeadlineUnit.BUSINESS_DAYS: ("dia útil", "dias úteis"),
    DeadlineUnit.MONTHS: ("mês", "meses"),
    DeadlineUnit.YEARS: ("ano", "anos"),
}


def term_words(amount: int, unit: DeadlineUnit) -> str:
    """Write a term as people say it."""
    if amount == 0:
        return "imediatamente"
    one, many = UNITS[unit]
    return f"{amount} {one if amount == 1 else many}"


async def clock_replies(
    session: AsyncSession, clocks: Sequence[LegalClock], zone: ZoneInfo
) -> list[dict[str, Any]]:
    """Return clocks with their rules' names and how many local days are left."""
    return (await clock_readings(session, {None: clocks}, zone))[None]


async def clock_readings(
    session: AsyncSession, clocks: Mapping[Key, Sequence[LegalClock]], zone: ZoneInfo
) -> dict[Key, list[dict[str, Any]]]:
    """Return the clocks of many objects as ``clock_replies`` does, in one query for all."""
    keys = {clock.rule_key for some in clocks.values() for clock in some}
    if not keys:
        return {key: [] for key in clocks}
    rules = sa.select(DeadlineRule, sa.func.clock_timestamp()).where(DeadlineRule.key.in_(keys))
    rows = (await session.execute(rules)).all()
    by_key, now = {rule.key: rule for rule, _ in rows}, rows[0][1]
    today = now.astimezone(zone).date()
    return {
        key: [_reply(clock, by_key[clock.rule_key], now, today) for clock in some]
        for key, some in clocks.items()
    }


def _reply(clock: LegalClock, rule: DeadlineRule, now: datetime, today: date) -> dict[str, Any]:
    ended = clock.met_at or clock.stopped_at
    return {
        "rule": clock.rule_key,
        "name": rule.name,
        "unit": clock.unit,
        "amount": clock.amount,
        "reference": clock.reference,
        "confirm_with_counsel": rule.confirm_with_counsel,
        "starts_on": clock.starts_on,
        "due_on": clock.due_on,
        "due_at": clock.due_at,
        "days_left": (clock.due_on - today).days,
        "extended_by": clock.extended_by,
        "extension_reason": clock.extension_reason,
        "met_at": clock.met_at,
        "stopped_at": clock.stopped_at,
        "late": (ended or now) >= clock.due_at and clock.stopped_at is None,
    }
