"""The words of all names, to find the nearest to one that was typed wrong."""

from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSQUERY, insert
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.models import Customer, NameWord
from cogep_assist.crm_service.customers.word_distance import distance

CANDIDATES = 200
NEAREST = 6


async def learn_words(session: AsyncSession, words: Iterable[str]) -> None:
    """Add what is new; in one order, so that two at once wait and never lock each other out."""
    wanted = sorted(set(words))
    if not wanted:
        return
    known = set(await session.scalars(sa.select(NameWord.word).where(NameWord.word.in_(wanted))))
    rows = [{"word": word, "grams": grams(word)} for word in wanted if word not in known]
    if rows:
        await session.execute(insert(NameWord).on_conflict_do_nothing(), rows)


async def forget_words(session: AsyncSession, words: Iterable[str]) -> None:
    """Remove those of some words that no living customer's name holds any more."""
    lexeme = sa.func.concat("'", NameWord.word, "'")
    held = sa.exists().where(
        Customer.removed_at.is_(None),
        Customer.search.op("@@", return_type=sa.Boolean())(sa.cast(lexeme, TSQUERY)),
    )
    await session.execute(sa.delete(NameWord).where(NameWord.word.in_(sorted(set(words))), ~held))


async def nearest_words(session: AsyncSession, word: str) -> Sequence[str]:
    """Return the known words that a word may have been meant to be, the nearest first.

    One wrong, missing, added or swapped letter; two in a word of seven letters or more.
    """
    wanted = grams(word)
    shared = sa.func.cardinality(
        sa.func.array(
            sa.select(sa.func.unnest(NameWord.grams))
            .intersect(sa.select(sa.func.unnest(sa.literal(wanted, sa.ARRAY(sa.Text)))))
            .scalar_subquery()
        )
    )
    found = await session.scalars(
        sa.select(NameWord.word)
        .where(
            NameWord.grams.overlap(wanted),
            sa.func.length(NameWord.word).between(len(word) - 2, len(word) + 2),
        )
        .order_by(shared.desc(), NameWord.word)
        .limit(CANDIDATES)
    )
    allowed = 1 if len(word) < 7 else 2
    near = [(distance(word, other, allowed), other) for other in found]
    return [other for far, other in sorted(near) if far <= allowed][:NEAREST]


def grams(word: str) -> list[str]:
    """Return the runs of three letters of a word whose edges are marked."""
    marked = f"^{word}$"
    return sorted({marked[i : i + 3] for i in range(len(marked) - 2)})
