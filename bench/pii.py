"""Detection of personal data: exact F1, what leaks, precision and speed, beside tarja.

    python bench/pii.py DATA [--tarja SITE-PACKAGES]

DATA holds ``tarja-bench-dev``, ``brpii-servicedesk-dev``, ``lener-br`` and ``vault-roundtrip-dev``.
tarja (PyPI, Apache-2.0) is measured where its folder of packages is given. Exact: same start, end
and kind. Hidden: every character of a labelled span, blanks aside. Speed is bytes per second of
processor time, on one core.
"""

import argparse
import importlib
import json
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import lener
import round_trip
from cogep_assist.core.pii.detect import detect
from cogep_assist.core.pii.finding import Kind, Threshold
from cogep_assist.core.pii.measure import latencies, measure

Span = tuple[int, int, str]
Find = Callable[[str], set[Span]]
NAMES = {
    Kind.CPF: "BR_CPF",
    Kind.CNPJ: "BR_CNPJ",
    Kind.HEALTH_CARD: "BR_CNS",
    Kind.NIS: "BR_NIS",
    Kind.COURT_CASE: "BR_CNJ",
    Kind.PROPERTY_REGISTRY_CODE: "BR_CNM",
    Kind.PROPERTY_CADASTRE: "BR_CIB",
    Kind.VOTER_ID: "BR_TITULO_ELEITOR",
    Kind.DRIVING_LICENCE: "BR_CNH",
    Kind.RENAVAM: "BR_RENAVAM",
    Kind.LICENCE_PLATE: "BR_PLACA",
    Kind.PIX_KEY: "BR_PIX_EVP",
    Kind.PHONE: "BR_TELEFONE",
    Kind.CEP: "BR_CEP",
    Kind.PROPERTY_TAX: "BR_IPTU",
    Kind.PROPERTY_REGISTRATION: "BR_MATRICULA_IMOVEL",
    Kind.CARD: "BR_CARTAO",
}
NOT_STRUCTURED = "PESSOA"


def main() -> None:
    """Print every figure of every system."""
    options = arguments()
    systems = {"cogep report": ours(Threshold.REPORT), "cogep egress": ours(Threshold.EGRESS)}
    if options.tarja:
        sys.path.insert(0, str(options.tarja))
        systems["tarja"] = theirs()
    for name in ("controlled", "adversarial"):
        records = list(read(options.data / "tarja-bench-dev" / f"synthetic_{name}.dev.jsonl"))
        for system, find in systems.items():
            print(f"{name:12} {system:13}", *exact(records, find))
    desk = list(read(options.data / "brpii-servicedesk-dev" / "dev.jsonl"))
    for system, find in systems.items():
        print(f"{'desk':12} {system:13}", *coverage(desk, find))
    names(options.data, desk)
    pairs = json.loads((options.data / "vault-roundtrip-dev" / "pares.json").read_text("utf-8"))
    print(f"{'round trips':26}", round_trip.summary(pairs))


def names(data: Path, desk: list[dict[str, Any]]) -> None:
    """Print what is hidden of names, by threshold, case and what is known, and how fast."""
    for threshold in Threshold:
        for given in ({}, {"customers": True}, {"lower": True}):
            told = measure(desk, threshold, **given)
            which = " ".join([threshold.name.lower(), *given])
            print(
                f"{'desk, names':12} {which:17}",
                f"names fully hidden {told.share(persons=True):.4f}",
                f"others {told.share(persons=False):.4f} precision {told.precision:.4f}",
                f"{told.megabytes_per_second:.2f} MB/s",
            )
    taken = latencies(desk)
    print(f"{'2 kB':26} p50 {taken[len(taken) // 2] * 1e3:.1f} ms", end=" ")
    print(f"p95 {taken[int(len(taken) * 0.95)] * 1e3:.1f} ms")
    for name, case in (("as written", str), ("small letters", str.lower)):
        print(f"{'LeNER-Br':12} {name:13}", lener.scores(data / "lener-br" / "test.conll", case))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--tarja", type=Path, help="folder of packages that holds tarja")
    return parser.parse_args()


def ours(threshold: Threshold) -> Find:
    return lambda text: {
        (each.start, each.end, NAMES.get(each.kind, each.kind)) for each in detect(text, threshold)
    }


def theirs() -> Find:
    tarja = importlib.import_module("tarja")
    return lambda text: {(each.start, each.end, each.entity) for each in tarja.find(text)}


def read(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def exact(records: list[dict[str, Any]], find: Find) -> list[str]:
    """Return micro F1 of all levels, of each one, and the speed."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    spent = 0.0
    for record in records:
        found, seconds = timed(find, record["text"])
        spent += seconds
        gold = {(span["start"], span["end"], span["entity"]) for span in record["spans"]}
        for level in ("all", record["difficulty"]):
            counts[level].update(right=len(gold & found), all=len(gold) + len(found))
    scores = [f"{level} {2 * c['right'] / c['all']:.4f}" for level, c in sorted(counts.items())]
    return ["exact F1:", *scores, speed(records, spent)]


def coverage(records: list[dict[str, Any]], find: Find) -> list[str]:
    """Return the part fully hidden, the precision of findings, the leaks by kind, the speed."""
    hidden: Counter[str] = Counter()
    total: Counter[str] = Counter()
    right = found_all = 0
    spent = 0.0
    for record in records:
        found, seconds = timed(find, record["text"])
        spent += seconds
        gold = [span for span in record["spans"] if span["type"] != NOT_STRUCTURED]
        covered = {at for start, end, _ in found for at in range(start, end)}
        for span in gold:
            total[span["type"]] += 1
            hidden[span["type"]] += is_hidden(record["text"], span, covered)
        found_all += len(found)
        right += sum(
            any(span["start"] < end and start < span["end"] for span in gold)
            for start, end, _ in found
        )
    leaks = {kind: total[kind] - hidden[kind] for kind in total if hidden[kind] < total[kind]}
    share = hidden.total() / total.total()
    return [
        f"fully hidden {share:.4f} precision {right / found_all:.4f}",
        f"leaks of {total.total()}: {leaks}",
        speed(records, spent),
    ]


def is_hidden(text: str, span: dict[str, Any], covered: set[int]) -> bool:
    places = range(span["start"], span["end"])
    return all(at in covered or text[at].isspace() for at in places)


def timed(find: Find, text: str) -> tuple[set[Span], float]:
    began = time.process_time()
    found = find(text)
    return found, time.process_time() - began


def speed(records: list[dict[str, Any]], spent: float) -> str:
    size = sum(len(record["text"].encode()) for record in records)
    return f"{size / spent / 1e6:.2f} MB/s"


if __name__ == "__main__":
    main()
