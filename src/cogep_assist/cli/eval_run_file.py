"""A measurement kept in a file, so that the next one can be held against it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cogep_assist.cli.written_file import writing
from cogep_assist.core.errors import AppError


def save_run(path: Path, run: Mapping[str, Any]) -> None:
    """Write a run with what each question came to. Raises AppError("file_not_written")."""
    with writing(path) as file:
        file.write(json.dumps(run, ensure_ascii=False, indent=1) + "\n")


def load_run(path: Path) -> Mapping[str, Any]:
    """Read a run. Raises AppError("path_not_found"|"evaluation_run_invalid")."""
    try:
        run = json.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError:
        raise AppError("path_not_found", path=str(path)) from None
    except OSError as error:
        raise AppError("file_not_read", path=str(path), reason=error.strerror) from None
    except (ValueError, RecursionError):
        raise AppError("evaluation_run_invalid") from None
    if not isinstance(run, dict) or not isinstance(run.get("questions"), dict):
        raise AppError("evaluation_run_invalid")
    return run
