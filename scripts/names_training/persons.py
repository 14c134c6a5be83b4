"""Invented persons: names as Brazilians bear and write them, from lists and from sounds."""

import csv
import random
from collections import defaultdict
from pathlib import Path

from cogep_assist.core.brazil.nicknames import NICKNAMES

_PARTICLES = ("da", "de", "dos", "do", "das", "de", "da")
# Given names that are words as well, and are borne all the same.
_WORDS_TEXT = (
    "Rosa Vitória Luz Aurora Glória Graça Esperança Estrela Mar Céu Sol Lua Flor Margarida "
    "Violeta Jasmim Pérola Domingos Natal Abril Justo Modesto Inocêncio Brasil Leal Amado "
    "Ventura Paz Cruz Marinho Serena Clara Linda"
)
_WORDS = _WORDS_TEXT.split()
_INITIALS = "ABCDEFGHIJKLMNOPRSTUVWZ"
_GENERATIONS = ("Filho", "Neto", "Júnior", "Jr.", "Jr", "Sobrinho", "Segundo")
SURNAMES = Path(__file__).with_name("surnames.txt")


def read_given(path: Path) -> dict[str, int]:
    """Read the census: each name, in small letters, with how many ever bore it."""
    with path.open(encoding="utf-8") as lines:
        rows = csv.reader(lines)
        next(rows)
        return {row[0].lower(): sum(int(count or 0) for count in row[1:]) for row in rows}


def read_surnames() -> list[str]:
    """Return family names, the most common first."""
    return list(dict.fromkeys(SURNAMES.read_text("utf-8").split()))


class Sounds:
    """Makes words that sound like those it was given: chains of three letters."""

    def __init__(self, words: list[str], rng: random.Random) -> None:
        self._rng = rng
        self._next: dict[str, list[str]] = defaultdict(list)
        for word in words:
            padded = f"^^{word}$"
            for at in range(len(padded) - 2):
                self._next[padded[at : at + 2]].append(padded[at + 2])

    def word(self) -> str:
        """Return a new word of 4 to 12 letters."""
        while True:
            made = "^^"
            while not made.endswith("$") and len(made) < 16:
                made += self._rng.choice(self._next[made[-2:]])
            if 4 <= len(made) - 3 <= 12 and made.endswith("$"):
                return made[2:-1]


class Persons:
    """Gives names, some of which are in no list."""

    def __init__(
        self, given: dict[str, int], surnames: list[str], foreign: list[str], rng: random.Random
    ) -> None:
        self._rng = rng
        common = [name for name, count in given.items() if count > 2_000]
        self._common, self._weights = common, [given[name] ** 0.55 for name in common]
        self._rare = list(given)
        self._surnames = surnames
        self._surname_weights = [1 / (rank + 12) ** 0.8 for rank in range(len(surnames))]
        self._foreign = foreign
        self._short = sorted(NICKNAMES)
        self._new_given = Sounds(rng.sample(self._rare, 20_000), rng)
        self._new_surname = Sounds([*surnames, *foreign], rng)

    def _inverted(self) -> str:
        words = self.full().split()
        return f"{words[-1]}, {' '.join(words[:-1])}"

    def given(self) -> str:
        """Return one given name."""
        kind = self._rng.random()
        if kind < 0.04:
            return self._rng.choice(_WORDS)
        if kind < 0.16:
            return _capital(self._rng.choice(self._rare))
        if kind < 0.24:
            return _capital(self._new_given.word())
        return _capital(self._rng.choices(self._common, self._weights)[0])

    def surname(self) -> str:
        """Return one family name."""
        kind = self._rng.random()
        if kind < 0.2:
            return _capital(self._rng.choice(self._foreign))
        if kind < 0.3:
            return _capital(self._new_surname.word())
        if kind < 0.45:
            return _capital(self._rng.choice(self._surnames))
        return _capital(self._rng.choices(self._surnames, self._surname_weights)[0])

    def full(self) -> str:
        """Return a whole name: one or two given, one to three family names, particles between."""
        rng = self._rng
        words = [self.given()]
        if rng.random() < 0.28:
            words.append(self.given())
        for _ in range(rng.choice((1, 1, 1, 2, 2, 2, 3))):
            if rng.random() < 0.24:
                words.append(rng.choice(_PARTICLES))
            elif len(words) > 1 and rng.random() < 0.05:
                words.append("e")
            words.append(self.surname())
        if rng.random() < 0.05:
            words.append(rng.choice(_GENERATIONS))
        return " ".join(words)

    def like(self, name: str) -> str:
        """Return another name of as many words, particles where they were, in the same case."""
        words: list[str] = []
        for word in name.split():
            if word.lower() in _PARTICLES or not word[0].isalpha() or len(word) < 3:
                words.append(word)
            else:
                made = self.surname() if words else self.given()
                words.append(made.upper() if word.isupper() else made)
        return " ".join(words)

    def person(self) -> str:
        """Return a name as texts bear it: mostly whole, at times shortened or turned round."""
        kind = self._rng.random()
        if kind < 0.54:
            return self.full()
        if kind < 0.58:
            return f"{self._rng.choice(_INITIALS)}. {self.surname()}"
        if kind < 0.61:
            return f"{self.given()} {self._rng.choice(_INITIALS)}."
        if kind < 0.72:
            return f"{self.given()} {self.surname()}"
        if kind < 0.8:
            return f"{self.given()} {self.given()}"
        if kind < 0.86:
            return f"{self.given()} {self._rng.choice(_INITIALS)}. {self.surname()}"
        if kind < 0.89:
            return self._inverted()
        if kind < 0.92:
            return _capital(self._rng.choice(self._short))
        return self.given() if kind < 0.97 else f"{self.surname()} {self.surname()}"


def _capital(word: str) -> str:
    return word[:1].upper() + word[1:]
