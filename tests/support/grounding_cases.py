"""The sentences of bench/grounding_cases.txt, held to their passages."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from cogep_assist.answering.grounding import Grounds
from cogep_assist.retrieval.hit import Hit

CASES = Path(__file__).parents[2] / "bench" / "grounding_cases.txt"
_ONE = UUID(int=1)


@dataclass(frozen=True)
class Judged:
    """A sentence, whether its passages hold it, and whether the check kept it."""

    kind: str
    text: str
    held: bool
    kept: bool
    reason: str | None
    unseen: bool


@dataclass
class _Group:
    title: str
    heading: str
    unseen: bool
    passages: list[str] = field(default_factory=list)
    sentences: list[tuple[bool, str, str]] = field(default_factory=list)


def judged() -> Iterator[Judged]:
    """Hold every sentence to its passages, the first one cited."""
    for group in _groups():
        grounds = Grounds([_hit(text, group) for text in group.passages])
        for held, kind, text in group.sentences:
            found = grounds.support(text, (0,))
            yield Judged(kind, text, held, found.supported, found.reason, group.unseen)


def _groups() -> list[_Group]:
    found: list[_Group] = []
    unseen = False
    for line in CASES.read_text("utf-8").splitlines():
        mark, _, rest = line.partition(" ")
        one, _, other = rest.partition(" | ")
        if line == "H":
            unseen = True
        elif mark == "T":
            found.append(_Group(one, other, unseen))
        elif mark == "P":
            found[-1].passages.append(rest)
        elif mark in ("+", "-"):
            found[-1].sentences.append((mark == "+", one, other))
    return found


def _hit(text: str, group: _Group) -> Hit:
    return Hit(
        _ONE, _ONE, _ONE, 1, _ONE, group.title, None, group.heading, None, text, 0, len(text), 1.0
    )
