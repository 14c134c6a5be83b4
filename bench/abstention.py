"""Learn when to abstain, and show what it costs, on questions with and without their passage.

    python bench/abstention.py DATA [--sets ...] [--plot FILE.html]

DATA holds sets in the BEIR layout. Each set is loaded into the real index once. Its own questions
are answerable; the same questions asked of the index without the relevant passages are not (what it
counts is counted without them: ``without.py``, proved anew on ``--prove`` questions of each set by
loading the others alone); nor are the questions of the other sets. A logistic regression is learnt
on all sets but one and scored on that one, with the threshold that keeps 4% of the answerable
questions of the sets it has seen from being answered; so are the product's own weights and
threshold. The weights that are printed at the end are learnt on all sets together. The page has a
curve per set: what abstaining costs and brings.
"""

import argparse
import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from rich.table import Table
from uuid_utils.compat import uuid7

import search as bench
from cogep_assist.answering.abstain import THRESHOLD, WEIGHTS, features
from cogep_assist.answering.extract import extract
from cogep_assist.core import schema
from cogep_assist.core.db import Database
from cogep_assist.retrieval.hit import Findings
from cogep_assist.retrieval.search import investigate
from curves import Points, write_curves
from without import passages_out, same_findings

FALSE_ABSTENTION = 0.05
# What the questions of most bases leave unanswered at this share of the sets learnt from.
QUANTILE = 0.04
BARS = {"removed": 0.45, "foreign": 0.95}
_CHUNKS = sa.text(
    "SELECT c.id, c.text, d.source_key FROM ai.chunk c JOIN ai.document d ON d.id = c.document_id"
    " WHERE c.collection_id = :collection"
)
_AGAINST = ("unknown", "lack", "names_missing", "digits_missing", "missing")
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
    parser.add_argument("--prove", type=int, default=1, help="questions proved for each set")
    parser.add_argument("--plot", type=Path, help="write the curves as an HTML page")
    options = parser.parse_args()
    if len({_family(name) for name in options.sets}) < 2:
        parser.error("what one set teaches is scored on another: name sets of two families")
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
    chunks = await _chunks(database, corpus)
    rows: dict[str, list[list[float] | None]] = {kind: [] for kind in _KINDS}
    for place, (query, question) in enumerate(chance.sample(own, min(options.most, len(own)))):
        rows["answerable"].append(_row(question, await _ask(database, corpus, question)))
        gold = {document for document, grade in grades[query].items() if grade > 0}
        with passages_out(dict(chunks[document] for document in gold if document in chunks)):
            found = await _ask(database, corpus, question)
        if place < options.prove:
            await _prove(database, corpus, question, gold, found)
        rows["removed"].append(_row(question, found))
    for _, question in chance.sample(foreign, min(options.most, len(foreign))):
        rows["foreign"].append(_row(question, await _ask(database, corpus, question)))
    return Examples(rows)


async def _chunks(database: Database, corpus: bench.Corpus) -> dict[str, tuple[UUID, str]]:
    """Return the chunk of each document of a set, which is one passage there."""
    async with database.sessions() as session:
        found = await session.execute(_CHUNKS, {"collection": corpus.collection})
        return {row.source_key: (row.id, row.text) for row in found}


async def _prove(
    database: Database, corpus: bench.Corpus, question: str, gold: set[str], found: Findings
) -> None:
    """Load the other passages alone, ask them, and stop unless they know and rank the same."""
    others = [passage for passage in corpus.passages if passage[0] not in gold]
    alone = await bench.load(database, str(uuid7()), others)
    if not same_findings(found, await _ask(database, alone, question)):
        raise SystemExit(f"the index without its passages is another one: {question!r}")


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
    curves: dict[str, dict[str, Points]] = {}
    rated = []
    for name, held_out in examples.items():
        seen = [other for other in examples if _family(other) != _family(name)]
        weights = _learn([examples[other] for other in seen])
        threshold = _threshold(weights, [examples[other] for other in seen])
        rates = [_rate(weights, held_out.rows[kind], threshold) for kind in _KINDS]
        rated.append(rates)
        table.add_row(name, *(f"{rate:.3f}" for rate in rates))
        curves[name] = _curve(weights, held_out)
    table.add_row("mean", *(f"{rate:.3f}" for rate in np.mean(rated, axis=0)), end_section=True)
    table.add_row("bar", f"{FALSE_ABSTENTION:.3f}", *(f"{bar:.3f}" for bar in BARS.values()))
    product = np.array([*WEIGHTS.values()])
    for name, example in examples.items():
        rates = [_rate(product, example.rows[kind], THRESHOLD) for kind in _KINDS]
        table.add_row(f"{name}, as shipped", *(f"{rate:.3f}" for rate in rates))
    bench.console.print(table)
    if plot:
        write_curves(plot, curves)
    weights = _learn(list(examples.values()))
    threshold = _threshold(weights, list(examples.values()))
    bench.console.print(f"threshold {threshold:.3f}")
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
    """Return the mean over the sets of what 4% of their answerable questions stay below."""
    return float(
        np.mean(
            [
                np.quantile(_likely(weights, example.rows["answerable"]), QUANTILE)
                for example in examples
            ]
        )
    )


def _rate(
    weights: NDArray[np.float64], rows: Sequence[list[float] | None], threshold: float
) -> float:
    return float((_likely(weights, rows) < threshold).mean())


def _curve(weights: NDArray[np.float64], example: Examples) -> dict[str, Points]:
    found: dict[str, Points] = {"removed": [], "foreign": []}
    for false in np.linspace(0, 0.3, 31):
        threshold = float(np.quantile(_likely(weights, example.rows["answerable"]), false))
        for kind, points in found.items():
            points.append((float(false), _rate(weights, example.rows[kind], threshold)))
    return found


if __name__ == "__main__":
    asyncio.run(main())
