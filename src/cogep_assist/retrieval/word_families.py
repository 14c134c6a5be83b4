"""Words of one family: "suspender" and "suspensão", "aposentou" and "aposentadoria". Pure.

The stemmer undoes endings; what a verb and its noun have in common beyond it are the suffixes of
nominalisation, the consonants that change before some of them, and a list of what is irregular.
"""

from collections.abc import Iterator
from functools import cache, lru_cache
from importlib import resources

from cogep_assist.retrieval.portuguese import fold, stem

_SHORTEST_ROOT = 4
_NOUNS = (
    "amento", "imento", "acao", "icao", "ancia", "encia", "anca", "ador", "edor", "idor", "ante",
    "ente", "adoria", "agem", "avel", "ivel", "idade", "ada", "ida",
)  # fmt: skip
_VERBS = ("ar", "er", "ir")
# How a root ends in the verb, and what stands there in the noun.
_CHANGES = (
    ("nd", "nsao"), ("ced", "cessao"), ("gred", "gressao"), ("grid", "gressao"),
    ("met", "missao"), ("met", "messa"), ("mit", "missao"), ("prim", "pressao"),
    ("vert", "versao"), ("duz", "ducao"), ("rev", "ricao"), ("olv", "olucao"), ("clu", "clusao"),
    ("stru", "strucao"), ("rrig", "rrecao"), ("irig", "irecao"), ("cid", "cisao"),
    ("vid", "visao"), ("vad", "vasao"), ("tend", "tensao"),
    ("ator", "acao"), ("atori", "acao"), ("atori", "atoriedade"), ("itor", "icao"),
    ("ator", "atoriedade"),
)  # fmt: skip


@lru_cache(maxsize=4096)
def relatives(word: str) -> tuple[str, ...]:
    """Return words, folded, that may be of the family of a folded one, the surest first.

    Most of what is returned are no words at all: only what some document holds is one.
    """
    own = stem(word)
    if not word.isalpha() or len(word) < _SHORTEST_ROOT:
        return ()
    irregular = _irregular().get(own, ())
    made = (other for root in _roots(own) for other in _made_of(root))
    return tuple(dict.fromkeys(o for o in (*irregular, *made) if stem(o) != own))


def _roots(own: str) -> Iterator[str]:
    """Give the stem, and what is left of it without a noun's suffix."""
    yield own
    for suffix in _NOUNS:
        ending = _stemmed(suffix)
        root = own.removesuffix(ending)
        # What so short an ending leaves is more often another word.
        least = _SHORTEST_ROOT + (len(ending) < _SHORTEST_ROOT)
        if ending and root != own and len(root) >= least:
            yield root
    for verb, noun in _CHANGES:
        ending = _stemmed(noun)
        if len(ending) > 3 and own.endswith(ending) and len(own) - len(ending) >= 2:
            yield own.removesuffix(ending) + verb


def _made_of(root: str) -> Iterator[str]:
    if len(root) < _SHORTEST_ROOT:
        return
    for verb, noun in _CHANGES:
        if root.endswith(verb) and len(root) - len(verb) >= 2:
            yield root.removesuffix(verb) + noun
    yield from (f"{root}{suffix}" for suffix in (*_NOUNS, *_VERBS))


@cache
def _stemmed(suffix: str) -> str:
    """Return what a suffix is in a stem: "-imento" is "iment"."""
    # The rules undo an ending only behind so much of a word.
    carrier = "bolobol"
    return stem(f"{carrier}{suffix}").removeprefix(carrier)


@cache
def _irregular() -> dict[str, tuple[str, ...]]:
    text = resources.files(__package__).joinpath("word_families.txt").read_text(encoding="utf-8")
    families = (fold(line).split() for line in text.splitlines() if not line.startswith("#"))
    found: dict[str, tuple[str, ...]] = {}
    for family in families:
        for word in family:
            found[stem(word)] = (*found.get(stem(word), ()), *family)
    return found
