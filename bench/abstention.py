"""Learn when to abstain, and show what it costs, on questions with and without their passage.

    python bench/abstention.py DATA [--sets ...] [--plot FILE.csv]

DATA holds sets in the BEIR layout. Each set is loaded into the real index once. Its own questions
are answerable; the same questions with the relevant passages taken away are not; nor are the
questions of the other sets. A logistic regression is learnt on all sets but one and scored on that
one, with the threshold that keeps 5% of the answerable questions of the sets it has seen from being
answered; the weights that are printed at the end are learnt on all sets together.
"""

import argparse
import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.table import Table

import search as bench
from cogep_assist.answering.abstain import WEIGHTS, features
from cogep_assist.answering.extract import extract
from cogep_assist.core import schema
from cogep_assist.core.db import Database
from cogep_assist.retrieval.hit import Findings
from cogep_assist.retrieval.portuguese import tokenize
from cogep_assist.retrieval.search import investigate

FALSE_ABSTENTION = 0.05
_AGAINST = ("unknown", "rarest_missing", "lack")
_AGAINST = ("unknown", "rarest_missing", "lack")
_KINDS = ("answerable", "removed", "foreign")


@dataclass
class Examples:
    """Feature rows of one set, by kind; None where nothing was found at all."""

    rows: dict[str, list[list[float] | None]]


async def main() -> None:
    """Collect features from the real index, learn, and print the operating point of each set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--sets", nargs="*", default=["pira", "pira_para", "squadpt", "alchemy"])
    parser.add_argument("--most", type=int, default=400, help="questions of each kind and set")
    parser.add_argument("--plot", type=Path, help="write the curves as CSV")
    options = parser.parse_args()
    examples: dict[str, Examples] = {}
    with bench.database_url() as url:
        schema.upgrade(url)
        database = Database(url)
        for name in options.sets:
            examples[name] = await _collect(database, options, name)
        await database.close()
    _report(examples, options.plot)


async def _collect(database: Database, options: argparse.Namespace, name: str) -> Examples:
    chance = random.Random(3)
    corpus = await bench.load(
        database, name, bench.read_passages(options.data / name / "corpus.jsonl")
    )
    grades = bench.read_grades(options.data / name / "qrels.tsv")
    own = [q for q in bench.read_questions(options.data / name) if q[0] in grades]
    foreign = [
        question
        for other in options.sets
        if _family(other) != _family(name)
        for question in bench.read_questions(options.data / other)
    ]
    texts = dict(corpus.passages)
    names = {text: name for name, text in corpus.passages}
    rows: dict[str, list[list[float] | None]] = {kind: [] for kind in _KINDS}
    for query, question in chance.sample(own, min(options.most, len(own))):
        gold = {document for document, grade in grades[query].items() if grade > 0}
        found = await _ask(database, corpus, question)
        rows["answerable"].append(_row(question, found))
        left = [hit for hit in found.hits if names[hit.text] not in gold]
        lost = [set(tokenize(texts[document])) for document in gold if document in texts]
        terms = [
            replace(term, frequency=term.frequency - sum(term.term in one for one in lost))
            for term in found.terms
        ]
        rows["removed"].append(_row(question, Findings(left, terms, found.chunk_count)))
    for _, question in chance.sample(foreign, min(options.most, len(foreign))):
        rows["foreign"].append(_row(question, await _ask(database, corpus, question)))
    return Examples(rows)


async def _ask(database: Database, corpus: bench.Corpus, question: str) -> Findings:
    async with database.sessions() as session:
        return await investigate(session, question, [corpus.collection], k=20)


def _row(question: str, findings: Findings) -> list[float] | None:
    hits = findings.hits[:10]
    best = hits[0].score if hits else 1.0
    scaled = [replace(hit, score=hit.score / best) for hit in hits]
    answer = extract(question, scaled)
    if not answer.sentences:
        return None
    return list(features(question, replace(findings, hits=scaled), answer).values())


def _report(examples: dict[str, Examples], plot: Path | None) -> None:
    table = Table("held out", "false abstention", "abstains: removed", "abstains: foreign")
    lines = ["set,false_abstention,removed,foreign"]
    for name, held_out in examples.items():
        seen = [other for other in examples if _family(other) != _family(name)]
        weights = _learn([examples[other] for other in seen])
        threshold = _threshold(weights, [examples[other] for other in seen])
        rates = [_rate(weights, held_out.rows[kind], threshold) for kind in _KINDS]
        table.add_row(name, *(f"{rate:.3f}" for rate in rates))
        lines += _curve(name, weights, held_out)
    bench.console.print(table)
    if plot:
        plot.write_text("\n".join(lines) + "\n")
    weights = _learn(list(examples.values()))
    threshold = _threshold(weights, list(examples.values()))
    # The bias is moved so that the operating point is a confidence of 0.5.
    weights[0] -= np.log(threshold / (1 - threshold))
    bench.console.print({key: round(float(w), 3) for key, w in zip(WEIGHTS, weights, strict=True)})


def _family(name: str) -> str:
    """Sets over the same passages ("pira", "pira_para") teach nothing about each other."""
    return name.partition("_")[0]


def _learn(examples: Sequence[Examples], steps: int = 4_000) -> NDArray[np.float64]:
    """Fit by gradient descent; each set and kind weighs the same, answerable as all the rest.

    Signs are held to what they must mean, so that no set teaches that words found speak against.
    """
    rows, labels, shares = [], [], []
    for example in examples:
        for kind in _KINDS:
            known = [row for row in example.rows[kind] if row is not None]
            rows += known
            labels += [float(kind == "answerable")] * len(known)
            share = (0.5 if kind == "answerable" else 0.25) / len(known)
            shares += [share / len(examples)] * len(known)
    table, wanted, share = np.array(rows), np.array(labels), np.array(shares)
    weights = np.zeros(table.shape[1])
    least = np.array([-np.inf if name in (*_AGAINST, "bias") else 0.0 for name in WEIGHTS])
    most = np.array([0.0 if name in _AGAINST else np.inf for name in WEIGHTS])
    for _ in range(steps):
        likely = 1 / (1 + np.exp(-table @ weights))
        weights -= 4.0 * (table.T @ ((likely - wanted) * share) + 1e-4 * weights)
        weights = np.clip(weights, least, most)
    return weights


def _likely(
    weights: NDArray[np.float64], rows: Sequence[list[float] | None]
) -> NDArray[np.float64]:
    return np.array(
        [0.0 if row is None else 1 / (1 + np.exp(-(np.array(row) @ weights))) for row in rows]
    )


def _threshold(weights: NDArray[np.float64], examples: Sequence[Examples]) -> float:
    """Return the mean over the sets of what 5% of their answerable questions stay below."""
    return float(
        np.mean(
            [
                np.quantile(_likely(weights, example.rows["answerable"]), FALSE_ABSTENTION)
                for example in examples
            ]
        )
    )


def _rate(
    weights: NDArray[np.float64], rows: Sequence[list[float] | None], threshold: float
) -> float:
    return float((_likely(weights, rows) < threshold).mean())


def _curve(name: str, weights: NDArray[np.float64], example: Examples) -> list[str]:
    lines = []
    for false in np.linspace(0, 0.3, 31):
        threshold = float(np.quantile(_likely(weights, example.rows["answerable"]), false))
        removed, foreign = (_rate(weights, example.rows[kind], threshold) for kind in _KINDS[1:])
        lines.append(f"{name},{false:.2f},{removed:.4f},{foreign:.4f}")
    return lines


if __name__ == "__main__":
    asyncio.run(main())
