"""Customers: people and organisations, how to reach them, and what happened with them."""

import enum
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR
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

CUSTOMER_DATA = personal(
    "serve the person: know who asks and how to answer",
    legal_basis="art. 7, II, III or V (per organisation)",
    retention="until the relation ends, then by the retention rule of customers",
)
CUSTOMER_SEARCH = personal(
    "find the person by name, identifier or contact, and their duplicates",
    legal_basis="as the data it is made of",
    retention="as the data it is made of",
)


class CustomerKind(enum.Enum):
    """Whether a customer is a person or an organisation."""

    PERSON = "person"
    ORGANIZATION = "organization"


class ContactKind(enum.Enum):
    """How a customer is reached."""

    EMAIL = "email"
    PHONE = "phone"


class RelationKind(enum.Enum):
    """What the first customer is to the second."""

    WORKS_AT = "works_at"
    RELATIVE_OF = "relative_of"
    LEGAL_REPRESENTATIVE_OF = "legal_representative_of"
    GUARDIAN_OF = "guardian_of"


class FieldType(enum.Enum):
    """What a custom field holds."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    BOOLEAN = "boolean"
    CHOICE = "choice"


CUSTOMER_KIND = native_enum(CustomerKind, "customer_kind", "crm")


def stays_on_merge(reason: str, label: dict[Any, Any] = NOT_PERSONAL) -> dict[Any, Any]:
    """Label a reference to a customer that does not move when the customer is merged."""
    return {**label, "stays_on_merge": reason}


class Customer(Base):
    """A person or an organisation. One that was removed or merged has ``removed_at``.

    ``search`` and ``match_keys`` are made by the application from the row and its contacts.
    """

    __tablename__ = "customer"
    __table_args__ = (
        sa.Index(
            "uq_customer_living_cpf",
            "cpf",
            unique=True,
            postgresql_where=sa.text("removed_at IS NULL"),
        ),
        sa.Index(
            "uq_customer_living_cnpj",
            "cnpj",
            unique=True,
            postgresql_where=sa.text("removed_at IS NULL"),
        ),
        sa.Index(
            "uq_customer_living_external_id",
            "external_id",
            unique=True,
            postgresql_where=sa.text("removed_at IS NULL"),
        ),
        sa.Index(
            "ix_customer_living_sort_key",
            "sort_key",
            "id",
            postgresql_where=sa.text("removed_at IS NULL"),
        ),
        # No pending list: a reader would have to go through it at every search.
        sa.Index(
            "ix_customer_living_search",
            "search",
            postgresql_using="gin",
            postgresql_with={"fastupdate": "off"},
            postgresql_where=sa.text("removed_at IS NULL"),
        ),
        sa.Index(
            "ix_customer_living_match_keys",
            "match_keys",
            postgresql_using="gin",
            postgresql_with={"fastupdate": "off"},
            postgresql_where=sa.text("removed_at IS NULL"),
        ),
        # Who has been removed for longer than they are kept.
        sa.Index(
            "ix_customer_removed_at",
            "removed_at",
            postgresql_where=sa.text("removed_at IS NOT NULL"),
        ),
        sa.Index("ix_customer_match_due", "id", postgresql_where=sa.text("match_due")),
        sa.Index(
            "ix_customer_merged_into_id",
            "merged_into_id",
            postgresql_where=sa.text("merged_into_id IS NOT NULL"),
        ),
        sa.CheckConstraint("kind = 'person' OR cpf IS NULL", name="cpf_is_a_persons"),
        sa.CheckConstraint("kind = 'person' OR birth_date IS NULL", name="persons_are_born"),
        sa.CheckConstraint(
            "merged_into_id IS NULL OR removed_at IS NOT NULL", name="merged_is_removed"
        ),
        sa.CheckConstraint("merged_into_id <> id", name="not_into_itself"),
        {"schema": "crm"},
    )

    id: Mapped[UUID] = uuid_key()
    kind: Mapped[CustomerKind] = mapped_column(CUSTOMER_KIND, info=NOT_PERSONAL)
    # A person's registered name, or an organisation's legal one (razão social).
    name: Mapped[str] = mapped_column(sa.Text, info=CUSTOMER_DATA)
    # The name a person goes by (Decreto 8.727/2016), or an organisation's trade name.
    social_name: Mapped[str | None] = mapped_column(sa.Text, info=CUSTOMER_DATA)
    # The folded name by which lists are sorted; bytewise, whatever the database's language.
    sort_key: Mapped[str] = mapped_column(sa.Text(collation="C"), info=CUSTOMER_SEARCH)
    cpf: Mapped[str | None] = mapped_column(sa.Text, info=CUSTOMER_DATA)
    cnpj: Mapped[str | None] = mapped_column(sa.Text, info=CUSTOMER_DATA)
    # The organisation's own number for this customer: registration, contract, old system.
    external_id: Mapped[str | None] = mapped_column(sa.Text, info=CUSTOMER_DATA)
    birth_date: Mapped[date | None] = mapped_column(sa.Date, info=CUSTOMER_DATA)
    language: Mapped[str] = mapped_column(sa.Text, server_default="pt-BR", info=CUSTOMER_DATA)
    # What service levels look at: "padrao", "prioritario", as the organisation names them.
    customer_class: Mapped[str] = mapped_column(
        sa.Text, server_default="padrao", info=CUSTOMER_DATA
    )
    cep: Mapped[str | None] = mapped_column(sa.Text, info=CUSTOMER_DATA)
    street: Mapped[str | None] = mapped_column(sa.Text, info=CUSTOMER_DATA)
    street_number: Mapped[str | None] = mapped_column(sa.Text, info=CUSTOMER_DATA)
    complement: Mapped[str | None] = mapped_column(sa.Text, info=CUSTOMER_DATA)
    district: Mapped[str | None] = mapped_column(sa.Text, info=CUSTOMER_DATA)
    city: Mapped[str | None] = mapped_column(sa.Text, info=CUSTOMER_DATA)
    state: Mapped[str | None] = mapped_column(sa.Text, info=CUSTOMER_DATA)
    notes: Mapped[str | None] = mapped_column(sa.Text, info=CUSTOMER_DATA)
    custom: Mapped[dict[str, Any]] = mapped_column(
        JSONB, server_default=sa.text("'{}'::jsonb"), info=CUSTOMER_DATA
    )
    # Counts every change, contacts and tags included: the ETag.
    revision: Mapped[int] = mapped_column(sa.Integer, server_default="1", info=NOT_PERSONAL)
    search: Mapped[Any] = mapped_column(
        TSVECTOR, server_default=sa.text("''::tsvector"), deferred=True, info=CUSTOMER_SEARCH
    )
    match_keys: Mapped[list[int]] = mapped_column(
        ARRAY(sa.BigInteger),
        server_default=sa.text("'{}'::bigint[]"),
        deferred=True,
        info=CUSTOMER_SEARCH,
    )
    # Somebody still has to look for duplicates of this row.
    match_due: Mapped[bool] = mapped_column(
        sa.Boolean, server_default=sa.text("false"), info=NOT_PERSONAL
    )
    created_by: Mapped[str] = mapped_column(sa.Text, info=ACTOR)
    created_at: Mapped[datetime] = created_at()
    updated_at: Mapped[datetime] = mapped_column(
        server_default=sa.text("clock_timestamp()"), info=NOT_PERSONAL
    )
    removed_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    merged_into_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("crm.customer.id"),
        info=stays_on_merge("is the trail of earlier merges, which undo walks back"),
    )


class CustomerContact(Base):
    """An e-mail address or a telephone: as it was typed, and in the form that compares."""

    __tablename__ = "customer_contact"
    __table_args__ = (
        sa.UniqueConstraint("customer_id", "kind", "canonical"),
        sa.Index("ix_customer_contact_canonical", "canonical", "kind"),
        {"schema": "crm"},
    )

    id: Mapped[UUID] = uuid_key()
    customer_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("crm.customer.id", ondelete="CASCADE"), info=NOT_PERSONAL
    )
    kind: Mapped[ContactKind] = mapped_column(
        native_enum(ContactKind, "contact_kind", "crm"), info=NOT_PERSONAL
    )
    # E.164 with the ninth digit, or the address in lower case with its domain in ASCII.
    canonical: Mapped[str] = mapped_column(sa.Text, info=CUSTOMER_DATA)
    typed: Mapped[str] = mapped_column(sa.Text, info=CUSTOMER_DATA)
    label: Mapped[str | None] = mapped_column(sa.Text, info=CUSTOMER_DATA)
    is_primary: Mapped[bool] = mapped_column(
        sa.Boolean, server_default=sa.text("false"), info=NOT_PERSONAL
    )
    created_at: Mapped[datetime] = created_at()


class CustomerTag(Base):
    """A word that the organisation put on a customer."""

    __tablename__ = "customer_tag"
    __table_args__ = (sa.Index("ix_customer_tag_tag", "tag", "customer_id"), {"schema": "crm"})

    customer_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("crm.customer.id", ondelete="CASCADE"), primary_key=True, info=NOT_PERSONAL
    )
    tag: Mapped[str] = mapped_column(sa.Text, primary_key=True, info=CUSTOMER_DATA)


class CustomerRelation(Base):
    """What one customer is to another: works there, is family, represents, has custody."""

    __tablename__ = "customer_relation"
    __table_args__ = (
        sa.UniqueConstraint("customer_id", "other_id", "kind"),
        sa.Index("ix_customer_relation_other_id", "other_id"),
        sa.CheckConstraint("customer_id <> other_id", name="of_two"),
        {"schema": "crm"},
    )

    id: Mapped[UUID] = uuid_key()
    customer_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("crm.customer.id", ondelete="CASCADE"), info=NOT_PERSONAL
    )
    kind: Mapped[RelationKind] = mapped_column(
        native_enum(RelationKind, "relation_kind", "crm"), info=CUSTOMER_DATA
    )
    other_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("crm.customer.id", ondelete="CASCADE"), info=NOT_PERSONAL
    )
    note: Mapped[str | None] = mapped_column(sa.Text, info=CUSTOMER_DATA)
    created_by: Mapped[str] = mapped_column(sa.Text, info=ACTOR)
    created_at: Mapped[datetime] = created_at()


class CustomerField(Base):
    """A field that the organisation added to its customers; values lie in ``custom``."""

    __tablename__ = "customer_field"
    __table_args__ = (
        sa.UniqueConstraint("key"),
        sa.CheckConstraint(
            "(field_type = 'choice') = (cardinality(choices) > 0)", name="choices_of_a_choice"
        ),
        {"schema": "crm"},
    )

    id: Mapped[UUID] = uuid_key()
    key: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    label: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    field_type: Mapped[FieldType] = mapped_column(
        native_enum(FieldType, "field_type", "crm"), info=NOT_PERSONAL
    )
    # None: people and organisations alike.
    customer_kind: Mapped[CustomerKind | None] = mapped_column(CUSTOMER_KIND, info=NOT_PERSONAL)
    choices: Mapped[list[str]] = mapped_column(
        ARRAY(sa.Text), server_default=sa.text("'{}'::text[]"), info=NOT_PERSONAL
    )
    is_required: Mapped[bool] = mapped_column(
        sa.Boolean, server_default=sa.text("false"), info=NOT_PERSONAL
    )
    # Why the organisation keeps this about people (art. 6, I): a field without it is refused.
    purpose: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    position: Mapped[int] = mapped_column(sa.Integer, server_default="0", info=NOT_PERSONAL)
    archived_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    created_at: Mapped[datetime] = created_at()


class CustomerEvent(Base):
    """One thing that happened with a customer. Any room may add its own kinds.

    ``object_type`` and ``object_id`` name what it happened to ("ticket" and its id);
    ``details`` name fields and ids, never values.
    """

    __tablename__ = "customer_event"
    __table_args__ = (
        sa.Index("ix_customer_event_customer_id_id", "customer_id", "id"),
        {"schema": "crm"},
    )

    id: Mapped[UUID] = uuid_key()
    customer_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("crm.customer.id", ondelete="CASCADE"), info=NOT_PERSONAL
    )
    kind: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    object_type: Mapped[str | None] = mapped_column(sa.Text, info=NOT_PERSONAL)
    object_id: Mapped[str | None] = mapped_column(sa.Text, info=NOT_PERSONAL)
    details: Mapped[dict[str, Any]] = mapped_column(
        JSONB, server_default=sa.text("'{}'::jsonb"), info=NOT_PERSONAL
    )
    actor: Mapped[str] = mapped_column(sa.Text, info=ACTOR)
    occurred_at: Mapped[datetime] = created_at()


class NameWord(Base):
    """A word of customers' names, to find the nearest to one that was typed wrong."""

    __tablename__ = "name_word"
    __table_args__ = (
        sa.Index(
            "ix_name_word_grams",
            "grams",
            postgresql_using="gin",
            postgresql_with={"fastupdate": "off"},
        ),
        {"schema": "crm"},
    )

    word: Mapped[str] = mapped_column(sa.Text, primary_key=True, info=CUSTOMER_SEARCH)
    # Three letters each, the word's edges marked.
    grams: Mapped[list[str]] = mapped_column(ARRAY(sa.Text), info=CUSTOMER_SEARCH)
