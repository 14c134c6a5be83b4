"""Learn the weights of the second look at passages, and show what each leg of it is worth.

    python bench/ranking.py DATA [--sets ...] [--most N] [--chars 900]

DATA holds sets in the BEIR layout. Each document is cut into passages as the pipeline does it and
searched in the real index; the legs of ``retrieval.rescore`` are recorded as the search computes
them. For each set, weights are learnt on the other families of sets (a softmax over the candidates,
by Adam, none below zero) and scored on it beside the product's weights; then each leg is left out
in turn. Changes come with a 95% interval of the paired bootstrap.
"""

import argparse
import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray
from rich.table import Table
from uuid_utils.compat import uuid7

import search as bench
from cogep_assist.core import schema
from cogep_assist.core.db import Database, driver_connection
from cogep_assist.pipeline.chunk import chunk
from cogep_assist.pipeline.parse.context import ParseContext
from cogep_assist.pipeline.parse.limits import ParseLimits
from cogep_assist.pipeline.parse.plain_text import parse
from cogep_assist.retrieval import search as product
from cogep_assist.retrieval.merge import merge_collection
from cogep_assist.retrieval.postings import Floats
from cogep_assist.retrieval.rescore import TOPIC_WEIGHTS, WEIGHTS, legs
from cogep_assist.retrieval.segments import IndexUnit, add_segment

_NAMES = list(WEIGHTS | TOPIC_WEIGHTS)
_KEPT = 60


@dataclass
class Asked:
    """One question: a row of scaled legs per candidate, its document, and the grades."""

    rows: NDArray[np.float32]
    documents: list[str]
    grades: Mapping[str, int]
    # What the product weighs it with: a topic that is named otherwise than a question.
    shipped: NDArray[np.float64]


async def main() -> None:
    """Record, learn, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--sets", nargs="*", default=["pira", "pira_para", "squadpt", "alchemy"])
    parser.add_argument("--most", type=int, default=1_000, help="questions of each set")
    parser.add_argument("--chars", type=int, default=900, help="what a passage aims at")
    options = parser.parse_args()
    asked: dict[str, list[Asked]] = {}
    with bench.database_url() as url:
        schema.upgrade(url)
        database = Database(url)
        for name in options.sets:
            asked[name] = await _record(database, options, name)
        await database.close()
    _report(asked)


async def _record(database: Database, options: argparse.Namespace, name: str) -> list[Asked]:
    collection, owners = await _load(database, options, name)
    grades = bench.read_grades(options.data / name / "qrels.tsv")
    questions = [q for q in bench.read_questions(options.data / name) if q[0] in grades]
    found = []
    for query, question in questions[: options.most]:
        with _recorded() as calls:
            async with database.sessions() as session:
                await product.search(session, question, [collection], k=1)
        for texts, found_legs in calls:
            documents = [owners[text.removeprefix("\n").partition("\n")[2]] for text in texts]
            weights = TOPIC_WEIGHTS if "early" in found_legs else WEIGHTS
            shipped = np.array([weights.get(name, 0.0) for name in _NAMES])
            found.append(Asked(_scaled(found_legs), documents, grades[query], shipped))
    return found


@contextmanager
def _recorded() -> Iterator[list[tuple[Sequence[str], dict[str, Floats]]]]:
    calls: list[tuple[Sequence[str], dict[str, Floats]]] = []

    def recording(
        question: str, texts: Sequence[str], words: Floats, **options: Any
    ) -> dict[str, Floats]:
        found = legs(question, texts, words, **options)
        calls.append((texts, found))
        return found

    with patch.object(product, "legs", recording):
        yield calls


async def _load(
    database: Database, options: argparse.Namespace, name: str
) -> tuple[Any, dict[str, str]]:
    collection, owners = uuid7(), {}
    async with database.begin() as session:
        driver = await driver_connection(session)
        await driver.execute(
            "INSERT INTO ai.collection (id, name) VALUES (%s, %s)", (collection, name)
        )
    for document_id, text in bench.read_passages(options.data / name / "corpus.jsonl"):
        parsed = parse(text.encode(), ParseContext(limits=ParseLimits()))
        document, version, units = uuid7(), uuid7(), []
        async with database.begin() as session:
            driver = await driver_connection(session)
            await driver.execute(
                "INSERT INTO ai.document (id, collection_id, source_key, title, media_type)"
                " VALUES (%s, %s, %s, '', 'text/plain')",
                (document, collection, document_id),
            )
            await driver.execute(
                "INSERT INTO ai.document_version (id, document_id, number, title, text,"
                " content_sha256, parser, pipeline_release, media_type)"
                " VALUES (%s, %s, 1, '', %s, '', 'bench', 1, 'text/plain')",
                (version, document, parsed.text),
            )
            for piece in chunk(parsed, target_chars=options.chars):
                body, heading = parsed.text[piece.start : piece.end], " › ".join(piece.heading_path)
                units.append(IndexUnit(uuid7(), body, "", heading))
                owners[body] = document_id
                await driver.execute(
                    "INSERT INTO ai.chunk (id, collection_id, document_id, version_id, ordinal,"
                    " start_offset, end_offset, heading, text)"
                    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
                    (units[-1].chunk_id, collection, document, version, piece.ordinal,
                     piece.start, piece.end, heading, body),
                )  # fmt: skip
            await add_segment(session, collection, units)
    report = True
    while report:
        async with database.begin() as session:
            report = await merge_collection(session, collection) is not None
    return collection, owners


def _scaled(found: Mapping[str, Floats]) -> NDArray[np.float32]:
    count = len(found["words"])
    columns = [found.get(name, np.zeros(count, np.float32)) for name in _NAMES]
    return np.column_stack([c / max(float(c.max(initial=0)), 1e-9) for c in columns])


def _report(asked: Mapping[str, list[Asked]]) -> None:
    everything = np.ones(len(_NAMES))
    base = {name: _ndcg(own, everything) for name, own in asked.items()}
    table = Table("nDCG@10", *asked)
    table.add_row("shipped", *(f"{values.mean():.4f}" for values in base.values()))
    learnt = []
    for name, own in asked.items():
        others = [q for other in asked if _family(other) != _family(name) for q in asked[other]]
        learnt.append(_change(_relearnt(own, others), base[name]) if others else "-")
    table.add_row("learnt on the others", *learnt)
    for place, leg in enumerate(_NAMES):
        without = everything.copy()
        without[place] = 0
        changes = (_change(_ndcg(own, without), base[name]) for name, own in asked.items())
        table.add_row(f"without {leg}", *changes)
    bench.console.print(table)
    for kind, topics in (("questions", False), ("topics", True)):
        taught = [q for own in asked.values() for q in own if _names_topic(q) == topics]
        if taught:
            weights = zip(_NAMES, _learn(taught), strict=True)
            bench.console.print(kind, {n: round(float(w), 3) for n, w in weights})


def _relearnt(own: Sequence[Asked], others: Sequence[Asked]) -> NDArray[np.float64]:
    """Score questions and topics each by what others of their kind have taught, if any have."""
    learnt = []
    for topics in (False, True):
        taught = [one for one in others if _names_topic(one) == topics]
        learnt.append(_learn(taught) if taught else None)
    moved = [
        one if (weights := learnt[_names_topic(one)]) is None else replace(one, shipped=weights)
        for one in own
    ]
    return _ndcg(moved, np.ones(len(_NAMES)))


def _names_topic(one: Asked) -> bool:
    return bool(one.shipped[_NAMES.index("early")])


def _family(name: str) -> str:
    return name.partition("_")[0]


def _ndcg(asked: Sequence[Asked], share: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return nDCG@10 of each question; a document stands where its best passage does.

    ``share`` is what is left of the weight of each leg.
    """
    found = []
    for one in asked:
        order = np.argsort(-(one.rows @ (one.shipped * share)), kind="stable")
        ranking = list(dict.fromkeys(one.documents[place] for place in order))[:10]
        gains = [one.grades.get(document, 0) for document in ranking]
        ideal = sorted(one.grades.values(), reverse=True)[:10]
        found.append(_dcg(gains) / _dcg(ideal))
    return np.array(found)


def _dcg(gains: Sequence[int]) -> float:
    return sum(gain / np.log2(rank + 2) for rank, gain in enumerate(gains))


def _change(now: NDArray[np.float64], before: NDArray[np.float64]) -> str:
    changes = now - before
    draws = np.random.default_rng(1).integers(0, len(changes), (1_000, len(changes)))
    low, high = np.quantile(changes[draws].mean(axis=1), [0.025, 0.975])
    return f"{changes.mean():+.4f} [{low:+.4f}, {high:+.4f}]"


def _learn(asked: Sequence[Asked], steps: int = 200, decay: float = 2e-3) -> NDArray[np.float64]:
    """Raise the softmax weight of the passages of right documents; weights add up to one."""
    rows, right, owner = [], [], []
    for number, one in enumerate(asked):
        best = np.argsort(-(one.rows @ one.shipped))[:_KEPT]
        relevant = [one.grades.get(one.documents[place], 0) > 0 for place in best]
        if any(relevant):
            rows.append(one.rows[best])
            right += relevant
            owner += [number] * len(best)
    table, good = np.concatenate(rows), np.array(right, dtype=float)
    _, question = np.unique(owner, return_inverse=True)
    count = int(question.max()) + 1
    weights = np.ones(table.shape[1])
    first, second = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, steps + 1):
        likely = np.exp(np.minimum(table @ weights, 50))
        among_all = likely / np.bincount(question, likely)[question]
        among_good = likely * good / np.bincount(question, likely * good)[question]
        slope = (among_all - among_good) @ table / count + decay * weights
        first = 0.9 * first + 0.1 * slope
        second = 0.99 * second + 0.01 * slope**2
        weights -= 0.2 * first / (1 - 0.9**step) / (np.sqrt(second / (1 - 0.99**step)) + 1e-8)
        weights = np.maximum(weights, 0)
    return np.asarray(weights / weights.sum())


if __name__ == "__main__":
    asyncio.run(main())
