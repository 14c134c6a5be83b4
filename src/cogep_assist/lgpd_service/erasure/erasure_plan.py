"""The preview of an erasure: per table, what goes, what stays, why, and how many rows."""

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.config import get_settings
from cogep_assist.core.db import driver_connection
from cogep_assist.core.models import ErasureOutcome
from cogep_assist.lgpd_service.erasure.erasure_decision import Decision
from cogep_assist.lgpd_service.erasure.erasure_sealed import sealed_messages
from cogep_assist.lgpd_service.subject_data.catalog import read_catalog
from cogep_assist.lgpd_service.subject_data.found_rows import find_rows
from cogep_assist.lgpd_service.subject_data.identity import Subject, who_shares
from cogep_assist.lgpd_service.subject_data.owned_rows import OwnRows, own_rows
from cogep_assist.lgpd_service.subject_data.registry import REGISTRY
from cogep_assist.lgpd_service.subject_data.rules import ELIMINATION, REDACTION, Fate
from cogep_assist.lgpd_service.subject_data.search_patterns import SubjectPatterns

MOST_SHARING = 50
UNKNOWN_TABLE = "tabela fora do inventário"
WARNINGS = {
    "shared": (
        "Outro cadastro tem o mesmo nome ou contato; nos textos de terceiros esse valor fica. "
        "Se for a mesma pessoa, una os cadastros antes."
    ),
    "staff": "A conta de acesso é de quem trabalha aqui e não sai a pedido do cliente.",
    "followed": "Há documentos que vêm de fontes seguidas: peça a retirada também na origem.",
    "doubts": (
        "Há grafias que podem ser desta pessoa ou de outra com nome parecido. Decida cada uma; o"
        " que não for decidido fica."
    ),
    "name": "O nome tem uma palavra só e não é procurado em textos de terceiros.",
}

# What another record may have too, as people read it.
SHARED_KINDS = {"name": "nome", "email": "e-mail", "phone": "telefone"}


async def make_plan(session: AsyncSession, subject: Subject, decision: Decision) -> dict[str, Any]:
    """Count what an erasure would do, without changing anything; no value is in the plan."""
    own = await own_rows(session, subject)
    mentions = await count_mentions(session, subject, own)
    lines = [_own_line(rows) for rows in own]
    lines += [_mention_line(table, count) for table, count in sorted(mentions.items()) if count > 0]
    sealed = len(await sealed_messages(session, subject))
    if sealed:
        title = REGISTRY["access.outbox"].title
        lines.append(_line("access.outbox", title, Fate.ELIMINATE, sealed, ELIMINATION))
    plan: dict[str, Any] = {
        "outcome": decision.outcome.value,
        "ground": decision.ground,
        "references": list(decision.references),
        "until": decision.until.isoformat() if decision.until else None,
        "tables": lines,
        "warnings": _warnings(subject, mentions),
        "doubts": len(subject.doubts),
        "shared_with": await _shared_with(session, subject),
    }
    if decision.outcome is ErasureOutcome.ELIMINATE:
        plan["backups_until"] = await _backups_until(session)
    return plan


def touched_records(plan: Mapping[str, Any]) -> int:
    """Return how many records a plan would change: what is kept is not among them."""
    return sum(line["rows"] for line in plan["tables"] if line["fate"] != Fate.KEEP.value)


async def count_mentions(
    session: AsyncSession, subject: Subject, own: list[OwnRows]
) -> Counter[str]:
    """Count the rows of each table that name the subject and are not the subject's own."""
    connection = await driver_connection(session)
    patterns = SubjectPatterns(subject.values)
    found: Counter[str] = Counter()
    async for row in find_rows(connection, await read_catalog(connection), patterns):
        found[row.table.name] += 1
    for rows in own:
        if rows.table.fullname in found:
            found[rows.table.fullname] -= min(found[rows.table.fullname], rows.count)
    return found


def _own_line(rows: OwnRows) -> dict[str, Any]:
    rule = rows.rule
    return _line(rows.table.fullname, rule.title, rule.fate, rows.count, rule.ground, rule.why)


def _mention_line(table: str, count: int) -> dict[str, Any]:
    rule = REGISTRY.get(table)
    if rule is None:
        return _line(table, UNKNOWN_TABLE, Fate.REDACT, count, REDACTION)
    if rule.fate is Fate.KEEP:
        return _line(table, rule.title, Fate.KEEP, count, rule.ground, rule.why)
    fate = Fate.REBUILD if rule.fate is Fate.REBUILD else Fate.REDACT
    return _line(table, rule.title, fate, count, REDACTION, rule.why)


def _line(
    table: str, title: str, fate: Fate, count: int, ground: str, why: str = ""
) -> dict[str, Any]:
    return {
        "table": table,
        "title": title,
        "fate": fate.value,
        "rows": count,
        "ground": ground,
        "why": why,
    }


def _warnings(subject: Subject, mentions: Counter[str]) -> list[str]:
    codes = []
    if subject.shared:
        codes.append("shared")
    if subject.staff_ids:
        codes.append("staff")
    if mentions["ai.source_item"] or mentions["ai.source"]:
        codes.append("followed")
    if any(v.kind == "name" and not v.searchable for v in subject.values):
        codes.append("name")
    if subject.doubts:
        codes.append("doubts")
    return codes


async def _shared_with(session: AsyncSession, subject: Subject) -> list[dict[str, Any]]:
    """Name the records that keep a value of the subject's in other people's texts.

    Whether one is another person or the same one twice is for somebody to say, who merges them: to
    take a namesake for the subject would take words about that person out of the texts.
    """
    sharing = await who_shares(session, subject.shared, subject.customer_ids)
    return [
        {"customer_id": str(one), "kinds": sorted({value.kind.value for value in values})}
        for one, values in sorted(sharing.items(), key=lambda each: each[0])[:MOST_SHARING]
    ]


async def _backups_until(session: AsyncSession) -> str:
    today = (await session.execute(sa.select(sa.func.current_date()))).scalar_one()
    until: str = (today + timedelta(days=get_settings().backup_keep_days)).isoformat()
    return until
