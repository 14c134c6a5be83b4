"""How sure an answer must be in a collection, as its curator's own questions show.

People of one organisation ask in the words of its documents, those of another in their own: at one
threshold for all, the first get an answer to nearly everything and the second do not. Questions
that the curator knows to be answerable tell where a collection stands. Few of them move little.
"""

import math
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.answering.abstain import THRESHOLD
from cogep_assist.core.models import AnswerThreshold
from cogep_assist.retrieval.hit import Findings

# Fewer say nothing about one in twenty.
LEAST_QUESTIONS = 40
# So many questions count as much as all that was learnt elsewhere (docs/adr/0051).
_PRIOR = 50
# Questions that are no real ones must not let a collection say all; and those that are written with
# the documents open are easier than people's, so that by them it may hardly say less.
MOST_FALL, MOST_RISE = 1.0, 0.3
_FALSE_ABSTENTION = 0.05
_LEAST_CONFIDENCE = 1e-4


def fitted_shift(confidences: Sequence[float]) -> float | None:
    """Return by how many log odds the threshold moves for answers to answerable questions.

    At the threshold of the questions' own, one in twenty of them stays unanswered. None where there
    are fewer than 40.
    """
    count = len(confidences)
    if count < LEAST_QUESTIONS:
        return None
    odds = sorted(_odds(one) for one in confidences)
    place = (count - 1) * _FALSE_ABSTENTION
    below = int(place)
    own = odds[below] + (place - below) * (odds[min(below + 1, count - 1)] - odds[below])
    shift = (own - _odds(THRESHOLD)) * count / (count + _PRIOR)
    return max(-MOST_FALL, min(MOST_RISE, shift))


def moved_threshold(shift: float) -> float:
    """Return the least confidence of an answer, 0 to 1, where the threshold moves so far."""
    return 1 / (1 + math.exp(-_odds(THRESHOLD) - shift))


async def own_threshold(session: AsyncSession, findings: Findings) -> float:
    """Return the least confidence of an answer from the collection of the best passage."""
    if not findings.hits:
        return THRESHOLD
    here = AnswerThreshold.collection_id == findings.hits[0].collection_id
    shift = await session.scalar(sa.select(AnswerThreshold.shift).where(here))
    return THRESHOLD if shift is None else moved_threshold(shift)


def _odds(confidence: float) -> float:
    held = min(max(confidence, _LEAST_CONFIDENCE), 1 - _LEAST_CONFIDENCE)
    return math.log(held / (1 - held))
