"""How often the extracted answer holds the known one, and which weights choose its sentences best.

    python bench/answers.py DATA [--sets squadpt] [--causes] [--scale FILE]
        [--learn FILE...] [--prices FILE...]

DATA holds sets in the BEIR layout whose questions have ``answers``. Each is loaded into the real
index; every question is searched and answered as the product does it. FILE is a corpus of passages
(``corpus.jsonl`` or ``.jsonl.gz``) to time whole answers on, kept and cited, one client. With
``--learn`` the weights of ``answering.unit_scores`` are learnt from files in the layout of SQuAD (a
softmax over the units of the best passages, by gradient descent) and printed; the articles that the
sets ask about teach nothing. With two halves of the articles each is scored by the weights of the
other. With ``--prices`` files in the same layout are answered at several prices of a character
(``answering.choice.PRICE``). ``--causes`` counts where the known answers that are missed were lost.
"""

import argparse
import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from rich.table import Table

import search as bench
from answer_causes import CAUSES, cause, plain
from cogep_assist.answering.choice import PRICE
from cogep_assist.answering.extract import ExtractedAnswer, extract
from cogep_assist.answering.passage_units import UnitKind, passage_units
from cogep_assist.answering.unit_evidence import term_rarity
from cogep_assist.answering.unit_scores import WEIGHTS, Candidate, features
from cogep_assist.core import schema
from cogep_assist.core.access import SYSTEM
from cogep_assist.core.db import Database
from cogep_assist.rag_service.ask import answer_question
from cogep_assist.retrieval.hit import Findings
from cogep_assist.retrieval.search import investigate

BARS = {"squadpt": ".87"}
ASK_P95_MS = 60
_MAKE_CURRENT = sa.text(
    "UPDATE ai.document SET current_version_id = v.id"
    " FROM ai.document_version v WHERE v.document_id = document.id"
)
_PASSAGES = 8
PRICES = (0.0, 0.0015, 0.0025, 0.004)


@dataclass
class Question:
    """A question with its known answers, folded."""

    id: str
    text: str
    group: str
    answers: list[str]


@dataclass
class Lesson:
    """The units of a question's passages and which of them hold a known answer."""

    group: str
    rows: NDArray[np.float64]
    right: NDArray[np.bool_]


async def main() -> None:
    """Answer every question and print how the answers do."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--sets", nargs="*", default=["squadpt", "pira"])
    parser.add_argument("--scale", type=Path, help="corpus of passages to time answers on")
    parser.add_argument("--questions", default="alchemy", help="set that answers are timed with")
    parser.add_argument("--count", type=int, default=200, help="questions timed")
    parser.add_argument("--learn", type=Path, nargs="*", default=[], help="files of questions")
    parser.add_argument("--lessons", type=int, default=2_400, help="questions of each such file")
    parser.add_argument("--prices", type=Path, nargs="*", default=[], help="files of questions")
    parser.add_argument("--causes", action="store_true", help="count where answers were lost")
    options = parser.parse_args()
    asked: set[str] = set()
    lessons: list[Lesson] = []
    with bench.database_url() as url:
        schema.upgrade(url)
        database = Database(url)
        table, causes = _table("set"), Table("set", "where the known answer is", "questions")
        for name in options.sets:
            tally = await _answer_all(database, options.data / name, asked)
            table.add_row(name, *tally.row(BARS.get(name, "")))
            for one in CAUSES:
                causes.add_row(name, one, str(tally.lost[one]))
        bench.console.print(table, *([causes] if options.causes else []))
        if options.scale:
            await _time_answers(database, options)
        for file in options.learn:
            lessons += await _lessons(database, file, asked, options.lessons)
        for file in options.prices:
            bench.console.print(await _priced(database, file, asked, options.lessons))
        await database.close()
    if lessons:
        _teach(lessons)


def _table(of: str) -> Table:
    return Table(
        of, "questions", "holds the answer", "holds it within 3 / 400", "bar", "holds its words",
        "sentences", "characters", "within 3 / 400", "exact quotes",
    )  # fmt: skip


@dataclass
class Tally:
    """How the answers to the questions of a set did."""

    words_held: list[float] = field(default_factory=list)
    held: int = 0
    held_within: int = 0
    within: int = 0
    sentences: int = 0
    characters: int = 0
    exact: int = 0
    lost: Counter[str] = field(default_factory=Counter)

    def add(self, question: Question, answer: ExtractedAnswer) -> bool:
        """Count an answer; tell whether it holds a known one."""
        text = plain(answer.text)
        held = any(known in text for known in question.answers)
        short = len(answer.sentences) <= 3 and len(answer.text) <= 400
        self.held += held
        self.held_within += held and short
        self.words_held.append(max(_share(known, text) for known in question.answers))
        self.within += short or any(s.kind is not UnitKind.SENTENCE for s in answer.sentences)
        self.sentences += len(answer.sentences)
        self.characters += len(answer.text)
        self.exact += sum(
            s.quote == s.hit.text[s.start - s.hit.start : s.end - s.hit.start]
            for s in answer.sentences
        )
        return held

    def row(self, bar: str = "") -> list[str]:
        """Return the cells of a table's row."""
        count = len(self.words_held)
        return [
            str(count),
            f"{self.held / count:.4f}",
            f"{self.held_within / count:.4f}",
            bar,
            f"{np.mean(self.words_held):.3f}",
            f"{self.sentences / count:.2f}",
            f"{self.characters / count:.0f}",
            f"{self.within / count:.3f}",
            f"{self.exact}/{self.sentences}",
        ]


async def _answer_all(database: Database, folder: Path, asked: set[str]) -> Tally:
    corpus = await bench.load(database, folder.name, bench.read_passages(folder / "corpus.jsonl"))
    tally = Tally()
    for question in _questions(folder):
        found = await _look_up(database, corpus, question)
        if not tally.add(question, extract(question.text, found.hits, term_rarity(found))):
            tally.lost[cause(question.text, question.answers, found)] += 1
        asked.add(question.group)
    return tally


async def _priced(database: Database, file: Path, asked: Collection[str], most: int) -> Table:
    """Answer a file's questions at several prices of a character."""
    corpus, questions = await _taught(database, file, asked, most)
    tallies = {price: Tally() for price in PRICES}
    for question in questions:
        found = await _look_up(database, corpus, question)
        for price, tally in tallies.items():
            rarity = term_rarity(found)
            tally.add(question, extract(question.text, found.hits, rarity, price=price))
    table = _table(f"{file.name}: price")
    for price, tally in tallies.items():
        table.add_row(f"{price:.4f}{' (shipped)' * (price == PRICE)}", *tally.row())
    return table


async def _look_up(database: Database, corpus: bench.Corpus, question: Question) -> Findings:
    async with database.sessions() as session:
        return await investigate(session, question.text, [corpus.collection], k=20)


async def _lessons(
    database: Database, file: Path, asked: Collection[str], most: int
) -> list[Lesson]:
    """Return what a file's questions teach."""
    corpus, questions = await _taught(database, file, asked, most)
    return [_lesson(one, await _look_up(database, corpus, one)) for one in questions]


async def _taught(
    database: Database, file: Path, asked: Collection[str], most: int
) -> tuple[bench.Corpus, list[Question]]:
    """Load a file's passages and draw questions, those of the articles asked about left out."""
    articles = json.loads(file.read_text(encoding="utf-8"))["data"]
    texts = dict.fromkeys(p["context"] for article in articles for p in article["paragraphs"])
    name = f"{file.name} {uuid4()}"
    corpus = await bench.load(database, name, [(str(n), text) for n, text in enumerate(texts)])
    questions = [
        Question(row["id"], row["question"], article["title"], known)
        for article in articles
        if article["title"] not in asked
        for paragraph in article["paragraphs"]
        for row in paragraph["qas"]
        if (known := [one for one in (plain(a["text"]) for a in row["answers"]) if one])
        and not row.get("is_impossible")
    ]
    return corpus, random.Random(5).sample(questions, min(most, len(questions)))


def _share(known: str, text: str) -> float:
    """Return the share of a known answer's words that a text holds: paraphrases have no letters."""
    wanted, held = set(known.split()), set(text.split())
    return len(wanted & held) / len(wanted)


async def _time_answers(database: Database, options: argparse.Namespace) -> None:
    passages = bench.read_passages(options.scale)
    await bench.load(database, "scale", passages)
    async with database.begin() as session:
        await session.execute(_MAKE_CURRENT)
    asked = [text for _, text in bench.read_questions(options.data / options.questions)]
    asked = random.Random(7).sample(asked, min(options.count, len(asked)))
    times, silent = [], 0
    for number, question in enumerate([*asked[:20], *asked]):
        async with database.sessions() as session:
            await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            began = time.perf_counter()
            reply = await answer_question(session, SYSTEM, question, collection="scale")
            await session.commit()
        if number >= 20:
            times.append((time.perf_counter() - began) * 1000)
            silent += reply.abstained
    p50, p95 = np.quantile(times, [0.5, 0.95])
    bench.console.print(
        f"answers at {len(passages)} passages, kept and cited: p50 {p50:.1f} ms, p95 {p95:.1f} ms "
        f"(bar {ASK_P95_MS} ms); {silent} of {len(times)} abstain"
    )


def _questions(folder: Path) -> list[Question]:
    rows = [json.loads(line) for line in (folder / "queries.jsonl").read_text().splitlines()]
    return [
        Question(
            row["id"],
            row["text"],
            row.get("article", row["id"]),
            [known for known in map(plain, row["answers"]) if known],
        )
        for row in rows
        if any(map(plain, row.get("answers", [])))
    ]


def _lesson(question: Question, found: Findings) -> Lesson:
    hits, candidates = found.hits, list[Candidate]()
    for place, hit in enumerate(hits[:_PASSAGES]):
        before = ""
        for unit in passage_units(hit.text, hit.heading, hit.title):
            text = hit.text[unit.start : unit.end]
            if unit.kind is not UnitKind.HEADING:
                context = f"{hit.title}\n{hit.heading}"
                share = hit.score / (hits[0].score or 1.0)
                candidates.append(
                    Candidate(text, context, before, place, share, hit.text, unit.start)
                )
            before = text
    rarity = term_rarity(found)
    none = np.zeros((0, len(WEIGHTS)))
    rows = features(question.text, candidates, rarity) if candidates else none
    texts = [plain(candidate.text) for candidate in candidates]
    right = [any(known in text for known in question.answers) for text in texts]
    return Lesson(question.group, rows, np.array(right, dtype=bool))


def _teach(lessons: Sequence[Lesson]) -> None:
    groups = sorted({lesson.group for lesson in lessons})
    half = set(groups[::2])
    one = [lesson for lesson in lessons if lesson.group in half]
    other = [lesson for lesson in lessons if lesson.group not in half]
    for seen, unseen in ((one, other), (other, one)):
        bench.console.print(f"best unit right on unseen articles: {_rate(_fit(seen), unseen):.3f}")
    weights = _fit(lessons)
    bench.console.print({key: round(float(w), 2) for key, w in zip(WEIGHTS, weights, strict=True)})


def _fit(lessons: Sequence[Lesson], steps: int = 150, decay: float = 3e-3) -> NDArray[np.float64]:
    """Raise the softmax weight of the right units, by Adam, each feature in its own deviation."""
    taught = [lesson for lesson in lessons if lesson.right.any()]
    rows = np.concatenate([lesson.rows for lesson in taught])
    deviation = rows.std(axis=0) + 1e-6
    rows = rows / deviation
    right = np.concatenate([lesson.right for lesson in taught])
    owner = np.repeat(np.arange(len(taught)), [len(lesson.right) for lesson in taught])
    weights = np.zeros(rows.shape[1])
    first, second = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, steps + 1):
        scores = rows @ weights
        greatest = np.full(len(taught), -np.inf)
        np.maximum.at(greatest, owner, scores)
        likely = np.exp(scores - greatest[owner])
        among_all = likely / np.bincount(owner, likely)[owner]
        among_right = likely * right / np.bincount(owner, likely * right)[owner]
        slope = (among_all - among_right) @ rows / len(taught) + decay * weights
        first = 0.9 * first + 0.1 * slope
        second = 0.99 * second + 0.01 * slope**2
        weights -= 0.05 * first / (1 - 0.9**step) / (np.sqrt(second / (1 - 0.99**step)) + 1e-8)
    return np.asarray(weights / deviation)


def _rate(weights: NDArray[np.float64], lessons: Sequence[Lesson]) -> float:
    right = [
        bool(len(lesson.right) and lesson.right[np.argmax(lesson.rows @ weights)])
        for lesson in lessons
    ]
    return float(np.mean(right))


if __name__ == "__main__":
    asyncio.run(main())
