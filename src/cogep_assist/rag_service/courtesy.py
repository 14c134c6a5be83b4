"""What people write that asks nothing of the documents: greetings, thanks, a wish for a person.

Pure. Such words are answered at once and looked up nowhere: nothing is missing from the base
because nobody said goodbye in it.
"""

import re
import unicodedata

from cogep_assist.core.models import Courtesy
from cogep_assist.rag_service.courtesy_words import (
    CLOSINGS,
    FILLERS,
    OPENINGS,
    OPENINGS_GO_ON,
    PHRASES,
    SIGNS,
    VAGUE,
)
from cogep_assist.retrieval.portuguese import fold

# A longer text asks something, whatever else it says.
MOST_CHARS = 160
REPLIES = {
    Courtesy.GREETING: (
        "Olá! Escreva a sua pergunta: eu procuro nos documentos e mostro de onde veio cada frase."
    ),
    Courtesy.THANKS: "Por nada! Se precisar de mais alguma coisa, é só perguntar.",
    Courtesy.FAREWELL: "Até logo! Quando precisar, é só perguntar.",
    Courtesy.ACKNOWLEDGEMENT: "Certo. Se tiver outra dúvida, é só perguntar.",
    Courtesy.ABOUT: (
        "Sou um assistente automático. Respondo com o que está nos documentos desta organização e "
        "mostro a fonte de cada frase; quando não encontro, digo que não encontrei."
    ),
    Courtesy.PERSON: (
        "Para falar com uma pessoa, abra um chamado: o que foi dito nesta conversa segue junto."
    ),
    Courtesy.UNCLEAR: (
        "Não entendi sobre o que é a pergunta. Escreva o assunto e o que você quer saber dele."
    ),
}
# What is told where several are said at once: "oi, obrigado, quero falar com alguém".
_FIRST = (
    Courtesy.PERSON,
    Courtesy.ABOUT,
    Courtesy.THANKS,
    Courtesy.FAREWELL,
    Courtesy.GREETING,
    Courtesy.ACKNOWLEDGEMENT,
)
_ASIDE = {Courtesy.GREETING, Courtesy.THANKS, Courtesy.FAREWELL, Courtesy.ABOUT}
_CLAUSE = re.compile(r"[^.!?,;:…\n]+[.!?,;:…\n\s]*|[.!?,;:…\n\s]+")
_WORD = re.compile(r"[^\W_]+")
_AGAIN = re.compile(r"(.)\1+")


def courtesy_of(text: str) -> Courtesy | None:
    """Return what is said instead of a question, or None where something is asked.

    ``UNCLEAR`` is for what names nothing at all ("???", "e agora?"): after other questions it may
    still be understood.
    """
    if len(text) > MOST_CHARS:
        return None if any(map(str.isalnum, text)) else Courtesy.UNCLEAR
    words = _WORD.findall(fold(text))
    said = {kind for kind, signs in SIGNS.items() if any(sign in text for sign in signs)}
    phrases = _phrases(_words(text))
    if phrases is not None:
        said |= phrases
        return next((kind for kind in _FIRST if kind in said), Courtesy.UNCLEAR)
    return Courtesy.UNCLEAR if VAGUE.issuperset(words) else None


def small_talk(text: str) -> Courtesy | None:
    """Return the courtesy of a text that stands by itself, whatever came before it."""
    courtesy = courtesy_of(text)
    return None if courtesy is Courtesy.UNCLEAR else courtesy


def without_courtesy(text: str) -> str:
    """Return a question without the greeting before it and the thanks after it.

    "Oi, bom dia! Quantos dias de férias eu tenho? Obrigada!" asks what its middle asks; the other
    words would be looked for in the documents. A text of courtesy alone stays as it is.
    """
    plain = unicodedata.normalize("NFC", text)
    clauses = [match.span() for match in _CLAUSE.finditer(plain)]
    while clauses and _is_aside(plain[slice(*clauses[0])]):
        del clauses[0]
    while clauses and _is_aside(plain[slice(*clauses[-1])]):
        del clauses[-1]
    if not clauses:
        return text
    rest = _unwrapped(plain[clauses[0][0] : clauses[-1][1]].strip().rstrip(",;:"))
    return rest[:1].upper() + rest[1:] if rest != plain else text


def _is_aside(clause: str) -> bool:
    """Tell whether a clause is courtesy that no follow-up leans on, as it may on "certo, e...?"."""
    said = _phrases(_words(clause))
    return said is not None and (bool(said & _ASIDE) or not any(map(str.isalnum, clause)))


def _unwrapped(text: str) -> str:
    """Take greetings and thanks away that no comma sets apart: "oi quantos dias... obrigado"."""
    places = [match.span() for match in _WORD.finditer(text)]
    words = [_squeezed(fold(text[start:end])) for start, end in places]
    first, last = 0, len(words)
    while length := _longest(words[first:last], OPENINGS if not first else OPENINGS_GO_ON):
        first += length
    while length := _longest(words[first:last], CLOSINGS, at_end=True):
        last -= length
    if first >= last:
        return text
    end = len(text) if last == len(words) else places[last - 1][1]
    return text[places[first][0] if first else 0 : end]


def _longest(words: list[str], phrases: frozenset[str], *, at_end: bool = False) -> int:
    for length in range(min(_LONGEST, len(words)), 0, -1):
        part = words[-length:] if at_end else words[:length]
        if " ".join(part) in phrases:
            return length
    return 0


def _words(text: str) -> list[str]:
    return [_squeezed(word) for word in _WORD.findall(fold(text))]


def _phrases(words: list[str]) -> set[Courtesy] | None:
    """Read a text as nothing but known phrases, the longest first; None where it is more."""
    said: set[Courtesy] = set()
    place = 0
    while place < len(words):
        for length in range(min(_LONGEST, len(words) - place), 0, -1):
            phrase = " ".join(words[place : place + length])
            if phrase in _KNOWN:
                kind = _KNOWN[phrase]
                said |= {kind} if kind else set()
                place += length
                break
        else:
            return None
    return said


def _squeezed(text: str) -> str:
    """Write "oiiii" as "oi": what is drawn out is the same word."""
    return _AGAIN.sub(r"\1", text)


_KNOWN: dict[str, Courtesy | None] = {_squeezed(filler): None for filler in FILLERS} | {
    _squeezed(phrase): kind for kind, phrases in PHRASES.items() for phrase in phrases
}
_LONGEST = max(len(phrase.split()) for phrase in _KNOWN)
