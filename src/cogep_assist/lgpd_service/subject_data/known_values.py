"""The values by which a person is known, and how each may be written.

``written`` has every way of writing a value, and is exact. ``anchor`` is a short part that every
way has in common: the database and Python look for it first, because it is found fast.
"""

import base64
import enum
import heapq
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote, quote_plus

from cogep_assist.core.brazil.names import PARTICLES
from cogep_assist.core.pii.folding import FoldedText

MIN_CODE_CHARS = 6
MIN_ENCODED_CHARS = 8
MIN_BARE_DIGITS = 9
# Between the words of a name: spaces, line ends, commas, what addresses and file names have.
GAP = r"(?:[^0-9a-z]|%20|\\[nrt]){1,9}"
IN_WORD = "[^0-9a-z]{0,2}"
_DIGITS = ("zero", "um", "dois", "tres", "quatro", "cinco", "seis", "sete", "oito", "nove")
_DIGITS_OF_AN_ANCHOR = 3
# Letters of Portuguese, the most frequent first.
_COMMON = "aeosrindmutclpvghqbfzjxkwy"
# People write the sign as a word where they fear robots, and leave blanks around it.
_AT = r"(?: ?@ ?|%40| ?[\[(]? ?(?:at|arroba) ?[\])]? ?)"
# A surname that is written first ends with a comma.
_COMMA = rf"[^0-9a-z,]{{0,3}},{GAP.replace('1,9', '0,9')}"
_APOSTROPHES = re.compile("[’‘'`´ʼ]")
# Letters that a scanner reads where a digit stands.
_MISREAD = {"0": "oO", "1": "iIlL|", "2": "zZ", "5": "sS", "6": "gG", "8": "bB", "9": "gGqQ"}
_WORD = re.compile(r"[\w']+")


class ValueKind(enum.StrEnum):
    """What a value is."""

    NAME = "name"
    CPF = "cpf"
    CNPJ = "cnpj"
    EMAIL = "email"
    PHONE = "phone"
    CODE = "code"
    ADDRESS = "address"
    # A CPF as it is dictated: a word for each digit.
    SPOKEN = "spoken"
    # As one row has it, for that row alone.
    SPELLING = "spelling"


NUMBERS = frozenset({ValueKind.CPF, ValueKind.CNPJ, ValueKind.PHONE})


@dataclass(frozen=True, slots=True)
class KnownValue:
    """One value as the organisation knows it."""

    kind: ValueKind
    text: str

    @property
    def searchable(self) -> bool:
        """Whether the value, found in a text, speaks of this person and nobody else.

        A name of one word does not, nor a short number of the organisation's own.
        """
        if self.kind in {ValueKind.NAME, ValueKind.ADDRESS}:
            return len(_words(self.text)) > 1
        if self.kind is ValueKind.CODE:
            return len(self.text) >= MIN_CODE_CHARS and any(c.isdigit() for c in self.text)
        return bool(self.text)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a reader sees one character, and what may stand between the digits of a number."""

    character: Callable[[str], str]
    gap: str


def written(value: KnownValue) -> list[str]:
    """Return a pattern for each way of writing a value, over text without case and accents."""
    if value.kind is ValueKind.NAME:
        return _name(value.text)
    if value.kind is ValueKind.EMAIL:
        local, _, domain = FoldedText(value.text.strip()).lower.rpartition("@")
        host = r"(?:\.| ponto | dot )".join(map(re.escape, domain.split(".")))
        plain = _outside(rf"{re.escape(local)}(?:\+[\w.+-]{{1,40}})?{_AT}{host}", "a-z0-9")
        # As bounces carry it: "bounce+ana=uol.com.br@lista.org".
        return [plain, _outside(f"{re.escape(local)}={re.escape(domain)}", "a-z0-9")]
    if value.kind is ValueKind.PHONE:
        return [_outside(_phone(value.text), "0-9")]
    if value.kind in {ValueKind.CPF, ValueKind.CNPJ}:
        code = _bare(value.text)
        short = code.lstrip("0")
        # As spreadsheets keep it: without the zeros that it begins with.
        bare = [_outside(short, "0-9")] if short != code and len(short) >= MIN_BARE_DIGITS else []
        return [_outside("[^0-9a-z]{0,3}".join(map(_scanned, code)), "0-9"), code, *bare]
    if value.kind is ValueKind.ADDRESS:
        return [_outside(_joined(_words(value.text)), "a-z0-9")]
    if value.kind is ValueKind.SPOKEN:
        pause = r"[^0-9a-z]{1,3}(?:(?:ponto|traco|hifen|e)[^0-9a-z]{1,3})?"
        words = (f"(?:{word}|meia)" if word == "seis" else word for word in value.text.split())
        return [_outside(pause.join(words), "a-z0-9")]
    return [_outside(re.escape(FoldedText(value.text).lower), "a-z0-9")]


def spoken(value: KnownValue) -> KnownValue:
    """Return a number as it is dictated, digit by digit."""
    return KnownValue(ValueKind.SPOKEN, " ".join(_DIGITS[int(c)] for c in _bare(value.text)))


def anchor(value: KnownValue, dialect: Dialect, most: int | None = None) -> str:
    """Return a pattern that occurs wherever the value does, and perhaps elsewhere.

    ``most``: of so many characters at most, the rarest in a row. A database tells texts apart by
    a short pattern several times faster.
    """
    text, gap, ending = _anchored(value, dialect)
    if most is not None:
        text = text[-most:] if ending else rarest(text, most)
    if value.kind in NUMBERS:
        return gap.join(_scanned(c, dialect.character(c)) for c in text) + ending
    return gap.join(map(dialect.character, text)) + ending


def name_anchors(value: KnownValue, dialect: Dialect, most: int) -> list[str]:
    """Return a pattern for each word of a name: where a line breaks one, the others are whole."""
    if value.kind is not ValueKind.NAME:
        return []
    words = [part for word in _words(value.text) for part in word.split("'")]
    telling = [word for word in words if len(word) > 2 and word not in PARTICLES]
    return ["".join(map(dialect.character, rarest(word, most))) for word in telling]


def rarest(text: str, most: int) -> str:
    """Return the piece of a text, of so many characters, that others hold least often."""
    pieces = [text[at : at + most] for at in range(max(len(text) - most, 0) + 1)]
    return max(pieces, key=lambda piece: sum(map(_rarity, piece)))


def _anchored(value: KnownValue, dialect: Dialect) -> tuple[str, str, str]:
    """Return the characters of an anchor, what may stand between them, and how it ends."""
    if value.kind in {ValueKind.NAME, ValueKind.ADDRESS}:
        words = _words(value.text)
        # Words in the middle of a name may be initials.
        whole = [words[0], words[-1]] if value.kind is ValueKind.NAME else words
        return max((part for word in whole for part in word.split("'")), key=len), "", ""
    if value.kind is ValueKind.EMAIL:
        local = FoldedText(value.text.strip()).lower.rpartition("@")[0]
        return local, "", f"(?:{dialect.character('@')}|%40|[=+] ?| ?[@([]| (?:at|arroba) )"
    if value.kind is ValueKind.PHONE:
        return re.sub(r"\D", "", value.text)[-8:], dialect.gap, ""
    if value.kind in {ValueKind.CPF, ValueKind.CNPJ}:
        return _bare(value.text).lstrip("0"), dialect.gap, ""
    if value.kind is ValueKind.SPOKEN:
        # Six is "seis" and "meia": the longest of what is between them.
        told = max(value.text.split("seis"), key=len).split()[:_DIGITS_OF_AN_ANCHOR]
        return "".join(told), dialect.gap, ""
    return FoldedText(value.text).lower, "", ""


def _rarity(character: str) -> int:
    """Weigh a character: capitals and digits within words are rarer than any letter."""
    return 12 if not character.islower() else max(_COMMON.find(character), 0)


def fragments(forms: Iterable[str], most: int) -> list[str]:
    """Return few pieces of so many characters of which each form holds one at least."""
    left = set(forms)
    held: dict[str, set[str]] = {}
    for form in left:
        for at in range(max(len(form) - most, 0) + 1):
            held.setdefault(form[at : at + most], set()).add(form)
    # The best comes first; what a piece adds only shrinks, so one that still adds all is the best.
    waiting = [(-len(owners), -_kinds(piece), piece) for piece, owners in held.items()]
    heapq.heapify(waiting)
    chosen = []
    while left:
        added, kinds, piece = heapq.heappop(waiting)
        new = held[piece] & left
        if len(new) < -added:
            heapq.heappush(waiting, (-len(new), kinds, piece))
            continue
        left -= new
        chosen.append(piece)
    return chosen


def _kinds(piece: str) -> int:
    """Count the kinds of characters: words and numbers have one, codes have several."""
    return sum(any(map(kind, piece)) for kind in (str.islower, str.isupper, str.isdigit))


def encoded_forms(values: Iterable[KnownValue]) -> list[str]:
    """Return what values look like in base64, in hexadecimal and in addresses of the web.

    Of base64 the middle part, at each of its three alignments, which is the same whatever
    stands before and after.
    """
    found: dict[str, None] = {}
    for value in values:
        for form in _forms(value):
            data = form.encode()
            for shift in range(3):
                code = base64.b64encode(b"\0" * shift + data).decode()
                middle = code[(0, 2, 3)[shift] : len(code) - 4].rstrip("=")
                if len(middle) >= MIN_ENCODED_CHARS:
                    found[middle] = None
                    found[middle.translate(str.maketrans("+/", "-_"))] = None
            found[data.hex()] = None
            found[data.hex().upper()] = None
            for web in (quote(form, safe=""), quote_plus(form, safe="")):
                if "%" in web:
                    found[web] = None
                    found[re.sub("%..", lambda m: m.group().lower(), web)] = None
    return list(found)


def raw_forms(values: Iterable[KnownValue]) -> list[bytes]:
    """Return the plain ways of writing values as bytes, for files that are read as they lie."""
    found: dict[bytes, None] = {}
    for value in values:
        for form in _forms(value):
            for encoding in ("utf-8", "latin-1", "utf-16-le"):
                found[form.encode(encoding, "ignore")] = None
    return [form for form in found if len(form) >= MIN_ENCODED_CHARS]


def _forms(value: KnownValue) -> list[str]:
    text = value.text
    forms = [text, text.lower(), text.upper(), text.title(), FoldedText(text).lower]
    if value.kind is ValueKind.CPF:
        forms.append(f"{text[:3]}.{text[3:6]}.{text[6:9]}-{text[9:]}")
    if value.kind is ValueKind.PHONE:
        forms.append(text.removeprefix("+55"))
    return list(dict.fromkeys(forms))


def _name(text: str) -> list[str]:
    words = _words(text)
    if len(words) < 2:
        return []
    patterns = [_outside(_joined(words), "a-z")]
    # "MENTZEL, Cibele": as lists and catalogues have it.
    patterns.append(_outside(_joined([words[-1], *words[:-1]]), "a-z"))
    patterns += [_outside(_inverted(words, first), "a-z") for first in range(1, len(words))]
    if any(word not in PARTICLES for word in words[1:-1]):
        patterns.append(_outside(_shortened(words[:-1]) + GAP + _word(words[-1]), "a-z"))
    return patterns


def _inverted(words: Sequence[str], first: int) -> str:
    """Return a name that begins with its last words: "ROCHA e SÁ, Iná M. da"."""
    surname = _joined(words[first:])
    if words[first] in PARTICLES:
        if first + 1 == len(words):
            return surname
        surname = f"(?:{words[first]}{GAP})?{_joined(words[first + 1 :])}"
    return surname + _COMMA + _shortened(words[:first])


def _shortened(words: Sequence[str]) -> str:
    """Return a name all of whose words but the first may be initials, or missing particles."""
    pieces = [_word(words[0])]
    for word in words[1:]:
        if word in PARTICLES:
            pieces.append(f"(?:{GAP}{word})?")
        else:
            rest = _word(word[1:].lstrip("'"))
            pieces.append(f"{GAP}{word[0]}(?:{IN_WORD}{rest})?")
    return "".join(pieces)


def _joined(words: Sequence[str]) -> str:
    return GAP.join(map(_word, words))


def _word(word: str) -> str:
    """Return a word; where it has an apostrophe, people write a space, another sign, or nothing."""
    return IN_WORD.join(map(re.escape, word.split("'")))


def _words(text: str) -> list[str]:
    plain = _APOSTROPHES.sub("'", FoldedText(text).lower)
    return [word.strip("'") for word in _WORD.findall(plain) if word.strip("'")]


def _bare(text: str) -> str:
    return re.sub(r"[^0-9a-z]", "", text.lower())


def _scanned(character: str, plain: str = "") -> str:
    """Return a pattern of a digit as it is, and as scanners misread it."""
    misread = _MISREAD.get(character)
    plain = plain or character
    return f"(?:{plain}|[{misread}])" if misread else plain


def _phone(e164: str) -> str:
    digits = re.sub(r"\D", "", e164)
    national = digits[2:] if digits.startswith("55") and len(digits) >= 12 else digits
    gap = "[^0-9a-z]{0,3}"
    if len(national) == 11 and national[2] == "9":
        one, two, _, first, *rest = map(_scanned, national)
        return gap.join([one, two, f"(?:9{gap})?{first}", *rest])
    return gap.join(map(_scanned, national))


def _outside(pattern: str, characters: str) -> str:
    return f"(?<![{characters}])(?:{pattern})(?![{characters}])"
