"""How well detection does on labelled texts: what is hidden, what is found rightly, how fast.

Texts are JSON lines of ``text`` and ``spans`` (``start``, ``end``, and ``type`` or ``entity``), the
layout of the service-desk and tarja-bench sets.
"""

import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cogep_assist.core.pii.detect import IDENTIFIERS, PERSONAL, detect
from cogep_assist.core.pii.finding import Detector, Threshold
from cogep_assist.core.pii.known_names import KnownNames

PERSON = "PESSOA"
_KILOBYTES_2 = 2_000


@dataclass(slots=True)
class Figures:
    """Counts over one set; a span is hidden where every character of it is, blanks aside."""

    spans: Counter[str] = field(default_factory=Counter)
    hidden: Counter[str] = field(default_factory=Counter)
    findings: int = 0
    right: int = 0
    bytes: int = 0
    seconds: float = 0.0

    def share(self, *, persons: bool) -> float | None:
        """Return the part of names, or of all else, that is hidden; None where there is none."""
        kinds = [kind for kind in self.spans if (kind == PERSON) == persons]
        total = sum(self.spans[kind] for kind in kinds)
        return sum(self.hidden[kind] for kind in kinds) / total if total else None

    @property
    def precision(self) -> float | None:
        """Return the part of findings that touch a labelled span."""
        return self.right / self.findings if self.findings else None

    @property
    def megabytes_per_second(self) -> float:
        """Return bytes of text per second of processor time, in millions."""
        return self.bytes / max(self.seconds, 1e-9) / 1e6

    def as_json(self) -> dict[str, Any]:
        """Return everything by name."""
        return {
            "names_hidden": self.share(persons=True),
            "structured_hidden": self.share(persons=False),
            "precision": self.precision,
            "spans": dict(self.spans),
            "leaks": {k: n - self.hidden[k] for k, n in self.spans.items() if n > self.hidden[k]},
            "mb_per_second": self.megabytes_per_second,
        }


def read_set(path: Path) -> list[dict[str, Any]]:
    """Read one set. Raises ValueError, KeyError for other files."""
    with path.open(encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines if line.strip()]
    for record in records:
        for span in record["spans"]:
            span["type"] = span.get("type") or span["entity"]
    return records


def measure(
    records: Sequence[dict[str, Any]],
    threshold: Threshold,
    *,
    names: bool = True,
    customers: bool = False,
    lower: bool = False,
) -> Figures:
    """Measure a set: with or without names, with the labelled persons known, in small letters.

    Where a set labels no names, findings of names count for nothing.
    """
    detectors: tuple[Detector, ...] = PERSONAL if names else IDENTIFIERS
    if customers:
        detectors = (*detectors, KnownNames(_persons(records)))
    figures = Figures()
    for record in records:
        text = record["text"].lower() if lower else record["text"]
        if len(text) == len(record["text"]):
            _measure_one(text, record["spans"], threshold, detectors, figures)
    return figures


def latencies(records: Iterable[dict[str, Any]], pieces: int = 200) -> list[float]:
    """Return the seconds that messages of two kilobytes take, names and all, in order."""
    texts = _messages(records)
    taken: list[float] = []
    for text, _ in zip(texts, range(pieces), strict=False):
        began = time.perf_counter()
        detect(text, Threshold.EGRESS, detectors=PERSONAL)
        taken.append(time.perf_counter() - began)
    return sorted(taken)


def _measure_one(
    text: str,
    spans: Sequence[dict[str, Any]],
    threshold: Threshold,
    detectors: Sequence[Detector],
    figures: Figures,
) -> None:
    began = time.process_time()
    found = detect(text, threshold, detectors=detectors)
    figures.seconds += time.process_time() - began
    figures.bytes += len(text.encode())
    covered = {at for each in found for at in range(each.start, each.end)}
    for span in spans:
        places = range(span["start"], span["end"])
        figures.spans[span["type"]] += 1
        figures.hidden[span["type"]] += all(at in covered or text[at].isspace() for at in places)
    figures.findings += len(found)
    figures.right += sum(
        any(span["start"] < each.end and each.start < span["end"] for span in spans)
        for each in found
    )


def _persons(records: Iterable[dict[str, Any]]) -> Iterator[str]:
    for record in records:
        for span in record["spans"]:
            if span["type"] == PERSON:
                yield record["text"][span["start"] : span["end"]]


def _messages(records: Iterable[dict[str, Any]]) -> Iterator[str]:
    piece = ""
    for record in records:
        piece += record["text"] + "\n"
        if len(piece.encode()) >= _KILOBYTES_2:
            yield piece[:_KILOBYTES_2]
            piece = ""
