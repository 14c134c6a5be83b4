"""What a person sees when a command fails: one sentence, the remedy and the code."""

import errno
import os
import traceback
from typing import Any

import typer

from cogep_assist.cli.console import safe
from cogep_assist.cli.portuguese import usage_hint, usage_sentence
from cogep_assist.core.database_words import failure_of
from cogep_assist.core.errors import AppError

EXIT_FAILURE = 1
EXIT_USAGE = 2
_FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}


def report(error: Exception) -> int:
    """Write a failure to standard error and return the exit status it deserves."""
    if hasattr(error, "exit_code") and hasattr(error, "format_message"):
        return _report_usage(error)
    if _debugging():
        typer.echo("".join(traceback.format_exception(error)), err=True)
    failure = as_app_error(error)
    typer.secho(f"Erro: {safe(failure.text)}", err=True, fg="red", nl=False)
    typer.echo(f" [{failure.code}]", err=True)
    if failure.remedy:
        typer.echo(safe(failure.remedy), err=True)
    return EXIT_FAILURE


def as_app_error(error: Exception) -> AppError:
    """Turn any exception into one of the catalogue."""
    if isinstance(error, AppError):
        return error
    if isinstance(error, OSError):
        return _from_os_error(error)
    failed = failure_of(error)
    if failed is not None:
        return failed
    if _is_connection_failure(error):
        return AppError("database_unavailable")
    if type(error).__name__ == "ValidationError" and hasattr(error, "errors"):
        from cogep_assist.edge.validation_words import as_app_error as said  # noqa: PLC0415 - rare

        return said(error.errors())
    return AppError("command_failed", kind=type(error).__name__)


def _report_usage(error: Any) -> int:
    if type(error).__name__ == "NoArgsIsHelpError":
        return EXIT_USAGE
    typer.secho(f"Erro: {safe(usage_sentence(error))}", err=True, fg="red")
    typer.echo(usage_hint(error), err=True)
    return EXIT_USAGE


def _debugging() -> bool:
    return os.environ.get("COGEP_LOG_LEVEL", "").upper() == "DEBUG"


def _from_os_error(error: OSError) -> AppError:
    path = str(error.filename) if error.filename else "?"
    if error.errno in _FULL:
        # What is written through an open file, the command's own output too, has no name.
        return AppError("disk_full", path=error.filename or "de destino")
    if error.errno == errno.EROFS:
        return AppError("path_read_only", path=path)
    if isinstance(error, PermissionError):
        return AppError("path_not_permitted", path=path)
    if isinstance(error, FileNotFoundError):
        return AppError("path_not_found", path=path)
    if isinstance(error, IsADirectoryError | NotADirectoryError):
        return AppError("path_of_other_kind", path=path)
    if error.filename:
        return AppError("system_refused", path=path, reason=error.strerror or error.errno)
    return AppError("command_failed", kind=type(error).__name__)


def _is_connection_failure(error: Exception) -> bool:
    names = {kind.__name__ for kind in type(error).__mro__}
    if names & {"OperationalError", "InterfaceError"}:
        return True
    return bool(getattr(error, "connection_invalidated", False))
