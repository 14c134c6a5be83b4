"""Things of one kind, of which one is not the other: "mestrado" and "doutorado". Pure."""

from functools import cache
from importlib import resources

from cogep_assist.retrieval.portuguese import fold, stem

Kind = tuple[frozenset[str], ...]


def kinds_of(term: str) -> tuple[tuple[frozenset[str], frozenset[str]], ...]:
    """Return for each kind that a term is of what says the same as it, and all that does not."""
    return tuple(
        (own, frozenset[str]().union(*kind) - own)
        for kind in _kinds()
        if (own := next((same for same in kind if term in same), None))
    )


@cache
def _kinds() -> tuple[Kind, ...]:
    text = resources.files(__package__).joinpath("kinds.txt").read_text(encoding="utf-8")
    lines = [fold(line).split() for line in text.splitlines() if not line.startswith("#")]
    return tuple(tuple(_same(item) for item in line) for line in lines)


def _same(item: str) -> frozenset[str]:
    return frozenset(stem(word.replace("-", "")) for word in item.split("="))
