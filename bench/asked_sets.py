"""Sets of documents, questions and what answers them, from files of two layouts."""

import json
import random
from dataclasses import dataclass
from pathlib import Path

from passages import read_passages
from questions import read_grades, read_questions


@dataclass(frozen=True)
class AskedSet:
    """Documents as (id, text), questions as (id, text), and the grades of documents by question."""

    passages: list[tuple[str, str]]
    questions: list[tuple[str, str]]
    grades: dict[str, dict[str, int]]


def read_set(path: Path) -> AskedSet:
    """Read a folder in the BEIR layout, or a file in SQuAD's, by its name's ending."""
    return _read_squad(path) if path.suffix == ".json" else _read_beir(path)


def small_base(whole: AskedSet, documents: int, chance: random.Random) -> AskedSet:
    """Return so many documents of a set, and the questions that these answer completely."""
    wanted = [
        document
        for graded in whole.grades.values()
        for document, grade in graded.items()
        if grade > 0
    ]
    kept = set(chance.sample(sorted(set(wanted)), min(documents, len(set(wanted)))))
    grades = {
        query: graded
        for query, graded in whole.grades.items()
        if {document for document, grade in graded.items() if grade > 0} <= kept
    }
    return AskedSet(
        [passage for passage in whole.passages if passage[0] in kept],
        [question for question in whole.questions if question[0] in grades],
        grades,
    )


def _read_beir(folder: Path) -> AskedSet:
    grades = read_grades(folder / "qrels.tsv")
    questions = [one for one in read_questions(folder) if one[0] in grades]
    return AskedSet(read_passages(folder / "corpus.jsonl"), questions, grades)


def _read_squad(path: Path) -> AskedSet:
    found = AskedSet([], [], {})
    for article in json.loads(path.read_text())["data"]:
        for number, paragraph in enumerate(article["paragraphs"]):
            document = f"{article['title']}-{number}"
            found.passages.append((document, paragraph["context"]))
            for asked in paragraph["qas"]:
                if asked.get("answers") and not asked.get("is_impossible"):
                    found.questions.append((asked["id"], asked["question"]))
                    found.grades[asked["id"]] = {document: 1}
    return found
