"""Who acts: keys, sessions, links; and what the processes need to work together."""

import enum
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from cogep_assist.core.models.base import (
    ACTOR,
    CREDENTIAL,
    NOT_PERSONAL,
    Base,
    created_at,
    native_enum,
    uuid_key,
)


class Role(enum.Enum):
    """What a principal may do."""

    ADMIN = "admin"
    AGENT = "agent"
    CURATOR = "curator"
    DPO = "dpo"
    REQUESTER = "requester"


class BackgroundStatus(enum.Enum):
    """Where a piece of background work stands."""

    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


ROLE = native_enum(Role, "role", "access")


class ApiKey(Base):
    """A key of an integration: 256 random bits, of which only the SHA-256 is stored."""

    __tablename__ = "api_key"
    __table_args__ = (
        sa.UniqueConstraint("key_hash"),
        sa.Index(
            "uq_api_key_live_name",
            "name",
            unique=True,
            postgresql_where=sa.text("revoked_at IS NULL"),
        ),
        {"schema": "access"},
    )

    id: Mapped[UUID] = uuid_key()
    name: Mapped[str] = mapped_column(sa.Text, info=ACTOR)
    role: Mapped[Role] = mapped_column(ROLE, info=NOT_PERSONAL)
    key_hash: Mapped[bytes] = mapped_column(sa.LargeBinary, info=CREDENTIAL)
    hint: Mapped[str] = mapped_column(sa.Text, info=CREDENTIAL)
    # The acts that the key is narrowed to; empty for all that its role may.
    scopes: Mapped[list[str] | None] = mapped_column(ARRAY(sa.Text), info=NOT_PERSONAL)
    expires_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    revoked_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    last_used_at: Mapped[datetime | None] = mapped_column(info=ACTOR)
    created_at: Mapped[datetime] = created_at()


class Session(Base):
    """A browser's session, kept by the server; the cookie holds a random token."""

    __tablename__ = "session"
    __table_args__ = (sa.UniqueConstraint("token_hash"), {"schema": "access"})

    id: Mapped[UUID] = uuid_key()
    token_hash: Mapped[bytes] = mapped_column(sa.LargeBinary, info=CREDENTIAL)
    csrf_token: Mapped[str] = mapped_column(sa.Text, info=CREDENTIAL)
    role: Mapped[Role] = mapped_column(ROLE, info=NOT_PERSONAL)
    # Whose session it is; empty for one that a link of the command line opened.
    user_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("access.user.id", ondelete="CASCADE"), index=True, info=ACTOR
    )
    # Browser and system in words, to be recognised in a list.
    device: Mapped[str] = mapped_column(sa.Text, server_default="", info=ACTOR)
    seen_at: Mapped[datetime] = mapped_column(
        server_default=sa.text("clock_timestamp()"), info=ACTOR
    )
    expires_at: Mapped[datetime] = mapped_column(index=True, info=NOT_PERSONAL)
    revoked_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    created_at: Mapped[datetime] = created_at()


class SignInLink(Base):
    """A link that opens one session, once, within a short time."""

    __tablename__ = "sign_in_link"
    __table_args__ = (sa.UniqueConstraint("token_hash"), {"schema": "access"})

    id: Mapped[UUID] = uuid_key()
    token_hash: Mapped[bytes] = mapped_column(sa.LargeBinary, info=CREDENTIAL)
    role: Mapped[Role] = mapped_column(ROLE, info=NOT_PERSONAL)
    expires_at: Mapped[datetime] = mapped_column(index=True, info=NOT_PERSONAL)
    used_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    created_at: Mapped[datetime] = created_at()


class IdempotencyKey(Base):
    """The reply that was given to a repeated request, for 24 hours."""

    __tablename__ = "idempotency_key"
    __table_args__ = ({"schema": "access"},)

    principal: Mapped[str] = mapped_column(sa.Text, primary_key=True, info=ACTOR)
    route: Mapped[str] = mapped_column(sa.Text, primary_key=True, info=NOT_PERSONAL)
    key: Mapped[str] = mapped_column(sa.Text, primary_key=True, info=ACTOR)
    body_hash: Mapped[bytes] = mapped_column(sa.LargeBinary, info=NOT_PERSONAL)
    status: Mapped[int] = mapped_column(sa.SmallInteger, info=NOT_PERSONAL)
    # Ids and links only; what the ids name is looked up again when the reply is repeated.
    reply: Mapped[dict[str, Any]] = mapped_column(JSONB, info=NOT_PERSONAL)
    created_at: Mapped[datetime] = mapped_column(
        server_default=sa.text("clock_timestamp()"), index=True, info=NOT_PERSONAL
    )


class Worker(Base):
    """A worker process that says that it lives, and on which release and schema."""

    __tablename__ = "worker"
    __table_args__ = ({"schema": "access"},)

    id: Mapped[UUID] = uuid_key()
    # The session advisory lock that the process holds for as long as it lives.
    lock_key: Mapped[int] = mapped_column(sa.BigInteger, info=NOT_PERSONAL)
    host: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    process_id: Mapped[int] = mapped_column(sa.Integer, info=NOT_PERSONAL)
    release: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    schema_revision: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    capacity: Mapped[int] = mapped_column(sa.Integer, info=NOT_PERSONAL)
    busy: Mapped[int] = mapped_column(sa.Integer, server_default="0", info=NOT_PERSONAL)
    # Why this process takes no work although it lives, as an error code.
    idle_reason: Mapped[str | None] = mapped_column(sa.Text, info=NOT_PERSONAL)
    started_at: Mapped[datetime] = mapped_column(
        server_default=sa.text("clock_timestamp()"), info=NOT_PERSONAL
    )
    seen_at: Mapped[datetime] = mapped_column(
        server_default=sa.text("clock_timestamp()"), index=True, info=NOT_PERSONAL
    )


class BackgroundJob(Base):
    """Work other than documents: merges, sweeps, and what later rooms add."""

    __tablename__ = "background_job"
    __table_args__ = (
        sa.Index(
            "ix_background_job_claim",
            sa.text("priority DESC"),
            "sequence",
            postgresql_where=sa.text("status = 'pending'"),
        ),
        sa.Index(
            "ix_background_job_running",
            "worker_id",
            postgresql_where=sa.text("status = 'processing'"),
        ),
        sa.Index(
            "ix_background_job_suspect",
            "sequence",
            postgresql_where=sa.text("status = 'pending' AND crashes > 0"),
        ),
        # What has ended and is to be removed, oldest first.
        sa.Index(
            "ix_background_job_finished_at",
            "finished_at",
            postgresql_where=sa.text("finished_at IS NOT NULL"),
        ),
        # One waiting job per thing to be done is enough, and is looked for before one is added. It
        # is no law: what a dead worker held waits again, beside what has come in the meantime.
        sa.Index(
            "ix_background_job_waiting",
            "kind",
            "subject",
            postgresql_where=sa.text("status = 'pending'"),
        ),
        {"schema": "access"},
    )

    id: Mapped[UUID] = uuid_key()
    # Not unique by an index of its own: that would be one more to write at every change.
    sequence: Mapped[int] = mapped_column(
        sa.BigInteger, sa.Identity(always=True), info=NOT_PERSONAL
    )
    status: Mapped[BackgroundStatus] = mapped_column(
        native_enum(BackgroundStatus, "background_status", "access"),
        server_default=BackgroundStatus.PENDING.value,
        info=NOT_PERSONAL,
    )
    kind: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    subject: Mapped[str] = mapped_column(sa.Text, server_default="", info=NOT_PERSONAL)
    payload: Mapped[dict[str, Any]] = mapped_column(
        JSONB, server_default=sa.text("'{}'::jsonb"), info=NOT_PERSONAL
    )
    priority: Mapped[int] = mapped_column(sa.SmallInteger, server_default="0", info=NOT_PERSONAL)
    # How often it was claimed: the fence that refuses a late worker's write.
    attempts: Mapped[int] = mapped_column(sa.Integer, server_default="0", info=NOT_PERSONAL)
    # How often it failed by its own fault, and how often its worker died under it.
    failures: Mapped[int] = mapped_column(sa.SmallInteger, server_default="0", info=NOT_PERSONAL)
    crashes: Mapped[int] = mapped_column(sa.SmallInteger, server_default="0", info=NOT_PERSONAL)
    max_attempts: Mapped[int] = mapped_column(
        sa.SmallInteger, server_default="5", info=NOT_PERSONAL
    )
    available_at: Mapped[datetime] = mapped_column(
        server_default=sa.text("clock_timestamp()"), info=NOT_PERSONAL
    )
    worker_id: Mapped[UUID | None] = mapped_column(sa.Uuid(), info=NOT_PERSONAL)
    lease_until: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    error_code: Mapped[str | None] = mapped_column(sa.Text, info=NOT_PERSONAL)
    error_details: Mapped[dict[str, Any] | None] = mapped_column(JSONB, info=NOT_PERSONAL)
    created_at: Mapped[datetime] = created_at()
    started_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    finished_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)


class ScheduleRun(Base):
    """When each recurring duty ran last; one ticker at a time reads and writes it."""

    __tablename__ = "schedule_run"
    __table_args__ = ({"schema": "access"},)

    name: Mapped[str] = mapped_column(sa.Text, primary_key=True, info=NOT_PERSONAL)
    ran_at: Mapped[datetime] = mapped_column(info=NOT_PERSONAL)
