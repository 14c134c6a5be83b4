"""Where in a sentence the answer itself stands: the date, the amount, the name. Pure."""

import re
from collections.abc import Iterator

from cogep_assist.answering.question_type import Sought, sought
from cogep_assist.answering.unit_scores import asked_terms
from cogep_assist.retrieval.portuguese import fold, stem

_MONTH = "janeiro|fevereiro|marco|abril|maio|junho|julho|agosto|setembro|outubro|novembro|dezembro"
_DAY = "segunda|terca|quarta|quinta|sexta|sabado|domingo"
_COUNT = (
    r"(?:\d+(?:[.,]\d+)*|um|uma|dois|duas|tres|quatro|cinco|seis|sete|oito|nove|dez|onze|doze|"
    r"quinze|vinte|trinta|quarenta|cinquenta|sessenta|noventa|cem|cento|mil)"
)
_UNIT = r"(?:dias?|meses|mes|anos?|horas?|semanas?|minutos?|segundos?|decadas?|seculos?)"
_HOUR = r"\d{1,2}(?:h\d{0,2}|:\d\d)"
_SPANS: dict[Sought, re.Pattern[str]] = {
    Sought.TIME: re.compile(
        rf"\b(?:(?:dia )?\d{{1,2}}o?(?: de (?:{_MONTH}))(?: de \d{{4}})?"
        rf"|(?:{_MONTH})(?: de \d{{4}})?|\d{{1,2}}/\d{{1,2}}(?:/\d{{2,4}})?"
        rf"|(?:das? |as )?{_HOUR}(?: (?:as|a|ate as) {_HOUR})?"
        rf"|dia \d{{1,2}}|seculo [ivx]+|(?:{_DAY})(?:-feira)?(?: a (?:{_DAY})(?:-feira)?)?"
        r"|1[0-9]{3}|20[0-9]{2})\b"
    ),
    Sought.DURATION: re.compile(
        rf"\b(?:ate )?{_COUNT}(?: \([^)]{{1,30}}\))?(?: e {_COUNT})? {_UNIT}"
        r"(?: uteis| corridos| consecutivos| letivos)?\b"
    ),
    Sought.AMOUNT: re.compile(
        rf"(?:r\$|us\$|€|£) ?\d+(?:[.,]\d+)*(?: (?:mil|milhoes|bilhoes))?|\b{_COUNT}(?:[ ]?%|"
        r" por cento| reais| dolares| euros| (?:mil|milhoes|bilhoes)(?: de \w+)?)|\bgratuit\w+"
    ),
    Sought.NUMBER: re.compile(rf"\b{_COUNT}(?:[ ]?%| por cento| mil| milhoes| bilhoes)?"),
    Sought.REASON: re.compile(
        r"\b(?:porque|pois|devido|por causa|em razao|uma vez que|ja que|para que)\b[^.;]+"
    ),
    Sought.DEFINITION: re.compile(
        r"(?<=\s)(?:e|sao|significa|consiste em|refere-se a)\s(?P<told>[^.;]+)"
    ),
}
_CONNECTED = r"(?:\s(?:d[aeo]s?|e)\s|\s)"
_NAME = re.compile(rf"\b[A-ZÀ-Þ][\w’'-]*(?:{_CONNECTED}[A-ZÀ-Þ0-9][\w’'-]*)*")
_WORD = re.compile(r"\w+")
_SHORTEST_NAME = 2
_ANOTHER_CLAUSE = 1_000


def answer_span(question: str, text: str) -> tuple[int, int] | None:
    """Return ``start:end`` of what was asked for in a sentence; None where that cannot be told.

    What the question itself says is not what it asks for; of several, the one nearest to the
    question's words is taken.
    """
    wanted = sought(question)
    given = fold(question)
    if wanted in (Sought.PERSON, Sought.PLACE):
        spans = [span for span in _names(text) if fold(text[slice(*span)]) not in given]
    elif wanted in _SPANS:
        spans = list(_matches(_SPANS[wanted], text, given))
    else:
        return None
    anchors = _anchors(question, text)
    return min(spans, key=lambda span: (_distance(text, span, anchors), span), default=None)


def _names(text: str) -> Iterator[tuple[int, int]]:
    for match in _NAME.finditer(text):
        # The first word is written large whatever it is; with more of them it is a name.
        alone = match.start() == 0 and not re.search(r"\s[A-ZÀ-Þ]", match.group())
        if not alone and match.end() - match.start() >= _SHORTEST_NAME:
            yield match.span()


def _matches(pattern: re.Pattern[str], text: str, given: str) -> Iterator[tuple[int, int]]:
    folded, origin = _folded(text)
    for match in pattern.finditer(folded):
        start, end = match.span("told" if "told" in pattern.groupindex else 0)
        if folded[start:end].strip() not in given:
            yield origin[start], origin[end - 1] + 1


def _folded(text: str) -> tuple[str, list[int]]:
    """Fold a text, and tell for each folded character where it came from."""
    letters = {character: fold(character) for character in set(text)}
    if all(len(folded) == 1 for folded in letters.values()):
        return fold(text), list(range(len(text)))
    pieces = [letters[character] for character in text]
    origin = [place for place, piece in enumerate(pieces) for _ in piece]
    return "".join(pieces), origin


def _anchors(question: str, text: str) -> list[tuple[int, int]]:
    """Return where the question's words stand; what stands twice points to nothing."""
    asked = asked_terms(question)
    found: dict[str, list[tuple[int, int]]] = {}
    for match in _WORD.finditer(text):
        term = stem(fold(match.group()))
        if term in asked:
            found.setdefault(term, []).append(match.span())
    once = [spans[0] for spans in found.values() if len(spans) == 1]
    return once or [span for spans in found.values() for span in spans]


def _distance(text: str, span: tuple[int, int], anchors: list[tuple[int, int]]) -> int:
    """Return how far a span is from the nearest anchor; another clause is far away."""
    start, end = span
    nearest = _ANOTHER_CLAUSE
    for first, last in anchors:
        between = text[last:start] or text[end:first]
        far = len(between) + _ANOTHER_CLAUSE * (";" in between)
        nearest = min(nearest, far)
    return nearest
