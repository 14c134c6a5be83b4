"""What an installation promised and what it showed in one round, written down as it happens."""

import time
from dataclasses import dataclass, field
from uuid import UUID


@dataclass
class Submission:
    """One version of one document, as a client knows it."""

    document: str
    version: int
    key: str
    # How many acts on this document came before it.
    place: int
    asked_at: float = 0.0
    job_id: UUID | None = None
    accepted_at: float | None = None
    # When the client was told that the version is in the base.
    completed_at: float | None = None
    tries: int = 0


@dataclass
class Removal:
    """A document was to be removed: whatever was submitted before this place in its acts."""

    document: str
    document_id: UUID
    key: str
    place: int
    asked_at: float = 0.0
    done_at: float | None = None
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
    """The record of one round; violations are written down where they are noticed."""

    fault: str
    number: int
    seed: str
    began_at: float = field(default_factory=time.monotonic)
    submissions: list[Submission] = field(default_factory=list)
    removals: list[Removal] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    remarks: list[tuple[float, str]] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)

    def remark(self, what: str) -> None:
        self.remarks.append((time.monotonic(), what))

    def violation(self, what: str) -> None:
        self.violations.append(what)
        self.remark(f"VIOLATION {what}")

    def of(self, document: str) -> list[Submission]:
        return [s for s in self.submissions if s.document == document]

    def acts_on(self, document: str) -> int:
        return len(self.of(document)) + len(self.removals_of(document))

    def removals_of(self, document: str) -> list[Removal]:
        return [r for r in self.removals if r.document == document]

    @property
    def documents(self) -> list[str]:
        return list(dict.fromkeys(s.document for s in self.submissions))

    @property
    def jobs(self) -> list[UUID]:
        return [s.job_id for s in self.submissions if s.job_id is not None]

    def expected(self, document: str) -> int | None:
        """The version that must stand once everything has ended; None after a removal."""
        removed = max((r.place for r in self.removals_of(document)), default=-1)
        after = [s.version for s in self.of(document) if s.place > removed]
        return after[-1] if after else None

    def told(self) -> str:
        """The whole round in order of time, for whoever must find out what went wrong."""
        lines = list(self.remarks)
        for s in self.submissions:
            name = f"{s.document} e{s.version} job {s.job_id}"
            lines.append((s.asked_at, f"submit {name}, tries {s.tries}"))
            if s.accepted_at is not None:
                lines.append((s.accepted_at, f"accepted {name}"))
            if s.completed_at is not None:
                lines.append((s.completed_at, f"told completed {name}"))
        for r in self.removals:
            lines.append((r.asked_at, f"remove {r.document} {r.document_id}, tries {r.tries}"))
            if r.done_at is not None:
                lines.append((r.done_at, f"removed {r.document}"))
        lines += [(seen.asked_at, self._told(seen)) for seen in self.seen]
        lines.sort()
        head = f"round {self.number} of {self.fault}, seed {self.seed}"
        return "\n".join([head, *(f"{at - self.began_at:8.3f} {what}" for at, what in lines)])

    def _told(self, seen: Seen) -> str:
        until = seen.answered_at - self.began_at
        found = f"{sorted(seen.versions)} {seen.chunks} passages of {len(seen.documents)}"
        return f"search {seen.document} until {until:.3f}: {found}"
