"""The questions of a set as a CSV that a spreadsheet opens, and back. Pure."""

import csv
import io
from collections.abc import Iterable, Sequence

from pydantic import ValidationError

from cogep_assist.core.errors import AppError
from cogep_assist.edge.csv_cells import plain_cell, told_cell
from cogep_assist.pipeline.parse.charset import decode
from cogep_assist.rag_service.question_set_schemas import MOST_QUESTIONS, SetQuestionBody
from cogep_assist.rag_service.question_sets import wrong_with
from cogep_assist.retrieval.portuguese import fold

MOST_BYTES = 4 * 1024 * 1024
MOST_HEADER_CHARS = 10_000
# Beside the questions, lines that a spreadsheet left empty.
MOST_ROWS = 20 * MOST_QUESTIONS
_HEADER = ("pergunta", "resposta", "documento", "sem resposta")
_COLUMNS = {
    "text": {"pergunta", "perguntas", "question", "text"},
    "answers": {"resposta", "respostas", "answer", "answers"},
    "documents": {"documento", "documentos", "document", "documents"},
    "impossible": {"sem resposta", "sem_resposta", "impossible"},
}
_YES = {"sim", "s", "x", "1", "true", "verdadeiro", "yes"}
_NO = {"", "nao", "n", "0", "false", "falso", "no"}
_DELIMITERS = ";,\t"


def as_csv(questions: Iterable[SetQuestionBody]) -> str:
    """Return a header and a row per question; several answers or documents stand in lines of a
    cell, as titles may hold any other sign.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";")
    writer.writerow(_HEADER)
    for one in questions:
        cells = (_plain(one.text), _lines(one.answers), _lines(one.documents))
        writer.writerow([*map(told_cell, cells), "sim" if one.impossible else ""])
    # The sign by which Excel knows UTF-8.
    return "\ufeff" + out.getvalue()


def read_csv(name: str, data: bytes) -> list[SetQuestionBody]:
    """Read the questions of a CSV in any of the usual encodings, parted by ";", "," or tabs.

    Raises AppError("question_file_invalid") of the file, AppError("evaluation_line_invalid") of
    one row.
    """
    text = decode(data)[0].removeprefix("\ufeff")
    if "\x00" in text:
        raise AppError("question_file_invalid", reason="não é um texto")
    found: list[SetQuestionBody] = []
    try:
        columns, delimiter = _header(text.partition("\n")[0][:MOST_HEADER_CHARS])
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        next(reader)
        line = reader.line_num + 1
        for number, cells in enumerate(reader):
            if any(cell.strip() for cell in cells):
                found.append(_question(name, line, _by_column(columns, cells)))
            line = reader.line_num + 1
            if len(found) > MOST_QUESTIONS or number > MOST_ROWS:
                raise AppError(
                    "question_file_invalid", reason=f"traz mais de {MOST_QUESTIONS} perguntas"
                )
    except csv.Error:
        raise AppError("question_file_invalid", reason="as aspas não se fecham") from None
    if not found:
        raise AppError("question_file_invalid", reason="não traz nenhuma pergunta")
    return found


def _header(line: str) -> tuple[list[str | None], str]:
    """Return which field each column is, and what parts the columns."""
    best: tuple[list[str | None], str] = ([], ";")
    for delimiter in _DELIMITERS:
        names = next(csv.reader([line], delimiter=delimiter), [])
        columns = [_column_of(name) for name in names]
        if sum(map(bool, columns)) > sum(map(bool, best[0])):
            best = (columns, delimiter)
    if "text" not in best[0]:
        raise AppError("question_file_invalid", reason="a primeira linha não traz “pergunta”")
    return best


def _column_of(name: str) -> str | None:
    plain = fold(name).strip().lower()
    return next((field for field, names in _COLUMNS.items() if plain in names), None)


def _by_column(columns: Sequence[str | None], cells: Sequence[str]) -> dict[str, list[str]]:
    """Return the texts of each field: the lines of its cells, as there may be several columns."""
    row: dict[str, list[str]] = {field: [] for field in _COLUMNS}
    for field, cell in zip(columns, cells, strict=False):
        if field is not None:
            own = plain_cell(cell.strip())
            row[field] += [" ".join(part.split()) for part in own.splitlines() if part.strip()]
    return row


def _question(name: str, line: int, row: dict[str, list[str]]) -> SetQuestionBody:
    word = fold(" ".join(row["impossible"])).lower()
    if word not in _YES | _NO:
        raise _wrong(name, line, "“sem resposta” é “sim” ou fica vazio")
    try:
        made = SetQuestionBody(
            text=" ".join(row["text"]),
            answers=row["answers"],
            documents=row["documents"],
            impossible=word in _YES,
        )
    except ValidationError:
        raise _wrong(name, line, "a pergunta está vazia ou passa do tamanho") from None
    wrong = wrong_with(made)
    if wrong is not None:
        raise _wrong(name, line, f"a pergunta {wrong}")
    return made


def _wrong(name: str, line: int, reason: str) -> AppError:
    return AppError("evaluation_line_invalid", file=name, line=line, reason=reason)


def _lines(texts: Sequence[str]) -> str:
    return "\n".join(map(_plain, texts))


def _plain(text: str) -> str:
    return " ".join(text.split())
