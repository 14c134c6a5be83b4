"""What the words of a question also mean: the curator's synonyms, the documents' acronyms.

Acronyms are those of the collections that this person may see, so that none tells of another.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from cogep_assist.retrieval.acronyms import question_keys
from cogep_assist.retrieval.index_reader import fetch

# A word that was said counts more than one that only means the same.
MEANING_WEIGHT = 0.5
# A long phrase adds no more than this many words of full weight would.
_WORDS_OF_WEIGHT = 3
_MOST_MEANINGS = 3

# Of an ambiguous acronym the meanings that most passages explain. Ties by key, to be stable.
_MEANINGS = """
    SELECT asked, added FROM (
        SELECT short_key AS asked, long_key AS added,
               row_number() OVER (PARTITION BY short_key ORDER BY count(*) DESC, long_key) AS rank
          FROM ai.acronym_use
         WHERE short_key = ANY(%(keys)s::text[]) AND collection_id = ANY(%(collections)s::uuid[])
         GROUP BY short_key, long_key
        UNION ALL
        SELECT long_key, short_key,
               row_number() OVER (PARTITION BY long_key ORDER BY count(*) DESC, short_key)
          FROM ai.acronym_use
         WHERE long_key = ANY(%(keys)s::text[]) AND collection_id = ANY(%(collections)s::uuid[])
         GROUP BY long_key, short_key
    ) mined WHERE rank <= %(most)s
    UNION
    SELECT asked.key, added.key
      FROM ai.synonym s
     CROSS JOIN LATERAL unnest(s.asked_keys) AS asked(key)
     CROSS JOIN LATERAL unnest(s.added_keys) AS added(key)
     WHERE s.asked_keys && %(keys)s::text[] AND asked.key = ANY(%(keys)s::text[])
       AND added.key <> asked.key
     ORDER BY 1, 2
"""


@dataclass(slots=True)
class Meanings:
    """Terms that a question's words also mean: their weights, and which asked terms they are of."""

    weights: dict[str, float] = field(default_factory=dict)
    stand_ins: dict[str, set[str]] = field(default_factory=dict)


async def meanings(
    driver: AsyncConnection[Any], terms: Sequence[str], collections: Sequence[UUID]
) -> Meanings:
    """Return what the terms of a question, alone or side by side, also mean."""
    # Plurals of foreign words ("laptops") are stems of their own; entries are found by both.
    keys = question_keys(terms)
    said = dict(zip(question_keys([_singular(term) for term in terms]), keys, strict=True))
    said |= dict(zip(keys, keys, strict=True))
    asked = {"keys": list(said), "collections": list(collections), "most": _MOST_MEANINGS}
    rows = await fetch(driver, _MEANINGS, asked)
    return weighed([(said[key], added) for key, added in rows], terms)


def _singular(term: str) -> str:
    return term[:-1] if len(term) > 4 and term.endswith("s") else term


def weighed(pairs: Sequence[Sequence[Any]], terms: Sequence[str]) -> Meanings:
    """Weigh the terms of (asked key, added key) pairs; a term that was asked gains nothing."""
    said = set(terms)
    found = Meanings()
    for asked, added in pairs:
        new = [term for term in str(added).split(" ") if term not in said]
        for term in new:
            weight = MEANING_WEIGHT * min(1.0, _WORDS_OF_WEIGHT / len(new))
            found.weights[term] = max(weight, found.weights.get(term, 0.0))
        for term in str(asked).split(" "):
            found.stand_ins.setdefault(term, set()).update(new)
    return found


def stand_ins_of(found: Meanings, term: str, known: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the terms that stand for an asked one and that some passage holds."""
    return tuple(sorted(other for other in found.stand_ins.get(term, ()) if other in known))
