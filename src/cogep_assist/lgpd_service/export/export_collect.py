"""Everything that is held about a data subject (art. 18, II and V), with purpose and legal basis.

The subject's own rows are given whole, digests and secrets aside; a table that is left out is
told with its reason.
"""

import base64
from collections.abc import Sequence
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.models import PersonalClass
from cogep_assist.lgpd_service.export.export_mentions import mentions_of
from cogep_assist.lgpd_service.export.export_sharing import accesses_by_day, shared_with
from cogep_assist.lgpd_service.subject_data.identity import Subject
from cogep_assist.lgpd_service.subject_data.owned_rows import OwnRows, own_rows

FORMAT = "cogep-subject-export/2"
# What makes a search fast tells the person nothing that the data do not.
LEFT_OUT = {"search", "match_keys", "sort_key", "csrf_token", "password_hash"}


async def collect(session: AsyncSession, subject: Subject) -> dict[str, Any]:
    """Return the JSON document of a copy; its schema is in the docs."""
    now = (await session.execute(sa.select(sa.func.now()))).scalar_one()
    rows = await own_rows(session, subject)
    own = {(r.table.fullname, str(one)) for r in rows for one in await _keys(session, r)}
    return {
        "format": FORMAT,
        "generated_at": now.astimezone(UTC).isoformat(),
        "subject": {
            "customer_ids": [str(one) for one in subject.customer_ids],
            "known_values": [
                {"kind": v.kind.value, "value": v.text} for v in (*subject.values, *subject.shared)
            ],
        },
        "tables": [await table_copy(session, one) for one in rows if one.rule.exported],
        "mentions": await mentions_of(session, subject, own),
        "accesses": await accesses_by_day(session, subject.actors),
        "sharing": await shared_with(session, subject),
        "left_out": [
            {"title": one.rule.title, "reason": one.rule.unexported, "rows": one.count}
            for one in rows
            if one.rule.unexported
        ],
    }


async def table_copy(session: AsyncSession, rows: OwnRows) -> dict[str, Any]:
    """Return a subject's own rows of one table as a copy holds them."""
    hidden = {*rows.rule.opaque, *LEFT_OUT}
    columns = [column for column in rows.table.columns if column.name not in hidden]
    found = await session.execute(sa.select(*columns).where(rows.condition))
    return {
        "table": rows.table.fullname,
        "title": rows.rule.title,
        "columns": [_column(column) for column in columns],
        "rows": [
            {c.name: _plain(value) for c, value in zip(columns, row, strict=True)} for row in found
        ],
    }


async def _keys(session: AsyncSession, rows: OwnRows) -> Sequence[Any]:
    key = list(rows.table.primary_key.columns)
    if len(key) != 1:
        return []
    return (await session.scalars(sa.select(key[0]).where(rows.condition))).all()


def _column(column: "sa.Column[Any]") -> dict[str, str]:
    label = column.info["personal"]
    if label.personal_class is PersonalClass.NONE:
        return {"name": column.name, "class": label.personal_class.value}
    return {
        "name": column.name,
        "class": label.personal_class.value,
        "purpose": label.purpose,
        "legal_basis": label.legal_basis,
        "retention": label.retention,
    }


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date | UUID):
        return str(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    return value
