"""LeNER-Br's test part (MIT): whole names of persons, exact, sentence by sentence."""

from collections.abc import Callable, Iterator
from pathlib import Path

from cogep_assist.core.pii.detect import detect
from cogep_assist.core.pii.finding import Kind, Threshold
from cogep_assist.core.pii.person_names import find_person_names

PERSON = "PESSOA"
Tagged = list[tuple[str, str]]


def scores(path: Path, case: Callable[[str], str]) -> str:
    """Return precision, recall and F1 of names, with every word put into a case."""
    right = found_all = gold_all = 0
    for sentence in sentences(path):
        text, gold = joined([(case(word), tag) for word, tag in sentence])
        found = {
            (each.start, each.end)
            for each in detect(text, Threshold.REPORT, detectors=(find_person_names,))
            if each.kind is Kind.PERSON
        }
        right, found_all, gold_all = (
            right + len(gold & found),
            found_all + len(found),
            gold_all + len(gold),
        )
    f1 = 2 * right / max(found_all + gold_all, 1)
    return (
        f"precision {right / max(found_all, 1):.4f} recall {right / max(gold_all, 1):.4f} "
        f"F1 {f1:.4f} of {gold_all} names"
    )


def sentences(path: Path) -> Iterator[Tagged]:
    sentence: Tagged = []
    for line in [*path.read_text("utf-8").splitlines(), ""]:
        if line.strip():
            word, _, tag = line.rpartition(" ")
            sentence.append((word, tag))
        elif sentence:
            yield sentence
            sentence = []


def joined(sentence: Tagged) -> tuple[str, set[tuple[int, int]]]:
    """Join words by blanks, and return where persons are named."""
    text, spans = "", []
    for word, tag in sentence:
        start = len(text)
        text += f"{word} "
        place, _, name = tag.partition("-")
        if name != PERSON:
            continue
        if place == "I" and spans and spans[-1][1] == start - 1:
            spans[-1] = (spans[-1][0], start + len(word))
        else:
            spans.append((start, start + len(word)))
    return text, set(spans)
