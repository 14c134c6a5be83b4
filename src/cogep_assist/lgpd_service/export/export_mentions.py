"""Where other people's texts name a data subject: what stands around the name, and no third party.

A list of staff names many: whoever asks for a copy gets their own line, not their neighbours'.
"""

import asyncio
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.db import driver_connection
from cogep_assist.core.pii.detect import PERSONAL
from cogep_assist.core.pii.finding import Finding, Kind, Threshold
from cogep_assist.core.pii.redact import redact
from cogep_assist.lgpd_service.subject_data.catalog import read_catalog
from cogep_assist.lgpd_service.subject_data.found_rows import find_rows
from cogep_assist.lgpd_service.subject_data.identity import Subject
from cogep_assist.lgpd_service.subject_data.registry import REGISTRY
from cogep_assist.lgpd_service.subject_data.search_patterns import SubjectPatterns

AROUND = 120
# Read beyond what is told, so that what an edge would cut in two is still known for what it is.
MARGIN = 60
MOST_MENTIONS = 2000


async def mentions_of(
    session: AsyncSession, subject: Subject, own: set[tuple[str, str]]
) -> list[dict[str, str]]:
    """Return what stands around a subject's name in rows that are not their own."""
    connection = await driver_connection(session)
    patterns = SubjectPatterns(subject.values)
    # What namesakes share is the subject's as well, where it stands beside their name.
    theirs = SubjectPatterns((*subject.values, *subject.shared))
    found: list[dict[str, str]] = []
    async for row in find_rows(connection, await read_catalog(connection), patterns):
        rule = REGISTRY.get(row.table.name)
        key = ",".join(str(value) for value in row.key.values())
        if rule is None or not rule.exported or (row.table.name, key) in own:
            continue
        for name, value in row.values.items():
            if isinstance(value, str):
                told = await asyncio.to_thread(_excerpts, value, patterns, theirs)
                found += [
                    {"table": row.table.name, "title": rule.title, "column": name, "text": text}
                    for text in told
                ]
        if len(found) >= MOST_MENTIONS:
            break
    return found[:MOST_MENTIONS]


def _excerpts(text: str, patterns: SubjectPatterns, theirs: SubjectPatterns) -> list[str]:
    kept = theirs.spans(text)
    return [_excerpt(text, start, end, kept) for start, end in patterns.spans(text)]


def _excerpt(text: str, start: int, end: int, kept: Sequence[tuple[int, int]]) -> str:
    first = max(0, start - AROUND - MARGIN)

    def stays(finding: Finding) -> bool:
        doubtful = finding.kind is Kind.PERSON and finding.score < Threshold.REPORT
        a, b = finding.start + first, finding.end + first
        return doubtful or any(one < b and a < other for one, other in kept)

    done = redact(text[first : end + AROUND + MARGIN], detectors=PERSONAL, keep=stays)
    begin = done.place(max(0, start - AROUND) - first)
    until = done.place(min(len(text), end + AROUND) - first, after=True)
    return done.text[begin:until].strip()
