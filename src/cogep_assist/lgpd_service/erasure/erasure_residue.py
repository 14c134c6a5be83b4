"""Whether anything is left of a person: every table, the sealed messages, the index's memory."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.db import driver_connection
from cogep_assist.lgpd_service.erasure.erasure_blobs import FileReadings
from cogep_assist.lgpd_service.erasure.erasure_sealed import sealed_messages
from cogep_assist.lgpd_service.subject_data.catalog import read_catalog
from cogep_assist.lgpd_service.subject_data.found_rows import fate_of, find_rows
from cogep_assist.lgpd_service.subject_data.identity import Subject
from cogep_assist.lgpd_service.subject_data.owned_rows import own_rows
from cogep_assist.lgpd_service.subject_data.rules import Fate
from cogep_assist.lgpd_service.subject_data.search_patterns import SubjectPatterns

_DEAD_IN_INDEX = text("""
    SELECT count(*) FROM ai.lexical_segment s,
           generate_series(0, length(s.chunk_ids) / 16 - 1) place
     WHERE NOT EXISTS (SELECT FROM ai.chunk c
            WHERE c.id = CAST(encode(substring(s.chunk_ids FROM place * 16 + 1 FOR 16), 'hex')
                              AS uuid))
       AND s.collection_id IN (SELECT id FROM ai.collection WHERE expires_at IS NULL)
""")


async def find_residue(
    session: AsyncSession, subject: Subject, readings: FileReadings
) -> dict[str, int]:
    """Count what is left, by table; empty when nothing is. What the inventory keeps is told apart.

    Rows that are the subject's own count whatever they hold; all others count by their values.
    """
    left: dict[str, int] = {}
    for rows in await own_rows(session, subject):
        if rows.rule.fate is not Fate.KEEP:
            left[rows.table.fullname] = rows.count
    connection = await driver_connection(session)
    patterns = SubjectPatterns(subject.values)
    async for row in find_rows(connection, await read_catalog(connection), patterns):
        if fate_of(row.table) is not Fate.KEEP:
            left[row.table.name] = left.get(row.table.name, 0) + 1
    sealed = len(await sealed_messages(session, subject))
    if sealed:
        left["access.outbox"] = sealed
    files = len(await readings.naming(session))
    if files:
        left["ai.blob"] = left.get("ai.blob", 0) + files
    return left


async def kept_mentions(session: AsyncSession, subject: Subject) -> dict[str, int]:
    """Count the rows that the inventory keeps on a legal ground although they name the person."""
    connection = await driver_connection(session)
    kept: dict[str, int] = {}
    patterns = SubjectPatterns(subject.values)
    async for row in find_rows(connection, await read_catalog(connection), patterns):
        if fate_of(row.table) is Fate.KEEP:
            kept[row.table.name] = kept.get(row.table.name, 0) + 1
    return kept


async def dead_in_index(session: AsyncSession) -> int:
    """Count the passages that are gone and that a piece of an index still remembers."""
    found: int = (await session.execute(_DEAD_IN_INDEX)).scalar_one()
    return found
