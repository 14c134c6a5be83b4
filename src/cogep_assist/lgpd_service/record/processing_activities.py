"""The activities of processing: found in the schema, confirmed and completed by the DPO."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Base, PersonalClass, ProcessingActivity, ProcessingRole
from cogep_assist.core.principal import Act, Principal
from cogep_assist.lgpd_service.legal.legal_bases import check_basis
from cogep_assist.lgpd_service.record.governance import require_instruction
from cogep_assist.lgpd_service.record.label_words import (
    CLASSES,
    SECURITY,
    activity_of,
    retention_words,
)
from cogep_assist.lgpd_service.subject_data.registry import REGISTRY

FIELDS = ("title", "role", "legal_basis", "sensitive", "subjects", "data", "retention")
TEXTS = ("sharing", "security", "lia")


@dataclass(frozen=True, slots=True)
class PersonalColumn:
    """A column that can hold personal data, as its label says."""

    table: str
    column: str
    table_title: str
    personal_class: str
    label_basis: str
    retention: str


@dataclass(slots=True)
class Activity:
    """An activity with what it holds; ``confirmed`` once the DPO has said so."""

    key: str
    title: str
    role: ProcessingRole
    legal_basis: str
    sensitive: bool
    subjects: str
    data: str
    retention: str
    sharing: str = ""
    security: str = SECURITY
    lia: dict[str, Any] | None = None
    confirmed: bool = False
    revision: int = 0
    columns: list[PersonalColumn] = field(default_factory=list)


async def list_activities(session: AsyncSession, principal: Principal) -> list[Activity]:
    """Return every activity, by key: those of the schema and those that the DPO added."""
    principal.require(Act.READ_ROPA)
    return await all_activities(session)


async def all_activities(session: AsyncSession) -> list[Activity]:
    """Return every activity for a document that is made of them."""
    found = drafts()
    for row in await session.scalars(sa.select(ProcessingActivity)):
        columns = found[row.key].columns if row.key in found else []
        values = {name: getattr(row, name) for name in (*FIELDS, *TEXTS)}
        found[row.key] = Activity(
            key=row.key, **values, confirmed=True, revision=row.revision, columns=columns
        )
    return sorted(found.values(), key=lambda activity: activity.key)


async def put_activity(
    session: AsyncSession,
    principal: Principal,
    key: str,
    values: Mapping[str, Any],
    expected_revision: int | None = None,
) -> tuple[Activity, bool]:
    """Say what an activity is; tell whether it is one that the schema does not know and is new.

    Fields that are left out stay as they are. An operator says only what a controller's
    instruction stands for (art. 39). Raises AppError("role_not_allowed"|"changed_meanwhile"|
    "activity_incomplete"|"instruction_missing") and those of ``check_basis``.
    """
    principal.require(Act.MANAGE_ROPA)
    before = {activity.key: activity for activity in await all_activities(session)}.get(key)
    if expected_revision is not None and expected_revision != (before.revision if before else 0):
        raise AppError("changed_meanwhile", current=before.revision if before else 0)
    merged = {**({k: getattr(before, k) for k in (*FIELDS, *TEXTS)} if before else {}), **values}
    merged = {"sharing": "", "security": SECURITY, "lia": None, "sensitive": False} | merged
    missing = [name for name in FIELDS if merged.get(name) in (None, "")]
    if missing:
        raise AppError("activity_incomplete", fields=", ".join(missing))
    holds_sensitive = before is not None and _is_sensitive(before.columns)
    merged["sensitive"] = bool(merged["sensitive"]) or holds_sensitive
    check_basis(merged["legal_basis"], sensitive=merged["sensitive"], lia=merged["lia"])
    if merged["role"] is ProcessingRole.PROCESSOR:
        await require_instruction(session, key)
    await _write(session, principal, key, merged)
    await _note(session, principal, key, before, merged)
    kept = {activity.key: activity for activity in await all_activities(session)}[key]
    return kept, before is None


async def remove_activity(session: AsyncSession, principal: Principal, key: str) -> None:
    """Take back what was said of an activity; one of the schema is a draft again.

    Raises AppError("role_not_allowed"|"activity_not_found").
    """
    principal.require(Act.MANAGE_ROPA)
    gone = await session.scalar(
        sa.delete(ProcessingActivity)
        .where(ProcessingActivity.key == key)
        .returning(ProcessingActivity.key)
    )
    if gone is None:
        raise AppError("activity_not_found", key=key)
    await audit.record(session, principal, "activity_removed", "processing_activity", key)


def drafts() -> dict[str, Activity]:
    """Return the activities that the columns' labels tell of, by key."""
    grouped: dict[str, tuple[Any, list[PersonalColumn]]] = {}
    for purpose, column in personal_columns():
        draft = activity_of(purpose)
        grouped.setdefault(draft.key, (draft, []))[1].append(column)
    return {
        key: Activity(
            key=key,
            title=draft.title,
            role=ProcessingRole.CONTROLLER,
            legal_basis=draft.basis,
            sensitive=_is_sensitive(columns),
            subjects=draft.subjects,
            data="; ".join(sorted({column.table_title for column in columns})),
            retention="; ".join(sorted({column.retention for column in columns})),
            columns=columns,
        )
        for key, (draft, columns) in grouped.items()
    }


@cache
def personal_columns() -> tuple[tuple[str, PersonalColumn], ...]:
    """Return every column of the schema that can hold personal data, with its purpose.

    A column without a label fails here: no record of processing leaves one out in silence.
    """
    found = []
    for table in Base.metadata.sorted_tables:
        rule = REGISTRY.get(table.fullname)
        for column in table.columns:
            label = column.info["personal"]
            if label.personal_class is PersonalClass.NONE:
                continue
            told = PersonalColumn(
                table=table.fullname,
                column=column.name,
                table_title=rule.title if rule else table.fullname,
                personal_class=CLASSES[label.personal_class],
                label_basis=label.legal_basis,
                retention=retention_words(label.retention),
            )
            found.append((label.purpose, told))
    return tuple(found)


def _is_sensitive(columns: list[PersonalColumn]) -> bool:
    return any(c.personal_class == CLASSES[PersonalClass.SENSITIVE] for c in columns)


async def _write(
    session: AsyncSession, principal: Principal, key: str, values: dict[str, Any]
) -> None:
    row = await session.get(ProcessingActivity, key, with_for_update=True)
    if row is None:
        row = ProcessingActivity(key=key, edited_by=principal.label, **values)
        session.add(row)
    else:
        for name, value in values.items():
            setattr(row, name, value)
        row.edited_by, row.revision = principal.label, row.revision + 1
        row.edited_at = sa.func.clock_timestamp()
    await session.flush()
    await session.refresh(row)


async def _note(
    session: AsyncSession,
    principal: Principal,
    key: str,
    before: Activity | None,
    after: dict[str, Any],
) -> None:
    """A change of the legal basis is told by its codes: it is what the law looks at first."""
    known = asdict(before) if before else {}
    details: dict[str, Any] = {
        "changed": [name for name in (*FIELDS, *TEXTS) if known.get(name) != after[name]]
    }
    if before and before.legal_basis != after["legal_basis"]:
        details["legal_basis"] = [before.legal_basis, after["legal_basis"]]
    await audit.record(session, principal, "activity_edited", "processing_activity", key, details)
