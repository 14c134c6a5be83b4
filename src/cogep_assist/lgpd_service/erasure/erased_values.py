"""Values of erased people in a text, known by their tombstones alone, a word at a time."""

import asyncio
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.brazil.names import fold_name
from cogep_assist.core.models import Erasure, ErasureTombstone
from cogep_assist.core.pii.escaped_text import UnescapedText, may_be_escaped
from cogep_assist.core.tombstones import digest, read_tombstones, written_at
from cogep_assist.lgpd_service.subject_data.identity import who_shares
from cogep_assist.lgpd_service.subject_data.known_values import KnownValue, ValueKind
from cogep_assist.lgpd_service.subject_data.search_patterns import SubjectPatterns
from cogep_assist.pipeline.erased_people import Cleared

# From where a word begins alone: one of a million letters is looked through once.
EMAIL = re.compile(r"(?<![\w.+%-])[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
# With at most a letter between two digits that a scanner read: "38747O17OO7".
_DIGIT = r"[\dOoIlSBZ]"
_NUMBER = re.compile(rf"\+?(?={_DIGIT}?\d){_DIGIT}(?:[ ().\-/]{{0,3}}{_DIGIT}){{8,15}}")
_SCANNED = str.maketrans("OoIlSBZ", "0011582")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
MOST_NAME_WORDS = 12

Tombstones = Mapping[UUID, Mapping[str, Any]]


class ErasedValues:
    """What some tombstones tell, ready to be looked for in texts."""

    def __init__(self, tombstones: Tombstones) -> None:
        self._values = {one: whose for whose, told in tombstones.items() for one in told["values"]}
        self._first: dict[str, set[int]] = {}
        self._names: dict[str, UUID] = {}
        for erasure_id, told in tombstones.items():
            # Tombstones of earlier releases have no spellings.
            for name in (*told["names"], *told.get("spellings", ())):
                self._first.setdefault(name["first"], set()).add(name["words"])
                self._names[name["whole"]] = erasure_id

    @property
    def empty(self) -> bool:
        """Whether nobody was erased whose values could stand in a text."""
        return not self._values and not self._names

    def in_text(self, text: str) -> Iterator[tuple[UUID, KnownValue]]:
        """Yield each value that fits a tombstone, and whose that is.

        A text that has escapes, marks or broken words is read as its reader sees it as well.
        """
        yield from self._in_plain(text)
        if may_be_escaped(text):
            shown = UnescapedText(text).text
            if shown != text:
                yield from self._in_plain(shown)

    def _in_plain(self, text: str) -> Iterator[tuple[UUID, KnownValue]]:
        for value, one in _candidates(text):
            if one in self._values:
                yield self._values[one], value
        for value, one in _name_candidates(text, self._first):
            if one in self._names:
                yield self._names[one], value


async def without_erased(session: AsyncSession, data_dir: Path, texts: Sequence[str]) -> list[str]:
    """Return texts without the values of erased people; what a living customer shares stays.

    For texts that come from outside: an export may be older than the erasure.
    """
    told = await _all_told(session, data_dir)
    if not told:
        return list(texts)
    erased = ErasedValues(told)
    found = {value for text in texts for _, value in erased.in_text(text)}
    return _redacted(texts, found - await _shared(session, found))


class ErasedPeople:
    """Who was erased, as one process knows them: read again only once there are more."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._key: object = None
        self._known = ErasedValues({})

    async def take_out(
        self, session: AsyncSession, texts: Sequence[str], since: datetime
    ) -> Cleared:
        """Return a document's texts without the people who were erased while it was here.

        ``since``: when it came first. A document that is newer than an erasure may speak of
        somebody else by the same name: there a name goes only beside another value of the same
        person's, and is told as doubtful otherwise. CPF, CNPJ, e-mail address and telephone go in
        any case; what a living customer has too stays.
        """
        erased = await self._erased(session)
        if erased.empty:
            return Cleared(texts)
        # A long text takes a while, which others need not wait for.
        values = await asyncio.to_thread(
            lambda: [pair for text in texts for pair in erased.in_text(text)]
        )
        if not values:
            return Cleared(texts)
        sure = {whose for whose, value in values if value.kind is not ValueKind.NAME}
        newer = await _ended_before(session, self._data_dir, since)
        shared = await _shared(session, {value for _, value in values})
        found, doubtful = set[KnownValue](), set[KnownValue]()
        for whose, value in values:
            goes = value.kind is not ValueKind.NAME or whose in sure or whose not in newer
            (found if goes else doubtful).add(value)
        cleared = await asyncio.to_thread(_redacted, texts, found - shared)
        return Cleared(cleared, bool(doubtful - found - shared))

    async def _erased(self, session: AsyncSession) -> "ErasedValues":
        count = await session.scalar(sa.select(sa.func.count()).select_from(ErasureTombstone))
        key = (count, frozenset(written_at(self._data_dir)))
        if key != self._key:
            self._known = ErasedValues(await _all_told(session, self._data_dir))
            self._key = key
        return self._known


async def _all_told(session: AsyncSession, data_dir: Path) -> dict[UUID, dict[str, Any]]:
    rows = await session.execute(sa.select(ErasureTombstone.erasure_id, ErasureTombstone.digests))
    return {**read_tombstones(data_dir), **{row.erasure_id: row.digests for row in rows}}


async def _ended_before(session: AsyncSession, data_dir: Path, since: datetime) -> set[UUID]:
    """Return the erasures that were over when a document came."""
    rows = await session.execute(sa.select(Erasure.id, Erasure.completed_at))
    ended = {row.id: row.completed_at for row in rows}
    # A restored database does not know of those whom nobody in it fitted.
    ended = {**written_at(data_dir), **ended}
    return {one for one, at in ended.items() if at is not None and at < since}


async def _shared(session: AsyncSession, values: Collection[KnownValue]) -> set[KnownValue]:
    """Return which values a living customer has too."""
    sharing = await who_shares(session, sorted(values, key=repr), ())
    return set().union(*sharing.values())


def _redacted(texts: Sequence[str], values: Collection[KnownValue]) -> list[str]:
    patterns = SubjectPatterns(sorted(values, key=repr))
    return [text if patterns.empty else patterns.redact(text) for text in texts]


def _candidates(text: str) -> Iterable[tuple[KnownValue, str]]:
    for match in EMAIL.finditer(text):
        address = match.group().strip(".").lower()
        yield KnownValue(ValueKind.EMAIL, address), _digested(ValueKind.EMAIL, address)
    for match in _NUMBER.finditer(text):
        digits = re.sub(r"\D", "", match.group().translate(_SCANNED))
        for kind, number in (
            (ValueKind.CPF, digits),
            (ValueKind.CPF, digits.zfill(11)),
            (ValueKind.CNPJ, digits),
            (ValueKind.PHONE, digits),
            (ValueKind.PHONE, f"55{digits}"),
        ):
            text_of = f"+{number}" if kind is ValueKind.PHONE else number
            yield KnownValue(kind, text_of), _digested(kind, number)


def _name_candidates(text: str, first: Mapping[str, set[int]]) -> Iterable[tuple[KnownValue, str]]:
    if not first:
        return
    words = _WORD.findall(text)
    for place, word in enumerate(words):
        parts = _folded(word)
        lengths = first.get(_digested_word(parts[0])) if parts else None
        if lengths:
            yield from _names_from(words[place : place + MOST_NAME_WORDS], lengths)


def _names_from(words: list[str], lengths: set[int]) -> Iterable[tuple[KnownValue, str]]:
    folded: list[str] = []
    for count, word in enumerate(words, start=1):
        folded += _folded(word)
        if len(folded) in lengths:
            whole = " ".join(folded)
            yield KnownValue(ValueKind.NAME, " ".join(words[:count])), digest("name", whole)


@lru_cache(maxsize=8192)
def _folded(word: str) -> list[str]:
    return fold_name(word).split()


def _digested_word(word: str) -> str:
    return digest("word", word)


def _digested(kind: ValueKind, text: str) -> str:
    return digest(kind.value, text)
