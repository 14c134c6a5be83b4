"""Sentences that a model might write about passages, by hand, each marked as held or not.

They lie in tests/answering/grounding_pairs*.txt: a passage in one line (¶ is a new line), after
its heading where it has one; ``+ kind: sentence`` is held by it, ``- kind: sentence`` is not. The
kinds tell where the check is strong and where it is not: number, date, unit, bound, name, negation,
modality, quantifier, swap, rival, invented, paraphrase, literal.
"""

from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "answering"


@dataclass(frozen=True)
class Case:
    """A passage, what it supports and what it does not: pairs of a kind and a sentence."""

    text: str
    held: tuple[tuple[str, str], ...]
    not_held: tuple[tuple[str, str], ...]
    heading: str = ""
    title: str = "Documento"


def read_cases(name: str) -> tuple[Case, ...]:
    """Read the cases of a file; a line that is none of its kinds is an error."""
    text = (FOLDER / name).read_text(encoding="utf-8")
    return tuple(_case(block.splitlines()) for block in text.strip().split("\n\n"))


def _case(lines: list[str]) -> Case:
    heading = ""
    if lines[0].startswith("heading: "):
        heading, lines = lines[0].removeprefix("heading: "), lines[1:]
    passage, *sentences = lines
    pairs: dict[str, list[tuple[str, str]]] = {"+": [], "-": []}
    for line in sentences:
        mark, kind, sentence = line[0], *line[2:].split(": ", 1)
        pairs[mark].append((kind, sentence))
    return Case(passage.replace("¶", "\n"), tuple(pairs["+"]), tuple(pairs["-"]), heading)


CASES = read_cases("grounding_pairs.txt")
# Written after the rules, which were not changed for them.
UNSEEN = read_cases("grounding_pairs_unseen.txt")
