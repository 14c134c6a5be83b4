"""Synonyms that the curator edits: list, add, change, remove."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Synonym, SynonymDirection
from cogep_assist.core.principal import Act, Principal
from cogep_assist.rag_service.synonym_schemas import SynonymBody, SynonymReply
from cogep_assist.retrieval.acronyms import LONGEST_KEY, phrase_key, sought_key
from cogep_assist.retrieval.portuguese import STOPWORDS, words

MOST_SYNONYMS = 5_000


async def list_synonyms(
    session: AsyncSession,
    principal: Principal,
    *,
    limit: int,
    before: UUID | None = None,
    sought: str = "",
) -> tuple[list[SynonymReply], UUID | None]:
    """Return entries, the newest first, and where the next page begins.

    ``sought``: only those that say it in any of their phrases, however accented.
    """
    principal.require(Act.READ_SYNONYMS)
    statement = sa.select(Synonym).order_by(Synonym.id.desc()).limit(limit + 1)
    if before is not None:
        statement = statement.where(Synonym.id < before)
    if sought.strip():
        said = sa.func.array_to_string(Synonym.asked_keys + Synonym.added_keys, "|")
        statement = statement.where(said.contains(sought_key(sought), autoescape=True))
    found = list(await session.scalars(statement))
    shown = found[:limit]
    return [_reply(entry) for entry in shown], shown[-1].id if len(found) > limit else None


async def find_synonym(session: AsyncSession, principal: Principal, entry_id: UUID) -> SynonymReply:
    """Return one entry. Raises AppError("synonym_not_found")."""
    principal.require(Act.READ_SYNONYMS)
    return _reply(await _entry(session, entry_id))


async def add_synonym(
    session: AsyncSession, principal: Principal, body: SynonymBody
) -> SynonymReply:
    """Add an entry, which searches use from the commit on.

    Raises AppError("synonym_without_words"|"synonym_left_aside"|"synonym_says_nothing"|
    "synonym_exists"|"synonym_too_many"|"synonym_too_long").
    """
    principal.require(Act.MANAGE_SYNONYMS)
    held = await session.scalar(sa.select(sa.func.count()).select_from(Synonym)) or 0
    if held >= MOST_SYNONYMS:
        raise AppError("synonym_too_many", limit=MOST_SYNONYMS)
    entry = Synonym(created_by=principal.label, **_columns(body))
    try:
        async with session.begin_nested():
            session.add(entry)
    except IntegrityError:
        raise AppError("synonym_exists", phrase=body.phrase) from None
    await session.refresh(entry)
    await audit.record(session, principal, "synonym_added", "synonym", entry.id)
    return _reply(entry)


async def change_synonym(
    session: AsyncSession,
    principal: Principal,
    entry_id: UUID,
    body: SynonymBody,
    *,
    seen: datetime | None = None,
) -> SynonymReply:
    """Let an entry say something else. ``seen``: when it was changed last, as it was read.

    Raises what adding raises, and AppError("synonym_not_found"|"changed_meanwhile").
    """
    principal.require(Act.MANAGE_SYNONYMS)
    entry = await _entry(session, entry_id, lock=True)
    if seen is not None and seen != entry.updated_at:
        raise AppError("changed_meanwhile")
    try:
        async with session.begin_nested():
            await session.execute(
                sa.update(Synonym)
                .where(Synonym.id == entry.id)
                .values(**_columns(body), updated_at=sa.func.clock_timestamp())
            )
    except IntegrityError:
        raise AppError("synonym_exists", phrase=body.phrase) from None
    await session.refresh(entry)
    await audit.record(session, principal, "synonym_changed", "synonym", entry.id)
    return _reply(entry)


async def remove_synonym(session: AsyncSession, principal: Principal, entry_id: UUID) -> None:
    """Remove an entry. Raises AppError("synonym_not_found")."""
    principal.require(Act.MANAGE_SYNONYMS)
    entry = await _entry(session, entry_id, lock=True)
    await session.delete(entry)
    await session.flush()
    await audit.record(session, principal, "synonym_removed", "synonym", entry_id)


async def _entry(session: AsyncSession, entry_id: UUID, *, lock: bool = False) -> Synonym:
    entry = await session.get(Synonym, entry_id, with_for_update=lock or None)
    if entry is None:
        raise AppError("synonym_not_found")
    return entry


def _columns(body: SynonymBody) -> dict[str, object]:
    """Return an entry's columns, with the phrases as the index knows their words."""
    phrase = " ".join(body.phrase.split())
    alternatives = list(dict.fromkeys(" ".join(other.split()) for other in body.alternatives))
    key = _key(phrase)
    others = [other for other in dict.fromkeys(map(_key, alternatives)) if other != key]
    if not others:
        raise AppError("synonym_says_nothing", phrase=phrase)
    every = [key, *others]
    both = body.direction is SynonymDirection.BOTH
    return {
        "phrase": phrase,
        "phrase_key": key,
        "alternatives": alternatives,
        "direction": body.direction,
        "asked_keys": every if both else [key],
        "added_keys": every if both else others,
    }


def _key(phrase: str) -> str:
    if "\x00" in phrase:
        raise AppError("synonym_without_words", phrase=phrase.replace("\x00", ""))
    key = phrase_key(phrase)
    if not key:
        raise AppError("synonym_without_words", phrase=phrase)
    if STOPWORDS.issuperset(words(phrase)):
        raise AppError("synonym_left_aside", phrase=phrase)
    if key.count(" ") >= LONGEST_KEY:
        raise AppError("synonym_too_long", phrase=phrase, limit=LONGEST_KEY)
    return key


def _reply(entry: Synonym) -> SynonymReply:
    return SynonymReply(
        id=entry.id,
        phrase=entry.phrase,
        alternatives=entry.alternatives,
        direction=entry.direction,
        created_at=entry.created_at,
        updated_at=entry.updated_at,
    )
