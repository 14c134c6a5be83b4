"""A small library of documents, indexed as the pipeline does it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from cogep_assist.core.db import Database
from cogep_assist.core.models import Chunk, Collection, Document, DocumentVersion
from cogep_assist.retrieval.acronyms import mine
from cogep_assist.retrieval.acronyms_index import add_acronyms
from cogep_assist.retrieval.segments import IndexUnit, add_segment


@dataclass
class Library:
    """Store, replace and remove documents in one transaction each, as the product does."""

    database: Database
    collections: dict[str, UUID] = field(default_factory=dict)

    async def collection(self, name: str) -> UUID:
        async with self.database.begin() as session:
            collection = Collection(name=name)
            session.add(collection)
            await session.flush()
            self.collections[name] = collection.id
        return self.collections[name]

    async def add(
        self,
        collection_id: UUID,
        *passages: str,
        title: str = "Documento",
        heading: str = "",
        media_type: str = "text/plain",
    ) -> UUID:
        async with self.database.begin() as session:
            document = Document(
                collection_id=collection_id,
                source_key=str(uuid7()),
                title=title,
                media_type=media_type,
            )
            session.add(document)
            await session.flush()
            await self._store_version(session, document, 1, passages, heading)
        return document.id

    async def replace(self, document_id: UUID, *passages: str) -> None:
        async with self.database.begin() as session:
            document = await session.get_one(Document, document_id)
            versions = sa.select(sa.func.max(DocumentVersion.number)).where(
                DocumentVersion.document_id == document_id
            )
            number = (await session.scalar(versions) or 0) + 1
            await session.execute(sa.delete(Chunk).where(Chunk.document_id == document_id))
            await self._store_version(session, document, number, passages, "")

    async def remove(self, document_id: UUID) -> None:
        async with self.database.begin() as session:
            await session.execute(sa.delete(Chunk).where(Chunk.document_id == document_id))
            await session.execute(
                sa.update(Document)
                .where(Document.id == document_id)
                .values(deleted_at=sa.func.now())
            )

    async def _store_version(
        self,
        session: AsyncSession,
        document: Document,
        number: int,
        passages: tuple[str, ...],
        heading: str,
    ) -> None:
        version = DocumentVersion(
            document_id=document.id,
            number=number,
            title=document.title,
            text="\n\n".join(passages),
            content_sha256=b"",
            parser="teste",
            pipeline_release=1,
            media_type=document.media_type,
        )
        session.add(version)
        await session.flush()
        units, start = [], 0
        for ordinal, passage in enumerate(passages):
            chunk = Chunk(
                id=uuid7(),
                collection_id=document.collection_id,
                document_id=document.id,
                version_id=version.id,
                ordinal=ordinal,
                start_offset=start,
                end_offset=start + len(passage),
                heading=heading,
                text=passage,
            )
            session.add(chunk)
            units.append(IndexUnit(chunk.id, passage, document.title, heading))
            start += len(passage) + 2
        document.current_version_id = version.id
        await session.flush()
        await add_segment(session, document.collection_id, units)
        mined = [(unit.chunk_id, acronym) for unit in units for acronym in mine(unit.body)]
        await add_acronyms(session, document.collection_id, mined)


@pytest.fixture
async def library(database: Database) -> Library:
    return Library(database)


@pytest.fixture
async def session(database: Database) -> AsyncIterator[AsyncSession]:
    async with database.sessions() as opened:
        yield opened
