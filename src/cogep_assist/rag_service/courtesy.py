"""What people write that asks nothing of the documents: greetings, thanks, a wish for a person.

Pure. Such words are answered at once and looked up nowhere: nothing is missing from the base
because nobody said goodbye in it.
"""

import re

from cogep_assist.core.models import Courtesy
from cogep_assist.rag_service.courtesy_words import FILLERS, PHRASES, SIGNS, VAGUE
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
    phrases = _phrases([_squeezed(word) for word in words])
    if phrases is not None:
        said |= phrases
        return next((kind for kind in _FIRST if kind in said), Courtesy.UNCLEAR)
    return Courtesy.UNCLEAR if VAGUE.issuperset(words) else None


def small_talk(text: str) -> Courtesy | None:
    """Return the courtesy of a text that stands by itself, whatever came before it."""
    courtesy = courtesy_of(text)
    return None if courtesy is Courtesy.UNCLEAR else courtesy


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
