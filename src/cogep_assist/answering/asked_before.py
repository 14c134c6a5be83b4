"""Where a document asks the question itself, as lists of frequent questions do. Pure."""

import re
from collections.abc import Sequence

from cogep_assist.answering.passage_units import Unit
from cogep_assist.answering.unit_scores import asked_terms
from cogep_assist.retrieval.hit import Hit
from cogep_assist.retrieval.portuguese import words

# In log odds: what follows the question at once answers it, what comes later mostly does.
_AT_ONCE, _LATER = 3.0, 2.0
_LEAST_ASKED, _LEAST_SAID = 0.7, 0.5
_LATEST = 4
_PARTS = re.compile(r" [›>] ")


def asked_before(
    question: str, units: Sequence[Sequence[Unit]], passages: Sequence[Hit]
) -> dict[tuple[int, int], float]:
    """Return what (passage, unit) gain by standing under the question, in log odds.

    The question may be the passage's heading or a sentence in it.
    """
    about = frozenset(asked_terms(question))
    found: dict[tuple[int, int], float] = {}
    for passage, hit in enumerate(passages):
        # What the title says, a question under it need not say again.
        asked = about - frozenset(asked_terms(hit.title)) or about
        heading = _PARTS.split(hit.heading)[-1]
        behind = 0 if _asks(heading, asked) else None
        for place, unit in enumerate(units[passage]):
            said = hit.text[unit.start : unit.end]
            if said.rstrip().endswith("?"):
                behind = 0 if _asks(said, asked) else None
            elif behind is not None and behind < _LATEST:
                found[passage, place] = _LATER if behind else _AT_ONCE
                behind += 1
    return found


def _asks(text: str, asked: frozenset[str]) -> bool:
    if not text.rstrip().endswith("?"):
        return False
    said = frozenset(asked_terms(text)) if words(text) else frozenset[str]()
    shared = len(said & asked)
    return shared >= max(_LEAST_ASKED * len(asked), 1) and shared >= _LEAST_SAID * len(said)
