"""How people are written, and what an erasure does with it: taken, shown to who decides, or left.

    python bench/erased_spellings.py DATA [--people 400] [--seed 67]

DATA holds ``gazetteer``. People are drawn from census names, with one to three family names and
particles; each is written in every form, in a sentence of another person's ticket. ``sure`` forms
are to go by themselves, ``doubtful`` ones to be shown with the plan, and ``other`` ones, which are
another person's, to be left alone and, at best, not even shown.
"""

import argparse
import csv
import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path

from cogep_assist.core.brazil.names import PARTICLES
from cogep_assist.lgpd_service.subject_data.doubtful_names import DoubtfulNames
from cogep_assist.lgpd_service.subject_data.known_values import KnownValue, ValueKind
from cogep_assist.lgpd_service.subject_data.search_patterns import SubjectPatterns

Words = list[str]
Form = Callable[[Words, random.Random], str]
FRAMES = (
    "Conforme despacho, {} compareceu ao setor.",
    "Ata: presentes {}, e os demais membros.",
    "encaminho o caso de {} para parecer",
    "| 14 | {} | deferido |",
    "ASSUNTO: VISTORIA\nInteressado: {}\nPrazo: 10 dias",
)
MISREAD = {"0": "O", "1": "l", "5": "S", "8": "B", "2": "Z"}


def telling(words: Words) -> Words:
    return [word for word in words if word.lower() not in PARTICLES]


def broken(words: Words, chance: random.Random) -> str:
    place = chance.choice([at for at, word in enumerate(words) if len(word) > 4])
    cut = chance.randrange(2, len(words[place]) - 1)
    parted = f"{words[place][:cut]}-\n{words[place][cut:]}"
    return " ".join([*words[:place], parted, *words[place + 1 :]])


def inverted(words: Words, _chance: random.Random) -> str:
    first = max(at for at, word in enumerate(words) if word.lower() not in PARTICLES)
    return f"{words[first].upper()}, {' '.join(words[:first])}"


def mistyped(words: Words, chance: random.Random) -> str:
    place = chance.choice([at for at, word in enumerate(words) if len(word) > 5])
    word = words[place]
    at = chance.randrange(1, len(word) - 1)
    return " ".join([*words[:place], word[:at] + word[at + 1 :], *words[place + 1 :]])


SURE: dict[str, Form] = {
    "whole": lambda words, _: " ".join(words),
    "capitals": lambda words, _: " ".join(words).upper(),
    "broken line": broken,
    "inverted": inverted,
    "two family names first": lambda words, _: f"{words[-2]} {words[-1]}, {' '.join(words[:-2])}",
    "initials inside": lambda words, _: " ".join(
        [words[0], *(f"{word[0]}." for word in telling(words[1:-1])), words[-1]]
    ),
    "escaped": lambda words, _: " ".join(words).encode("ascii", "xmlcharrefreplace").decode(),
}
DOUBTFUL: dict[str, Form] = {
    "given and last": lambda words, _: f"{words[0]} {words[-1]}",
    "initials": lambda words, _: " ".join(
        [*(f"{word[0]}." for word in telling(words[:-1])), words[-1]]
    ),
    "mistyped": mistyped,
    "last, given": lambda words, _: f"{words[-1].upper()}, {words[0]}",
}


def main() -> None:
    """Print the share of each form that was taken, shown and left."""
    options = arguments()
    chance = random.Random(options.seed)
    names = census(options.data / "gazetteer" / "nomes-censos-ibge.csv")
    told: dict[str, Counter[str]] = defaultdict(Counter)
    size, spent = 0, 0.0
    for _ in range(options.people):
        words, rest = person(names, chance)
        cpf = "".join(str(chance.randrange(10)) for _ in range(11))
        values = [
            KnownValue(ValueKind.NAME, " ".join(words)),
            KnownValue(ValueKind.CPF, cpf),
        ]
        patterns, doubts = SubjectPatterns(values), DoubtfulNames(values)
        for kind, form, surface in written(words, rest, cpf, chance):
            text = chance.choice(FRAMES).format(surface)
            began = time.process_time()
            sure, shown = patterns.spans(text), doubts.places(text)
            spent += time.process_time() - began
            size += len(text.encode())
            told[f"{kind:9}{form}"][outcome(text, surface, sure, shown)] += 1
    for form, counts in told.items():
        shares = {end: counts[end] / counts.total() for end in ("taken", "shown", "left")}
        print(f"{form:34}", *(f"{end} {share:.3f}" for end, share in shares.items()))
    print(f"{size / 1e3:.0f} kB, {size / spent / 1e6:.2f} MB/s of processor time")


def written(
    words: Words, rest: Words, cpf: str, chance: random.Random
) -> list[tuple[str, str, str]]:
    """Return the ways of writing a person, and others who are nearly called so."""
    forms = [("sure", name, form(words, chance)) for name, form in SURE.items()]
    scanned = "".join(
        MISREAD.get(digit, digit) if chance.random() < 0.5 else digit for digit in cpf
    )
    forms.append(("sure", "scanned CPF", scanned))
    forms += [("doubtful", name, form(words, chance)) for name, form in DOUBTFUL.items()]
    middle = telling(words[1:-1])
    forms += [
        ("other", "another last name", " ".join([*words[:-1], rest[0]])),
        ("other", "given, last and one more", f"{words[0]} {words[-1]} {rest[1]}"),
        ("other", "another middle name", f"{words[0]} {rest[2]} {words[-1]}"),
        ("other", "another given name", " ".join([rest[3], *words[1:]])),
        ("other", "family names alone", " ".join([*middle, words[-1]])),
    ]
    return forms


def outcome(text: str, surface: str, sure: list[tuple[int, int]], shown: list[object]) -> str:
    """Tell what became of a spelling: all but signs of it taken, or some of it shown."""
    start = text.index(surface)
    letters = {start + at for at, character in enumerate(surface) if character.isalnum()}
    covered = {at for first, last in sure for at in range(first, last)}
    if len(letters - covered) <= len(letters) // 4:
        return "taken"
    return "shown" if shown else "left"


def person(names: list[str], chance: random.Random) -> tuple[Words, Words]:
    """Return the words of a name, and family names and a given name that are not in it."""
    drawn = chance.sample([name for name in names if len(name) > 5], 8)
    family = drawn[1 : chance.choice((3, 3, 4))]
    words = [drawn[0]]
    for name in family:
        words += [chance.choice(("da", "de", "dos")), name] if chance.random() < 0.4 else [name]
    return words, drawn[4:]


def census(path: Path) -> list[str]:
    with path.open(encoding="utf-8") as lines:
        rows = csv.reader(lines)
        next(rows)
        counted = [(sum(int(count or 0) for count in row[1:]), row[0].title()) for row in rows]
    return [name for _, name in sorted(counted, reverse=True)[:6000]]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--people", type=int, default=400)
    parser.add_argument("--seed", type=int, default=67)
    return parser.parse_args()


if __name__ == "__main__":
    main()
