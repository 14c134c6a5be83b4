"""Where the known answer was lost on its way into the extracted one."""

import numpy as np

from cogep_assist.answering.choice import MARGIN, choose
from cogep_assist.answering.extract import MOST_SENTENCES, Weighed, weigh
from cogep_assist.answering.unit_evidence import term_rarity
from cogep_assist.retrieval.hit import Findings
from cogep_assist.retrieval.portuguese import fold

CAUSES = (
    "in no passage that is read",
    "cut in two by the bounds of sentences",
    "chosen, in a clause that was left out",
    "among the best three, without room",
    "further down within the margin, another passage than the best",
    "further down within the margin, the best one's passage",
    "below the margin",
)


def plain(text: str) -> str:
    """Return a text's letters and digits, folded, in words."""
    return " ".join("".join(c if c.isalnum() else " " for c in fold(text)).split())


def cause(question: str, known: list[str], found: Findings) -> str:
    """Return the cause why an answer does not hold any of the known ones, which are plain."""
    weighed = weigh(question, found.hits, term_rarity(found))
    if not any(_holds(known, hit.text) for hit in weighed.passages):
        return CAUSES[0]
    right = [place for place, c in enumerate(weighed.candidates) if _holds(known, c.text)]
    if not right:
        return CAUSES[1]
    order = np.argsort(-weighed.scores, kind="stable").tolist()
    place = min(right, key=order.index)
    chosen = choose(question, weighed.pieces, weighed.candidates, weighed.scores)
    if any(taken.piece is weighed.pieces[place] for taken in chosen):
        return CAUSES[2]
    return _left_out(weighed, order, place)


def _left_out(weighed: Weighed, order: list[int], place: int) -> str:
    if weighed.scores[place] < weighed.scores[order[0]] - MARGIN:
        return CAUSES[6]
    if order.index(place) < MOST_SENTENCES:
        return CAUSES[3]
    alike = weighed.pieces[place].passage == weighed.pieces[order[0]].passage
    return CAUSES[5 if alike else 4]


def _holds(known: list[str], text: str) -> bool:
    held = plain(text)
    return any(one in held for one in known)
