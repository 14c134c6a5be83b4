"""What a sentence claims: words, names, numbers, dates, polarity, modality. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

from cogep_assist.answering.grounding_numbers import (
    NUMBER_WORDS,
    Date,
    Number,
    read_dates,
    read_numbers,
)
from cogep_assist.answering.grounding_rows import Stretch, read_stretch
from cogep_assist.answering.grounding_synonyms import groups_of
from cogep_assist.answering.grounding_words import (
    ADVISES,
    ALL,
    FINITE,
    LIGHT,
    NEGATORS,
    OBLIGES,
    ONLY,
    PERMITS,
    PLAIN_NEGATORS,
    SOME,
    STRICT,
)
from cogep_assist.retrieval.portuguese import fold, stem, words

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_NAME = re.compile(r"(?<![^\W_])[^\W\d_][^\W_]*(?:['’-][^\W_]+)*")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_STRONG = re.compile(
    r";|:(?=\s)|\n|(?<=[^\d])\.(?=\s)|,? (?:mas|porém|contudo|entretanto|todavia|enquanto|embora|"
    r"exceto|salvo|senão|com exceção de)(?= )|,(?= (?:nenhum|nunca|jamais))|"
    r"(?<!\bem)(?<!\bno),? (?:caso(?! de\b)(?= [a-zà-ÿ])|desde que|contanto que|a menos que|"
    r"se(?= (?:não|o|a|os|as|houver|for|forem|tiver|tiverem|estiver|quiser|puder)\b))(?= )",
    re.IGNORECASE,
)
_WEAK = re.compile(r",(?=\s)| e (?=\S)", re.IGNORECASE)
_PIECE = re.compile(r"[,:](?=\s)|[;()\n]|\.(?=\s)|\se\s|\sou\s", re.IGNORECASE)
_OPENS = re.compile(r"[.!?:;\n•|(“\"]")
_DENIAL = re.compile(
    r"\b(?:nao|nunca|jamais|sem)\b(?P<what>.*?)"
    r"(?=\b(?:nao|nunca|jamais|sem)\b|,| e |;|:|\(|\)|\.(?:\s|$)|$)",
    re.DOTALL,
)
_ABLE = re.compile(r"\b([^\W\d_]{5,}?)[ai]ve(?:l|is)\b")
_UNTIL = re.compile(r"\bate (?:o|a|os|as) ")
_EXCEPTION = re.compile(r"^\W*(?:exceto|salvo|com exceção de)\b", re.IGNORECASE)
# Written alike once accents are gone, and worlds apart.
_SPELLED = ((re.compile(r"\bé\b", re.IGNORECASE), "eh"),)


@dataclass(frozen=True)
class Clause:
    """A stretch of text with at most one verb that is asserted or denied."""

    text: str
    stems: frozenset[str]
    negated: bool
    modality: str | None
    marks: frozenset[str]
    opening: str | None = None
    # What each "não" and "sem" denies: the stems from there to the end of its phrase, in order.
    denials: tuple[tuple[str, ...], ...] = ()
    # Whether it is denied by those words alone, so that ``denials`` tell all.
    plainly: bool = True
    # Of "exceto X": the stems of X.
    excepted: frozenset[str] = frozenset()
    able: frozenset[str] = frozenset()
    certain: bool = False

    @cached_property
    def denied(self) -> frozenset[str]:
        """The first stem of each denial."""
        return frozenset(denial[0] for denial in self.denials if denial)

    @cached_property
    def groups(self) -> frozenset[str]:
        """The groups of the same meaning that its words stand in."""
        return groups_of(self.stems)


@dataclass(frozen=True)
class Piece:
    """The shortest stretch that belongs together, with its numbers and names."""

    stems: frozenset[str]
    numbers: tuple[Number, ...]
    names: frozenset[str]
    opening: str | None = None

    @cached_property
    def groups(self) -> frozenset[str]:
        """The groups of the same meaning that its words stand in."""
        return groups_of(self.stems)


@dataclass(frozen=True)
class Claim:
    """Everything that a text asserts, as far as it can be held to another text."""

    text: str
    stems: tuple[str, ...]
    names: frozenset[str]
    mails: frozenset[str]
    numbers: tuple[Number, ...]
    dates: tuple[Date, ...]
    clauses: tuple[Clause, ...]
    pieces: tuple[Piece, ...] = field(repr=False)
    marks: frozenset[str] = frozenset()

    @property
    def says_something(self) -> bool:
        """Whether there is anything to hold it to."""
        return bool(self.stems or self.numbers or self.dates or self.names)

    @property
    def is_a_bare_word(self) -> bool:
        """Whether it is a heading's or a label's word rather than a sentence."""
        return len(self.stem_set) < 2 and not (
            self.numbers or self.dates or self.mails or any(c.modality for c in self.clauses)
        )

    @cached_property
    def stretches(self) -> tuple[Stretch, ...]:
        """Its clauses as rows of tokens."""
        return tuple(read_stretch(clause.text) for clause in self.clauses)

    @cached_property
    def stem_set(self) -> frozenset[str]:
        """Its stems, once each."""
        return frozenset(self.stems)

    @cached_property
    def groups(self) -> frozenset[str]:
        """The groups of the same meaning that its words stand in."""
        return groups_of(self.stem_set)


@lru_cache(maxsize=512)
def read_claim(text: str) -> Claim:
    """Read a sentence or a span of several."""
    folded = _folded(text)
    dates, undated = read_dates(folded)
    return Claim(
        text=text,
        stems=_content(text),
        names=frozenset(_names(text)),
        mails=frozenset(match.group().lower() for match in _MAIL.finditer(text)),
        numbers=tuple(read_numbers(undated)),
        dates=tuple(dates),
        clauses=tuple(_with_exceptions(_clauses(text))),
        pieces=tuple(_piece(part) for part in _PIECE.split(text) if part.strip()),
        marks=_marks(folded),
    )


def simple_claims(text: str) -> list[Claim]:
    """Return the claims of a sentence's clauses, if it has several that stand by themselves."""
    claims = [read_claim(part) for part in _clauses(text)]
    if any(len(claim.stem_set) < 2 for claim in claims):
        return []
    return claims


@lru_cache(maxsize=2048)
def _folded(text: str) -> str:
    for pattern, spelled in _SPELLED:
        text = pattern.sub(spelled, text)
    return fold(text)


@lru_cache(maxsize=4096)
def _content(text: str) -> tuple[str, ...]:
    """Return the stems that mean something; numbers, modals and negators are read apart."""
    return tuple(_read_content(text))


def _read_content(text: str) -> Iterator[str]:
    for word in words(text):
        if word[0].isdigit() or word in NUMBER_WORDS:
            continue
        found = stem(word)
        if found not in LIGHT and len(found) > 1:
            yield found


def content_stems(text: str) -> frozenset[str]:
    """Return the stems of a text that mean something."""
    return frozenset(_content(text))


def _names(text: str) -> Iterator[str]:
    """Yield the folded capitalised words that do not merely open a sentence."""
    found = list(_NAME.finditer(text))
    for place, match in enumerate(found):
        word = match.group()
        between = text[found[place - 1].end() : match.start()] if place else ""
        opening = place == 0 or bool(_OPENS.search(between))
        acronym = len(word) > 1 and word.isupper()
        following = found[place + 1].group() if place + 1 < len(found) else ""
        run = following[:1].isupper() and text[match.end() : match.end() + 1] == " "
        if word[0].isupper() and (acronym or not opening or (run and not _common(word))):
            yield fold(word)


def _common(word: str) -> bool:
    """Tell a word that opens sentences from a name's first word."""
    folded = fold(word)
    return folded in FINITE or not _content(word)


def _clauses(text: str) -> list[str]:
    """Part a text where a new assertion begins."""
    parts: list[str] = []
    for strong in _split(_STRONG, text):
        begin = 0
        for match in _WEAK.finditer(strong):
            left, right = strong[begin : match.start()], strong[match.end() :]
            if _asserts(left) and _asserts(" ".join(right.split()[:7])):
                parts.append(left)
                begin = match.end()
        parts.append(strong[begin:])
    return [part for part in parts if _WORD.search(part)]


def _split(pattern: re.Pattern[str], text: str) -> Iterator[str]:
    """Split before each match, so that "exceto" stays with what it excepts."""
    begin = 0
    for match in pattern.finditer(text):
        yield text[begin : match.start()]
        begin = match.start() if match.group().strip(" ,;:.\n") else match.end()
    yield text[begin:]


def _asserts(text: str) -> bool:
    return any(word in FINITE for word in _WORD.findall(_folded(text)))


def _with_exceptions(parts: list[str]) -> Iterator[Clause]:
    """Yield the clauses; "exceto X" says of X the contrary of what is said before it."""
    before: Clause | None = None
    for part in parts:
        clause = _clause(part)
        if before is not None and _EXCEPTION.match(part):
            clause = replace(
                clause,
                stems=clause.stems | before.stems,
                negated=not _clause(before.text.rpartition(" e ")[2]).negated,
                plainly=False,
                excepted=clause.stems,
                modality=before.modality,
            )
        yield clause
        before = clause


@lru_cache(maxsize=2048)
def _clause(text: str) -> Clause:
    found = _WORD.findall(_folded(text))
    denied = sum(word in NEGATORS for word in found)
    if "eh" in found and "vedado" in found and "nao" in found:
        denied = 2
    modality = None
    if any(word in PERMITS for word in found):
        modality = "permit"
    elif any(word in OBLIGES for word in found) or _has_to(found):
        modality = "oblige"
    elif any(word in ADVISES for word in found):
        modality = "advise"
    denying = [word for word in found if word in NEGATORS]
    return Clause(
        text=text,
        stems=frozenset(_content(text)),
        opening=next(iter(_content(text)), None),
        negated=denied % 2 == 1,
        modality=modality,
        marks=_marks(_folded(text)),
        denials=tuple(_content(match["what"]) for match in _DENIAL.finditer(_folded(text))),
        plainly=all(word in PLAIN_NEGATORS for word in denying),
        able=frozenset(match[1] for match in _ABLE.finditer(fold(text))),
        certain="sera" in found or "serao" in found,
    )


def _has_to(found: list[str]) -> bool:
    """Tell "tem de" and "tem que" before an infinitive."""
    return any(
        one in ("tem", "ter", "tera") and two in ("de", "que") and three.endswith("r")
        for one, two, three in zip(found, found[1:], found[2:], strict=False)
    )


def _marks(folded: str) -> frozenset[str]:
    found = frozenset(_WORD.findall(folded))
    marks = found & STRICT - ONLY
    if found & ONLY:
        marks |= {"only"}
    if _UNTIL.search(folded):
        marks |= {"*until"}
    if "a partir d" in folded:
        marks |= {"*from"}
    if found & SOME:
        marks |= {"*some"}
    if found & ALL:
        marks |= {"*all"}
    if "antes" in found:
        marks |= {"*before"}
    if found & {"depois", "apos"}:
        marks |= {"*after"}
    return marks


@lru_cache(maxsize=2048)
def _piece(text: str) -> Piece:
    _, undated = read_dates(_folded(text))
    return Piece(
        frozenset(_content(text)),
        tuple(read_numbers(undated)),
        frozenset(_names(text)),
        next(iter(_content(text)), None),
    )
