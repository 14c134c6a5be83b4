"""Ask a running installation what stands in tables, over documents laid out in many ways.

Usage: python bench/tables.py URL KEY [--out FOLDER]. The documents go through /ingest and the
questions through /ask, each as a person would; an answer counts where one sentence or row of it
says what was asked for, and not what the other rows say besides. Nothing is fetched.
"""

import argparse
import re
from pathlib import Path
from typing import Any

import httpx2 as httpx

from table_layouts import Layout, make_layouts

# What is longer than this, or says what more than two other questions ask for, is a table run
# together, in which nobody sees what they asked for.
LONGEST = 400
MOST_BESIDE = 2


def main() -> None:
    """Ingest, ask and print what was answered right, layout by layout."""
    options = _options()
    layouts = make_layouts()
    with httpx.Client(
        base_url=options.url, headers={"Authorization": f"Bearer {options.key}"}, timeout=60
    ) as client:
        for layout in layouts:
            _ingest(client, layout)
        told = [(layout, *_asked(client, layout)) for layout in layouts if layout.questions]
    right = sum(len(good) for _, good, _, _ in told)
    asked = sum(len(layout.questions) for layout in layouts)
    for layout, good, bad, marked in told:
        print(f"{layout.name:28} {len(good)}/{len(layout.questions)}, {marked} in bold")
        for question, expected, answer in bad:
            print(f"    {question} [{expected}]\n      -> {answer[:300]!r}")
    bold = sum(marked for _, _, _, marked in told)
    print(f"\n{bold} of {asked} have just that in bold")
    print(f"{right} of {asked} answers hold what was asked for ({right / asked:.3f})")
    if options.out:
        for layout in layouts:
            (options.out / f"{layout.name}.pdf").write_bytes(layout.data)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("key")
    parser.add_argument("--out", type=Path, help="keep the documents here")
    return parser.parse_args()


def _ingest(client: httpx.Client, layout: Layout) -> None:
    file = (f"{layout.name}.pdf", layout.data, "application/pdf")
    accepted = client.post("/ingest", files={"file": file}, data={"title": layout.title})
    wait_for(client, accepted.raise_for_status().json()["id"], layout.name)


def wait_for(client: httpx.Client, job: str, name: str) -> None:
    """Wait until what was sent can be asked about; end where it failed."""
    state = {"status": "pending"}
    while state["status"] in ("pending", "processing"):
        state = client.get(f"/ingest/{job}", params={"wait": 25}).raise_for_status().json()
    if state["status"] != "completed":
        raise SystemExit(f"{name}: {state}")


def _asked(client: httpx.Client, layout: Layout) -> tuple[list[Any], list[Any], int]:
    good, bad, marked = [], [], 0
    others = {value for _, value in layout.questions}
    for question, expected in layout.questions:
        reply = client.post("/ask", json={"question": question}).raise_for_status().json()
        answer = reply["answer"]
        (good if _holds(reply, expected, others) else bad).append((question, expected, answer))
        marked += _is_marked(reply, expected)
    return good, bad, marked


def _holds(reply: dict[str, Any], expected: str, others: set[str]) -> bool:
    """Tell whether a sentence or row says what was expected, and hardly what others ask for."""
    if reply["abstained"]:
        return False
    for each in reply["sentences"]:
        said = " ".join(each["text"].split()).lower()
        beside = sum(says(said, other) for other in others - {expected})
        if says(said, expected) and beside <= MOST_BESIDE and len(said) <= LONGEST:
            return True
    return False


def says(said: str, value: str) -> bool:
    """Tell whether the value stands there as words of its own."""
    return re.search(rf"(?<!\w){re.escape(value.lower())}(?!\w)", said) is not None


def _is_marked(reply: dict[str, Any], expected: str) -> bool:
    """Tell whether what was asked for is what the answer sets in bold."""
    return any(
        each["emphasis"] and says(each["text"][slice(*each["emphasis"])].lower(), expected)
        for each in reply["sentences"]
    )


if __name__ == "__main__":
    main()
