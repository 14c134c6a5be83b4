"""Questions of a set in the BEIR layout, how they are mistyped, and what finding them is worth."""

import json
import math
import random
import unicodedata
from collections.abc import Sequence
from pathlib import Path


def read_questions(folder: Path) -> list[tuple[str, str]]:
    """Read (id, text) of a set's queries.jsonl."""
    rows = [json.loads(line) for line in (folder / "queries.jsonl").read_text().splitlines()]
    return [(row["id"], row["text"]) for row in rows]


def read_grades(path: Path) -> dict[str, dict[str, int]]:
    """Read query -> document -> grade of a qrels.tsv."""
    grades: dict[str, dict[str, int]] = {}
    for line in path.read_text().splitlines()[1:]:
        query, document, grade = line.split("\t")
        grades.setdefault(query, {})[document] = int(grade)
    return grades


def without_accents(question: str) -> str:
    """Return a question as it is typed in haste."""
    decomposed = unicodedata.normalize("NFD", question.lower())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def with_typo(question: str, seed: str) -> str:
    """Change one letter of one word of at least five letters: drop, double, swap or replace."""
    chance = random.Random(seed)
    words = question.split()
    long = [place for place, word in enumerate(words) if sum(map(str.isalpha, word)) >= 5]
    if not long:
        return question
    place = chance.choice(long)
    word = words[place]
    at = chance.randrange(1, len(word) - 1)
    words[place] = chance.choice(
        [
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :],
            word[:at] + chance.choice("abcdefghijlmnopqrstuvxz") + word[at + 1 :],
        ]
    )
    return " ".join(words)


def dcg(gains: Sequence[int]) -> float:
    """Return the discounted gain of grades in the order in which they were found."""
    return sum((2**gain - 1) / math.log2(rank + 2) for rank, gain in enumerate(gains))
