"""Spans of requests, jobs and outgoing calls: where somebody asked for them, and nothing elsewhere.

A span holds what is in ``NAMES`` and no more: patterns, codes and counts, never an address, a path
or a word that somebody wrote. Who sends them away is ``integrations.otel``.
"""

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Final, Literal, Protocol

from cogep_assist.core.errors import AppError

Kind = Literal["server", "client", "consumer"]
Value = str | int | float | bool
UUID_FORM: Final = re.compile(r"[0-9a-fA-F]{8}(-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}")
NAMES: Final = frozenset(
    {
        "http.request.method",
        "http.route",
        "http.response.status_code",
        "error.type",
        "cogep.egress",
        "cogep.job.attempt",
        "cogep.job.id",
        "cogep.job.kind",
        "cogep.queue",
        "cogep.request_id",
    }
)


class Span(Protocol):
    """A span that is still open."""

    def note(self, name: str, value: Value) -> None:
        """Add what became known."""

    def rename(self, name: str) -> None:
        """Call it by what it turned out to be."""

    def fail(self, kind: str) -> None:
        """Mark it as failed, by the kind of the error and none of its words."""


class Tracer(Protocol):
    """Whoever keeps spans."""

    def start(self, name: str, kind: Kind, parent: str | None) -> AbstractContextManager[Span]:
        """Open a span for a block; ``parent`` is a ``traceparent`` header (W3C Trace Context)."""


class _NoSpan:
    def note(self, name: str, value: Value) -> None:
        """Keep nothing."""

    def rename(self, name: str) -> None:
        """Keep nothing."""

    def fail(self, kind: str) -> None:
        """Keep nothing."""


class _Process:
    tracer: Tracer | None = None


NO_SPAN: Final[Span] = _NoSpan()


@contextmanager
def keeping(tracer: Tracer) -> Iterator[None]:
    """Have a tracer keep the spans of this process for the time of a block."""
    before, _Process.tracer = _Process.tracer, tracer
    try:
        yield
    finally:
        _Process.tracer = before


def is_traced() -> bool:
    """Tell whether anybody keeps spans in this process."""
    return _Process.tracer is not None


@contextmanager
def traced(name: str, kind: Kind, parent: str | None = None) -> Iterator[Span]:
    """Open a span for a block, which fails with the block. Costs next to nothing untraced."""
    tracer = _Process.tracer
    if tracer is None:
        yield NO_SPAN
        return
    with tracer.start(name, kind, parent) as span:
        try:
            yield span
        except BaseException as error:
            span.fail(error.code if isinstance(error, AppError) else type(error).__name__)
            raise


def is_safe_id(request_id: str) -> bool:
    """Tell whether a span may hold a request's id: one that a client made up may say anything."""
    return UUID_FORM.fullmatch(request_id) is not None


def checked(name: str) -> str:
    """Return the name of an attribute. Raises ValueError for one that nobody has judged."""
    if name not in NAMES:
        raise ValueError(f"{name} is not among the attributes that hold no personal data")
    return name
