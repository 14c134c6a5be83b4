"""Learn when to abstain, and show what it costs, on questions with and without their passage.

    python bench/abstention.py DATA [--sets ...] [--chars 900] [--documents N] [--plot FILE.html]

DATA holds sets: folders in the BEIR layout, and files in SQuAD's, named with their ".json". Each is
loaded into the real index once, its documents whole or cut into passages of about ``--chars``, all
of them or ``--documents`` drawn at random. Its own questions are answerable; the same questions
asked of the index without the relevant passages are not (what it counts is counted without them:
``without.py``, proved anew on ``--prove`` questions of each set by loading the others alone); nor
are the questions of the other sets. Where another passage says the same in the same words, the
question still has its answer: "and twins" takes those away as well, "passage out" does not.

What each feature speaks for (``answer_curves.py``) is learnt on all sets but one and scored on that
one, at the threshold that takes 5% of the right answers of the sets it has seen, and at 5% of the
set's own; so are the product's own curves and threshold. "Of right answers" takes the 5% of those
questions alone whose answer quotes a relevant document: to abstain from the others is right. A
judge who knew of each answer whether it does, and nothing else, would reach at 5% of the set what
the last row says: where more than 5% of the answers are wrong, its 5% come from among these, and
what has lost its passage looks like them. The curves that are printed at the end are learnt on all
sets together, as those of ``answering.abstain`` were. The page has a curve per set.
"""

import argparse
import asyncio
import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from rich.table import Table
from uuid_utils.compat import uuid7

import answer_curves
import search as bench
from answer_curves import Curves, Numbers, Row
from asked_sets import read_set, small_base
from cogep_assist.answering.abstain import THRESHOLD, features, ruled_out
from cogep_assist.answering.extract import extract
from cogep_assist.answering.near_miss import near_miss
from cogep_assist.answering.unit_evidence import term_rarity
from cogep_assist.core import schema
from cogep_assist.core.db import Database
from cogep_assist.retrieval.hit import Findings
from cogep_assist.retrieval.search import investigate
from curves import Points, write_curves
from without import TwinFinder, passages_out, same_findings

FALSE_ABSTENTION = 0.05
_NAMES = {
    "removed": "passage out",
    "bare": "passage and twins out",
    "foreign": "another set's question",
}
BARS = {
    "right answers withheld": "<= .05",
    "passage out, at 5% of right answers": ">= .45",
    "another set's question, at 5% of right answers": ">= .95",
}
_CHUNKS = sa.text(
    "SELECT c.id, c.text, d.source_key FROM ai.chunk c JOIN ai.document d ON d.id = c.document_id"
    " WHERE c.collection_id = :collection"
)
_KINDS = ("answerable", "removed", "bare", "foreign")
_DRAWS = 400
# How much the questions of each kind count when curves are learnt.
_SHARES = {"answerable": 0.4, "bare": 0.2, "foreign": 0.4}


@dataclass
class Examples:
    """Feature rows of one set, by kind; None where nothing was found at all.

    "removed" lacks the relevant passages, "bare" what says the same as well. ``right`` tells of the
    answerable ones whether the answer quotes a relevant passage.
    """

    rows: dict[str, list[Row]]
    right: list[bool]


async def main() -> None:
    """Collect features from the real index, learn, and print the operating point of each set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--sets", nargs="*", default=["pira", "pira_para", "squadpt", "alchemy"])
    parser.add_argument("--most", type=int, default=400, help="questions of each kind and set")
    parser.add_argument("--chars", type=int, help="cut documents into passages of about so many")
    parser.add_argument("--documents", type=int, help="draw so many documents of each set")
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
    asked = read_set(options.data / name)
    if options.documents:
        asked = small_base(asked, options.documents, chance)
    corpus = await bench.load(database, name, asked.passages, chars=options.chars)
    grades, own = asked.grades, asked.questions
    foreign = [
        question
        for other in options.sets
        if _family(other) != _family(name)
        for question in read_set(options.data / other).questions
    ]
    chunks, twins = await _chunks(database, corpus), TwinFinder(corpus.passages)
    examples = Examples({kind: [] for kind in _KINDS}, [])
    for place, (query, question) in enumerate(chance.sample(own, min(options.most, len(own)))):
        gold = {name for name, grade in grades[query].items() if grade > 0 and name in chunks}
        row, quoted = _judged(question, await _ask(database, corpus, question))
        examples.rows["answerable"].append(row)
        relevant = [chunk for name in gold for chunk in chunks[name]]
        examples.right.append(not quoted.isdisjoint(chunk for chunk, _ in relevant))
        found = await _ask_without(database, corpus, question, relevant)
        if place < options.prove:
            await _prove(database, corpus, question, gold, found, options.chars)
        removed, _ = _judged(question, found)
        examples.rows["removed"].append(removed)
        if alike := twins.of(gold):
            gone = [chunk for name in gold | alike for chunk in chunks[name]]
            removed, _ = _judged(question, await _ask_without(database, corpus, question, gone))
        examples.rows["bare"].append(removed)
    for _, question in chance.sample(foreign, min(options.most, len(foreign))):
        row, _ = _judged(question, await _ask(database, corpus, question))
        examples.rows["foreign"].append(row)
    return examples


async def _chunks(database: Database, corpus: bench.Corpus) -> dict[str, list[tuple[UUID, str]]]:
    """Return the passages of each document of a set."""
    chunks: dict[str, list[tuple[UUID, str]]] = {}
    async with database.sessions() as session:
        for row in await session.execute(_CHUNKS, {"collection": corpus.collection}):
            chunks.setdefault(row.source_key, []).append((row.id, row.text))
    return chunks


async def _prove(
    database: Database,
    corpus: bench.Corpus,
    question: str,
    gold: set[str],
    found: Findings,
    chars: int | None,
) -> None:
    """Load the other passages alone, ask them, and stop unless they know and rank the same."""
    others = [passage for passage in corpus.passages if passage[0] not in gold]
    alone = await bench.load(database, str(uuid7()), others, chars=chars)
    if not same_findings(found, await _ask(database, alone, question)):
        raise SystemExit(f"the index without its passages is another one: {question!r}")


async def _ask(database: Database, corpus: bench.Corpus, question: str) -> Findings:
    async with database.sessions() as session:
        return await investigate(session, question, [corpus.collection], k=20)


async def _ask_without(
    database: Database, corpus: bench.Corpus, question: str, gone: Sequence[tuple[UUID, str]]
) -> Findings:
    with passages_out(dict(gone)):
        return await _ask(database, corpus, question)


def _judged(question: str, findings: Findings) -> tuple[Row, set[UUID]]:
    """Return the features of the answer, and the passages that it quotes."""
    hits = findings.hits[:10]
    best = hits[0].score if hits else 1.0
    scaled = [replace(hit, score=hit.score / best) for hit in hits]
    answer = extract(question, scaled, term_rarity(findings))
    if not answer.sentences:
        return None, set()
    seen = replace(findings, hits=scaled)
    ruled = ruled_out(question, seen, answer, near_miss(question, seen, answer))
    row = [*features(question, seen, answer).values(), float(ruled)]
    return row, {sentence.hit.chunk_id for sentence in answer.sentences}


def _report(examples: dict[str, Examples], plot: Path | None) -> None:
    learnt = {}
    for name in examples:
        seen = [examples[other] for other in examples if _family(other) != _family(name)]
        curves = _learn(seen)
        learnt[name] = curves, _threshold(curves, seen)
    _compare("learnt on the others", examples, learnt)
    odds = math.log(THRESHOLD / (1 - THRESHOLD))
    _compare("as shipped", examples, dict.fromkeys(examples, (answer_curves.shipped(), odds)))
    if plot:
        write_curves(plot, {name: _curve(learnt[name][0], own) for name, own in examples.items()})
    curves = _learn(list(examples.values()))
    threshold = 1 / (1 + math.exp(-_threshold(curves, list(examples.values()))))
    bench.console.print(f"threshold {threshold:.3f}, bias {curves.bias:.3f}")
    for name, points in curves.points.items():
        bench.console.print(name, [(round(x, 3), round(y, 3)) for x, y in points])


def _compare(
    title: str, examples: dict[str, Examples], judges: Mapping[str, tuple[Curves, float]]
) -> None:
    """Print what each set's judge does, and the mean over the sets with its 95% interval."""
    table = Table("", *examples, "mean", "bar", title=title)
    odds = {name: _odds(judges[name][0], own) for name, own in examples.items()}
    rated = {
        name: _rates(found, judges[name][1], np.array(examples[name].right))
        for name, found in odds.items()
    }
    means = _drawn_means(examples, judges, odds)
    for row in next(iter(rated.values())):
        own = [rates[row] for rates in rated.values()]
        low, high = np.quantile([mean[row] for mean in means], [0.025, 0.975])
        mean = f"{np.mean(own):.3f} [{low:.3f}, {high:.3f}]"
        table.add_row(row, *(f"{rate:.3f}" for rate in own), mean, BARS.get(row, ""))
    bench.console.print(table)


def _drawn_means(
    examples: Mapping[str, Examples],
    judges: Mapping[str, tuple[Curves, float]],
    odds: Mapping[str, dict[str, Numbers]],
) -> list[dict[str, float]]:
    """Return the means over the sets of so many samples of their questions."""
    chance, found = np.random.default_rng(1), []
    for _ in range(_DRAWS):
        rates = []
        for name, own in odds.items():
            drawn = chance.integers(0, len(own["answerable"]), len(own["answerable"]))
            others = chance.integers(0, len(own["foreign"]), len(own["foreign"]))
            sample = {k: v[others if k == "foreign" else drawn] for k, v in own.items()}
            rates.append(_rates(sample, judges[name][1], np.array(examples[name].right)[drawn]))
        found.append({row: float(np.mean([one[row] for one in rates])) for row in rates[0]})
    return found


def _odds(curves: Curves, example: Examples) -> dict[str, Numbers]:
    return {kind: curves.odds(rows) for kind, rows in example.rows.items()}


def _rates(
    odds: Mapping[str, Numbers], threshold: float, right: NDArray[np.bool_]
) -> dict[str, float]:
    answered = odds["answerable"]
    found = {
        "answerable, left unanswered": _below(answered, threshold),
        "right answers withheld": _below(answered[right], threshold),
    }
    own = float(np.quantile(answered, FALSE_ABSTENTION))
    of_right = float(np.quantile(answered[right], FALSE_ABSTENTION))
    for title, limit in (("", threshold), (", at 5%", own), (", at 5% of right answers", of_right)):
        for kind, name in _NAMES.items():
            found[f"{name}{title}"] = _below(odds[kind], limit)
    wrong = float((~right).mean())
    found["who knows the right answers, at 5%"] = min(FALSE_ABSTENTION / max(wrong, 1e-9), 1.0)
    return found


def _below(odds: Numbers, threshold: float) -> float:
    return float((odds < threshold).mean())


def _family(name: str) -> str:
    """Sets over the same passages ("pira", "pira_para") teach nothing about each other."""
    return name.partition("_")[0]


def _learn(examples: Sequence[Examples]) -> Curves:
    """Learn curves; each set weighs the same, and only right answers are examples of an answer."""
    rows, wanted, shares = [], [], []
    for example in examples:
        right = zip(example.rows["answerable"], example.right, strict=True)
        taught = {kind: example.rows[kind] for kind in _SHARES}
        taught["answerable"] = [row for row, holds in right if holds]
        for kind, given in taught.items():
            known = [row for row in given if row is not None]
            rows += known
            wanted += [float(kind == "answerable")] * len(known)
            share = _SHARES[kind] / max(len(known), 1) / len(examples)
            shares += [share] * len(known)
    return answer_curves.learn(rows, np.array(wanted), np.array(shares))


def _threshold(curves: Curves, examples: Sequence[Examples]) -> float:
    """Return the mean over the sets of what 5% of their right answers stay below."""
    return float(
        np.mean(
            [
                np.quantile(
                    curves.odds(example.rows["answerable"])[np.array(example.right)],
                    FALSE_ABSTENTION,
                )
                for example in examples
            ]
        )
    )


def _curve(curves: Curves, example: Examples) -> dict[str, Points]:
    odds = _odds(curves, example)
    found: dict[str, Points] = {"removed": [], "foreign": []}
    for false in np.linspace(0, 0.3, 31):
        threshold = float(np.quantile(odds["answerable"], false))
        for kind, points in found.items():
            points.append((float(false), _below(odds[kind], threshold)))
    return found


if __name__ == "__main__":
    asyncio.run(main())
