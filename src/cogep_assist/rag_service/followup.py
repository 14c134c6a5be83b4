"""Resolve a question that leans on the ones before it ("e o prazo?"), by rules alone.

Pure. A question that stands by itself is left untouched: a topic carried where none is wanted
finds the wrong documents.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from cogep_assist.rag_service.followup_swap import swapped
from cogep_assist.rag_service.followup_topic import (
    Word,
    content,
    read_words,
    surface,
    topic_words,
)
from cogep_assist.rag_service.followup_words import (
    ANAPHORS,
    ATTRIBUTES,
    CLITICS,
    CONNECTORS,
    DEMONSTRATIVES,
    HERE_AND_NOW,
    NEXT_STEPS,
    OUTCOMES,
    PERSONAL,
    PREDICATES,
    QUESTION_WORDS,
    STATES,
    VERBS_OF_ASKING,
)

TURNS = 4
MAX_TURN_CHARS = 1_000
MOST_TOPIC_WORDS = 8
_NAME = re.compile(r"\b[A-ZÀ-Þ][\wÀ-ÿ’'-]+(?:\s+(?:d[aeo]s?\s+|e\s+)?[A-ZÀ-Þ][\wÀ-ÿ’'-]+){1,5}")
_ASKS_WHO = re.compile(r"(?i)\bquem\b")
_PLEASANTRY = re.compile(
    r"(?:(?:ola|oi|bom dia|boa tarde|boa noite|tudo bem|tudo certo|ate logo|ate mais|tchau|valeu|"
    r"muito obrigad[oa]|obrigad[oa]|ok|certo|entendi|perfeito|por favor) ?)+"
)
# "Não recebi, e agora?": what comes of what was said before.
_WHAT_NOW = re.compile(
    r"(?i)[\s,;.!–-]*\b(?:e agora|o que (?:eu )?(?:faço|faco|fazer)|"
    r"como (?:eu )?(?:resolvo|resolver|faço|faco|fazer)|e a[ií])\s*[?!.]*\s*$"
)
_WENT = re.compile(
    r"\bnao (?:(?:me|se|ainda|foi|esta|estou) )?(\w+)|\b(?:deu|da|dando|veio) (err\w+)"
)
_ASIDE = ("alem disso", "por isso", "isto e", "isso e", "so isso")
# "No caso de estagiário?": of the same, for somebody else.
_IN_CASE = re.compile(r"(?i)no caso d[aeo]s?\b")
_SHORT_CASE = 6
_SHORT = 9
_VERY_SHORT = 4


@dataclass(frozen=True, slots=True)
class Turn:
    """A question as it was understood, and what was answered (empty where nothing was)."""

    question: str
    answer: str = ""


@dataclass(frozen=True, slots=True)
class _Leaning:
    """How a question leans on what came before: what follows its connector, and how."""

    rest: str
    connected: bool
    anaphor: bool


def resolve(question: str, turns: Sequence[Turn]) -> str | None:
    """Return the question with what it leaves out, or None where it stands by itself.

    ``turns`` are the earlier turns, oldest first.
    """
    earlier = _last_with_topic(turns)
    if earlier is None or len(question) > MAX_TURN_CHARS:
        return None
    leaning = _leaning(question) or _outcome(question, earlier)
    if leaning is None:
        return None
    if leaning.connected and not leaning.anaphor:
        replaced = swapped(earlier.question, leaning.rest)
        if replaced is not None:
            return replaced
    topic = _topic(earlier, leaning)
    return _woven(leaning, topic) if topic else None


def _last_with_topic(turns: Sequence[Turn]) -> Turn | None:
    for turn in reversed(turns[-TURNS:]):
        if len(turn.question) <= MAX_TURN_CHARS and topic_words(read_words(turn.question)):
            return turn
    return None


def _leaning(question: str) -> _Leaning | None:
    rest, connected = _without_connector(question)
    words = read_words(rest)
    if words and all(word.folded in NEXT_STEPS for word in words):
        # "E agora?" asks what to do next, not for the hour.
        rest = f"O que fazer {NEXT_STEPS[words[-1].folded]}?"
        return _Leaning(rest, connected, anaphor=False)
    connected = connected or (bool(_IN_CASE.match(rest)) and len(words) <= _SHORT_CASE)
    if not words or _PLEASANTRY.fullmatch(" ".join(word.folded for word in words)):
        return None
    about = content(words)
    anaphor = _points_back(words)
    if anaphor:
        return _Leaning(rest, connected, anaphor=True)
    if connected and len(words) <= _SHORT and not _is_whole(words):
        return _Leaning(rest, connected, anaphor=False)
    if not connected and not about and len(words) <= _SHORT and _asks(words, question):
        return _Leaning(rest, connected, anaphor=False)
    if not connected and _lacks_object(words, about):
        return _Leaning(rest, connected, anaphor=False)
    return None


def _outcome(question: str, earlier: Turn) -> _Leaning | None:
    """Read "não recebi o e-mail, e agora?": how it went, of nothing that was not said before."""
    told = _WHAT_NOW.sub("", question).strip()
    asks = told != question.strip()
    words = read_words(told)
    if not 0 < len(words) <= _SHORT or not (asks or _went(words)):
        return None
    said = {w.stem for w in read_words(f"{earlier.question} {earlier.answer[:MAX_TURN_CHARS]}")}
    named = [w for w in content(words) if w.folded not in OUTCOMES]
    if not asks:
        named += [word for word in words if word.folded in ATTRIBUTES]
    if any(word.stem not in said for word in named):
        return None
    return _Leaning(told, connected=False, anaphor=False)


def _went(words: Sequence[Word]) -> bool:
    """Tell whether something is said not to have gone as it should."""
    found = _WENT.search(" ".join(word.folded for word in words))
    return found is not None and (found[1] or found[2]) in OUTCOMES


def _without_connector(question: str) -> tuple[str, bool]:
    words = read_words(question)
    folded = [word.folded for word in words]
    for connector in sorted(CONNECTORS, key=lambda text: -len(text)):
        parts = connector.split()
        if folded[: len(parts)] != parts or len(folded) == len(parts):
            continue
        following = words[len(parts)]
        if parts[-1] == "e" and _is_verb_to_be(words[len(parts) - 1], following):
            continue
        return question[following.start :].strip(), True
    return question.strip(), False


def _is_verb_to_be(e: Word, following: Word) -> bool:
    return e.text.lower() == "é" or following.folded in PREDICATES


def _points_back(words: Sequence[Word]) -> bool:
    """Tell whether a pronoun stands for something that the question itself does not name."""
    folded = " ".join(word.folded for word in words)
    for place, word in enumerate(words):
        before = words[:place]
        if word.folded.endswith(CLITICS):
            return not _named_before(before)
        if word.folded in PERSONAL:
            if not _named_before(before):
                return True
        elif word.folded in ANAPHORS:
            if not any(aside in folded for aside in _ASIDE):
                return True
        elif word.folded in DEMONSTRATIVES:
            following = words[place + 1].folded if place + 1 < len(words) else ""
            if following not in HERE_AND_NOW and not _named_before(before):
                return True
    return False


def _named_before(before: Sequence[Word]) -> bool:
    """Tell whether a thing was named in a clause that has already ended."""
    ends = [
        place
        for place, word in enumerate(before)
        if word.breaks or (word.folded in {"e", "que", "se", "mas", "quando", "porque"} and place)
    ]
    return bool(ends) and bool(content(before[: ends[-1] + 1]))


def _is_whole(words: Sequence[Word]) -> bool:
    """Tell whether what follows "e" asks on its own: a question word, a verb and its object."""
    about = content(words)
    asks = words[0].folded in QUESTION_WORDS or any(w.folded in QUESTION_WORDS for w in words[:2])
    return asks and len(about) >= 2 and len(words) >= 5


def _asks(words: Sequence[Word], question: str) -> bool:
    attribute = any(word.folded in ATTRIBUTES for word in words)
    asking = any(word.folded in QUESTION_WORDS for word in words)
    return attribute or asking or question.rstrip().endswith("?")


def _lacks_object(words: Sequence[Word], about: Sequence[Word]) -> bool:
    """Tell whether a short question names an act, a part or a quality, but not of what."""
    nouns = [word for word in about if not word.is_verb]
    if any(word.is_name and word.start for word in nouns) or len(words) > _SHORT:
        return False
    if len(about) == 1 and (about[0].is_verb or _is_bare_count(words)):
        return True
    if len(about) == 1 and about[0].folded in STATES:
        return True
    begins_with_verb = words[0].is_verb or words[0].folded in VERBS_OF_ASKING
    return begins_with_verb and len(nouns) <= 1 and len(words) <= _VERY_SHORT


def _is_bare_count(words: Sequence[Word]) -> bool:
    """Tell whether it is a question word and a noun alone: "quantas sessões?"."""
    return len(words) == 2 and words[0].folded in QUESTION_WORDS


def _topic(earlier: Turn, leaning: _Leaning) -> str:
    said = {word.stem for word in content(read_words(leaning.rest))}
    # "Isso" may mean the act itself, of which the verb is a part.
    words = read_words(earlier.question)
    # So may what leaves out all but how long or how early: "posso trancar a matrícula? Por quanto
    # tempo?"
    acts = _means_an_act(leaning) if leaning.anaphor else not said
    about = content(words) if acts else topic_words(words)
    kept = [word for word in about if word.stem not in said]
    text = surface(earlier.question, kept[:MOST_TOPIC_WORDS])
    person = _person(earlier) if leaning.anaphor else ""
    return f"{person}, {text}" if person and text else text or person


def _means_an_act(leaning: _Leaning) -> bool:
    pointing = {word.folded for word in read_words(leaning.rest)}
    return bool(pointing & (ANAPHORS.keys() - PERSONAL))


def _person(earlier: Turn) -> str:
    """Return who was named in answer to "quem": a pronoun that follows means that person."""
    if not _ASKS_WHO.search(earlier.question):
        return ""
    found = _NAME.search(earlier.answer[:MAX_TURN_CHARS])
    return found.group() if found else ""


def _woven(leaning: _Leaning, topic: str) -> str:
    """Write the topic where the pronoun stood, else in brackets before the question mark."""
    words = read_words(leaning.rest)
    for place, word in enumerate(words):
        if word.folded not in ANAPHORS or (place and words[place - 1].folded in {"alem", "por"}):
            continue
        whole = f"{leaning.rest[: word.start]}{ANAPHORS[word.folded]}{topic}"
        return _sentence(whole + leaning.rest[word.end :])
    bare = leaning.rest.rstrip(" ?!.…")
    return _sentence(f"{bare} ({topic})?")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
