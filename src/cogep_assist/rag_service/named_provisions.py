"""Fetch the article, clause or item that a question names, where its words found others."""

from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.answering.provisions import asked_provision
from cogep_assist.retrieval.hit import Hit
from cogep_assist.retrieval.search import Findings

# The documents that the words of the question found first.
_DOCUMENTS = 5
_MOST_OPENINGS = 8
# A long article goes on in the next passage.
_PASSAGES = sa.text("""
    WITH opened AS (
        SELECT version_id, ordinal FROM ai.chunk
         WHERE version_id = ANY(:versions) AND NOT hidden AND text ~* :opening
         ORDER BY version_id, ordinal LIMIT :most
    )
    SELECT DISTINCT c.id, c.version_id, c.heading, c.page, c.text, c.start_offset, c.end_offset
      FROM opened JOIN ai.chunk c
        ON c.version_id = opened.version_id AND c.ordinal IN (opened.ordinal, opened.ordinal + 1)
     WHERE NOT c.hidden
""")


async def with_named_provision(
    session: AsyncSession, question: str, findings: Findings
) -> Findings:
    """Return what was found, with the passages of the same documents that open with what is named.

    They come after the others: they are there to be read, not to be ranked.
    """
    provision = asked_provision(question)
    if provision is None or not findings.hits:
        return findings
    first: dict[object, Hit] = {}
    for hit in findings.hits:
        first.setdefault(hit.version_id, hit)
    asked = {
        "versions": list(first)[:_DOCUMENTS],
        "opening": provision.opening,
        "most": _MOST_OPENINGS,
    }
    there = {hit.chunk_id for hit in findings.hits}
    added = [
        replace(
            first[row.version_id],
            chunk_id=row.id,
            heading=row.heading,
            page=row.page,
            text=row.text,
            start=row.start_offset,
            end=row.end_offset,
            score=0.0,
            also_in=(),
            legs={},
        )
        for row in await session.execute(_PASSAGES, asked)
        if row.id not in there
    ]
    return replace(findings, hits=(*findings.hits, *added)) if added else findings
