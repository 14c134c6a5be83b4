"""Packed segments: what goes in comes out, joined or not, and damage is noticed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogep_assist.retrieval.postings import (
    SEGMENT_CAPACITY,
    PackedSegment,
    from_payload,
    from_term_rows,
    impact_table,
    join_segments,
    pack,
    split_term_bytes,
    to_payload,
)

PASSAGES = st.lists(
    st.lists(st.sampled_from(["ferias", "licenca", "8112", "conexa", "ção"]), max_size=30),
    min_size=1,
    max_size=12,
)


def listed(segment: PackedSegment) -> list[tuple[str, list[int], list[int]]]:
    parts = [split_term_bytes(segment.term_bytes(place)) for place in range(len(segment.terms))]
    return [
        (term, offsets.tolist(), codes.tolist())
        for term, (offsets, codes) in zip(segment.terms, parts, strict=True)
    ]


@given(PASSAGES)
def test_a_payload_reads_back_as_it_was(passages: list[list[str]]) -> None:
    segment = pack(passages)
    again = from_payload(to_payload(segment))
    assert listed(again) == listed(segment)
    assert (again.chunk_count, again.token_total) == (len(passages), sum(map(len, passages)))


@given(PASSAGES)
def test_term_rows_read_back_in_any_order(passages: list[list[str]]) -> None:
    segment = pack(passages)
    rows = [(term, segment.term_bytes(place)) for place, term in enumerate(segment.terms)]
    again = from_term_rows(segment.chunk_count, segment.token_total, rows[::-1])
    assert listed(again) == listed(segment)


@given(st.lists(PASSAGES, min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_joining_is_packing_what_is_kept(groups, random) -> None:
    keep = [np.array([random.random() < 0.7 for _ in group]) for group in groups]
    joined = join_segments([pack(group) for group in groups], keep)
    kept = [
        passage
        for group, mask in zip(groups, keep, strict=True)
        for passage, wanted in zip(group, mask, strict=True)
        if wanted
    ]
    assert listed(joined) == listed(pack(kept))
    assert joined.chunk_count == len(kept)


def test_a_damaged_payload_is_refused() -> None:
    payload = to_payload(pack([["ferias", "licenca"]]))
    with pytest.raises(ValueError, match="not a lexical segment"):
        from_payload(b"XXXX" + payload[4:])
    with pytest.raises(ValueError, match="cut short"):
        from_payload(payload[:-1])


def test_a_segment_has_a_capacity() -> None:
    with pytest.raises(ValueError, match="65,536"):
        pack([["ferias"]] * (SEGMENT_CAPACITY + 1))


def test_the_impact_of_a_code_is_near_bm25() -> None:
    for frequency in (1, 2, 3, 5, 9, 14):
        for length in (5, 30, 90, 200, 480):
            terms = ["ferias"] * frequency + [f"x{n}" for n in range(length - frequency)]
            packed = pack([terms[:length]])
            place = packed.terms.index("ferias")
            code = int(packed.codes[packed.bounds[place]])
            found = impact_table(80.0, 1.2, 0.75)[code]
            tf = min(frequency, length)
            exact = 2.2 * tf / (tf + 1.2 * (0.25 + 0.75 * length / 80.0))
            assert found == pytest.approx(exact, rel=0.09)
