"""Names of persons behind a key or a label, in forms, JSON, XML, settings and medical notes.

A model of words reads sentences; here nothing but the label tells. Hidden before a text leaves,
and not counted: a label says whose place it is, not that a person stands there.
"""

import re
from collections.abc import Iterator

from cogep_assist.core.pii.finding import Finding, Kind
from cogep_assist.core.pii.folding import FoldedText

# Read from the sign backwards: there are few of them, and many words.
_SIGN = re.compile(r"[:=>\n]")
_LONGEST_LABEL = 36
_ROLE = (
    r"paciente|pcte|responsavel(?: legal)?|titular|requerente|solicitante|reclamante|declarante"
    r"|outorgante|outorgado|testemunha|alun[oa]|servidora?|segurad[oa]|beneficiari[oa]|cliente"
    r"|colaboradora?|funcionari[oa]|acompanhante|filiacao|mae|pai|motorista|condutora?|vitima"
    r"|assinado por|assinante|autora?|dependente|favorecido|ausente|presentes"
)
_LABEL = re.compile(
    rf"(?<![a-z])(?:nome(?:[ _](?:completo|civil|social|d[aeo]s?[ _][a-z]+))?|{_ROLE})"
    r"(?: ?\([a-z]{1,12}\))?[\"'`*]{0,3}[ \t]{0,3}\Z"
)
_GAP = re.compile(r"[=>]?[ \t*]{0,4}(?P<quote>[\"'`]?)")
_WORD = r"[^\W\d_][\w'’-]*\.?"
_NAME = re.compile(rf"{_WORD}(?: {_WORD}){{0,8}}")
_INVERTED = re.compile(rf"{_WORD}(?: {_WORD}){{0,3}}, {_WORD}(?: {_WORD}){{0,5}}")
_ENDS = re.compile(r"\s*(?:[\"'`<>;|,()\n\t/]|\.(?:\s|\Z)|\s[-–]\s|\Z)")
_INNER = frozenset(["da", "de", "di", "do", "das", "dos", "e", "del", "van", "von", "y"])
_HIDDEN = 0.5


def find_named(text: FoldedText) -> Iterator[Finding]:
    """Yield what stands behind ``nome:``, ``"paciente": "`` and is written as a name."""
    for sign in _SIGN.finditer(text.plain):
        before = max(sign.start() - _LONGEST_LABEL, 0)
        if not _LABEL.search(text.lower[before : sign.start()]):
            continue
        gap = _GAP.match(text.plain, sign.end())
        found = _value(text, gap.end(), gap["quote"]) if gap else None
        if found is not None:
            value = text.lower[found.start() : found.end()]
            yield Finding(Kind.PERSON, *text.place(*found.span()), value, _HIDDEN)


def _value(text: FoldedText, start: int, quote: str) -> re.Match[str] | None:
    """Return a name that goes to the end of its place, or nothing."""
    for pattern in (_INVERTED, _NAME):
        found = pattern.match(text.plain, start)
        if found is None or not _ENDS.match(text.plain, found.end()):
            continue
        if quote and text.plain[found.end() : found.end() + 1] != quote:
            continue
        if quote or _written_as_name(found[0]):
            return found
    return None


def _written_as_name(surface: str) -> bool:
    """Tell whether every word but particles begins with a capital."""
    words = surface.replace(",", "").split()
    return all(word[0].isupper() or word.lower() in _INNER for word in words) and not (
        len(words) == 1 and surface.isupper() and len(surface) < 5
    )
