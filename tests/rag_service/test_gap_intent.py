"""Questions that mean the same are told from those that only share words."""

from pathlib import Path

from cogep_assist.rag_service.gap_intent import SAME_INTENT, read_intent, similarity

PAIRS = [
    [part.strip() for part in line.split("|")]
    for line in (Path(__file__).parent / "question_pairs.txt").read_text("utf-8").splitlines()
    if not line.startswith("#")
]


def is_same(one: str, other: str) -> bool:
    return similarity(read_intent(one), read_intent(other)) >= SAME_INTENT


def test_other_intents_are_kept_apart() -> None:
    others = [(one, other) for kind, one, other in PAIRS if kind == "d"]
    assert len(others) >= 20
    assert [pair for pair in others if is_same(*pair)] == []


def test_like_intents_are_mostly_found() -> None:
    like = [(one, other) for kind, one, other in PAIRS if kind == "s"]
    missed = [pair for pair in like if not is_same(*pair)]
    assert len(missed) <= 2, missed


def test_is_the_same_both_ways_and_with_itself() -> None:
    for _, one, other in PAIRS:
        a, b = read_intent(one), read_intent(other)
        assert similarity(a, b) == similarity(b, a)
        assert similarity(a, a) > 0.999
        assert a.terms == sorted(a.terms)


def test_what_names_nothing_has_no_terms() -> None:
    for nothing in ("?!", "", "o que é isso?", "e aí?", "🙂"):
        assert read_intent(nothing).terms == []
        assert similarity(read_intent(nothing), read_intent("férias")) < SAME_INTENT
