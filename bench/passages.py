"""Passages by the hundred thousand: made of a corpus, stored past the parsing, indexed for real."""

import gzip
import json
import random
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from uuid import UUID

from psycopg import AsyncConnection
from uuid_utils.compat import uuid7

from cogep_assist.core.db import Database, conninfo, driver_connection
from cogep_assist.retrieval.segments import IndexUnit, add_segment

# A document holds as many passages as a manual's chapter, a segment as many as one may.
PER_DOCUMENT = 8
PER_SEGMENT = 65_536
_CHANGED = 0.1

_COPY_DOCUMENTS = (
    "COPY ai.document (id, collection_id, source_key, title, media_type, current_version_id)"
    " FROM STDIN"
)
_COPY_VERSIONS = (
    "COPY ai.document_version (id, document_id, number, title, text, content_sha256, parser,"
    " pipeline_release, media_type) FROM STDIN"
)
_COPY_CHUNKS = (
    "COPY ai.chunk (id, collection_id, document_id, version_id, ordinal, start_offset, end_offset,"
    " text) FROM STDIN"
)


def read_passages(path: Path) -> list[tuple[str, str]]:
    """Read (id, title and text) of a corpus.jsonl, gzipped or not."""
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    rows = [json.loads(line) for line in data.decode().splitlines()]
    return [(row["id"], f"{row.get('title', '')}\n{row['text']}".strip()) for row in rows]


def perturbed(texts: Sequence[str], seed: int = 11) -> Iterator[str]:
    """Give the texts, then copies of them without end, each with a tenth of its words changed."""
    yield from texts
    chance = random.Random(seed)
    split = [text.split() for text in texts]
    while True:
        for words in split:
            copy = list(words)
            for _ in range(max(1, round(len(words) * _CHANGED))):
                other = chance.choice(words)
                copy[chance.randrange(len(copy))] = other + ("s" if chance.random() < 0.3 else "")
            yield " ".join(copy)


async def new_collection(database: Database, name: str) -> UUID:
    """Make a collection and return its id."""
    collection = uuid7()
    async with database.begin() as session:
        driver = await driver_connection(session)
        await driver.execute(
            "INSERT INTO ai.collection (id, name) VALUES (%s, %s)", (collection, name)
        )
    return collection


async def store(
    database: Database, collection: UUID, texts: Iterable[str], *, analyze: bool = True
) -> int:
    """Store and index passages, a full segment in each transaction; return how many there were."""
    source, stored = iter(texts), 0
    while part := list(islice(source, PER_SEGMENT)):
        async with database.begin() as session:
            driver = await driver_connection(session)
            units = await _copy(driver, collection, part)
            await add_segment(session, collection, units)
        stored += len(part)
    if analyze:
        connection = await owner_connection(database)
        async with connection:
            await connection.execute("ANALYZE ai.document, ai.document_version, ai.chunk")
    return stored


async def owner_connection(database: Database) -> AsyncConnection:
    """Open a connection as the owner of the tables, who may analyse them."""
    return await AsyncConnection.connect(conninfo(database.url), autocommit=True)


async def _copy(driver, collection: UUID, texts: Sequence[str]) -> list[IndexUnit]:
    documents, versions, chunks, units = [], [], [], []
    for begin in range(0, len(texts), PER_DOCUMENT):
        document, version = uuid7(), uuid7()
        passages = texts[begin : begin + PER_DOCUMENT]
        documents.append((document, collection, str(document), "", "text/plain", None))
        whole = "\n\n".join(passages)
        versions.append((version, document, 1, "", whole, b"", "bench", 1, "text/plain"))
        start = 0
        for ordinal, text in enumerate(passages):
            chunk = uuid7()
            end = start + len(text)
            chunks.append((chunk, collection, document, version, ordinal, start, end, text))
            units.append(IndexUnit(chunk, text, "", ""))
            start = end + 2
    async with driver.cursor() as cursor:
        for statement, rows in (
            (_COPY_DOCUMENTS, documents),
            (_COPY_VERSIONS, versions),
            (_COPY_CHUNKS, chunks),
        ):
            async with cursor.copy(statement) as copy:
                for row in rows:
                    await copy.write_row(row)
    return units
