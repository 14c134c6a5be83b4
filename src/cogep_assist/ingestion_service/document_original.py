"""The original of a version: the file as it came, and a page of it as a picture."""

import mimetypes
from collections import OrderedDict
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Blob, DocumentVersion
from cogep_assist.core.principal import Act, Principal
from cogep_assist.ingestion_service.document_queries import require_document
from cogep_assist.pipeline.parse.child import ParseLimits, ParserPool, parser_pool
from cogep_assist.pipeline.parse.media_type import PICTURES

PDF = "application/pdf"
# What a page can be drawn of.
DRAWN = frozenset({PDF, *PICTURES.values()})
FORBIDDEN = frozenset('/\\:*?"<>|\r\n\t\0')
MAX_QUOTE_CHARS = 4_000
# Drawing is quick or is given up: somebody waits for it.
LIMITS = ParseLimits(cpu_seconds=15, wall_seconds=20.0, ocr=False)
CACHE_BYTES = 32 * 1024**2


@dataclass(frozen=True, slots=True)
class Original:
    """A version's bytes, as they came."""

    title: str
    media_type: str
    content: bytes

    @property
    def file_name(self) -> str:
        """A name for it that every file system takes."""
        known = mimetypes.guess_extension(self.media_type.partition(";")[0].strip()) or ""
        name = "".join(" " if character in FORBIDDEN else character for character in self.title)
        name = name.strip(" .")[:120] or "documento"
        return name if name.lower().endswith(known) and known else name + known


class PictureCache:
    """The pages that were drawn last; who may see one is asked anew at every look."""

    def __init__(self, most_bytes: int = CACHE_BYTES) -> None:
        self._most = most_bytes
        self._held = 0
        self._kept: OrderedDict[tuple[UUID, int, str], bytes] = OrderedDict()

    def get(self, key: tuple[UUID, int, str]) -> bytes | None:
        """Return a picture, which becomes the last to go."""
        if key not in self._kept:
            return None
        self._kept.move_to_end(key)
        return self._kept[key]

    def put(self, key: tuple[UUID, int, str], picture: bytes) -> None:
        """Keep a picture, and let go of the oldest ones."""
        self._held += len(picture) - len(self._kept.pop(key, b""))
        self._kept[key] = picture
        while self._held > self._most and self._kept:
            self._held -= len(self._kept.popitem(last=False)[1])


async def read_original(
    session: AsyncSession, principal: Principal, document_id: UUID, number: int
) -> Original:
    """Return a version's file, to be saved.

    Raises AppError("document_not_found"|"document_removed"|"version_not_found"|
    "original_not_kept").
    """
    version = await _version(session, principal, document_id, number)
    content = await _content(session, version)
    await audit.record(session, principal, "document_downloaded", "document", document_id)
    return Original(version.title, version.media_type, content)


async def draw_page(
    database: Database,
    principal: Principal,
    document_id: UUID,
    number: int,
    page: int,
    *,
    span: tuple[int, int] | None,
    cache: PictureCache,
    pool: ParserPool | None = None,
) -> bytes:
    """Return a page of a PDF or a picture as PNG; on a PDF what stands at ``span`` is marked.

    Raises as ``read_original`` does, AppError("page_not_found") and what parsing raises.
    """
    async with database.begin() as session:
        version = await _version(session, principal, document_id, number)
        if version.media_type not in DRAWN or not 1 <= page <= (version.page_count or 0):
            raise AppError("page_not_found")
        quote = version.text[slice(*span)][:MAX_QUOTE_CHARS] if span else ""
        key = (version.id, page, quote)
        drawn = cache.get(key)
        content = b"" if drawn else await _content(session, version)
    if drawn is None:
        drawn = await (pool or parser_pool()).draw_page(content, page, quote, limits=LIMITS)
        cache.put(key, drawn)
    return drawn


async def _version(
    session: AsyncSession, principal: Principal, document_id: UUID, number: int
) -> DocumentVersion:
    principal.require(Act.READ_DOCUMENTS)
    await require_document(session, principal, document_id)
    version = await session.scalar(
        sa.select(DocumentVersion).where(
            DocumentVersion.document_id == document_id, DocumentVersion.number == number
        )
    )
    if version is None:
        raise AppError("version_not_found")
    if version.blob_id is None:
        raise AppError("original_not_kept")
    return version


async def _content(session: AsyncSession, version: DocumentVersion) -> bytes:
    content = await session.scalar(sa.select(Blob.content).where(Blob.id == version.blob_id))
    if content is None:
        raise AppError("original_not_kept")
    return bytes(content)
