"""Acronyms and what they stand for, as the documents themselves say it. Pure.

"Sistema Eletrônico de Informações (SEI)", "SEI (Sistema Eletrônico de Informações)" and "SEI –
Sistema Eletrônico de Informações". The letters are matched as Schwartz and Hearst do (A simple
algorithm for identifying abbreviation definitions, PSB 2003), with Portuguese linking words.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cogep_assist.retrieval.portuguese import fold, tokenize

MOST_PER_PASSAGE = 20
LONGEST_KEY = 8
_SHORT = r"[A-ZÀ-Ý][A-Za-zÀ-ÿ0-9&/-]{1,11}"
_INSIDE = re.compile(rf"\(\s*(?:sigla\s+|ou\s+)?[“\"']?({_SHORT})[”\"']?\s*\)")
_OPENED = re.compile(
    rf"(?<![\w-])({_SHORT})\s*(?:\(([^()\n]{{6,120}})\)|[–—]\s*([^\n.;:()]{{6,120}}))"
)
_WORD = re.compile(r"[^\W\d_][\w’'-]*")
_BREAK = re.compile(r"[.;:!?()\n\t|]")
_LINK_TEXT = "a ao aos as com da das de do dos e em na nas no nos o os para pela pelo por sobre"
_LINKS = frozenset(_LINK_TEXT.split())
_LEAST_CAPITALS = 2
_UNSAID_FROM = 4


@dataclass(frozen=True, slots=True)
class Acronym:
    """A short form, its long form as written, and the keys that both are looked up by."""

    short: str
    long: str
    short_key: str
    long_key: str


def mine(text: str) -> list[Acronym]:
    """Return the acronyms that a text explains, each once, in the order of the text."""
    found: dict[tuple[str, str], Acronym] = {}
    for short, words in (*_explained_before(text), *_explained_after(text)):
        long = _long_form(short, words)
        if long is None:
            continue
        made = Acronym(short, long, fold(short), phrase_key(long))
        # Without two words of its own left, a long form says nothing that a search could use.
        if " " in made.long_key and made.short_key not in made.long_key.split():
            found.setdefault((made.short_key, made.long_key), made)
        if len(found) >= MOST_PER_PASSAGE:
            break
    return list(found.values())


def phrase_key(phrase: str) -> str:
    """Return what a phrase is looked up by: its terms, however it is inflected or accented."""
    return " ".join(tokenize(phrase))


def sought_key(text: str) -> str:
    """Return what is looked for among such keys; words that an index leaves out stand as typed."""
    return phrase_key(text) or fold(text).strip()


def question_keys(terms: Sequence[str]) -> list[str]:
    """Return every run of up to 8 terms of a question, as keys."""
    return [
        " ".join(terms[begin:end])
        for begin in range(len(terms))
        for end in range(begin + 1, min(begin + LONGEST_KEY, len(terms)) + 1)
    ]


def _explained_before(text: str) -> Iterable[tuple[str, list[str]]]:
    """Give (short, words before it) for each "words (SHORT)"."""
    for match in _INSIDE.finditer(text):
        short = match.group(1)
        if _is_short(short):
            before = _BREAK.split(text[max(match.start() - 160, 0) : match.start()])[-1]
            yield short, _WORD.findall(before)[-_most_words(short) :]


def _explained_after(text: str) -> Iterable[tuple[str, list[str]]]:
    """Give (short, words of its explanation) for each "SHORT (words)" and "SHORT – words"."""
    for match in _OPENED.finditer(text):
        short, inside, dashed = match.groups()
        if not _is_short(short):
            continue
        words = _WORD.findall(_BREAK.split(inside or dashed)[0])
        # The explanation begins at once; where it ends, the letters say.
        for end in range(min(len(words), _most_words(short)), 1, -1):
            part = words[:end]
            # After a dash the sentence goes on; in brackets the whole is the explanation.
            whole = inside is not None and end == len(words)
            if _long_form(short, part, unsaid=whole) == " ".join(part) and _ends_well(short, part):
                yield short, part
                break


def _is_short(short: str) -> bool:
    letters = [letter for letter in short if letter.isalpha()]
    capitals = sum(letter.isupper() for letter in letters)
    # "SEI", "CNPq", "DataSUS", and names of agencies such as "Anvisa", which are matched strictly.
    return len(letters) >= 2 and (capitals >= _LEAST_CAPITALS or len(letters) >= 4)


def _most_words(short: str) -> int:
    size = sum(letter.isalpha() for letter in short)
    return 2 * size + 3


def _long_form(short: str, words: Sequence[str], *, unsaid: bool = True) -> str | None:
    """Return the shortest end of the words whose letters spell the acronym, or None.

    Each letter is found from the right to the left; the first must begin a word. Linking words
    need not give a letter, every other word in between must.
    """
    letters = [letter for letter in fold(short) if letter.isalpha()]
    for begin in range(len(words) - 1, -1, -1):
        if fold(words[begin])[:1] == letters[0] and _spells(letters, words[begin:], unsaid=unsaid):
            return " ".join(words[begin:])
    return None


def _spells(letters: Sequence[str], words: Sequence[str], *, unsaid: bool) -> bool:
    """Tell whether each word of weight gives its first letter, and more if needed, in order."""
    folded = [fold(word) for word in words]

    def matched(place: int, at: int) -> bool:
        if place == len(letters):
            # "Lei Geral de Proteção de Dados Pessoais (LGPD)": one last word may stay unsaid.
            rest = [word for word in folded[at:] if word not in _LINKS]
            return not rest or (unsaid and len(rest) == 1 and len(letters) >= _UNSAID_FROM)
        if at == len(folded):
            return False
        word = folded[at]
        if word in _LINKS and matched(place, at + 1):
            return True
        taken = 0
        position = 0
        # A word gives its first letter and may give further ones, as "Anatel" takes of "Agência".
        while place + taken < len(letters):
            position = word.find(letters[place + taken], position)
            if position < 0 or (taken == 0 and position != 0):
                return False
            taken += 1
            position += 1
            if matched(place + taken, at + 1):
                return True
        return False

    return matched(0, 0)


def _ends_well(short: str, words: Sequence[str]) -> bool:
    return fold(words[-1]) not in _LINKS and len(words) > 1 and short not in words
