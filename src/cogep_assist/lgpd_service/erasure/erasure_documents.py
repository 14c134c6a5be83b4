"""What an erasure's plan, result and certificate hold, as the contract shows them."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel

from cogep_assist.lgpd_service.signed_schemas import SignatureReply


class PlanLine(BaseModel):
    """What becomes of how many rows of one table, and by which article."""

    table: str
    title: str
    fate: str
    rows: int
    ground: str
    why: str


class SharedWith(BaseModel):
    """A record that keeps a value of the subject's, and of which kinds."""

    customer_id: UUID
    kinds: list[str]


class ErasurePlan(BaseModel):
    """What an erasure would do; no value of the subject's is in it.

    An erasure that was done again after a restore has its ground alone.
    """

    ground: str
    outcome: str | None = None
    references: list[str] | None = None
    until: date | None = None
    tables: list[PlanLine] | None = None
    warnings: list[str] | None = None
    doubts: int | None = None
    shared_with: list[SharedWith] | None = None
    backups_until: date | None = None
    replayed: bool | None = None


class DecidedDoubts(BaseModel):
    """How many doubtful spellings went, stayed, or wait for a word."""

    erase: int
    keep: int
    open: int


class ErasureResult(BaseModel):
    """What an erasure did: rows of each table, and what is left of the subject's."""

    rows: dict[str, int]
    preserved: int | None = None
    doubts: DecidedDoubts | None = None
    residue: dict[str, int] | None = None
    unread_files: int | None = None


class ErasureCertificate(BaseModel):
    """The signed certificate of an erasure: counts and grounds alone."""

    type: str
    protocol: str
    outcome: str
    ground: str
    references: list[str]
    until: str | None
    requested_at: str
    executed_at: str | None
    rows: dict[str, int]
    kept: list[PlanLine]
    residue: dict[str, int]
    doubts: DecidedDoubts | None = None
    preserved_sealed: int
    unread_files: int | None = None
    backups_until: str | None
    not_covered: list[str]
    signature: SignatureReply


class RetentionReport(BaseModel):
    """What a run of a retention rule took away, and whether it is what was proposed."""

    records: int
    rows: dict[str, int]
    stays: dict[str, int]
    ids_sha256: str
    as_proposed: bool
