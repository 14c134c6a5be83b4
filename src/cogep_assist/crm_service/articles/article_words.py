"""What of a ticket or a gap goes into an article: the question and the answer, without persons."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cogep_assist.core.pii.detect import PERSONAL
from cogep_assist.core.pii.known_names import KnownNames
from cogep_assist.core.pii.redact import redact

# A greeting before what is said, and the close after it with the names under it. What follows
# the greeting on its line may be the answer itself: only names and a few words of address go.
_NAME = r"(?:[A-ZÀ-Þ][\w’'-]{0,30}\.?|d[aeo]s?|e)"
_GREETING = re.compile(
    r"\A\s*+(?i:ol[áa]|oi|bom dia|boa tarde|boa noite|prezad[oa]s?|car[oa]s?|senhora?|sr\.?a?)\b"
    rf"(?:[.,]?[ \t]*{_NAME}(?:[ \t]+{_NAME}){{0,6}}[,!.:\n]"
    r"|,[ \t]*[^\W\d_]+(?:[ \t]+[^\W\d_]+)?(?:!|[,:]?[ \t]*\r?\n)"
    r"|(?:[ \t]+[^\W\d_]+\.?){0,5}[,!:\n]|\.)\s*+"
)
_CLOSE = re.compile(
    r"\n[ \t]*(?:atenciosamente|att\b|cordialmente|grat[oa]\b|obrigad[oa]\b|abraços?\b|"
    r"respeitosamente)[^\n]{0,80}(?:\n.{0,200}){0,6}\Z",
    re.IGNORECASE,
)
_LARGEST = 50_000


@dataclass(frozen=True, slots=True)
class CleanWords:
    """An article's parts without what was found of persons in them, and how much that was."""

    title: str
    question: str
    answer: str
    removed: dict[str, int]


def clean_words(
    title: str, question: str, replies: Sequence[str], names: Iterable[str]
) -> CleanWords:
    """Take greetings, closes and personal data out; ``names``: of the people around it."""
    detectors = (*PERSONAL, KnownNames(names))
    counts: Counter[str] = Counter()
    parts = []
    answer = "\n\n".join(filter(None, map(_said, replies)))
    for text in (title, _said(question), answer):
        found = redact(text[:_LARGEST], detectors=detectors)
        counts.update({kind.value: times for kind, times in found.counts.items()})
        parts.append(found.text)
    return CleanWords(" ".join(parts[0].split())[:200], parts[1], parts[2], dict(counts))


def _said(text: str) -> str:
    return _CLOSE.sub("", _GREETING.sub("", text, count=1)).strip()
