"""The whole way of a document, on one screen: fetch, parse, chunk, embed, index, store."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from cogep_assist.core.config import Settings
from cogep_assist.core.customer_names import CustomerNames
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.model_choices import ModelWatch
from cogep_assist.core.models import (
    Blob,
    Collection,
    Document,
    DocumentVersion,
    PersonalDataPolicy,
    SourceKind,
)
from cogep_assist.core.queue import Claim
from cogep_assist.core.tombstones import erasure_mark
from cogep_assist.integrations.http import GuardedClient
from cogep_assist.pipeline.chunk import chunk
from cogep_assist.pipeline.embed import Embedding, text_to_embed
from cogep_assist.pipeline.erased_people import (
    Checked,
    TakeOut,
    forget_submission,
    without_erased_people,
)
from cogep_assist.pipeline.fetch import fetch
from cogep_assist.pipeline.index import IndexedPassages, heading_of, index_passages
from cogep_assist.pipeline.parse.child import ParserPool
from cogep_assist.pipeline.parse.document import ParsedDocument
from cogep_assist.pipeline.parse.limits import ParseLimits
from cogep_assist.pipeline.parse.media_type import HTML
from cogep_assist.pipeline.personal_data import Screened, screen
from cogep_assist.pipeline.progress import Progress, watched
from cogep_assist.pipeline.store import Source, store_unchanged, store_version

# Raise it when parsing or chunking changes, so that unchanged sources are read anew.
RELEASE = 3
UNTITLED = "Documento sem título"


@dataclass(frozen=True, slots=True)
class Stations:
    """What the stations need, made once per worker process."""

    settings: Settings
    database: Database
    client: GuardedClient
    parsers: ParserPool
    limits: ParseLimits
    embedding: Embedding | None = None
    models: ModelWatch | None = None
    without_erased: TakeOut | None = None
    names: CustomerNames = field(init=False)

    def __post_init__(self) -> None:
        """Keep the customers' names of this worker's database."""
        object.__setattr__(self, "names", CustomerNames(self.database))


@dataclass(frozen=True, slots=True)
class Known:
    """What is stored of this source already."""

    document_id: UUID
    title: str
    content_sha256: bytes
    pipeline_release: int
    etag: str | None
    last_modified: str | None
    personal_data: PersonalDataPolicy
    media_type: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Content:
    """The bytes of a source; ``data`` is None where the server says "not modified"."""

    data: bytes | None
    source: Source
    name: str | None
    declared_type: str | None


async def run(claimed: Claim, stations: Stations, progress: Progress) -> None:
    """Take a claimed job through every station; it ends in the transaction that stores.

    Raises AppError with the cause when the document cannot be taken in, FencedError and
    CancelledJobError when the work must not go on.
    """
    async with watched(stations.database, claimed, progress):
        progress.enter("fetch")
        policy = await _policy(claimed, stations)
        known = await _known(claimed, stations)
        content = await _content(claimed, stations, known, policy)
        if content.data is None or _says_the_same(claimed, known, content.source, policy):
            made = None
        else:
            progress.enter("parse")
            parsed = await stations.parsers.parse(
                content.data,
                name=content.name,
                declared_type=content.declared_type,
                limits=stations.limits,
            )
            _refuse_stand_in(claimed, known, parsed)
            title = _title(claimed, parsed, content.name)
            screened = await screen(parsed, title, policy, stations.names)
            made = await _made(claimed, stations, known, screened, progress)
    if made is None:
        assert known is not None
        progress.enter("store")
        async with stations.database.begin() as session:
            source = content.source if content.data is not None else None
            await store_unchanged(
                session, claimed, known.document_id, source, timings_ms=progress.finish()
            )
        return
    while not await _stored(claimed, stations, content.source, made, policy, progress):
        # Somebody was erased since the text was looked through: once more from there.
        async with watched(stations.database, claimed, progress):
            made = await _made(claimed, stations, known, screened, progress)


@dataclass(frozen=True, slots=True)
class _Made:
    """What was made of a text, and what had been erased when it was looked through."""

    checked: Checked
    passages: IndexedPassages


async def _made(
    claimed: Claim,
    stations: Stations,
    known: Known | None,
    screened: Screened,
    progress: Progress,
) -> _Made:
    """Cut, embed and index a document, without the people who were erased by now."""
    job = claimed.row
    since = min(job["created_at"], known.created_at) if known else job["created_at"]
    async with stations.database.begin() as session:
        checked = await without_erased_people(
            session, stations.without_erased, screened, (job["title"], job["file_name"]), since
        )
    parsed, title = checked.screened.parsed, checked.screened.title
    progress.enter("chunk")
    chunks = chunk(parsed)
    if not chunks:
        raise AppError("empty_text")
    progress.enter("embed")
    embedded = None
    embedder = stations.embedding.embedder if stations.embedding else None
    if embedder is not None:
        texts = [
            text_to_embed(title, heading_of(piece), parsed.text[piece.start : piece.end])
            for piece in chunks
        ]
        embedded = await embedder.embed_now_or_later(texts)
    progress.enter("index")
    return _Made(checked, await index_passages(parsed, title, chunks, embedded))


async def _stored(
    claimed: Claim,
    stations: Stations,
    source: Source,
    made: _Made,
    policy: PersonalDataPolicy,
    progress: Progress,
) -> bool:
    """Publish a document; False where somebody was erased since its text was looked through."""
    screened = made.checked.screened
    progress.enter("store")
    async with stations.database.begin() as session:
        if await erasure_mark(session) != made.checked.mark:
            return False
        await store_version(
            session,
            claimed,
            _kept(source, original=screened.keeps_original),
            screened.parsed,
            made.passages,
            title=screened.title,
            policy=policy,
            timings_ms=progress.finish(),
        )
        if made.checked.changed:
            await forget_submission(session, claimed.id, source.blob_id, made.checked.names)
    return True


async def _known(claimed: Claim, stations: Stations) -> Known | None:
    job = claimed.row
    async with stations.database.begin() as session:
        row = (
            await session.execute(
                sa.select(
                    Document.id,
                    Document.title,
                    DocumentVersion.content_sha256,
                    DocumentVersion.pipeline_release,
                    Document.etag,
                    Document.last_modified,
                    DocumentVersion.personal_data,
                    DocumentVersion.media_type,
                    Document.created_at,
                )
                .join(DocumentVersion, DocumentVersion.id == Document.current_version_id)
                .where(
                    Document.collection_id == job["collection_id"],
                    Document.source_key == job["source_key"],
                    Document.deleted_at.is_(None),
                )
            )
        ).first()
    return Known(*row) if row else None


async def _policy(claimed: Claim, stations: Stations) -> PersonalDataPolicy:
    async with stations.database.begin() as session:
        policy = await session.scalar(
            sa.select(Collection.personal_data).where(Collection.id == claimed.row["collection_id"])
        )
    return policy or PersonalDataPolicy.ALLOW


async def _content(
    claimed: Claim, stations: Stations, known: Known | None, policy: PersonalDataPolicy
) -> Content:
    if claimed.row["source_kind"] is SourceKind.URL:
        return await _download(claimed, stations, known, policy)
    return await _submitted_bytes(claimed, stations)


async def _download(
    claimed: Claim, stations: Stations, known: Known | None, policy: PersonalDataPolicy
) -> Content:
    job = claimed.row
    # A newer pipeline or another policy must see the bytes again, whatever the server thinks.
    same = known and known.pipeline_release == RELEASE and known.personal_data is policy
    ask = known if same else None
    fetched = await fetch(
        stations.client,
        job["uri"],
        etag=ask.etag if ask else None,
        last_modified=ask.last_modified if ask else None,
        max_bytes=stations.settings.fetch_max_bytes,
    )
    with fetched:
        data = None if fetched.not_modified else fetched.take_bytes()
    return Content(
        data=data,
        source=Source(
            uri=job["uri"],
            content_sha256=bytes.fromhex(fetched.content_sha256),
            pipeline_release=RELEASE,
            etag=fetched.etag,
            last_modified=fetched.last_modified,
        ),
        name=fetched.name,
        declared_type=_with_charset(fetched.declared_type, fetched.charset),
    )


async def _submitted_bytes(claimed: Claim, stations: Stations) -> Content:
    job = claimed.row
    async with stations.database.begin() as session:
        blob = (
            await session.execute(
                sa.select(Blob.content, Blob.sha256).where(Blob.id == job["blob_id"])
            )
        ).first()
    if blob is None:
        raise AppError("content_missing")
    return Content(
        data=bytes(blob.content),
        source=Source(
            uri=job["uri"],
            content_sha256=bytes(blob.sha256),
            pipeline_release=RELEASE,
            blob_id=job["blob_id"],
        ),
        name=job["file_name"],
        declared_type=job["declared_type"],
    )


def _says_the_same(
    claimed: Claim, known: Known | None, source: Source, policy: PersonalDataPolicy
) -> bool:
    if known is None or known.personal_data is not policy:
        return False
    wanted_title = claimed.row["title"]
    # A redacted title never equals the one that was asked for: the content alone decides.
    if policy is PersonalDataPolicy.REDACT:
        wanted_title = None
    return (
        known.content_sha256 == source.content_sha256
        and known.pipeline_release == source.pipeline_release
        and (wanted_title is None or wanted_title == known.title)
    )


def _refuse_stand_in(claimed: Claim, known: Known | None, parsed: ParsedDocument) -> None:
    """Let no page take a file's place at the file's own address: it is a notice, or a log-in.

    Raises AppError("page_instead_of_file").
    """
    was_file = known is not None and known.media_type != HTML
    promised = "content_differs_from_extension" in parsed.warnings
    of_url = claimed.row["source_kind"] is SourceKind.URL
    if of_url and was_file and promised and parsed.media_type == HTML:
        raise AppError("page_instead_of_file")


def _kept(source: Source, *, original: bool) -> Source:
    return source if original else replace(source, blob_id=None)


def _title(claimed: Claim, parsed: ParsedDocument, name: str | None) -> str:
    job = claimed.row
    for candidate in (job["title"], parsed.title, name, job["uri"]):
        if candidate and candidate.strip():
            return str(candidate).strip()
    return UNTITLED


def _with_charset(declared_type: str | None, charset: str | None) -> str | None:
    if declared_type and charset:
        return f"{declared_type}; charset={charset}"
    return declared_type
