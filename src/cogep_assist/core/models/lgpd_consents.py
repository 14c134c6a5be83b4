"""Consent (arts. 8, 11 and 14): what was asked, in which words, and what each person said."""

import enum
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
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

CONSENT_PROOF = personal(
    "prove that consent was given, refused or revoked",
    legal_basis="art. 7, II (art. 8, par. 2)",
    retention="until the limitation period of the last act has gone by",
)
GUARDIAN_DATA = personal(
    "know who answers for a child or an adolescent",
    legal_basis="art. 7, II (art. 14)",
    retention="as long as the consent that it stands for, and its proof",
    personal_class=PersonalClass.CHILD,
)


class ConsentAct(enum.Enum):
    """What a person said."""

    GRANTED = "granted"
    REFUSED = "refused"
    REVOKED = "revoked"


class ConsentChannel(enum.Enum):
    """Where a person said it."""

    PORTAL = "portal"
    DESK = "desk"
    API = "api"
    PHONE = "phone"
    PAPER = "paper"


class ConsentPurpose(Base):
    """Something that is done only with consent; its words are versioned."""

    __tablename__ = "consent_purpose"
    __table_args__ = (sa.UniqueConstraint("key"), {"schema": "lgpd"})

    id: Mapped[UUID] = uuid_key()
    key: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    current_version: Mapped[int] = mapped_column(sa.SmallInteger, info=NOT_PERSONAL)
    archived_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    created_at: Mapped[datetime] = created_at()


class PurposeVersion(Base):
    """The words of a purpose. The application role may insert and read, never change them.

    ``consequences`` say what refusing brings (art. 18, VIII). ``changes`` highlight what is new
    against the version before (art. 8, par. 6); where ``renewal`` is set, what was granted under
    earlier words no longer holds.
    """

    __tablename__ = "purpose_version"
    __table_args__ = (
        sa.UniqueConstraint("purpose_id", "version"),
        sa.CheckConstraint("btrim(consequences) <> ''", name="consequences_are_told"),
        sa.CheckConstraint("version = 1 OR btrim(changes) <> ''", name="changes_are_told"),
        {"schema": "lgpd"},
    )

    id: Mapped[UUID] = uuid_key()
    purpose_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("lgpd.consent_purpose.id"), info=NOT_PERSONAL
    )
    version: Mapped[int] = mapped_column(sa.SmallInteger, info=NOT_PERSONAL)
    title: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    text: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    consequences: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    changes: Mapped[str] = mapped_column(sa.Text, server_default="", info=NOT_PERSONAL)
    renewal: Mapped[bool] = mapped_column(sa.Boolean, server_default=sa.false(), info=NOT_PERSONAL)
    # Sensitive data need specific and highlighted consent (art. 11, I).
    sensitive: Mapped[bool] = mapped_column(
        sa.Boolean, server_default=sa.false(), info=NOT_PERSONAL
    )
    sha256: Mapped[bytes] = mapped_column(sa.LargeBinary, info=NOT_PERSONAL)
    published_by: Mapped[str] = mapped_column(sa.Text, info=ACTOR)
    published_at: Mapped[datetime] = created_at()


class Guardian(Base):
    """Who answers for a child or an adolescent, and how that was made sure (art. 14, par. 5)."""

    __tablename__ = "guardian"
    __table_args__ = ({"schema": "lgpd"},)

    id: Mapped[UUID] = uuid_key()
    # No foreign key: the proof outlives the customer.
    customer_id: Mapped[UUID] = mapped_column(index=True, info=GUARDIAN_DATA)
    name: Mapped[str] = mapped_column(sa.Text, info=GUARDIAN_DATA)
    relation: Mapped[str] = mapped_column(sa.Text, info=GUARDIAN_DATA)
    verification: Mapped[str] = mapped_column(sa.Text, info=GUARDIAN_DATA)
    recorded_by: Mapped[str] = mapped_column(sa.Text, info=ACTOR)
    recorded_at: Mapped[datetime] = created_at()


class ConsentEvent(Base):
    """One word of one person on one purpose. The application role may insert and read alone."""

    __tablename__ = "consent_event"
    __table_args__ = (
        sa.UniqueConstraint("sequence"),
        sa.Index("ix_consent_event_customer", "customer_id", "purpose_id", "sequence"),
        {"schema": "lgpd"},
    )

    id: Mapped[UUID] = uuid_key()
    sequence: Mapped[int] = mapped_column(
        sa.BigInteger, sa.Identity(always=True), info=NOT_PERSONAL
    )
    # No foreign key: the proof outlives the customer, and a merge does not rewrite it.
    customer_id: Mapped[UUID] = mapped_column(info=CONSENT_PROOF)
    purpose_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("lgpd.consent_purpose.id"), index=True, info=NOT_PERSONAL
    )
    version_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("lgpd.purpose_version.id"), index=True, info=NOT_PERSONAL
    )
    act: Mapped[ConsentAct] = mapped_column(
        native_enum(ConsentAct, "consent_act", "lgpd"), info=NOT_PERSONAL
    )
    channel: Mapped[ConsentChannel] = mapped_column(
        native_enum(ConsentChannel, "consent_channel", "lgpd"), info=NOT_PERSONAL
    )
    # The network address, where the person said it by a browser or a program.
    address: Mapped[str | None] = mapped_column(sa.Text, info=CONSENT_PROOF)
    # What shows it: a form's number, a recording's, the hash of a scanned paper.
    proof: Mapped[str] = mapped_column(sa.Text, server_default="", info=CONSENT_PROOF)
    guardian_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("lgpd.guardian.id"), index=True, info=GUARDIAN_DATA
    )
    best_interest: Mapped[str | None] = mapped_column(sa.Text, info=GUARDIAN_DATA)
    receipt_number: Mapped[str | None] = mapped_column(sa.Text, info=NOT_PERSONAL)
    actor: Mapped[str] = mapped_column(sa.Text, info=ACTOR)
    occurred_at: Mapped[datetime] = created_at()
