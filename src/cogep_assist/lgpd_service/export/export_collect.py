"""Everything that is held about a data subject (art. 18, II and V), with purpose and legal basis.

The subject's own rows are given whole, digests and secrets aside. Where others' texts name them,
what stands around the name is given, and no more of what is other people's.
"""

import base64
from collections.abc import Sequence
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.db import driver_connection
from cogep_assist.core.models import ModelTransfer, PersonalClass
from cogep_assist.lgpd_service.subject_data.catalog import read_catalog
from cogep_assist.lgpd_service.subject_data.found_rows import find_rows
from cogep_assist.lgpd_service.subject_data.identity import Subject
from cogep_assist.lgpd_service.subject_data.owned_rows import OwnRows, own_rows
from cogep_assist.lgpd_service.subject_data.registry import REGISTRY
from cogep_assist.lgpd_service.subject_data.search_patterns import SubjectPatterns

FORMAT = "cogep-subject-export/1"
AROUND = 120
MOST_MENTIONS = 2000
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
        "mentions": await _mentions(session, subject, own),
        "sharing": await _sharing(session),
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


async def _mentions(
    session: AsyncSession, subject: Subject, own: set[tuple[str, str]]
) -> list[dict[str, str]]:
    connection = await driver_connection(session)
    patterns = SubjectPatterns(subject.values)
    found: list[dict[str, str]] = []
    async for row in find_rows(connection, await read_catalog(connection), patterns):
        rule = REGISTRY.get(row.table.name)
        key = ",".join(str(value) for value in row.key.values())
        if rule is None or not rule.exported or (row.table.name, key) in own:
            continue
        for name, value in row.values.items():
            if isinstance(value, str):
                found += [
                    {"table": row.table.name, "title": rule.title, "column": name, "text": text}
                    for text in _excerpts(value, patterns)
                ]
        if len(found) >= MOST_MENTIONS:
            break
    return found[:MOST_MENTIONS]


def _excerpts(text: str, patterns: SubjectPatterns) -> list[str]:
    return [
        text[max(0, start - AROUND) : end + AROUND].strip() for start, end in patterns.spans(text)
    ]


async def _sharing(session: AsyncSession) -> list[dict[str, Any]]:
    """Return with whom data were shared (art. 18, VII): the models that texts were sent to."""
    rows = await session.execute(
        sa.select(
            ModelTransfer.host,
            ModelTransfer.model,
            ModelTransfer.country,
            ModelTransfer.mechanism,
            sa.func.count().label("calls"),
        ).group_by(
            ModelTransfer.host,
            ModelTransfer.model,
            ModelTransfer.country,
            ModelTransfer.mechanism,
        )
    )
    return [dict(row) for row in rows.mappings()]


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
