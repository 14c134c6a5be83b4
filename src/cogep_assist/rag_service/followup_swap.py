"""Put a new thing in the place of the old one of its kind: "e da Itália?" after "da França".

Pure. Returns None where nothing of the kind stood in the question before; the topic is then
carried whole.
"""

import re
from collections.abc import Sequence

from cogep_assist.rag_service.followup_agreement import put_in
from cogep_assist.rag_service.followup_topic import Word, content, read_words
from cogep_assist.rag_service.followup_words import (
    ARTICLES,
    ATTRIBUTES,
    EMPTY,
    FRAME,
    MONTHS,
    PREPOSITIONS,
    QUESTION_WORDS,
    ROLES,
    WEEKDAYS,
)

_CONDITION = re.compile(
    r"(?i)^(?:no caso d[aeo]s?\s+(?:(?:um|uma)\s+)?"
    r"|(?:se|quando|caso)\s+(?:(?:eu|ele|ela|a pessoa|o\s+\w+|a\s+\w+)\s+)?"
    r"(?:for(?:em)?|é|e|sou|são|era|estiver|tiver sido)\s+(?:(?:um|uma|o|a)\s+)?)"
)
_OPENS_CONDITION = frozenset(("se", "quando", "caso"))
_LONGEST_NEW = 5
_WHOLE_CHARS = 120
_DEFINITE = frozenset(("o", "a", "os", "as", *PREPOSITIONS)) - {"de", "em", "com", "por", "para"}


def swapped(before: str, rest: str) -> str | None:
    """Return the earlier question with the new thing in place of the old one of its kind."""
    new_text = _CONDITION.sub("", rest).rstrip(" ?!.…")
    new = read_words(new_text)
    definite = bool(new) and new[0].folded in {"o", "a", "os", "as"}
    determiner = ""
    while len(new) > 1 and new[0].folded in ARTICLES:
        determiner, new = new[0].text, new[1:]
    named = [word for word in new if _is_thing(word)]
    conditional = new_text != rest.rstrip(" ?!.…")
    if conditional and named and _kind(named[0], opens=False) is None:
        return None
    if not named or len(new) > _LONGEST_NEW or new[0].folded in _OPENS_CONDITION:
        return None
    words = read_words(before)
    old = _purpose(words, new)
    if old is None:
        if _asks_more(new):
            return None
        old = _counterpart(words, new, named, definite=definite)
    if old is None and conditional and len(named) == 1 and len(before) <= _WHOLE_CHARS:
        # "E no caso de estagiário?" after "quantos dias eu tenho?": the same, of somebody else.
        return f"{before.rstrip(' ?!.…')} ({new_text[named[0].start :]})?"
    if old is None:
        return None
    start, end = old
    written = new_text[new[0].start :]
    if new[0].folded in PREPOSITIONS and not _begins_with_preposition(words, start):
        determiner, written = new[0].text, new_text[new[1].start :]
    return put_in(before, (start, end), _capital(start, written), determiner)


def _begins_with_preposition(words: Sequence[Word], start: int) -> bool:
    return any(word.start == start and word.folded in PREPOSITIONS for word in words)


def _purpose(words: Sequence[Word], new: Sequence[Word]) -> tuple[int, int] | None:
    """Match "para apelar" with "para contestar ação": one purpose for another."""
    if len(new) < 2 or PREPOSITIONS.get(new[0].folded) != "para" or not new[1].is_verb:
        return None
    for place, word in enumerate(words[:-1]):
        if PREPOSITIONS.get(word.folded) == "para" and words[place + 1].is_verb:
            # "E para cancelar?" after "para marcar férias" is another act with the same thing.
            only_act = not any(map(_is_thing, new[2:]))
            return word.start, (words[place + 1] if only_act else words[-1]).end
    return None


def _is_thing(word: Word) -> bool:
    return word.folded not in EMPTY and word.folded not in ATTRIBUTES


def _asks_more(new: Sequence[Word]) -> bool:
    """Tell whether the new words ask or act, rather than name."""
    return any(word.folded in QUESTION_WORDS for word in new) or any(
        word.is_verb and not word.is_name for word in new[:2] if _is_thing(word)
    )


def _counterpart(
    words: Sequence[Word], new: Sequence[Word], named: Sequence[Word], *, definite: bool
) -> tuple[int, int] | None:
    """Find the span of the old thing: by kind, then by its preposition, then the object."""
    kind = _kind(named[0], opens=False)
    first = new[0].folded
    if kind is not None:
        alike = [word for word in words if _kind(word) == kind and _is_thing(word)]
        if alike:
            span = _run_around(words, alike[-1], kind)
            return _with_preposition(words, span, first)
        if kind == "name":
            return None
        return (
            None
            if kind in {"number", "time"}
            else _object(words, new, roles=True, definite=definite)
        )
    sharing = [w for w in words if _is_thing(w) and _shares_head(w, named[0])]
    if sharing:
        return _with_preposition(words, _phrase(words, words.index(sharing[-1])), first)
    return _object(words, new, roles=False, definite=definite)


def _kind(word: Word, *, opens: bool = True) -> str | None:
    """Return the kind of thing; the word that opens a question has its capital letter anyway."""
    folded = word.folded
    if folded[:1].isdigit():
        return "number"
    if folded in MONTHS or folded in WEEKDAYS:
        return "time"
    if _is_role(folded):
        return "role"
    if word.is_name and (word.start > 0 or not opens):
        return "name"
    return None


def _is_role(folded: str) -> bool:
    """Tell whether a word names a role, in whatever gender and number."""
    single = folded.removesuffix("s")
    return bool({folded, single, f"{single.removesuffix('a')}o"} & ROLES)


def _run_around(words: Sequence[Word], last: Word, kind: str) -> tuple[int, int]:
    """Return the whole run of names ("Rio de Janeiro"); other kinds are one word."""
    place = words.index(last)
    low = high = place
    if kind == "name":
        while low > 0 and (_kind(words[low - 1]) == "name" or _joins(words, low - 1)):
            low -= 1
    return low, high


def _joins(words: Sequence[Word], place: int) -> bool:
    return (
        place > 0
        and words[place].folded in {"de", "do", "da", "dos", "das"}
        and _kind(words[place - 1]) == "name"
    )


def _with_preposition(words: Sequence[Word], span: tuple[int, int], first: str) -> tuple[int, int]:
    low, high = span
    article = low > 0 and words[low - 1].folded in ARTICLES
    before = low - 1 - article
    if first in PREPOSITIONS and before >= 0 and words[before].folded in PREPOSITIONS:
        low = before
    return words[low].start, words[high].end


def _shares_head(old: Word, new: Word) -> bool:
    """Tell whether two compounds begin alike: auxílio-creche, auxílio-transporte."""
    head = new.folded.split("-")[0]
    return len(head) > 4 and old.folded.split("-")[0] == head


def _phrase(words: Sequence[Word], place: int) -> tuple[int, int]:
    high = place
    while high + 1 < len(words) and not words[high].breaks and _is_thing(words[high + 1]):
        high += 1
    return place, high


def _object(
    words: Sequence[Word], new: Sequence[Word], *, roles: bool, definite: bool
) -> tuple[int, int] | None:
    """Find the phrase that the new one stands for: after the same preposition, else the object."""
    first = PREPOSITIONS.get(new[0].folded)
    if first is not None:
        return _after_preposition(words, first, roles)
    things = [word for word in content(words) if not word.is_verb and _kind(word) != "role"]
    if not things or roles:
        return None
    verbs = [place for place, word in enumerate(words) if word.is_verb and place]
    after = [word for word in things if verbs and words.index(word) > verbs[0]]
    place = words.index((after or things)[0])
    # "E o adicional?" after "como solicito férias?" asks for a part: nothing definite came before.
    if definite and not (place and words[place - 1].folded in _DEFINITE):
        return None
    low, high = _phrase(words, place)
    return words[low].start, words[high].end


def _after_preposition(words: Sequence[Word], first: str, roles: bool) -> tuple[int, int] | None:
    for place in range(len(words) - 2, -1, -1):
        if PREPOSITIONS.get(words[place].folded) != first:
            continue
        noun = place + 1
        while noun + 1 < len(words) and (words[noun].is_verb or words[noun].folded in FRAME):
            noun += 1
        if _may_be_object(words[noun], roles):
            low, high = _phrase(words, noun)
            return words[place if noun == place + 1 else low].start, words[high].end
    return None


def _may_be_object(word: Word, roles: bool) -> bool:
    return _is_thing(word) and (roles or _kind(word) not in {"role", "number"})


def _capital(start: int, new: str) -> str:
    """Keep a capital letter where the old phrase opened the question."""
    return new[:1].upper() + new[1:] if start == 0 else new
