"""BM25 over packed postings, against the formula written out."""

import math

import numpy as np
import pytest

from cogep_assist.retrieval.lexical import TermPostings, best, inverse_frequency, score_passages
from cogep_assist.retrieval.postings import pack

CORPUS = [
    ["ferias", "prazo", "servidor"] * 5,
    ["licenca", "prazo"] * 8,
    ["ferias"] * 2 + ["rede"] * 20,
    ["rede", "conexa", "servidor"] * 6,
]


def postings(segments: list[list[list[str]]], terms: list[str]) -> dict[str, list[TermPostings]]:
    found: dict[str, list[TermPostings]] = {term: [] for term in terms}
    base = 0
    for passages in segments:
        packed = pack(passages)
        for term in terms:
            if term in packed.terms:
                place = packed.terms.index(term)
                part = slice(packed.bounds[place], packed.bounds[place + 1])
                found[term].append(TermPostings(base, packed.offsets[part], packed.codes[part]))
        base += len(passages)
    return found


def expected(terms: list[str]) -> list[float]:
    mean = sum(map(len, CORPUS)) / len(CORPUS)
    scores = []
    for passage in CORPUS:
        score = 0.0
        for term in terms:
            tf = passage.count(term)
            df = sum(term in other for other in CORPUS)
            idf = math.log(1 + (len(CORPUS) - df + 0.5) / (df + 0.5))
            norm = 1.2 * (0.25 + 0.75 * len(passage) / mean)
            score += idf * 2.2 * tf / (tf + norm)
        scores.append(score)
    return scores


@pytest.mark.parametrize("cut", [1, 2, 4])
def test_scores_are_bm25_however_the_passages_are_cut_into_segments(cut: int) -> None:
    terms = ["ferias", "prazo", "rede", "ausente"]
    segments = [CORPUS[at : at + cut] for at in range(0, 4, cut)]
    total = sum(map(len, CORPUS))
    scores = score_passages(
        postings(segments, terms), dict.fromkeys(terms, 1.0), chunk_count=4, token_total=total
    )
    assert scores.tolist() == pytest.approx(expected(terms), rel=0.1)


def test_many_postings_take_the_other_way_to_the_same_sum() -> None:
    passages = [["comum"] + (["raro"] if n % 100 == 0 else []) for n in range(2_000)]
    weights = {"comum": 1.0, "raro": 2.0}
    whole = score_passages(
        postings([passages], ["comum", "raro"]), weights, chunk_count=2_000, token_total=2_020
    )
    pieces = [passages[at : at + 50] for at in range(0, 2_000, 50)]
    small = score_passages(
        postings(pieces, ["comum", "raro"]), weights, chunk_count=2_000, token_total=2_020
    )
    assert np.allclose(whole, small)
    assert whole[100] > whole[101] > 0


def test_idf_is_never_negative() -> None:
    assert inverse_frequency(10, 10) > 0
    assert inverse_frequency(12, 10) > 0
    assert inverse_frequency(1, 10) > inverse_frequency(2, 10)


@pytest.mark.parametrize("size", [5, 640, 70_001])
def test_best_is_a_stable_sort(size: int) -> None:
    scores = np.random.default_rng(1).integers(0, 40, size).astype(np.float32)
    order = [n for n in np.argsort(-scores, kind="stable").tolist() if scores[n] > 0]
    assert best(scores, 200).numbers.tolist() == order[:200]
    assert best(scores, 50, without=20).numbers.tolist() == order[20:70]
    assert (np.diff(best(scores, 200).scores) <= 0).all()


def test_best_of_nothing_is_nothing() -> None:
    assert len(best(np.zeros(1_000, np.float32), 10).numbers) == 0
    assert len(best(np.zeros(0, np.float32), 10).numbers) == 0
