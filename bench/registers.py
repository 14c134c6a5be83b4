"""Personal data in registers that no rule was tuned on: mail, chat, notes, petitions, sheets, logs.

    python bench/registers.py DATA [--texts 4000] [--seed 23] [--misses N]

DATA holds ``gazetteer``. Phrases are in ``registers.txt``: ``{CPF}`` is a value to be found,
``{~nf}`` one that looks like it and is nobody's. Values are drawn in the many forms people write
them in, and the figures are told by kind and form: the part hidden before a text leaves, the part
reported under its own kind, and what was taken of the look-alikes.
"""

import argparse
import csv
import random
import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cogep_assist.core.pii.detect import PERSONAL, detect
from cogep_assist.core.pii.finding import Finding, Threshold
from register_values import Values

SLOT = re.compile(r"\{(~?)([A-Z_a-z]+)\}")
# Whole names and given names alone are told apart by their forms.
NAMES = {"FULL": "PERSON", "GIVEN": "PERSON"}
PHRASES = Path(__file__).with_name("registers.txt")


@dataclass(frozen=True, slots=True)
class Span:
    """A value in a text: its kind and the form that it was written in; a look-alike has no kind."""

    start: int
    end: int
    kind: str
    form: str


@dataclass(frozen=True, slots=True)
class Written:
    """A text of one register and the values in it, in order."""

    register: str
    text: str
    spans: list[Span]


def main() -> None:
    """Print the figures of both thresholds, by kind and form."""
    options = arguments()
    rng = random.Random(options.seed)
    made = list(texts(options.data, options.texts, rng))
    size = sum(len(each.text.encode()) for each in made)
    spent = {}
    hidden, reported = {}, {}
    for threshold, kept in ((Threshold.EGRESS, hidden), (Threshold.REPORT, reported)):
        began = time.process_time()
        for at, each in enumerate(made):
            kept[at] = detect(each.text, threshold, detectors=PERSONAL)
        spent[threshold.name] = f"{size / (time.process_time() - began) / 1e6:.3f} MB/s"
    print(f"{len(made)} texts, {size / 1e3:.0f} kB; {spent}")
    by_kind(made, hidden, reported)
    look_alikes(made, hidden, reported)
    stray(made, hidden, reported)
    if options.misses:
        misses(made, hidden, reported, options.misses)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--texts", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=23)
    parser.add_argument("--misses", type=int, default=0, help="so many misses of each form")
    return parser.parse_args()


def texts(data: Path, count: int, rng: random.Random) -> Iterator[Written]:
    """Yield texts of one to three phrases of one register."""
    phrases = registers()
    values = Values(census(data / "gazetteer" / "nomes-censos-ibge.csv"), rng)
    names = list(phrases)
    for number in range(count):
        register = names[number % len(names)]
        chosen = rng.sample(
            phrases[register], min(rng.choice((1, 1, 2, 3)), len(phrases[register]))
        )
        # A table ends with its line.
        between = rng.choice(("\n", "\n\n", "\n" if register == "sheet" else " "))
        yield filled(register, between.join(chosen), values, rng)


def registers() -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    name = ""
    for line in PHRASES.read_text("utf-8").splitlines():
        if line.startswith("["):
            name = line.strip("[]")
        elif line and not line.startswith("#"):
            found[name].append(line.replace("\\n", "\n").replace("\\t", "\t"))
    return found


def census(path: Path) -> list[tuple[str, int]]:
    with path.open(encoding="utf-8") as lines:
        rows = csv.reader(lines)
        next(rows)
        return [(row[0], sum(int(count or 0) for count in row[1:])) for row in rows]


def filled(register: str, phrase: str, values: Values, rng: random.Random) -> Written:
    values.begin_text()
    made, spans, place = "", [], 0
    for slot in SLOT.finditer(phrase):
        made += phrase[place : slot.start()]
        surface, form = values.alike(slot[2]) if slot[1] else values.value(slot[2])
        kind = "" if slot[1] else NAMES.get(slot[2], slot[2])
        spans.append(Span(len(made), len(made) + len(surface), kind, form))
        made += surface
        place = slot.end()
    return Written(register, *_cased(made + phrase[place:], spans, rng))


def _cased(text: str, spans: list[Span], rng: random.Random) -> tuple[str, list[Span]]:
    """Write one text in seven in small letters, one in twenty in capitals, as people do."""
    kind = rng.random()
    changed = text.lower() if kind < 0.14 else text.upper() if kind < 0.19 else text
    return (changed if len(changed) == len(text) else text), spans


Found = dict[int, list[Finding]]


def by_kind(made: list[Written], hidden: Found, reported: Found) -> None:
    """Print, for each kind and form, how much is hidden at egress and reported as itself."""
    total: Counter[tuple[str, str]] = Counter()
    fully: Counter[tuple[str, str]] = Counter()
    told: Counter[tuple[str, str]] = Counter()
    for at, each in enumerate(made):
        for span in each.spans:
            if not span.kind:
                continue
            for key in ((span.kind, "all"), (span.kind, span.form)):
                total[key] += 1
                fully[key] += is_hidden(each.text, span, hidden[at])
                told[key] += is_told(span, reported[at])
    for kind, form in sorted(total, key=lambda key: (key[0], key[1] != "all", key[1])):
        key = (kind, form)
        print(
            f"{kind:18} {form:22} {total[key]:5} hidden {fully[key] / total[key]:.3f}"
            f" reported {told[key] / total[key]:.3f}"
        )


def look_alikes(made: list[Written], hidden: Found, reported: Found) -> None:
    """Print how many look-alikes of each form were taken, and as what."""
    total: Counter[str] = Counter()
    taken: dict[str, Counter[str]] = defaultdict(Counter)
    over: Counter[str] = Counter()
    for at, each in enumerate(made):
        for span in each.spans:
            if span.kind:
                continue
            total[span.form] += 1
            over[span.form] += any(overlaps(span, one) for one in hidden[at])
            taken[span.form].update(str(one.kind) for one in reported[at] if overlaps(span, one))
    for form in sorted(total):
        print(
            f"~{form:22} {total[form]:5} hidden {over[form] / total[form]:.3f}"
            f" reported {sum(taken[form].values()) / total[form]:.3f} {dict(taken[form])}"
        )


def stray(made: list[Written], hidden: Found, reported: Found) -> None:
    """Print what part of the findings touch a value that is somebody's."""
    for name, found in (("egress", hidden), ("report", reported)):
        right = count = 0
        for at, each in enumerate(made):
            own = [span for span in each.spans if span.kind]
            count += len(found[at])
            right += sum(any(overlaps(span, one) for span in own) for one in found[at])
        print(f"precision {name}: {right / count:.4f} of {count}")


def misses(made: list[Written], hidden: Found, reported: Found, most: int) -> None:
    shown: Counter[tuple[str, str, str]] = Counter()

    def show(what: str, kind: str, form: str, text: str, start: int, end: int) -> None:
        shown[what, kind, form] += 1
        if shown[what, kind, form] <= most:
            around = f"{text[max(start - 50, 0) : start]}«{text[start:end]}»{text[end : end + 30]}"
            print(f"{what:8} {kind:12} {form:14} {around!r}")

    for at, each in enumerate(made):
        for span in each.spans:
            where = (each.text, span.start, span.end)
            if span.kind and not is_hidden(each.text, span, hidden[at]):
                show("leak", span.kind, span.form, *where)
            elif span.kind and not is_told(span, reported[at]):
                show("untold", span.kind, span.form, *where)
        for one in reported[at]:
            if not any(overlaps(span, one) for span in each.spans if span.kind):
                show("stray", str(one.kind), each.register, each.text, one.start, one.end)


def is_hidden(text: str, span: Span, found: list[Finding]) -> bool:
    covered = {at for one in found for at in range(one.start, one.end)}
    return all(at in covered or not text[at].isalnum() for at in range(span.start, span.end))


def is_told(span: Span, found: list[Finding]) -> bool:
    return any(overlaps(span, one) and one.kind == span.kind.lower() for one in found)


def overlaps(span: Span, one: Finding) -> bool:
    return span.start < one.end and one.start < span.end


if __name__ == "__main__":
    main()
