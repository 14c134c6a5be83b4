"""Retention: rules, what would go in so many days, and runs that propose and then execute."""

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.config import get_settings
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import RetentionRule, RetentionRun, RetentionRunStatus
from cogep_assist.core.principal import SYSTEM, Act, Principal
from cogep_assist.core.second_person import is_same_person
from cogep_assist.lgpd_service.erasure.erasure_index import purge_indexes
from cogep_assist.lgpd_service.erasure.erasure_own import erase_rows
from cogep_assist.lgpd_service.export.subject_exports import sweep_exports
from cogep_assist.lgpd_service.keeping.retention_classes import (
    CLASSES,
    DataClass,
    count_due,
    due,
    goes_before,
)
from cogep_assist.lgpd_service.requests.request_unproven import refuse_unproven
from cogep_assist.lgpd_service.subject_data.owned_rows import rows_from

NIGHTLY = "run_retention"
CONVERSATIONS = "conversations"
KEEP_SETTING = "COGEP_CONVERSATION_KEEP_DAYS"
BATCH = 500
NOW = sa.func.clock_timestamp()


async def list_rules(session: AsyncSession, principal: Principal) -> list[dict[str, Any]]:
    """Return every class with its rule: what was set, or what the product proposes.

    ``in_force_days`` is after how long the data really go: None where nothing lets them go.
    """
    principal.require(Act.MANAGE_RETENTION)
    stored = {rule.data_class: rule for rule in await session.scalars(sa.select(RetentionRule))}
    return [_rule(key, data_class, stored.get(key)) for key, data_class in CLASSES.items()]


async def set_rule(
    session: AsyncSession,
    principal: Principal,
    key: str,
    *,
    days: int,
    enabled: bool,
    reference: str | None = None,
) -> dict[str, Any]:
    """Say how long a class is kept. Raises AppError("retention_class_unknown")."""
    principal.require(Act.MANAGE_RETENTION)
    data_class = _class(key)
    values = {
        "days": days,
        "fate": data_class.fate,
        "reference": reference or data_class.reference,
        "enabled": enabled,
        "changed_by": principal.label,
        "changed_at": NOW,
    }
    await session.execute(
        insert(RetentionRule)
        .values(data_class=key, **values)
        .on_conflict_do_update(index_elements=[RetentionRule.data_class], set_=values)
    )
    details = {"days": days, "enabled": enabled}
    await audit.record(session, principal, "retention_rule_set", "retention_rule", key, details)
    stored = await session.get(RetentionRule, key, populate_existing=True)
    return _rule(key, data_class, stored)


async def simulate(session: AsyncSession, principal: Principal, days: int) -> list[dict[str, Any]]:
    """Tell what would go within so many days, and what would stay and why; nothing is changed."""
    told = []
    today = (await session.execute(sa.select(sa.func.current_date()))).scalar_one()
    for rule in await list_rules(session, principal):
        before = today + timedelta(days=days - _term(rule))
        goes, stays = await count_due(session, CLASSES[rule["data_class"]], before)
        told.append({**rule, "before": before.isoformat(), "records": goes, "stays": stays})
    return told


async def count_due_within(session: AsyncSession, principal: Principal, days: int) -> int:
    """Return how many records ``simulate`` says would go within so many days, in one statement."""
    principal.require(Act.MANAGE_RETENTION)
    counted = [
        goes_before(data_class, sa.func.current_date() + (days - _stored_term(key, data_class)))
        for key, data_class in CLASSES.items()
    ]
    return sum((await session.execute(sa.select(*counted))).one())


async def run_retention(session: AsyncSession, _subject: str) -> None:
    """Propose what is over its term, and execute what needs no second person: once a night."""
    await sweep_exports(session)
    await refuse_unproven(session)
    for rule in await list_rules(session, SYSTEM):
        if rule["enabled"]:
            run = await propose(session, rule)
            if run is not None and not run.needs_second:
                await _execute(session, SYSTEM, run)


async def propose(session: AsyncSession, rule: dict[str, Any]) -> RetentionRun | None:
    """Write down what a rule would take away today; None where nothing is due or one waits."""
    key = rule["data_class"]
    waiting = await session.scalar(
        sa.select(RetentionRun.id).where(
            RetentionRun.data_class == key,
            RetentionRun.status.in_([RetentionRunStatus.PROPOSED, RetentionRunStatus.APPROVED]),
        )
    )
    if waiting is not None:
        return None
    today = (await session.execute(sa.select(sa.func.current_date()))).scalar_one()
    before = today - timedelta(days=rule["days"])
    ids, stays = await due(session, _class(key), before)
    if not ids:
        return None
    run = RetentionRun(
        data_class=key,
        before=before,
        records=len(ids),
        ids_sha256=_digest(ids),
        held_back=stays,
        needs_second=len(ids) > get_settings().retention_second_person_above,
    )
    session.add(run)
    await session.flush()
    await session.refresh(run)
    details = {"class": key, "records": len(ids)}
    await audit.record(session, SYSTEM, "retention_proposed", "retention_run", run.id, details)
    return run


async def approve_run(session: AsyncSession, principal: Principal, run_id: UUID) -> RetentionRun:
    """Approve a run; above the settings' number it is executed once a second person did too.

    Raises AppError("retention_run_not_found"|"retention_run_closed"|
    "retention_needs_second_person").
    """
    run = await _open_run(session, principal, run_id)
    if run.approved_by is None:
        run.approved_by, run.status = principal.label, RetentionRunStatus.APPROVED
    elif await is_same_person(session, run.approved_by, principal.came_in_as):
        raise AppError("retention_needs_second_person")
    else:
        run.second_by = principal.label
    await session.flush()
    await audit.record(session, principal, "retention_approved", "retention_run", run_id)
    if run.second_by is not None or not run.needs_second:
        await _execute(session, principal, run)
    await session.refresh(run)
    return run


async def reject_run(session: AsyncSession, principal: Principal, run_id: UUID) -> RetentionRun:
    """Put a run aside. Raises AppError("retention_run_not_found"|"retention_run_closed")."""
    run = await _open_run(session, principal, run_id)
    run.status = RetentionRunStatus.REJECTED
    await session.flush()
    await session.refresh(run)
    await audit.record(session, principal, "retention_rejected", "retention_run", run_id)
    return run


async def list_runs(
    session: AsyncSession, principal: Principal, limit: int | None = 100
) -> Sequence[RetentionRun]:
    """Return runs, the newest first."""
    principal.require(Act.MANAGE_RETENTION)
    statement = sa.select(RetentionRun).order_by(RetentionRun.id.desc()).limit(limit)
    return (await session.scalars(statement)).all()


async def _execute(session: AsyncSession, principal: Principal, run: RetentionRun) -> None:
    """Take away what is still over its term of what was proposed; a new hold wins."""
    data_class = _class(run.data_class)
    ids, stays = await due(session, data_class, run.before)
    rows: dict[str, int] = {}
    collections: set[UUID] = set()
    for start in range(0, len(ids), BATCH):
        own = await rows_from(session, {data_class.table: ids[start : start + BATCH]})
        done, left = await erase_rows(session, own)
        collections |= left
        for table, count in done.items():
            rows[table] = rows.get(table, 0) + count
    await purge_indexes(session, collections)
    run.status, run.executed_at = RetentionRunStatus.EXECUTED, NOW
    run.report = {
        "records": len(ids),
        "rows": rows,
        "stays": stays,
        "ids_sha256": _digest(ids).hex(),
        "as_proposed": _digest(ids) == bytes(run.ids_sha256),
    }
    await session.flush()
    details = {"class": run.data_class, "records": len(ids), "ids_sha256": _digest(ids).hex()}
    await audit.record(session, principal, "retention_executed", "retention_run", run.id, details)


async def _open_run(session: AsyncSession, principal: Principal, run_id: UUID) -> RetentionRun:
    principal.require(Act.MANAGE_RETENTION)
    run = await session.get(RetentionRun, run_id, with_for_update=True, populate_existing=True)
    if run is None:
        raise AppError("retention_run_not_found")
    if run.status not in {RetentionRunStatus.PROPOSED, RetentionRunStatus.APPROVED}:
        raise AppError("retention_run_closed")
    return run


def _class(key: str) -> DataClass:
    found = CLASSES.get(key)
    if found is None:
        raise AppError("retention_class_unknown", classes=", ".join(CLASSES))
    return found


def _rule(key: str, data_class: DataClass, stored: RetentionRule | None) -> dict[str, Any]:
    days, enabled = data_class.days, False
    if stored is not None:
        days, enabled = stored.days, stored.enabled
    most = _setting_days(key)
    terms = [term for term in (days if enabled else None, most) if term is not None]
    return {
        "data_class": key,
        "title": data_class.title,
        "event": data_class.event,
        "days": days,
        "fate": data_class.fate.value,
        "reference": stored.reference if stored else data_class.reference,
        "enabled": enabled,
        "setting": None if most is None else KEEP_SETTING,
        "setting_days": most,
        "in_force_days": min(terms, default=None),
    }


def _term(rule: dict[str, Any]) -> int:
    """Return after how many days the records of a rule's class go at the latest."""
    days: int = min(rule["days"], rule["setting_days"] or rule["days"])
    return days


def _stored_term(key: str, data_class: DataClass) -> sa.ColumnElement[int]:
    """Return what ``_term`` does, inside another statement."""
    stored = sa.select(RetentionRule.days).where(RetentionRule.data_class == key).scalar_subquery()
    term = sa.func.coalesce(stored, data_class.days)
    most = _setting_days(key)
    return sa.func.least(term, most) if most else term


def _setting_days(key: str) -> int | None:
    """Return the term of a duty of the server's own, which holds whether a rule is on or not."""
    return get_settings().conversation_keep_days if key == CONVERSATIONS else None


def _digest(ids: Sequence[UUID]) -> bytes:
    return hashlib.sha256(b"".join(one.bytes for one in ids)).digest()
