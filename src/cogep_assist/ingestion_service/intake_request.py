"""What the intake is asked to write, and what it answers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from uuid_utils import uuid7

from cogep_assist.core import audit
from cogep_assist.core.errors import AppError
from cogep_assist.core.principal import Principal
from cogep_assist.ingestion_service.submission import Submission

ROUTE = "POST /ingest"
# What the act says of every request.
ACT, OBJECT_TYPE = "ingestion_submitted", "ingestion_queue"


@dataclass(slots=True)
class IntakeRequest:
    """Submissions that are accepted together or not at all."""

    principal: Principal
    submissions: Sequence[Submission]
    idempotency_key: str | None = None
    body_hash: bytes = b""
    # Made before writing, so that what is written again after a lost connection meets itself.
    job_texts: list[str] = field(init=False)
    audit_row: dict[str, Any] = field(init=False)
    label: str = field(init=False)
    claim: tuple[str, str] | None = field(init=False)
    size: int = field(init=False)

    def __post_init__(self) -> None:
        """Give ids, as texts, and seal the act: here, where the request's id is known.

        ``label`` is the principal's, ``size`` the bytes of content that come with it, and
        ``claim`` what its idempotency key is unique by, beside the route.
        """
        self.job_texts = [str(uuid7()) for _ in self.submissions]
        self.audit_row = audit.sealed_row(
            self.principal,
            ACT,
            OBJECT_TYPE,
            self.job_texts[0] if self.job_texts else "-",
            {"count": len(self.submissions)},
        )
        self.label = self.principal.label
        self.claim = (self.label, self.idempotency_key) if self.idempotency_key else None
        self.size = sum([s.content.size for s in self.submissions if s.content is not None])

    @property
    def job_ids(self) -> list[UUID]:
        """The jobs' ids."""
        return [UUID(text) for text in self.job_texts]


# Not frozen, only because a frozen one takes three times as long to make.
@dataclass(slots=True)
class IntakeReply:
    """The jobs that a request has, now or since it was first sent, by their ids as texts."""

    job_texts: list[str]
    repeated: bool = False

    @property
    def job_ids(self) -> list[UUID]:
        """The jobs' ids."""
        return [UUID(text) for text in self.job_texts]


Outcome = IntakeReply | AppError
