"""What an installation promised and what it showed, written down as it happens."""

import time
from dataclasses import dataclass, field
from uuid import UUID


@dataclass
class Submission:
    """One version of one document, as a client knows it."""

    document: str
    version: int
    key: str
    job_id: UUID | None = None
    tries: int = 0


@dataclass
class Seen:
    """What one search showed of one document."""

    document: str
    asked_at: float
    answered_at: float
    versions: frozenset[int]
    chunks: int
    documents: frozenset[str]


@dataclass
class History:
    """The record of a run; violations are written down where they are noticed."""

    submissions: list[Submission] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    searches: int = 0
    faults: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)

    def violation(self, what: str) -> None:
        self.violations.append(f"{time.monotonic():.3f} {what}")

    def of(self, document: str) -> list[Submission]:
        return [s for s in self.submissions if s.document == document]

    @property
    def documents(self) -> list[str]:
        return list(dict.fromkeys(s.document for s in self.submissions))
