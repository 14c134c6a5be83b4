"""Put together what answers each part of a question, and tell which part nothing answers. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from cogep_assist.answering.abstain import Verdict
from cogep_assist.answering.extract import ExtractedAnswer
from cogep_assist.answering.lacking_words import lacking_words
from cogep_assist.answering.question_parts import QuestionPart
from cogep_assist.answering.question_type import Sought, sought, supplies
from cogep_assist.retrieval.hit import Findings

_MOST_SENTENCES, _MOST_ADDED = 5, 2
_Answered = tuple[Findings, ExtractedAnswer, Verdict]


def in_parts(
    parts: Sequence[QuestionPart], whole: _Answered, answers: Sequence[_Answered]
) -> _Answered:
    """Return the answer to a question with what answers the parts that it leaves open.

    The verdict names the parts that are still open. Where nothing is answered, it is ``whole``'s.
    """
    findings, extracted, verdict = whole
    answered = [one for one in answers if not one[2].abstain]
    if verdict.abstain and not answered:
        return whole
    if verdict.abstain:
        findings, extracted, verdict = max(answered, key=lambda one: one[2].confidence)
    unanswered = []
    for part, (found, own, judged) in zip(parts, answers, strict=True):
        if not judged.abstain:
            extracted = _joined(extracted, own)
        elif _lacks(part, found) or not _is_told(part, extracted):
            unanswered.append(part.typed)
    verdict = replace(verdict, unanswered=tuple(unanswered))
    return findings, extracted, verdict


def _is_told(part: QuestionPart, answer: ExtractedAnswer) -> bool:
    """Tell whether an answer holds what a part asks for, as far as its kind can be told."""
    wanted = sought(part.typed)
    return wanted is not Sought.OTHER and supplies(answer.text, wanted, part.typed) >= 1.0


def _lacks(part: QuestionPart, findings: Findings) -> bool:
    """Tell whether words of a part stand in none of the closest passages."""
    lacking = lacking_words(part.typed, findings)
    return bool(lacking.unknown or lacking.elsewhere)


def _joined(first: ExtractedAnswer, other: ExtractedAnswer) -> ExtractedAnswer:
    """Add the best sentences of a part, unless one of them is told already."""
    spans = {(one.hit.version_id, one.start) for one in first.sentences}
    best = other.sentences[:_MOST_ADDED]
    if any((one.hit.version_id, one.start) in spans for one in best):
        return first
    return replace(first, sentences=(*first.sentences, *best)[:_MOST_SENTENCES])
