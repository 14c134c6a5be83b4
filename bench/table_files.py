"""Ask a running installation what stands in tables of every format but PDF.

Usage: python bench/table_files.py URL KEY [--format html ...] [--out FOLDER]. Each
subject is written in each format, a collection per format, and asked about through /ask. An answer
counts where one sentence or row says the value and hardly another (``tables.py`` says when); it
has its heads where that row also says the row's name and the column's heads. Nothing is fetched.
"""

import argparse
import unicodedata
from pathlib import Path
from typing import Any

import httpx2 as httpx

from table_cases import cases
from table_subjects import Subject, subjects
from table_writers import WRITERS
from tables import LONGEST, MOST_BESIDE, says, wait_for


def main() -> None:
    """Ingest, ask and print per format what was answered right and with its heads."""
    options = _options()
    total = [0, 0, 0]
    with httpx.Client(
        base_url=options.url, headers={"Authorization": f"Bearer {options.key}"}, timeout=60
    ) as client:
        for form in options.format or WRITERS:
            files = [(each, WRITERS[form](each)) for each in subjects()]
            files += cases(form)
            counted = _measured(client, form, files, options)
            total = [one + other for one, other in zip(total, counted, strict=True)]
            print(f"{form:6} {counted[1]} of {counted[0]} by a row, {counted[2]} with its heads")
    print(f"all    {total[1]} of {total[0]} by a row, {total[2]} with its heads")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("key")
    parser.add_argument("--format", nargs="*", choices=WRITERS)
    parser.add_argument("--run", default="", help="part of the collections' names")
    parser.add_argument("--out", type=Path, help="keep the documents here")
    return parser.parse_args()


def _measured(
    client: httpx.Client, form: str, files: list[tuple[Subject, bytes]], options: Any
) -> list[int]:
    collection = f"tabelas-{form}{options.run}"
    jobs = [_sent(client, each, data, form, collection) for each, data in files]
    for (each, data), job in zip(files, jobs, strict=True):
        wait_for(client, job, f"{each.name}.{form}")
        if options.out:
            (options.out / f"{each.name}.{form}").write_bytes(data)
    counted = [0, 0, 0]
    for each, _ in files:
        for question in each.questions:
            right, whole, answer = _asked(client, each, question, collection)
            counted = [counted[0] + 1, counted[1] + right, counted[2] + whole]
            if not whole:
                print(f"  {form} {each.name}: {'no heads' if right else 'WRONG'}: {question[0]} "
                      f"[{question[1]}]\n      -> {answer[:330]!r}")  # fmt: skip
    return counted


def _sent(client: httpx.Client, each: Subject, data: bytes, form: str, collection: str) -> str:
    accepted = client.post(
        "/ingest",
        files={"file": (f"{each.name}.{form}", data)},
        data={"title": each.title, "collection": collection},
    )
    return str(accepted.raise_for_status().json()["id"])


def _asked(
    client: httpx.Client, each: Subject, question: Any, collection: str
) -> tuple[bool, bool, str]:
    asked, value, heads = question
    body = {"question": asked, "collection": collection}
    reply = client.post("/ask", json=body).raise_for_status().json()
    if reply["abstained"]:
        return False, False, "(abstained) " + reply["answer"]
    others = {other for _, other, _ in each.questions} - {value}
    for sentence in reply["sentences"]:
        said = " ".join(sentence["text"].split()).lower()
        beside = sum(says(said, other) for other in others)
        if says(said, value) and beside <= MOST_BESIDE and len(said) <= LONGEST:
            told = _folded(f"{said} {_around(reply, sentence)}")
            return True, all(_folded(head) in told for head in heads), reply["answer"]
    return False, False, reply["answer"]


def _around(reply: dict[str, Any], sentence: dict[str, Any]) -> str:
    """Return the title and headings under which the answer shows this sentence's source."""
    cited = [each for each in reply["citations"] if each["n"] in sentence["citations"]]
    return " ".join(f"{each['title']} {each.get('heading') or ''}" for each in cited)


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.lower())
    return "".join(char for char in plain if not unicodedata.combining(char))


if __name__ == "__main__":
    main()
