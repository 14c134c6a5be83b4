"""What all tables share: naming, keys, enums, and the label of each column."""

import enum
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from uuid_utils.compat import uuid7

SCHEMAS = ("ai", "crm", "lgpd", "access")
# The indexes of vector spaces come and go with their embedders: no model declares them.
VECTOR_INDEX_PREFIX = "hnsw_chunk_embedding_"


class Base(DeclarativeBase):
    """The declarative base; its metadata is the only truth of the schema."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012  (SQLAlchemy reads this as a plain dict)
        datetime: sa.DateTime(timezone=True),
        UUID: sa.Uuid(),
    }


def is_compared(name: str | None, kind: str) -> bool:
    """Tell whether a thing of the database by this name is compared with the models."""
    if kind == "schema":
        return name in SCHEMAS
    return not (kind == "index" and name is not None and name.startswith(VECTOR_INDEX_PREFIX))


class PersonalClass(enum.StrEnum):
    """Classes of personal data, after arts. 5 and 11 of Lei 13.709/2018."""

    NONE = "none"
    PERSONAL = "personal"
    SENSITIVE = "sensitive"
    CHILD = "child"
    AUTHENTICATION = "authentication"
    FINANCIAL = "financial"


@dataclass(frozen=True, slots=True)
class PersonalLabel:
    """Say what a column holds about persons, why, on which legal basis and how long."""

    personal_class: PersonalClass
    purpose: str = ""
    legal_basis: str = ""
    retention: str = ""


NOT_PERSONAL: dict[Any, Any] = {"personal": PersonalLabel(PersonalClass.NONE)}


def personal(
    purpose: str,
    *,
    legal_basis: str,
    retention: str,
    personal_class: PersonalClass = PersonalClass.PERSONAL,
) -> dict[Any, Any]:
    """Label a column that can hold personal data."""
    return {"personal": PersonalLabel(personal_class, purpose, legal_basis, retention)}


# Documents are the organisation's own; they may name persons, and erasure reaches them.
DOCUMENT_CONTENT = personal(
    "answer questions from the organisation's documents",
    legal_basis="art. 7, II, III or IX (per collection)",
    retention="until the document is removed",
)
QUESTION_CONTENT = personal(
    "answer the person and hand the question over to a human",
    legal_basis="art. 7, V or III",
    retention="conversation retention",
)
ACTOR = personal(
    "know who did what",
    legal_basis="art. 7, II (accountability, art. 6, X)",
    retention="as the record it belongs to",
)
CREDENTIAL = personal(
    "recognise who signs in",
    legal_basis="art. 7, V",
    retention="until revoked or expired",
    personal_class=PersonalClass.AUTHENTICATION,
)


def native_enum(python_enum: type[enum.Enum], name: str, schema: str) -> sa.Enum:
    """Build a native PostgreSQL enum in its own schema, labelled by the lower-case values."""
    return sa.Enum(
        python_enum,
        name=name,
        schema=schema,
        metadata=Base.metadata,
        native_enum=True,
        values_callable=lambda members: [member.value for member in members],
    )


def uuid_key() -> Mapped[UUID]:
    """Declare a UUIDv7 primary key made by the application, so that it is known at once."""
    return mapped_column(sa.Uuid(), primary_key=True, default=uuid7, info=NOT_PERSONAL)


def created_at() -> Mapped[datetime]:
    """Declare the moment of creation by the database's clock."""
    return mapped_column(
        sa.DateTime(timezone=True),
        server_default=sa.text("clock_timestamp()"),
        nullable=False,
        info=NOT_PERSONAL,
    )
