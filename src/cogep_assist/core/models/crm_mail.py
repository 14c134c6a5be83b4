"""Mail that came in and letters that went out about tickets."""

import enum
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from cogep_assist.core.models.base import (
    NOT_PERSONAL,
    Base,
    created_at,
    native_enum,
    personal,
    uuid_key,
)
from cogep_assist.core.models.crm_tickets import TICKET_CONTENT

MAIL_CONTENT = personal(
    "attend to what a person wrote by e-mail",
    legal_basis="art. 7, V or III",
    retention="90 days; what belongs to a ticket, as the ticket",
)
MAIL_ADDRESS = personal(
    "write to who wants it, and not to who cannot be reached",
    legal_basis="art. 7, V",
    retention="as the customer it belongs to",
)


class MailStatus(enum.Enum):
    """What became of a mail that came in."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    IGNORED = "ignored"
    FAILED = "failed"


class InboundMail(Base):
    """A mail as it came, and what was made of it."""

    __tablename__ = "inbound_mail"
    __table_args__ = (
        sa.UniqueConstraint("place"),
        sa.UniqueConstraint("fingerprint"),
        sa.Index("ix_inbound_mail_message_id", "message_id"),
        sa.Index("ix_inbound_mail_refers_to", "refers_to", postgresql_using="gin"),
        sa.Index("ix_inbound_mail_sender", "sender", "received_at"),
        sa.Index("ix_inbound_mail_ticket_id", "ticket_id"),
        sa.Index("ix_inbound_mail_blob_id", "blob_id"),
        {"schema": "crm"},
    )

    id: Mapped[UUID] = uuid_key()
    # Where it lay ("imap:<validity>:<uid>", "hook:<sha256>"): there it is taken once.
    place: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    blob_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("ai.blob.id", ondelete="RESTRICT"), info=MAIL_CONTENT
    )
    status: Mapped[MailStatus] = mapped_column(
        native_enum(MailStatus, "mail_status", "crm"),
        server_default=MailStatus.RECEIVED.value,
        info=NOT_PERSONAL,
    )
    # A stable code: why it was ignored or failed, or by what its ticket was found.
    reason: Mapped[str | None] = mapped_column(sa.Text, info=NOT_PERSONAL)
    # Of who, when and what it says: the same mail that came twice has the same one.
    fingerprint: Mapped[bytes | None] = mapped_column(sa.LargeBinary, info=MAIL_CONTENT)
    message_id: Mapped[str | None] = mapped_column(sa.Text, info=MAIL_CONTENT)
    refers_to: Mapped[list[str]] = mapped_column(
        ARRAY(sa.Text), server_default=sa.text("'{}'::text[]"), info=MAIL_CONTENT
    )
    sender: Mapped[str | None] = mapped_column(sa.Text, info=MAIL_CONTENT)
    # What servers on the way say of it ({"spf": "pass"}): shown, and never trusted.
    authentication: Mapped[dict[str, Any]] = mapped_column(
        JSONB, server_default=sa.text("'{}'::jsonb"), info=NOT_PERSONAL
    )
    ticket_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("crm.ticket.id", ondelete="SET NULL"), info=NOT_PERSONAL
    )
    entry_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("crm.ticket_entry.id", ondelete="SET NULL"), index=True, info=NOT_PERSONAL
    )
    received_at: Mapped[datetime] = created_at()
    processed_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)


class TicketLetter(Base):
    """A letter about a ticket; its id is that of the outbox's message and of its Message-ID."""

    __tablename__ = "ticket_letter"
    __table_args__ = (
        sa.Index("ix_ticket_letter_ticket_id", "ticket_id"),
        sa.Index("ix_ticket_letter_recipient", "recipient", "created_at"),
        {"schema": "crm"},
    )

    id: Mapped[UUID] = uuid_key()
    ticket_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("crm.ticket.id", ondelete="CASCADE"), info=NOT_PERSONAL
    )
    entry_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("crm.ticket_entry.id", ondelete="SET NULL"), index=True, info=NOT_PERSONAL
    )
    kind: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    recipient: Mapped[str] = mapped_column(sa.Text, info=TICKET_CONTENT)
    created_at: Mapped[datetime] = created_at()
    sent_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    bounced_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)


class MailAddress(Base):
    """What is known of an address beside whose it is: that it bounced, or wants no notices."""

    __tablename__ = "mail_address"
    __table_args__ = ({"schema": "crm"},)

    address: Mapped[str] = mapped_column(sa.Text, primary_key=True, info=MAIL_ADDRESS)
    bounced_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    bounce_status: Mapped[str | None] = mapped_column(sa.Text, info=NOT_PERSONAL)
    notices_off_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)


class MailboxPosition(Base):
    """How far a mailbox was read."""

    __tablename__ = "mailbox_position"
    __table_args__ = ({"schema": "crm"},)

    # A hash of server, user and folder.
    mailbox: Mapped[str] = mapped_column(sa.Text, primary_key=True, info=NOT_PERSONAL)
    uid_validity: Mapped[int] = mapped_column(sa.BigInteger, info=NOT_PERSONAL)
    last_uid: Mapped[int] = mapped_column(sa.BigInteger, info=NOT_PERSONAL)
    read_at: Mapped[datetime] = mapped_column(
        server_default=sa.text("clock_timestamp()"), info=NOT_PERSONAL
    )
