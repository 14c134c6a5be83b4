"""Candidates as plain rows, of which a hit is made only where it is shown."""

from dataclasses import fields

from cogep_assist.retrieval.candidates import LivePassage
from cogep_assist.retrieval.hit import Hit


def test_a_passage_lies_in_its_row_as_a_hit_is_made_of_it() -> None:
    names = [field.name for field in fields(Hit)]
    assert names[: len(LivePassage._fields)] == list(LivePassage._fields)
