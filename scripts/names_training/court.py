"""Court texts of LeNER-Br (MIT) as marked texts, with the copies that teach other cases."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path

from names_training.persons import Persons
from names_training.texts import NOBODY, PERSON, Mark, Marked

_LABELS = {
    "PESSOA": PERSON,
    "ORGANIZACAO": NOBODY,
    "LOCAL": NOBODY,
    "LEGISLACAO": NOBODY,
    "JURISPRUDENCIA": NOBODY,
}
Tagged = list[tuple[str, str]]


def sentences(path: Path) -> Iterator[Tagged]:
    """Yield sentences of words and their tags."""
    sentence: Tagged = []
    for line in path.read_text("utf-8").splitlines():
        if line.strip():
            word, _, tag = line.rpartition(" ")
            sentence.append((word, tag))
        elif sentence:
            yield sentence
            sentence = []
    if sentence:
        yield sentence


def as_text(sentence: Tagged) -> Marked:
    """Join the words of a sentence by blanks and mark its entities."""
    text, marks = "", []
    for word, tag in sentence:
        start = len(text)
        text += f"{word} "
        place, _, name = tag.partition("-")
        label = _LABELS.get(name)
        if label is None:
            continue
        if place == "I" and marks and marks[-1].label == label and marks[-1].end == start - 1:
            marks[-1] = marks[-1]._replace(end=start + len(word))
        else:
            marks.append(Mark(start, start + len(word), label))
    return Marked(text, marks)


def copies(marked: Marked, persons: Persons, rng: random.Random) -> Iterator[Marked]:
    """Yield a text as it is, in small letters, with others' names, other cases, broken lines."""
    yield marked
    yield Marked(marked.text.lower(), marked.marks)
    if any(mark.label == PERSON for mark in marked.marks):
        yield _names_in(marked, rng.choice((str.lower, str.lower, str.title, str.upper)))
        other = _with_others(marked, persons)
        yield _broken(other, rng)
        yield _with_others(marked, persons)
        yield Marked(_same_length(other.text, str.lower), other.marks)
    elif rng.random() < 0.1:
        yield Marked(_same_length(marked.text, str.upper), marked.marks)


def _with_others(marked: Marked, persons: Persons) -> Marked:
    """Put other persons' names, of as many words and in the same case, for those of a text."""
    text, marks, place = "", [], 0
    for start, end, label in marked.marks:
        text += marked.text[place:start]
        surface = marked.text[start:end]
        if label == PERSON:
            surface = persons.like(surface)
        marks.append(Mark(len(text), len(text) + len(surface), label))
        text += surface
        place = end
    return Marked(text + marked.text[place:], marks)


def _names_in(marked: Marked, case: Callable[[str], str]) -> Marked:
    text = marked.text
    for start, end, label in marked.marks:
        if label == PERSON:
            text = text[:start] + _same_length(text[start:end], case) + text[end:]
    return Marked(text, marked.marks)


def _broken(marked: Marked, rng: random.Random) -> Marked:
    """Break lines as documents do: anywhere between two words."""
    characters = list(marked.text)
    for at, character in enumerate(characters):
        if character == " " and rng.random() < 0.09:
            characters[at] = "\n"
    return Marked("".join(characters), marked.marks)


def _same_length(text: str, case: Callable[[str], str]) -> str:
    changed = case(text)
    return changed if len(changed) == len(text) else text
