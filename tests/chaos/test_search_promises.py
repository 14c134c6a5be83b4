"""The judge of what searches showed: each broken promise is noticed, and none where all is well."""

from uuid import uuid4

import pytest
from chaos.history import History, Removal, Seen, Submission
from chaos.invariants import what_searches_saw
from chaos.rounds import Tally

WHOLE = 6


def told(
    *seen: Seen, removed_at: float | None = None, completed_at: float | None = None
) -> History:
    """Two versions, submitted at 1 and 3, and perhaps a removal after them."""
    history = History("teste", 0, "1", began_at=0.0)
    for place, at in enumerate((1.0, 3.0)):
        history.submissions.append(
            Submission("férias", place, "k", place, asked_at=at, accepted_at=at)
        )
    history.submissions[1].completed_at = completed_at
    if removed_at is not None:
        history.removals.append(
            Removal("férias", uuid4(), "r", 2, asked_at=removed_at, done_at=removed_at + 1)
        )
    # Another document, whole, that says how many passages there are of one.
    history.submissions.append(Submission("ponto", 0, "k", 0, asked_at=0.0))
    history.seen = [Seen("ponto", 1.0, 1.1, frozenset({0}), WHOLE, frozenset({"p"})), *seen]
    return history


def shown(at: float, *versions: int, chunks: int = WHOLE, documents: int = 1) -> Seen:
    found = chunks if versions else 0
    names = frozenset(f"d{n}" for n in range(documents))
    return Seen("férias", at, at + 0.1, frozenset(versions), found, names)


@pytest.mark.parametrize(
    ("history", "complaint"),
    [
        (told(shown(2, 0, chunks=4)), "4 of 6 passages"),
        (told(shown(4, 0, 1)), "versions {0, 1}"),
        (told(shown(2, 0, documents=2)), "of 2"),
        (told(shown(4, 1), shown(5, 0)), "version 0 after 1"),
        (told(shown(2, 0), shown(3)), "nothing, after version 0"),
        (told(shown(2, 1)), "before it was submitted"),
        (told(shown(6), completed_at=5), "nothing, after version 1"),
        (told(shown(6, 0), completed_at=5), "version 0 after 1"),
        (told(shown(7, 1), removed_at=5), "after its removal"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_must_not_be_seen_is_noticed(history: History, complaint: str) -> None:
    broken = what_searches_saw(history)
    assert len(broken) == 1
    assert complaint in broken[0]


@pytest.mark.parametrize(
    "history",
    [
        told(shown(0.5), shown(2, 0), shown(3.5, 0), shown(4, 1), shown(5, 1)),
        told(shown(4, 1), shown(5.05, 1), shown(5.5), shown(7), removed_at=5),
        told(shown(4), completed_at=5),
    ],
)
def test_what_may_be_seen_is_let_pass(history: History) -> None:
    assert what_searches_saw(history) == []


def test_the_bound_is_the_rule_of_three() -> None:
    tally = Tally("embedded", "teste", 1)
    for rounds, about in ((100, 0.03), (300, 0.01)):
        tally.rounds = rounds
        assert tally.bound == pytest.approx(about, rel=0.02)
