"""Read the questions of a set from a JSON Lines file."""

import json
from pathlib import Path

from pydantic import ValidationError

from cogep_assist.core.errors import AppError
from cogep_assist.rag_service.question_set_schemas import SetQuestionBody


def read_questions(path: Path) -> list[SetQuestionBody]:
    """Read a question a line, such as ``{"text": "...", "documents": ["https://..."]}``.

    Keys that a question has not (``id``, ``article``) are passed over, so that a queries.jsonl in
    the BEIR layout reads as it is. Raises AppError("path_not_found"|"evaluation_line_invalid"|
    "evaluation_file_empty").
    """
    try:
        # Not splitlines: a text may hold other signs that part lines, which JSON lets stand.
        lines = path.read_text("utf-8-sig").split("\n")
    except FileNotFoundError:
        raise AppError("path_not_found", path=str(path)) from None
    except UnicodeDecodeError:
        raise _invalid(path, 1, "o arquivo não está em UTF-8") from None
    found = [_question(path, n, line) for n, line in enumerate(lines, 1) if line.strip()]
    if not found:
        raise AppError("evaluation_file_empty", path=str(path))
    return found


def _question(path: Path, number: int, line: str) -> SetQuestionBody:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        raise _invalid(path, number, "não é um objeto JSON válido") from None
    if not isinstance(row, dict):
        raise _invalid(path, number, "não é um objeto JSON")
    known = {name: row[name] for name in SetQuestionBody.model_fields if name in row}
    try:
        return SetQuestionBody.model_validate(known)
    except ValidationError as error:
        field = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise _invalid(path, number, f"“{field}” não vale") from None


def _invalid(path: Path, line: int, reason: str) -> AppError:
    return AppError("evaluation_line_invalid", file=path.name, line=line, reason=reason)
