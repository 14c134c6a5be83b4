"""Where a claim turns round who does what, what is compared, or from where to where. Pure."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from cogep_assist.answering.grounding_numbers import blank_dates, read_numbers
from cogep_assist.answering.grounding_rows import (
    Sentence,
    Stretch,
    all_in,
    holds,
    nearest,
    read_stretch,
    same,
    spelled,
)
from cogep_assist.answering.grounding_words import FINITE, LEADS_AWAY
from cogep_assist.retrieval.portuguese import fold

_PASSIVE = re.compile(
    r"\bpel[oa]s?\b|\bpor\b|\b(?:ser|sido|eh|sao|foi|foram|era|eram|sera|serao|fica|ficam|seja|sejam)"
    r" \w+[aist]d?[oa]s?\b"
)
_COPULA = re.compile(r"\b(?:eh|sao|foi|foram|era|eram|sera|serao|fica|ficam)\b")
_ASSIGNS = re.compile(r"\b(?:cabe|cabem|compete|competem|incumbe|incumbem|por conta|a cargo)\b")
_HAS = re.compile(r"\b(?:tem|ter|teve|tinha|tiveram|tera|terao|ha|houve|havera|existe|existem)\b")
_COMPARES = re.compile(
    r"\b(?:mais|menos|maior|menor|melhor|pior|superior|inferior)e?s?\b(?: \w+){0,3}? "
    r"(?:d?[oa] )?(?:que|aos?|as?)\b(?! \d)"
)
_DAY = re.compile(r"\b(segunda|terca|quarta|quinta|sexta)[- ]feira|\b(?=sabado|domingo)(\w{6,7})")
_ROLE = re.compile(
    r"\b(?:o|a|os|as|pelo|pela|ao|do|da|dos|das|outra? para o|para o) (?P<root>[^\W\d_]{4,}?)"
    r"(?:(?P<agent>nte|dor|dora|ntes|dores|doras)|(?P<patient>d[oa]s?|tari[oa]s?))\b"
)
_OTHER_ROLE = {"agent": "patient", "patient": "agent"}
_BY = re.compile(r"(?<=[dts][oa]) (?:pel[oa]s?|por) |(?<=[dts][oa]s) (?:pel[oa]s?|por) ")
# "A sala de reunião deve ser reservada": what undergoes, and what is done to it.
_UNDERGOES = re.compile(
    r"\b(\w+)(?: d[aeo]s? \w+){0,2}"
    r"(?: (?:nao|que|tambem|deve|devem|pode|podem|devera|deverao|podera|poderao)){0,3}"
    r" (?:eh|sao|foi|foram|era|eram|sera|serao|fica|ficam|seja|sejam|ser) (\w+[dt][oa]s?)\b"
)
# Things by which something is done, where a text leads to them as a place or a way.
_BY_MEANS = re.compile(
    r"\b(?:n[oa]s?|em|via|usando|mediante|atraves d[aeo]s?|por (?:meio|intermedio) d[aeo]s?)"
    r" (sistemas?|portal|portais|sites?|sitios?|paginas?|aplicativos?|app|plataformas?|internet|web"
    r"|e-?mails?|correios?|telefones?|whatsapp|formularios?|intranet|aplicacao|central|balcao|totem)\b"
)
_COMPOUND = re.compile(r"\b(?:pos|pre|ex|vice|anti|nao|recem|sub|co)-([^\W\d_]{3,})")
_CLOCK = frozenset(("h", "hs", "horas", "min"))
_FROM_TO = re.compile(r"\b(?:d[aeo]s?|entre)\b")
_RANGE_LINKS = frozenset(("a", "as", "ao", "ate", "e", "para", "ate as", "ate o", "h as"))


def turns_round(claim: Stretch, sentences: Sequence[Sentence]) -> bool:
    """Tell whether who does and who undergoes, or what is compared, have changed places."""
    found = [s for s in sentences if all_in(claim.tokens, s.whole.tokens)] or [
        s for s in sentences if _says_nearly_all(s.whole.tokens, claim.tokens)
    ]
    return len(claim.tokens) > 2 and bool(found) and all(_inverted(claim, s.whole) for s in found)


def compares_unasked(claim: str, text: str) -> bool:
    """Tell whether a claim compares two things that a text does not."""
    return bool(_COMPARES.search(spelled(claim))) and not _COMPARES.search(spelled(text))


def wrong_range(claim: str, text: str) -> bool:
    """Tell whether "das 9h às 18h" has one end in common with a range of a text, not both."""
    said = set(_ranges(text))
    return any(
        one not in said and any(one[0] == other[0] or one[1] == other[1] for other in said)
        for one in _ranges(claim)
    ) or any((last, first) in said for first, last in _ranges(claim) if first != last)


def trades_a_role(claim: Stretch, sentences: tuple[Sentence, ...]) -> bool:
    """Tell whether a claim says "contratante" where a text says only "contratada", or the like."""
    found = nearest(claim, sentences)
    return bool(found) and all(_trades(claim.text, s.whole.text) for s, _ in found)


def names_another_day(claim: str, text: str) -> bool:
    """Tell whether a claim names a day of the week that a text does not."""
    said = spelled(text)
    return any((match[1] or match[2]) not in said for match in _DAY.finditer(spelled(claim)))


def drops_a_prefix(claim: str, text: str) -> bool:
    """Tell whether a claim says "doutorado" where a text says only "pós-doutorado"."""
    said, told = spelled(text), spelled(claim)
    return any(
        bare.search(told) and not bare.search(said)
        for match in _COMPOUND.finditer(fold(text))
        for bare in (re.compile(rf"\b{match[1]}\b"),)
    )


def _says_nearly_all(said: Sequence[str], claimed: Sequence[str]) -> bool:
    missing = [token for token in claimed if not holds(said, token)]
    return len(missing) <= (len(claimed) > 3) and holds(said, claimed[0])


def _inverted(claim: Stretch, said: Stretch) -> bool:
    opens = claim.text.split(maxsplit=1)[0]
    compared = bool(_COMPARES.search(claim.text))
    if opens in FINITE or opens in LEADS_AWAY:
        return False
    if _HAS.search(claim.text) and not compared:
        return False
    places = {
        token: next(p for p, other in enumerate(said.tokens) if same(token, other))
        for token in claim.tokens
        if holds(said.tokens, token)
    }
    if compared:
        return _COMPARES.search(said.text) is not None and _falls(claim, said, places)
    by = _by_whom(claim, said, places) if not compared else None
    if by is not None:
        return by
    if not compared and (_COPULA.search(claim.text) or _ASSIGNS.search(said.text)):
        return False
    first = places.pop(claim.tokens[0])
    others = places.values()
    if not others:
        return False
    subject_is_elsewhere = 0 in others and first > 0
    return first > max(others) or subject_is_elsewhere


def _by_whom(claim: Stretch, said: Stretch, places: dict[str, int]) -> bool | None:
    """Hold "é aprovado pelo colegiado" to "o colegiado aprova", and the other way round.

    None where neither says by whom.
    """
    doers = [token for token in _doers(claim) if token in places and not _is_means(token, said)]
    first = claim.tokens[0]
    if doers:
        if _undergoes(claim, said):
            return True
        told = _doers(said)
        return not any(holds(told, doer) or places[doer] < places[first] for doer in doers)
    if any(same(first, doer) for doer in _doers(said)):
        done = [read_stretch(part).tokens[-1:] for part in _BY.split(said.text)[:-1]]
        return not any(holds(claim.tokens, verb) for verbs in done for verb in verbs)
    same_voice = bool(_PASSIVE.search(claim.text)) == bool(_PASSIVE.search(said.text))
    return None if same_voice else False


def _undergoes(claim: Stretch, said: Stretch) -> bool:
    """Tell whether a claim lets something do what a text says is done to it."""
    parts = [read_stretch(part).tokens for part in _BY.split(claim.text)]
    acts = [(before[-1], after[0]) for before, after in pairwise(parts) if before and after]
    undergone = [
        read_stretch(f"{match[1]} {match[2]}").tokens for match in _UNDERGOES.finditer(said.text)
    ]
    return any(
        len(words) == 2 and same(done, words[1]) and same(doer, words[0])
        for done, doer in acts
        for words in undergone
    )


def _is_means(token: str, said: Stretch) -> bool:
    """Tell whether "pelo sistema" is where a text says that it is done: "no sistema", "via web"."""
    return any(
        any(same(token, other) for other in read_stretch(match[1]).tokens[:1])
        for match in _BY_MEANS.finditer(said.text)
    )


def _doers(text: Stretch) -> list[str]:
    """Return the tokens that "pelo" and "pela" lead to."""
    found = [read_stretch(part).tokens[:1] for part in _BY.split(text.text)[1:]]
    return [token for tokens in found for token in tokens]


def _falls(claim: Stretch, said: Stretch, places: dict[str, int]) -> bool:
    """Tell whether what a comparison sets first is what the text sets last."""
    comparison = _COMPARES.search(claim.text)
    if comparison is None:
        return False
    before = set(read_stretch(claim.text[: comparison.start()]).tokens)
    after = set(read_stretch(claim.text[comparison.end() :]).tokens) - before
    first = [place for token, place in places.items() if token in before]
    last = [place for token, place in places.items() if token in after]
    own = [p for p in first if p > 0]
    return bool(last) and bool(own) and max(own) > min(last) and len(said.tokens) > 2


def _trades(claim: str, text: str) -> bool:
    said = _roles(text)
    return any(
        (root, _OTHER_ROLE[role]) in said and (root, role) not in said
        for root, role in _roles(claim)
    )


def _roles(text: str) -> set[tuple[str, str]]:
    found = set()
    for match in _ROLE.finditer(fold(text)):
        found.add((match["root"][:-1], "agent" if match["agent"] else "patient"))
    return found


@lru_cache(maxsize=1024)
def _ranges(text: str) -> Sequence[tuple[str, str]]:
    return tuple(_read_ranges(text))


def _read_ranges(text: str) -> Iterator[tuple[str, str]]:
    folded = blank_dates(spelled(text))
    numbers = read_numbers(folded)
    ordered = sorted(numbers, key=lambda number: number.start)
    for one, other in pairwise(ordered):
        between = re.sub(r"[^a-z ]|r\$", " ", folded[one.start : other.start])
        link = " ".join(word for word in between.split() if word not in _CLOCK)
        if link in _RANGE_LINKS and _FROM_TO.search(folded[max(0, one.start - 12) : one.start]):
            yield str(one.value), str(other.value)
