"""Requests of data subjects (arts. 18 to 20): what was asked, each step, and how it was proven."""

import enum
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from cogep_assist.core.models.base import (
    ACTOR,
    NOT_PERSONAL,
    Base,
    PersonalClass,
    created_at,
    native_enum,
    personal,
    uuid_key,
)

REQUEST_DATA = personal(
    "attend to the rights of data subjects and prove it",
    legal_basis="art. 7, II (arts. 18 to 20)",
    retention="until the limitation period of the request has gone by",
)
IDENTITY_PROOF = personal(
    "know that a request comes from the data subject",
    legal_basis="art. 7, II (art. 18, par. 3)",
    retention="until the identity was checked",
    personal_class=PersonalClass.AUTHENTICATION,
)


class SubjectRight(enum.Enum):
    """The rights of arts. 18 to 20, in the law's order."""

    CONFIRMATION = "confirmation"
    ACCESS = "access"
    CORRECTION = "correction"
    ANONYMIZATION = "anonymization"
    RESTRICTION = "restriction"
    EXCESS_ERASURE = "excess_erasure"
    PORTABILITY = "portability"
    ERASURE = "erasure"
    SHARING = "sharing"
    CONSENT_INFORMATION = "consent_information"
    CONSENT_REVOCATION = "consent_revocation"
    OPPOSITION = "opposition"
    TRANSFER_CLAUSES = "transfer_clauses"
    AUTOMATED_REVIEW = "automated_review"
    OTHER = "other"


class AccessForm(enum.Enum):
    """The two forms of art. 19."""

    SIMPLIFIED = "simplified"
    COMPLETE = "complete"


class RequestRegime(enum.Enum):
    """Which law's term runs beside the LGPD's."""

    LGPD = "lgpd"
    LAI = "lai"
    OMBUDSMAN = "ombudsman"


class RequestChannel(enum.Enum):
    """Where a request came in."""

    PORTAL = "portal"
    DESK = "desk"
    API = "api"


class RequestStatus(enum.Enum):
    """Where a request stands."""

    IDENTITY_PENDING = "identity_pending"
    RECEIVED = "received"
    IN_PROGRESS = "in_progress"
    ANSWERED = "answered"
    REFUSED = "refused"
    CANCELLED = "cancelled"


class RequestOutcome(enum.Enum):
    """What an answer says."""

    GRANTED = "granted"
    PARTIAL = "partial"
    NO_DATA = "no_data"
    NOT_THE_CONTROLLER = "not_the_controller"


class AnswerDelivery(enum.Enum):
    """How the data subject wants the answer (art. 19, par. 2)."""

    ELECTRONIC = "electronic"
    PRINTED = "printed"


class RepresentativeKind(enum.Enum):
    """On whose behalf somebody asks."""

    ATTORNEY = "attorney"
    GUARDIAN = "guardian"
    CURATOR = "curator"
    HEIR = "heir"


class RequestStepKind(enum.Enum):
    """What happened to a request."""

    RECEIVED = "received"
    CODE_SENT = "code_sent"
    IDENTITY_PASSED = "identity_passed"
    IDENTITY_FAILED = "identity_failed"
    LINKED = "linked"
    ASSIGNED = "assigned"
    STARTED = "started"
    NOTE = "note"
    DOCUMENT_ADDED = "document_added"
    DOCUMENT_DELETED = "document_deleted"
    EXTENDED = "extended"
    ALERTED = "alerted"
    NOTICE_SENT = "notice_sent"
    NOTICE_ACKNOWLEDGED = "notice_acknowledged"
    ANSWERED = "answered"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    REOPENED = "reopened"


class IdentityMethod(enum.Enum):
    """How it was found out who asks."""

    EMAIL_CODE = "email_code"
    TICKET_CODE = "ticket_code"
    ACCOUNT = "account"
    DOCUMENT_SHOWN = "document_shown"
    KNOWN_IN_PERSON = "known_in_person"


REQUEST_STATUS = native_enum(RequestStatus, "request_status", "lgpd")


class LgpdCounter(Base):
    """The last number of a year and series, taken in the transaction that uses it."""

    __tablename__ = "counter"
    __table_args__ = ({"schema": "lgpd"},)

    series: Mapped[str] = mapped_column(sa.Text, primary_key=True, info=NOT_PERSONAL)
    year: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True, info=NOT_PERSONAL)
    last: Mapped[int] = mapped_column(sa.Integer, info=NOT_PERSONAL)


class SubjectRequest(Base):
    """One request of a data subject, from its first word to the answer."""

    __tablename__ = "subject_request"
    __table_args__ = (
        sa.UniqueConstraint("protocol"),
        sa.Index("ix_subject_request_status_id", "status", "id"),
        sa.Index(
            "ix_subject_request_email_key",
            "email_key",
            postgresql_where=sa.text("email_key IS NOT NULL"),
        ),
        {"schema": "lgpd"},
    )

    id: Mapped[UUID] = uuid_key()
    protocol: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    right: Mapped[SubjectRight] = mapped_column(
        native_enum(SubjectRight, "subject_right", "lgpd"), info=NOT_PERSONAL
    )
    form: Mapped[AccessForm | None] = mapped_column(
        native_enum(AccessForm, "access_form", "lgpd"), info=NOT_PERSONAL
    )
    regime: Mapped[RequestRegime] = mapped_column(
        native_enum(RequestRegime, "request_regime", "lgpd"),
        server_default="lgpd",
        info=NOT_PERSONAL,
    )
    channel: Mapped[RequestChannel] = mapped_column(
        native_enum(RequestChannel, "request_channel", "lgpd"), info=NOT_PERSONAL
    )
    status: Mapped[RequestStatus] = mapped_column(REQUEST_STATUS, info=NOT_PERSONAL)
    outcome: Mapped[RequestOutcome | None] = mapped_column(
        native_enum(RequestOutcome, "request_outcome", "lgpd"), info=NOT_PERSONAL
    )
    delivery: Mapped[AnswerDelivery] = mapped_column(
        native_enum(AnswerDelivery, "answer_delivery", "lgpd"),
        server_default="electronic",
        info=NOT_PERSONAL,
    )
    requester_name: Mapped[str] = mapped_column(sa.Text, info=REQUEST_DATA)
    requester_email: Mapped[str | None] = mapped_column(sa.Text, info=REQUEST_DATA)
    # The address in the form that compares.
    email_key: Mapped[str | None] = mapped_column(sa.Text, info=REQUEST_DATA)
    requester_cpf: Mapped[str | None] = mapped_column(sa.Text, info=REQUEST_DATA)
    description: Mapped[str] = mapped_column(sa.Text, server_default="", info=REQUEST_DATA)
    # For a correction: field and the value that is right.
    wanted: Mapped[dict[str, Any]] = mapped_column(
        JSONB, server_default=sa.text("'{}'::jsonb"), info=REQUEST_DATA
    )
    representative_kind: Mapped[RepresentativeKind | None] = mapped_column(
        native_enum(RepresentativeKind, "representative_kind", "lgpd"), info=REQUEST_DATA
    )
    representative_name: Mapped[str | None] = mapped_column(sa.Text, info=REQUEST_DATA)
    customer_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("crm.customer.id", ondelete="SET NULL"), index=True, info=REQUEST_DATA
    )
    ticket_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("crm.ticket.id", ondelete="SET NULL"), index=True, info=NOT_PERSONAL
    )
    decision_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("lgpd.automated_decision.id", ondelete="SET NULL"),
        index=True,
        info=NOT_PERSONAL,
    )
    opened_by: Mapped[str] = mapped_column(sa.Text, index=True, info=ACTOR)
    assignee_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("access.user.id", ondelete="SET NULL"), index=True, info=ACTOR
    )
    answer: Mapped[str | None] = mapped_column(sa.Text, info=REQUEST_DATA)
    # The key of the ground in ``lgpd_service.requests.refusal_grounds``.
    refusal_ground: Mapped[str | None] = mapped_column(sa.Text, info=NOT_PERSONAL)
    identity_checked_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    closed_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    revision: Mapped[int] = mapped_column(sa.Integer, server_default="1", info=NOT_PERSONAL)
    received_at: Mapped[datetime] = created_at()


class RequestStep(Base):
    """One thing that happened to a request: who, when, and the words that go with it."""

    __tablename__ = "request_step"
    __table_args__ = (
        sa.Index("ix_request_step_request_id_id", "request_id", "id"),
        {"schema": "lgpd"},
    )

    id: Mapped[UUID] = uuid_key()
    request_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("lgpd.subject_request.id", ondelete="CASCADE"), info=NOT_PERSONAL
    )
    kind: Mapped[RequestStepKind] = mapped_column(
        native_enum(RequestStepKind, "request_step_kind", "lgpd"), info=NOT_PERSONAL
    )
    status: Mapped[RequestStatus] = mapped_column(REQUEST_STATUS, info=NOT_PERSONAL)
    body: Mapped[str | None] = mapped_column(sa.Text, info=REQUEST_DATA)
    details: Mapped[dict[str, Any]] = mapped_column(
        JSONB, server_default=sa.text("'{}'::jsonb"), info=NOT_PERSONAL
    )
    actor: Mapped[str] = mapped_column(sa.Text, info=ACTOR)
    occurred_at: Mapped[datetime] = created_at()


class IdentityCheck(Base):
    """One try to find out who asks. What proved it is forgotten; that it was checked is kept."""

    __tablename__ = "identity_check"
    __table_args__ = ({"schema": "lgpd"},)

    id: Mapped[UUID] = uuid_key()
    request_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("lgpd.subject_request.id", ondelete="CASCADE"), index=True, info=NOT_PERSONAL
    )
    method: Mapped[IdentityMethod] = mapped_column(
        native_enum(IdentityMethod, "identity_method", "lgpd"), info=NOT_PERSONAL
    )
    code_hash: Mapped[bytes | None] = mapped_column(sa.LargeBinary, info=IDENTITY_PROOF)
    tries: Mapped[int] = mapped_column(sa.SmallInteger, server_default="0", info=NOT_PERSONAL)
    expires_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    passed: Mapped[bool | None] = mapped_column(sa.Boolean, info=NOT_PERSONAL)
    # Which kind of document was seen, never its number.
    # As whoever checked words it: it may name the person, or say what was shown.
    note: Mapped[str] = mapped_column(sa.Text, server_default="", info=IDENTITY_PROOF)
    checked_by: Mapped[str | None] = mapped_column(sa.Text, info=ACTOR)
    checked_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    created_at: Mapped[datetime] = created_at()


class RequestDocument(Base):
    """A paper that came with a request: sealed, and deleted when it has been looked at."""

    __tablename__ = "request_document"
    __table_args__ = ({"schema": "lgpd"},)

    id: Mapped[UUID] = uuid_key()
    request_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("lgpd.subject_request.id", ondelete="CASCADE"), index=True, info=NOT_PERSONAL
    )
    purpose: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    file_name: Mapped[str | None] = mapped_column(sa.Text, info=IDENTITY_PROOF)
    content: Mapped[bytes | None] = mapped_column(
        sa.LargeBinary, deferred=True, info=IDENTITY_PROOF
    )
    size: Mapped[int] = mapped_column(sa.Integer, info=NOT_PERSONAL)
    sha256: Mapped[bytes] = mapped_column(sa.LargeBinary, info=NOT_PERSONAL)
    added_by: Mapped[str] = mapped_column(sa.Text, info=ACTOR)
    added_at: Mapped[datetime] = created_at()
    deleted_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)


class RequestNotice(Base):
    """What was told to somebody with whom the data had been shared (art. 18, par. 6)."""

    __tablename__ = "request_notice"
    __table_args__ = (sa.UniqueConstraint("code_hash"), {"schema": "lgpd"})

    id: Mapped[UUID] = uuid_key()
    request_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("lgpd.subject_request.id", ondelete="CASCADE"), index=True, info=NOT_PERSONAL
    )
    recipient: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    recipient_email: Mapped[str] = mapped_column(sa.Text, info=ACTOR)
    asked: Mapped[str] = mapped_column(sa.Text, info=REQUEST_DATA)
    code_hash: Mapped[bytes] = mapped_column(sa.LargeBinary, info=NOT_PERSONAL)
    sent_at: Mapped[datetime] = created_at()
    acknowledged_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    acknowledgement: Mapped[str | None] = mapped_column(sa.Text, info=NOT_PERSONAL)
