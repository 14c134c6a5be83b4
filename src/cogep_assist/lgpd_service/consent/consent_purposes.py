"""Purposes that need consent: their words in versions, which nobody changes once published."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit, signing
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import ConsentPurpose, PurposeVersion
from cogep_assist.core.principal import Act, Principal
from cogep_assist.lgpd_service.requests.request_words import clean_name, clean_text

_KEY = re.compile(r"[a-z][a-z0-9_]{1,59}")
NOW = sa.func.clock_timestamp()


@dataclass(frozen=True, slots=True)
class PurposeWords:
    """What people read before they consent.

    ``consequences``: what refusing brings (art. 18, VIII). ``changes``: what is new against the
    version before (art. 8, par. 6). ``renewal``: earlier grants hold no longer. ``sensitive``:
    sensitive data, whose consent is specific and set apart (art. 11, I).
    """

    title: str
    text: str
    consequences: str
    changes: str = ""
    renewal: bool = False
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class Purpose:
    """A purpose and its words as they are now."""

    purpose: ConsentPurpose
    version: PurposeVersion


async def publish_purpose(
    session: AsyncSession, principal: Principal, key: str, words: PurposeWords
) -> tuple[Purpose, bool]:
    """Publish a purpose, or new words of one; return it, and whether it is new.

    Raises AppError("role_not_allowed"|"purpose_key_invalid"|"text_missing"|"text_too_long").
    """
    principal.require(Act.MANAGE_PURPOSES)
    if not _KEY.fullmatch(key):
        raise AppError("purpose_key_invalid")
    title = clean_name(words.title, "title")
    text, consequences = (clean_text(getattr(words, f), f) for f in ("text", "consequences"))
    known = await session.scalar(
        sa.select(ConsentPurpose).where(ConsentPurpose.key == key).with_for_update()
    )
    changes = clean_text(words.changes, "changes", obligatory=known is not None)
    purpose = known or ConsentPurpose(key=key, current_version=0)
    purpose.current_version += 1
    purpose.archived_at = None
    session.add(purpose)
    await session.flush()
    version = PurposeVersion(
        purpose_id=purpose.id,
        version=purpose.current_version,
        title=title,
        text=text,
        consequences=consequences,
        changes=changes,
        renewal=words.renewal,
        sensitive=words.sensitive,
        sha256=words_digest(key, purpose.current_version, title, text, consequences),
        published_by=principal.label,
    )
    session.add(version)
    await session.flush()
    details = {"key": key, "version": version.version, "sha256": version.sha256.hex()}
    await audit.record(session, principal, "purpose_published", "purpose", purpose.id, details)
    return Purpose(purpose, version), known is None


async def archive_purpose(session: AsyncSession, principal: Principal, key: str) -> None:
    """Let a purpose rest: nobody is asked any more, and what was granted holds no longer.

    Raises AppError("role_not_allowed"|"purpose_not_found").
    """
    principal.require(Act.MANAGE_PURPOSES)
    found = await find_purpose(session, key)
    found.purpose.archived_at = NOW
    await session.flush()
    await audit.record(session, principal, "purpose_archived", "purpose", found.purpose.id)


async def find_purpose(session: AsyncSession, key: str) -> Purpose:
    """Return a purpose that is asked for, as it is now. Raises AppError("purpose_not_found")."""
    found = [one for one in await current_purposes(session) if one.purpose.key == key]
    if not found:
        raise AppError("purpose_not_found")
    return found[0]


async def current_purposes(session: AsyncSession) -> list[Purpose]:
    """Return every purpose that is asked for, with the words that hold now: they are public."""
    rows = await session.execute(
        sa.select(ConsentPurpose, PurposeVersion)
        .join(
            PurposeVersion,
            sa.and_(
                PurposeVersion.purpose_id == ConsentPurpose.id,
                PurposeVersion.version == ConsentPurpose.current_version,
            ),
        )
        .where(ConsentPurpose.archived_at.is_(None))
        .order_by(ConsentPurpose.key)
        .execution_options(populate_existing=True)
    )
    return [Purpose(row[0], row[1]) for row in rows]


async def versions_of(
    session: AsyncSession, principal: Principal, key: str
) -> Sequence[PurposeVersion]:
    """Return every version of a purpose's words, the first first.

    Raises AppError("role_not_allowed"|"purpose_not_found").
    """
    principal.require(Act.MANAGE_PURPOSES)
    statement = (
        sa.select(PurposeVersion)
        .join(ConsentPurpose, ConsentPurpose.id == PurposeVersion.purpose_id)
        .where(ConsentPurpose.key == key)
        .order_by(PurposeVersion.version)
    )
    found = (await session.scalars(statement)).all()
    if not found:
        raise AppError("purpose_not_found")
    return found


def words_digest(key: str, version: int, title: str, text: str, consequences: str) -> bytes:
    """Return the SHA-256 by which the words that somebody agreed to are known again."""
    words = {
        "key": key,
        "version": version,
        "title": title,
        "text": text,
        "consequences": consequences,
    }
    return hashlib.sha256(signing.canonical(words)).digest()
