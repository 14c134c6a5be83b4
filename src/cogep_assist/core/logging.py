"""Structured logs with request and job ids and no personal data."""

import asyncio
import logging
import sys
from contextvars import ContextVar
from functools import cache
from typing import Any
from uuid import UUID

from pydantic_core import to_json

from cogep_assist.core.clock_text import utc_now_text

# Its console would load tracebacks in colour, 5 MB in every process, which would show the values of
# variables, and with them people's data. Without them it writes plain ones.
_TRACEBACKS = "rich.traceback"
_loaded = sys.modules.get(_TRACEBACKS)
sys.modules[_TRACEBACKS] = None  # type: ignore[assignment]  # says that there is none
import structlog  # noqa: E402

if _loaded is None:
    del sys.modules[_TRACEBACKS]
else:
    sys.modules[_TRACEBACKS] = _loaded

# The request that is being served, or that brought the job under way: for lines, acts and replies.
REQUEST_ID: ContextVar[str | None] = ContextVar("request_id", default=None)
# Whose request it is ("user:<id>"), for what is written far from the edge. Never in a log line.
ACTING: ContextVar[str | None] = ContextVar("acting", default=None)
# The job under way in a worker, for lines.
JOB_ID: ContextVar[UUID | None] = ContextVar("job_id", default=None)


class _LineHandler(logging.StreamHandler[Any]):
    """Writes lines in the order in which they came; those of one moment by one write."""

    def __init__(self, stream: Any) -> None:
        super().__init__(stream)
        self._waiting: list[str] = []

    def write_soon(self, text: str) -> None:
        """Write a line once whoever runs now has had their turn: a burst costs one write."""
        with self.lock:  # type: ignore[union-attr]  # made with the handler
            self._waiting.append(text)
            if len(self._waiting) > 1:
                return
            try:
                asyncio.get_running_loop().call_soon(self.flush)
            except RuntimeError:
                self.flush()

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line of the logging library, after all that waits."""
        if self._waiting:
            self.flush()
        super().emit(record)

    def flush(self) -> None:
        """Write what waits; at the end of the process this is asked for too."""
        with self.lock:  # type: ignore[union-attr]  # made with the handler
            text, self._waiting = "".join(self._waiting), []
            try:
                if text:
                    self.stream.write(text)
                super().flush()
            except (OSError, ValueError):
                # Nobody's reply may depend on where its line goes.
                pass


class _Lines:
    """Where lines go that are JSON."""

    handler: _LineHandler | None = None


def configure_logging(level: str = "INFO", *, json: bool | None = None) -> None:
    """Send structured logs to standard error: JSON for machines, columns on a terminal."""
    as_json = (not sys.stderr.isatty()) if json is None else json
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer()
    )
    shared: list[Any] = [
        _name_request_and_job,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        # What nobody reads is not put together either.
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = _LineHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                renderer,
            ],
            foreign_pre_chain=shared,
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    _Lines.handler = handler if as_json else None
    root.setLevel(level)
    # Access lines would carry query strings, and with them people's questions.
    logging.getLogger("uvicorn.access").setLevel(logging.WARNING)
    # Libraries log whole URLs at INFO; a URL may carry a token.
    for noisy in ("httpx2", "httpcore2", "sqlalchemy.engine", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def get_logger(name: str) -> Any:
    """Return the structured logger of a module."""
    return structlog.stdlib.get_logger(name)


def log_often(name: str, event: str, **fields: Any) -> None:
    """Write a line that comes with every request: as ``info`` would, at a tenth of its cost."""
    if not _standard(name).isEnabledFor(logging.INFO):
        return
    handler = _Lines.handler
    if handler is None or logging.root.handlers != [handler]:
        get_logger(name).info(event, **fields)
        return
    line = {
        "event": event,
        **fields,
        "request_id": REQUEST_ID.get(),
        "level": "info",
        "logger": name,
        "timestamp": f"{utc_now_text()}Z",
    }
    handler.write_soon(f"{to_json(line).decode()}\n")


# By itself it takes a lock each time.
@cache
def _standard(name: str) -> logging.Logger:
    return logging.getLogger(name)


def _name_request_and_job(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    request_id, job_id = REQUEST_ID.get(), JOB_ID.get()
    if request_id is not None:
        event.setdefault("request_id", request_id)
    if job_id is not None:
        event.setdefault("job_id", str(job_id))
    return event
