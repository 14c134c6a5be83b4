"""Where in a sentence or a row the answer itself stands: the date, the amount, the name. Pure."""

import re
from collections.abc import Iterable, Iterator

from cogep_assist.answering.question_type import Sought, sought, supplies
from cogep_assist.answering.unit_scores import asked_terms
from cogep_assist.retrieval.portuguese import fold, stem, words

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
}
# Of an age no other number is the answer, and where things are counted only what counts those.
_AGE = re.compile(rf"\b{_COUNT}(?: \([^)]{{1,30}}\))?(?: (?:a|e|ou) {_COUNT})? anos\b")
_ASKS_AGE = re.compile(r"\bidade\b")
_ASKS_COUNT = re.compile(r"\bquant[oa]s ([^\W\d_]+)")
_ASKS_SHARE = re.compile(r"\b(?:percentual|porcentagem|taxa|aliquota)\b")
_SHARE = re.compile(rf"\b{_COUNT}(?:[ ]?%| por cento)")
_COUNTED_WORDS = 3
# How somebody is reached has a form of its own.
_CONTACTS = (
    (
        re.compile(r"\be-?mail\b|\bendereco eletronico\b"),
        re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    ),
    (
        re.compile(r"\b(?:ramal|telefone|celular|whatsapp)\b"),
        re.compile(
            r"\b0800[ -]?\d{3}[ -]?\d{4}\b|(?:\(?\b\d{2}\)? ?)?\b\d{4,5}-\d{4}\b"
            r"|\b\d{3,5}\b(?![.,/-]\d)"
        ),
    ),
)
_ASKS_HOW_OFTEN = re.compile(r"\bde quanto em quanto tempo\b|\bfrequencia\b|\bperiodicidade\b")
_EVERY = re.compile(rf"\ba cada (?:{_COUNT} )?{_UNIT}\b")
_UNTIL = re.compile(
    rf"\b(?:em )?ate {_COUNT}(?: \([^)]{{1,30}}\))? {_UNIT}"
    r"(?: uteis| corridos| consecutivos| letivos)?\b"
)
# Read as it is written: folded, "é" would be the "e" of "Gestão e Desempenho".
_TELLS = re.compile(
    r"(?<=\s)(?:é|são|significa|consiste em|refere-se a)\s(?P<told>[^.;]+)", re.IGNORECASE
)
_SPELT_OUT = re.compile(r"\b(?P<short>[A-ZÀ-Þ][\w-]*) \((?P<told>[^()]{6,})\)")
_ASKS_LETTERS = re.compile(r"\b(?:significa|sigla|acronimo|quer dizer)\b")
_AT = re.compile(r"(?:\b(?:em|n[ao]s?|ao?s?|à|d[aeo]s?|pel[ao]|até)\s|[:,|]\s)$", re.IGNORECASE)
_CONNECTED = r"(?:\s(?:d[aeo]s?|e)\s|\s)"
_NAME = re.compile(rf"\b[A-ZÀ-Þ][\w’'-]*(?:{_CONNECTED}[A-ZÀ-Þ0-9][\w’'-]*)*")
_WORD = re.compile(r"\w+")
_ORDINAL = re.compile(r"\d[ºª°] \w+$")
_CELL = " | "
_SHORTEST_NAME = 2
_LONGEST_STATE = 2
_ANOTHER_CLAUSE = 1_000


def answer_span(question: str, text: str) -> tuple[int, int] | None:
    """Return ``start:end`` of what was asked for in a sentence; None where that cannot be told.

    What the question itself says is not what it asks for; of several, the one nearest to the
    question's words is taken, and to its numbers where the sentence holds those.
    """
    spans = list(_spans(question, text))
    anchors = _anchors(question, text)
    return min(spans, key=lambda span: (_distance(text, span, anchors), span), default=None)


def cell_span(question: str, header: str, row: str) -> tuple[int, int] | None:
    """Return ``start:end`` of the cell that answers, by what its column is called.

    A cell says its column's name itself ("Prazo: 30 dias") or has it in ``header``, if that is
    given. Where no cell of a column that the question names holds the kind of thing that is asked
    for, it is the one whose column the question names more than any other. None where none does.
    """
    asked = {term for term in asked_terms(question) if len(term) > 2}
    columns = header.split(_CELL)
    spans = list(_spans(question, row))
    found: list[tuple[int, bool, bool, int, int]] = []
    named: list[tuple[int, int, int]] = []
    for place, (start, end) in enumerate(_cells(row)):
        name, colon, _ = row[start:end].partition(": ")
        begin = start + len(name) + len(colon) if colon else start
        column = name if colon else columns[place] if place < len(columns) else ""
        if place and begin < end:
            named.append((_named(asked, column), begin, end))
        if any(begin <= first < end for first, _ in spans):
            # A date before its weekday; and the first cell mostly tells what the row is about.
            spoken = not any(map(str.isdigit, row[begin:end]))
            found.append((-_named(asked, column), spoken, place == 0, begin, end))
    if found and (min(found)[0] or len(spans) == 1):
        return min(found)[3:]
    most = max((count for count, _, _ in named), default=0)
    best = [span for count, *span in named if count == most]
    if most and len(best) == 1:
        return best[0][0], best[0][1]
    return min(found)[3:] if found else None


def _named(asked: Iterable[str], column: str) -> int:
    """Return how many of the words asked a column's name holds: "pago" is in "Pagamento"."""
    held = [stem(word) for word in words(column)]
    return sum(any(a.startswith(h) or h.startswith(a) for h in held if len(h) > 2) for a in asked)


def _cells(row: str) -> Iterator[tuple[int, int]]:
    start = 0
    for cell in row.split(_CELL):
        yield start, start + len(cell)
        start += len(cell) + len(_CELL)


def _spans(question: str, text: str) -> Iterator[tuple[int, int]]:
    """Yield each span of the kind of thing that is asked for, but for what the question says."""
    wanted, given = sought(question), fold(question)
    for asks, contact in _CONTACTS:
        if asks.search(given):
            return _matches(contact, text, given)
    if wanted is Sought.DEFINITION:
        return iter(_definitions(question, text, given))
    if wanted in (Sought.PERSON, Sought.PLACE):
        named = (span for span in _names(text) if fold(text[slice(*span)]) not in given)
        return (s for s in named if wanted is Sought.PERSON or _is_place(text, *s))
    if wanted is Sought.NUMBER:
        return _counts(text, given)
    if wanted not in _SPANS:
        return iter(())
    if _ASKS_HOW_OFTEN.search(given) and _EVERY.search(fold(text)):
        return _matches(_EVERY, text, given)
    found = list(_matches(_SPANS[wanted], text, given))
    late = wanted is Sought.TIME and not found
    return _matches(_UNTIL, text, given) if late else iter(found)


def _is_place(text: str, start: int, end: int) -> bool:
    letters = text[start:end].isupper() and end - start > _LONGEST_STATE
    return not letters and _AT.search(text[max(0, start - 10) : start]) is not None


def _definitions(question: str, text: str, given: str) -> list[tuple[int, int]]:
    """Return what a sentence says that its subject is; what its letters stand for where asked."""
    if supplies(text, Sought.DEFINITION, question) < 1:
        return []
    asked = set(words(question))
    spelt = [m.span("told") for m in _SPELT_OUT.finditer(text) if fold(m["short"]) in asked][:1]
    told = [match.span("told") for match in _TELLS.finditer(text)][:1]
    return (spelt or told) if _ASKS_LETTERS.search(given) else (told or spelt)


def _counts(text: str, given: str) -> Iterator[tuple[int, int]]:
    if _ASKS_AGE.search(given):
        return _matches(_AGE, text, given)
    if _ASKS_SHARE.search(given):
        return _matches(_SHARE, text, given)
    counted = _ASKS_COUNT.search(given)
    found = _matches(_SPANS[Sought.NUMBER], text, given)
    if counted is None:
        return found
    return (s for s in found if stem(counted[1]) in map(stem, _following(text, s[1])))


def _following(text: str, position: int) -> list[str]:
    return words(text[position : position + 60])[:_COUNTED_WORDS]


def _names(text: str) -> Iterator[tuple[int, int]]:
    first = next((place for place, letter in enumerate(text) if letter.isalpha()), 0)
    for match in _NAME.finditer(text):
        # The first word is written large whatever it is; with more of them it is a name.
        alone = match.start() <= first and not re.search(r"\s[A-ZÀ-Þ]", match.group())
        # "PGD (Programa de Gestão)" says what letters stand for.
        spelt = text.startswith("(", max(0, match.start() - 1))
        if not alone and not spelt and match.end() - match.start() >= _SHORTEST_NAME:
            yield match.span()


def _matches(pattern: re.Pattern[str], text: str, given: str) -> Iterator[tuple[int, int]]:
    folded, origin = _folded(text)
    for match in pattern.finditer(folded):
        start, end = match.span()
        span = origin[start], origin[end - 1] + 1
        # "no 32º mês" is no length of time.
        if folded[start:end].strip() not in given and not _ORDINAL.search(text[slice(*span)]):
            yield span


def _folded(text: str) -> tuple[str, list[int]]:
    """Fold a text, and tell for each folded character where it came from."""
    letters = {character: fold(character) for character in set(text)}
    if all(len(folded) == 1 for folded in letters.values()):
        return fold(text), list(range(len(text)))
    pieces = [letters[character] for character in text]
    origin = [place for place, piece in enumerate(pieces) for _ in piece]
    return "".join(pieces), origin


def _anchors(question: str, text: str) -> list[tuple[int, int]]:
    """Return where the question's numbers, or else its words, stand.

    What stands twice points to nothing.
    """
    asked = asked_terms(question)
    found: dict[str, list[tuple[int, int]]] = {}
    for match in _WORD.finditer(text):
        term = stem(fold(match.group()))
        if term in asked:
            found.setdefault(term, []).append(match.span())
    once = [spans[0] for spans in found.values() if len(spans) == 1]
    numbers = [span for span in once if text[slice(*span)].isdigit()]
    return numbers or once or [span for spans in found.values() for span in spans]


def _distance(text: str, span: tuple[int, int], anchors: list[tuple[int, int]]) -> int:
    """Return how far a span is from the nearest anchor; another clause is far away."""
    start, end = span
    nearest = _ANOTHER_CLAUSE
    for first, last in anchors:
        between = text[last:start] or text[end:first]
        far = len(between) + _ANOTHER_CLAUSE * (";" in between)
        nearest = min(nearest, far)
    return nearest
