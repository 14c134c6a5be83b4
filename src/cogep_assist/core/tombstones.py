"""Tombstones: who was erased, told by keyed digests alone to whoever brings people in.

Each holds digests (HMAC-SHA256) of the ids and the canonical identifiers of one person. They lie in
the database and, because a restore replaces the database, in the data folder as well.
"""

import hmac
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import secret_key
from cogep_assist.core.brazil.names import fold_name
from cogep_assist.core.config import Settings
from cogep_assist.core.models import Erasure, ErasureTombstone

FOLDER = "tombstones"
# Kinds whose digits alone count, however they are written.
_NUMBERS = frozenset({"cpf", "cnpj", "phone"})
# What a house or another numbering may share.
_SHARED = ("phone", "code")
_DOCUMENTS = ("cpf", "cnpj")


@dataclass(frozen=True, slots=True)
class Arriving:
    """Somebody who is about to be written down: their names, and their values by kind.

    Kinds are ``cpf``, ``cnpj``, ``email``, ``phone`` and ``code``; values are canonical.
    """

    names: tuple[str, ...]
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ErasedBefore:
    """That somebody was erased, and when; not ``sure`` where a namesake or a relative fits too."""

    on: date
    sure: bool


def digest(kind: str, text: str) -> str:
    """Return the keyed digest of a canonical text of one kind."""
    key = secret_key.derive("erasure-tombstone")
    return hmac.digest(key, f"{kind}:{text}".encode(), "sha256").hex()


def canonical(kind: str, text: str) -> str:
    """Return a value in the one form that is digested."""
    if kind in _NUMBERS:
        return re.sub(r"[^0-9a-z]", "", text.lower())
    return text.strip().lower()


async def who_was_erased(
    session: AsyncSession, settings: Settings, arriving: Sequence[Arriving]
) -> list[ErasedBefore | None]:
    """Tell, for each who arrives, whether they were erased before; the latest erasure counts.

    Sure by a CPF, CNPJ or e-mail address; by a telephone or a code together with the first name.
    An address whose holder has another document and another first name is a relative's: doubtful,
    like a full name alone.
    """
    stones = await _fitting(session, settings, arriving)
    return [_judged(one, stones) for one in arriving]


async def erasure_mark(session: AsyncSession) -> tuple[int, ...]:
    """Return a mark that no longer is the same once an erasure was begun or went a step further.

    Whoever read texts in one transaction and writes what came of them in another compares it
    there: an erasure waits for those who compared before it began.
    """
    row = (
        await session.execute(
            sa.select(
                sa.select(sa.func.count()).select_from(ErasureTombstone).scalar_subquery(),
                sa.func.count(Erasure.executed_at),
                sa.func.count(Erasure.completed_at),
            )
        )
    ).one()
    return tuple(row)


def read_tombstones(data_dir: Path) -> dict[UUID, dict[str, Any]]:
    """Return the tombstones that lie beside the database."""
    return {one: json.loads(path.read_text("ascii")) for one, path in _files(data_dir).items()}


def written_at(data_dir: Path) -> dict[UUID, datetime]:
    """Return when each of the tombstones beside the database was written."""
    return {
        one: datetime.fromtimestamp(path.stat().st_mtime, UTC)
        for one, path in _files(data_dir).items()
    }


@dataclass(frozen=True, slots=True)
class _Stone:
    on: date
    values: frozenset[str]
    firsts: frozenset[str]
    wholes: frozenset[str]


async def _fitting(
    session: AsyncSession, settings: Settings, arriving: Sequence[Arriving]
) -> list[_Stone]:
    """Return the tombstones that share a digest with anybody who arrives."""
    values = sorted({_value(*pair) for one in arriving for pair in one.values})
    wholes = sorted({_whole(name) for one in arriving for name in one.names})
    told = ErasureTombstone.digests
    names = sa.func.jsonb_array_elements(told["names"]).table_valued("value")
    named = sa.exists().where(
        sa.cast(names.c.value, sa.dialects.postgresql.JSONB)["whole"].astext.in_(wholes)
    )
    rows = await session.execute(
        sa.select(told, ErasureTombstone.created_at).where(
            sa.or_(told["values"].has_any(sa.cast(values, sa.ARRAY(sa.Text))), named)
        )
    )
    zone = ZoneInfo(settings.timezone)
    found = [_stone(digests, at.astimezone(zone).date()) for digests, at in rows]
    return found + await _only_in_folder(session, settings.data_dir, zone)


async def _only_in_folder(session: AsyncSession, data_dir: Path, zone: ZoneInfo) -> list[_Stone]:
    """Return what a restored database does not know, because nobody in it fitted."""
    files = _files(data_dir)
    if not files:
        return []
    known = set(await session.scalars(sa.select(ErasureTombstone.erasure_id)))
    return [
        _stone(
            json.loads(path.read_text("ascii")),
            datetime.fromtimestamp(path.stat().st_mtime, zone).date(),
        )
        for one, path in files.items()
        if one not in known
    ]


def _stone(digests: Mapping[str, Any], on: date) -> _Stone:
    names = digests["names"]
    return _Stone(
        on,
        frozenset(digests["values"]),
        frozenset(name["first"] for name in names),
        frozenset(name["whole"] for name in names),
    )


def _judged(one: Arriving, stones: Iterable[_Stone]) -> ErasedBefore | None:
    found = [told for stone in stones if (told := _fits(one, stone)) is not None]
    return max(found, key=lambda told: (told.sure, told.on), default=None)


def _fits(one: Arriving, stone: _Stone) -> ErasedBefore | None:
    met = {kind for kind, text in one.values if _value(kind, text) in stone.values}
    first = any(_first(name) in stone.firsts for name in one.names)
    other = any(kind in _DOCUMENTS and kind not in met for kind, _ in one.values)
    by_own = met.intersection(_DOCUMENTS) or ("email" in met and (first or not other))
    if by_own or (met.intersection(_SHARED) and first):
        return ErasedBefore(stone.on, sure=True)
    if "email" in met or any(_whole(name) in stone.wholes for name in one.names):
        return ErasedBefore(stone.on, sure=False)
    return None


def _files(data_dir: Path) -> dict[UUID, Path]:
    return {UUID(path.stem): path for path in sorted((data_dir / FOLDER).glob("*.json"))}


def _value(kind: str, text: str) -> str:
    return digest(kind, canonical(kind, text))


def _first(name: str) -> str:
    return digest("word", (fold_name(name).split() or [""])[0])


def _whole(name: str) -> str:
    return digest("name", fold_name(name))
