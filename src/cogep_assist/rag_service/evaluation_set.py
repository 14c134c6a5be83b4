"""Reads an evaluation set in the BEIR layout: corpus.jsonl, queries.jsonl, qrels.tsv."""

import gzip
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cogep_assist.core.errors import AppError

QRELS_PLACES = ("qrels.tsv", "qrels/test.tsv", "qrels/dev.tsv", "qrels/train.tsv")
_HEADINGS = {"query-id", "query_id", "queryid", "qid"}


@dataclass(frozen=True, slots=True)
class EvaluationDocument:
    """One document of the corpus."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class EvaluationQuery:
    """One question; ``answers`` are texts of which the answer should contain one."""

    id: str
    text: str
    answers: tuple[str, ...] = ()
    impossible: bool = False


@dataclass(frozen=True, slots=True)
class EvaluationSet:
    """A corpus, the questions to ask it, and the grades of the documents that answer them."""

    documents: list[EvaluationDocument]
    queries: list[EvaluationQuery]
    grades: dict[str, dict[str, float]]
    empty_documents: int = 0
    unknown_queries: int = 0
    unknown_documents: int = 0
    unjudged_queries: int = field(default=0)


def load_set(folder: Path) -> EvaluationSet:
    """Read and check the set in ``folder``; each file may also be gzipped (``.gz``).

    A document with neither title nor text cannot be ingested: it is counted, not read.
    Grades of questions or documents that are not in the set are counted too; a relevant
    document that is not there still counts against recall, as trec_eval has it. A question
    without a positive grade is kept only if it carries answers or is marked impossible; where
    some do, the file of the grades may be left out.
    Raises AppError("evaluation_*") naming the file, and the line where there is one.
    """
    if not folder.is_dir():
        raise AppError("evaluation_folder_missing", path=str(folder))
    documents, empty = _documents(_find(folder, ("corpus.jsonl",)))
    queries = _queries(_find(folder, ("queries.jsonl",)))
    speaking = any(query.answers or query.impossible for query in queries)
    qrels = _find(folder, QRELS_PLACES) if not speaking or _held(folder, QRELS_PLACES) else None
    graded, unknown_queries = _grades(qrels, {query.id for query in queries}) if qrels else ({}, 0)
    known = {document.id for document in documents}
    judged = [q for q in queries if q.id in graded or q.answers or q.impossible]
    relevant = any(identifier in known for found in graded.values() for identifier in found)
    if not (relevant or (speaking and not graded)):
        raise AppError("evaluation_no_judgement", path=str(folder))
    return EvaluationSet(
        documents=documents,
        queries=judged,
        grades=graded,
        empty_documents=empty,
        unknown_queries=unknown_queries,
        unknown_documents=sum(i not in known for found in graded.values() for i in found),
        unjudged_queries=len(queries) - len(judged),
    )


def _find(folder: Path, places: tuple[str, ...]) -> Path:
    found = _held(folder, places)
    if found is None:
        raise AppError("evaluation_file_missing", path=str(folder), file=places[0])
    return found


def _held(folder: Path, places: tuple[str, ...]) -> Path | None:
    candidates = (folder / name for place in places for name in (place, f"{place}.gz"))
    return next((candidate for candidate in candidates if candidate.is_file()), None)


def _documents(path: Path) -> tuple[list[EvaluationDocument], int]:
    documents: list[EvaluationDocument] = []
    seen: set[str] = set()
    empty = 0
    for number, row in _rows(path):
        identifier = _identifier(path, number, row)
        if identifier in seen:
            raise _bad_line(path, number, f"o id “{identifier}” já apareceu antes")
        seen.add(identifier)
        title = _text(path, number, row, "title", required=False).strip()
        text = _text(path, number, row, "text", required=False)
        if not text.strip() and not title:
            empty += 1
            continue
        documents.append(EvaluationDocument(identifier, title, text if text.strip() else title))
    if not documents:
        raise AppError("evaluation_file_empty", path=str(path))
    return documents, empty


def _queries(path: Path) -> list[EvaluationQuery]:
    queries: dict[str, EvaluationQuery] = {}
    for number, row in _rows(path):
        identifier = _identifier(path, number, row)
        if identifier in queries:
            raise _bad_line(path, number, f"o id “{identifier}” já apareceu antes")
        text = _text(path, number, row, "text", required=True)
        answers = row.get("answers") or []
        if not isinstance(answers, list) or not all(isinstance(a, str) for a in answers):
            raise _bad_line(path, number, "“answers” deve ser uma lista de textos")
        queries[identifier] = EvaluationQuery(
            identifier,
            text,
            tuple(answer for answer in answers if answer.strip()),
            impossible=row.get("impossible") is True,
        )
    if not queries:
        raise AppError("evaluation_file_empty", path=str(path))
    return list(queries.values())


def _grades(path: Path, known: set[str]) -> tuple[dict[str, dict[str, float]], int]:
    grades: dict[str, dict[str, float]] = {}
    unknown: set[str] = set()
    for number, line in _lines(path):
        fields = line.split("\t") if "\t" in line else line.split()
        if number == 1 and fields[0].strip().lower() in _HEADINGS:
            continue
        query, document, grade = _judgement(path, number, fields)
        if query not in known:
            unknown.add(query)
        elif grade > 0:
            grades.setdefault(query, {})[document] = grade
    return grades, len(unknown)


def _judgement(path: Path, number: int, fields: list[str]) -> tuple[str, str, float]:
    if len(fields) == 4:
        # The TREC form has the iteration, always 0, in the second column.
        fields = [fields[0], *fields[2:]]
    if len(fields) != 3:
        raise _bad_line(path, number, "são esperadas 3 colunas: pergunta, documento e nota")
    query, document, grade = (value.strip() for value in fields)
    try:
        value = float(grade)
    except ValueError:
        raise _bad_line(path, number, f"a nota “{grade}” não é um número") from None
    if not query or not document or not math.isfinite(value):
        raise _bad_line(path, number, "há uma coluna vazia ou uma nota inválida")
    return query, document, value


def _rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in _lines(path):
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            raise _bad_line(path, number, "não é um objeto JSON válido") from None
        if not isinstance(row, dict):
            raise _bad_line(path, number, "não é um objeto JSON")
        yield number, row


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    opener = gzip.open if path.suffix == ".gz" else open
    number = 0
    try:
        with opener(path, "rt", encoding="utf-8-sig", newline="\n") as stream:
            for number, line in enumerate(stream, 1):
                if line.strip():
                    yield number, line.rstrip("\r\n")
    except UnicodeDecodeError:
        raise _bad_line(path, number + 1, "o arquivo não está em UTF-8") from None
    except (gzip.BadGzipFile, EOFError):
        raise _bad_line(path, number + 1, "o arquivo comprimido está danificado") from None


def _identifier(path: Path, number: int, row: dict[str, Any]) -> str:
    value = row.get("_id", row.get("id"))
    if isinstance(value, bool) or not isinstance(value, str | int) or str(value).strip() == "":
        raise _bad_line(path, number, "falta “id” (ou “_id”), um texto ou um inteiro")
    return str(value).strip()


def _text(path: Path, number: int, row: dict[str, Any], name: str, *, required: bool) -> str:
    value = row.get(name)
    if value is None:
        value = ""
    if not isinstance(value, str):
        raise _bad_line(path, number, f"“{name}” deve ser um texto")
    if required and not value.strip():
        raise _bad_line(path, number, f"“{name}” está vazio")
    return value


def _bad_line(path: Path, number: int, reason: str) -> AppError:
    return AppError("evaluation_line_invalid", file=path.name, line=number, reason=reason)
