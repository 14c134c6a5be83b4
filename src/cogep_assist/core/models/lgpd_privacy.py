"""What the privacy gateway keeps: vaults of pseudonyms, and the providers that may be asked."""

import enum
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from cogep_assist.core.models.base import (
    ACTOR,
    NOT_PERSONAL,
    Base,
    created_at,
    native_enum,
    personal,
    uuid_key,
)
from cogep_assist.core.models.lgpd_transfers import ModelProvider


class TransferMechanism(enum.Enum):
    """What lets personal data leave for a provider (LGPD, arts. 33 to 36; Res. CD/ANPD 19/2024)."""

    DOMESTIC = "domestic"
    ADEQUACY = "adequacy"
    STANDARD_CLAUSES = "standard_clauses"
    SPECIFIC_CLAUSES = "specific_clauses"
    CORPORATE_RULES = "corporate_rules"
    SEALS_AND_CODES = "seals_and_codes"
    AUTHORITY_CONSENT = "authority_consent"
    SUBJECT_CONSENT = "subject_consent"


class PseudonymVault(Base):
    """What the markers of one conversation stand for, sealed under the conversation's own key."""

    __tablename__ = "pseudonym_vault"
    __table_args__ = (
        sa.Index("ix_pseudonym_vault_expires_at", "expires_at"),
        {"schema": "lgpd"},
    )

    conversation_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("ai.conversation.id", ondelete="CASCADE"), primary_key=True, info=NOT_PERSONAL
    )
    sealed: Mapped[bytes] = mapped_column(
        sa.LargeBinary,
        info=personal(
            "put back into an answer what was hidden from the model that wrote it",
            legal_basis="art. 7, V or III; art. 13, par. 4 (pseudonymisation)",
            retention="COGEP_VAULT_HOURS after the last question",
        ),
    )
    expires_at: Mapped[datetime] = mapped_column(info=NOT_PERSONAL)
    created_at: Mapped[datetime] = created_at()


class RegisteredProvider(Base):
    """A provider of models: who it is, where it processes data, under what, until when.

    One that was withdrawn stays on record; one host has at most one that was not.
    """

    __tablename__ = "registered_provider"
    __table_args__ = (
        sa.Index(
            "uq_registered_provider_host_in_use",
            "host",
            unique=True,
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        ),
        sa.CheckConstraint(
            "ownership = 'own' OR (mechanism IS NOT NULL AND expires_at IS NOT NULL AND masked)",
            name="external_has_its_ground",
        ),
        {"schema": "lgpd"},
    )

    id: Mapped[UUID] = uuid_key()
    host: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    legal_entity: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    ownership: Mapped[ModelProvider] = mapped_column(
        native_enum(ModelProvider, "model_provider", "lgpd"), info=NOT_PERSONAL
    )
    country: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    region: Mapped[str | None] = mapped_column(sa.Text, info=NOT_PERSONAL)
    mechanism: Mapped[TransferMechanism | None] = mapped_column(
        native_enum(TransferMechanism, "transfer_mechanism", "lgpd"), info=NOT_PERSONAL
    )
    contract: Mapped[str] = mapped_column(sa.Text, server_default="", info=NOT_PERSONAL)
    retention_terms: Mapped[str] = mapped_column(sa.Text, server_default="", info=NOT_PERSONAL)
    training_terms: Mapped[str] = mapped_column(sa.Text, server_default="", info=NOT_PERSONAL)
    # Whether personal data are replaced by markers before they leave; always, for external ones.
    masked: Mapped[bool] = mapped_column(
        sa.Boolean, server_default=sa.text("true"), info=NOT_PERSONAL
    )
    # Whether texts on a person's health, faith and the like may leave (art. 11).
    sensitive_allowed: Mapped[bool] = mapped_column(
        sa.Boolean, server_default=sa.text("false"), info=NOT_PERSONAL
    )
    expires_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    withdrawn_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    registered_by: Mapped[str] = mapped_column(sa.Text, info=ACTOR)
    created_at: Mapped[datetime] = created_at()
