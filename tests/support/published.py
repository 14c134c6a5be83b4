"""A document in the base at once, without a worker: stored and indexed as the pipeline does."""

import hashlib
from uuid import UUID, uuid4

import sqlalchemy as sa
from uuid_utils.compat import uuid7

from cogep_assist.core.db import Database
from cogep_assist.core.models import Blob, Chunk, Collection, Document, DocumentVersion, Visibility
from cogep_assist.retrieval.acronyms import mine
from cogep_assist.retrieval.acronyms_index import add_acronyms
from cogep_assist.retrieval.segments import IndexUnit, add_segment


async def publish(
    database: Database,
    text: str,
    title: str,
    *,
    collection: str = "geral",
    public: bool = False,
    uri: str | None = None,
    pdf: bytes | None = None,
) -> UUID:
    """Publish a document of one passage and return its id; ``pdf``: its original, of one page."""
    media_type = "text/plain" if pdf is None else "application/pdf"
    async with database.begin() as session:
        holder = await session.scalar(sa.select(Collection).where(Collection.name == collection))
        if holder is None:
            visibility = Visibility.PUBLIC if public else Visibility.INTERNAL
            holder = Collection(name=collection, visibility=visibility)
            session.add(holder)
            await session.flush()
        document = Document(
            collection_id=holder.id,
            source_key=f"external:{uuid4()}",
            title=title,
            uri=uri,
            media_type=media_type,
        )
        session.add(document)
        await session.flush()
        blob = None
        if pdf is not None:
            blob = Blob(sha256=hashlib.sha256(pdf).digest(), size=len(pdf), content=pdf)
            session.add(blob)
            await session.flush()
        version = DocumentVersion(
            document_id=document.id,
            number=1,
            title=title,
            text=text,
            content_sha256=b"x",
            parser="text",
            pipeline_release=1,
            media_type=media_type,
            page_count=None if blob is None else 1,
            blob_id=None if blob is None else blob.id,
        )
        session.add(version)
        await session.flush()
        document.current_version_id = version.id
        passage = Chunk(
            id=uuid7(),
            collection_id=holder.id,
            document_id=document.id,
            version_id=version.id,
            ordinal=0,
            start_offset=0,
            end_offset=len(text),
            heading="",
            text=text,
            page=None if blob is None else 1,
        )
        session.add(passage)
        await session.flush()
        unit = IndexUnit(chunk_id=passage.id, body=text, title=title, heading="")
        await add_segment(session, holder.id, [unit])
        await add_acronyms(session, holder.id, [(passage.id, one) for one in mine(text)])
        return document.id
