"""What the check of written sentences keeps of what passages say, and how soon it begins.

    python bench/grounding.py [DATA] [--sets squadpt pira] [--passages 250]

The sentences of bench/grounding_cases.txt are judged by class: precision is the share of the kept
ones that their passages hold, recall the share of the held ones that are kept. DATA holds sets in
the BEIR layout: sentences of each passage are held to it, and each must be kept.
``first_event_seconds`` is for benches that have a base: the time to the first event of an answer,
which does not wait for the model.
"""

import argparse
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from cogep_assist.answering.generate import AnswerWriter
from cogep_assist.answering.grounding import Grounds
from cogep_assist.answering.passage_units import UnitKind, passage_units
from cogep_assist.answering.prompts_untrusted import instruction_spans
from cogep_assist.core.access import SYSTEM
from cogep_assist.core.db import Database
from cogep_assist.rag_service.ask_stream import stream_answer
from cogep_assist.retrieval.hit import Hit

sys.path.insert(0, str(Path(__file__).parents[1] / "tests/support"))

from grounding_cases import judged

_ONE = UUID(int=1)
_LONGEST = 1_500
_SENTENCES = 3


async def first_event_seconds(
    database: Database, questions: Sequence[str], writer: AnswerWriter
) -> list[float]:
    """Return the seconds until the first event of each answer."""
    found = []
    for question in questions:
        began = time.perf_counter()
        events = stream_answer(database, SYSTEM, question, writer=writer)
        await anext(events)
        found.append(time.perf_counter() - began)
        await events.aclose()
    return found


def main() -> None:
    """Print precision and recall by class, what is kept of DATA, and how long it takes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, nargs="?")
    parser.add_argument("--sets", nargs="*", default=["squadpt", "pira"])
    parser.add_argument("--passages", type=int, default=250)
    given = parser.parse_args()
    _judge()
    if given.data is None:
        return
    for name in given.sets:
        lines = (given.data / name / "corpus.jsonl").read_text("utf-8").splitlines()
        rows = [json.loads(line) for line in lines]
        random.Random(3).shuffle(rows)
        _measure(name, rows[: given.passages])


def _judge() -> None:
    for title, unseen in (("seen by the rules", False), ("seen later", True)):
        counts: Counter[tuple[str, bool, bool]] = Counter()
        for case in judged():
            if case.unseen == unseen:
                counts[case.kind, case.held, case.kept] += 1
                counts["all", case.held, case.kept] += 1
        print(f"\n{title:16}  kept  lost  dropped  let through  precision  recall")
        for kind in sorted({kind for kind, _, _ in counts}, key=lambda kind: (kind == "all", kind)):
            _print_class(kind, counts)
    print()


def _print_class(kind: str, counts: Counter[tuple[str, bool, bool]]) -> None:
    kept, lost = counts[kind, True, True], counts[kind, True, False]
    dropped, through = counts[kind, False, False], counts[kind, False, True]
    precision = f"{kept / (kept + through):.2f}" if kept + through else "-"
    recall = f"{kept / (kept + lost):.2f}" if kept + lost else "-"
    print(f"{kind:16} {kept:5} {lost:5} {dropped:8} {through:12} {precision:>10} {recall:>7}")


def _measure(name: str, rows: Sequence[dict[str, str]]) -> None:
    kept = total = commands = 0
    seconds = 0.0
    for row in rows:
        text = row["text"][:_LONGEST]
        title = row.get("title", "")
        hit = Hit(_ONE, _ONE, _ONE, 1, _ONE, title, None, "", None, text, 0, len(text), 1.0)
        commands += bool(instruction_spans(text))
        units = [u for u in passage_units(text, "", title) if u.kind is not UnitKind.HEADING]
        began = time.process_time()
        grounds = Grounds([hit])
        for unit in units[:_SENTENCES]:
            kept += grounds.support(text[unit.start : unit.end], (0,)).supported
            total += 1
        seconds += time.process_time() - began
    rate = 1000 * seconds / max(total, 1)
    print(
        f"{name}: {kept} of {total} sentences kept, {commands} passages taken for commands, ",
        end="",
    )
    print(f"{rate:.1f} ms of processor a sentence")


if __name__ == "__main__":
    main()
