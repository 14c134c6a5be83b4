"""Synthetic service-desk texts with the names in them marked."""

import random
import re
import unicodedata
from pathlib import Path
from typing import NamedTuple

from names_training.persons import Persons

PERSON, NOBODY = "P", "N"
_HERE = Path(__file__).parent
_SLOT = re.compile(r"\{([A-Z])\}")
_NOBODYS = frozenset("OLSTAW")
_ENDS = ("\n", "\n", " ", " ", "\n\n")
_HONORIFICS = ("Sr. ", "Sra. ", "Dr. ", "Dra. ", "dona ", "seu ", "Prof. ")


class Mark(NamedTuple):
    """A stretch of a text that names a person, or what looks like one and is nobody's name."""

    start: int
    end: int
    label: str


class Marked(NamedTuple):
    """A text and its marks, in order."""

    text: str
    marks: list[Mark]


class Texts:
    """Makes texts of one to six phrases, in the cases that people write in."""

    def __init__(self, persons: Persons, rng: random.Random) -> None:
        self._persons = persons
        self._rng = rng
        self._phrases = _sections(_HERE / "phrases.txt", "\n")
        self._fillings = _sections(_HERE / "fillings.txt", "|")

    def text(self) -> Marked:
        """Return one text."""
        rng = self._rng
        self._as_it_is = rng.random() < 0.7
        made, marks = "", []
        for _ in range(rng.choice((1, 1, 2, 2, 3, 4, 6))):
            kind = "named" if rng.random() < 0.62 else "nameless"
            piece = self._phrase(rng.choice(self._phrases[kind]))
            marks += [Mark(m.start + len(made), m.end + len(made), m.label) for m in piece.marks]
            made += piece.text + rng.choice(_ENDS)
        return self._written(Marked(made, marks))

    def _phrase(self, phrase: str) -> Marked:
        made, marks, place = "", [], 0
        for slot in _SLOT.finditer(phrase):
            made += phrase[place : slot.start()]
            value = self._value(slot[1])
            label = PERSON if slot[1] in "PG" else NOBODY
            if label == PERSON and not made and self._rng.random() < 0.1:
                made += self._rng.choice(_HONORIFICS)
            if label == PERSON or slot[1] in _NOBODYS:
                marks.append(Mark(len(made), len(made) + len(value), label))
            made += value
            place = slot.end()
        return Marked(made + phrase[place:], marks)

    def _value(self, slot: str) -> str:
        if slot in "PG":
            return self._cased(self._persons.person() if slot == "P" else self._persons.given())
        if slot in "UH":
            return self._login() if slot == "U" else str(self._rng.randrange(1, 3000))
        if slot == "V" and self._rng.random() < 0.4:
            return self._persons.full()
        value = self._rng.choice(self._fillings[slot])
        return _SLOT.sub(lambda found: self._plain(found[1]), value)

    def _plain(self, slot: str) -> str:
        return self._persons.full() if slot == "P" else self._value(slot)

    def _login(self) -> str:
        words = _bare(self._persons.full().lower()).replace(" ", ".").strip(".")
        return words.split(".", 1)[0] + self._rng.choice((".", "_", "")) + words.rsplit(".", 1)[-1]

    def _cased(self, name: str) -> str:
        kind = self._rng.random()
        if self._as_it_is:
            return name.upper() if kind < 0.06 else name
        return name.lower() if kind < 0.6 else name.upper() if kind < 0.8 else name

    def _written(self, marked: Marked) -> Marked:
        kind = self._rng.random()
        if kind < 0.25:
            return Marked(marked.text.lower(), marked.marks)
        if kind < 0.3:
            upper = marked.text.upper()
            return Marked(upper, marked.marks) if len(upper) == len(marked.text) else marked
        return marked


def _sections(path: Path, between: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    name = ""
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("["):
            name = line.strip("[]")
            found[name] = []
        elif line and not line.startswith("#"):
            found[name] += [line] if between == "\n" else line.split(between)
    return found


def _bare(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(letter for letter in decomposed if letter.isascii())
