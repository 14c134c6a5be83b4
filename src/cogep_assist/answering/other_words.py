"""A question in the words and the writing of the documents. Pure."""

import re
from collections.abc import Sequence

from cogep_assist.answering.grounding_numbers import MONTHS
from cogep_assist.answering.roman_numerals import roman_number, written_in_roman
from cogep_assist.retrieval.everyday_words import documents_words
from cogep_assist.retrieval.hit import AskedTerm, Findings, Hit
from cogep_assist.retrieval.portuguese import fold, stem, words

_MOST_WORDS = 2
_CLOSEST = 3
_MEANING = re.compile(r"\b(?:significa|quer dizer|acontece)\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_SPOKEN_DATE = re.compile(
    rf"\b(?P<day>\d{{1,2}})[oº°]?\s+de\s+(?P<month>{'|'.join(MONTHS)}|março)(?:\s+de\s+(?P<year>\d{{4}}))?",
    re.IGNORECASE,
)
_WRITTEN_DATE = re.compile(r"\b(?P<day>\d{1,2})/(?P<month>\d{1,2})(?:/(?P<year>\d{4}))?\b")
# What is counted with either numerals: "fundamental 2" and "Ensino Fundamental II".
_COUNTED = re.compile(
    r"\b(?P<thing>fundamental|ensino|n[ií]vel|classe|grau|ciclo|fase|etapa|categoria|grupo|tipo"
    r"|anexo|bloco|m[oó]dulo|t[ií]tulo|cap[ií]tulo|parte|volume|torre|turma|faixa|padr[aã]o)"
    r"\s+(?P<number>\d{1,2}|[ivxIVX]{1,5})\b",
    re.IGNORECASE,
)
# "10kg", as it is typed for "10 kg".
_GLUED = re.compile(
    r"\b(\d{1,6})(kg|km|g|cm|mm|m2|ml|gb|mb|tb|min|anos?|dias?|meses)\b", re.IGNORECASE
)
_THOUSANDS = re.compile(r"\b(\d{1,3})\s+mil\b", re.IGNORECASE)


def in_other_words(question: str, terms: Sequence[AskedTerm]) -> list[str]:
    """Return the question as documents may say it, none where there is no other way.

    Words that no document holds are replaced by those that some hold; dates and thousands are
    written in the other way: "15 de março" is "15/03", "60 mil" is "60.000"; so are the numbers of
    what is counted in Roman numerals.
    """
    known = {
        term.word: [word for word in documents_words(term.word) if stem(word) in term.stand_ins]
        for term in terms
        if not term.frequency
    }
    worded = _with(question, known)
    spaced = _GLUED.sub(r"\1 \2", question)
    return _others(
        question, worded, _redated(question), _redated(worded), _renumbered(question), spaced
    )


def as_found(question: str, findings: Findings) -> list[str]:
    """Return a question that nothing answers as the passages found may answer it.

    Words that the closest do not hold are replaced by those that some do, and what asks for a
    meaning asks what a thing is.
    """
    closest = _held(findings.hits[:_CLOSEST])
    held = _held(findings.hits)
    known = {
        term.word: [word for word in documents_words(term.word) if stem(word) in held]
        for term in findings.terms
        if term.term not in closest
    }
    plain = _MEANING.sub("é", question)
    return _others(question, _with(plain, known))


def _others(question: str, *worded: str) -> list[str]:
    return [one for one in dict.fromkeys(worded) if one != question]


def _held(hits: Sequence[Hit]) -> set[str]:
    texts = (f"{hit.title}\n{hit.heading}\n{hit.text}" for hit in hits)
    return {stem(word) for text in texts for word in words(text)}


def _with(question: str, said: dict[str, list[str]]) -> str:
    return _WORD.sub(lambda match: _instead(match.group(), said), question)


def _instead(word: str, said: dict[str, list[str]]) -> str:
    return " ".join(said.get(fold(word), [])[:_MOST_WORDS]) or word


def _renumbered(question: str) -> str:
    return _COUNTED.sub(_in_roman, question)


def _in_roman(match: re.Match[str]) -> str:
    written = match["number"]
    if written.isdecimal():
        other = written_in_roman(int(written)) or written
    elif roman_number(written) and written_in_roman(roman_number(written)) == written.upper():
        other = str(roman_number(written))
    else:
        other = written
    return f"{match['thing']} {other}"


def _redated(question: str) -> str:
    written = _SPOKEN_DATE.sub(_as_written, question)
    if written == question:
        written = _WRITTEN_DATE.sub(_as_spoken, question)
    return _THOUSANDS.sub(r"\1.000", written)


def _as_written(date: re.Match[str]) -> str:
    month = [*MONTHS].index(fold(date["month"])) + 1
    year = f"/{date['year']}" if date["year"] else ""
    return f"{int(date['day']):02}/{month:02}{year}"


def _as_spoken(date: re.Match[str]) -> str:
    month = int(date["month"])
    if not 1 <= month <= len(MONTHS):
        return date.group()
    year = f" de {date['year']}" if date["year"] else ""
    return f"{int(date['day'])} de {[*MONTHS][month - 1]}{year}"
