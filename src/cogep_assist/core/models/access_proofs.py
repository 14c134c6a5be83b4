"""How a person proves who they are: links, codes, known devices, OIDC; and the delay of guesses."""

import enum
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from cogep_assist.core.models.base import (
    CREDENTIAL,
    NOT_PERSONAL,
    Base,
    created_at,
    native_enum,
    uuid_key,
)


class LinkPurpose(enum.Enum):
    """What a personal link is good for."""

    INVITATION = "invitation"
    RESET = "reset"
    SECOND_STEP = "second_step"


def _user_id() -> Mapped[UUID]:
    return mapped_column(
        sa.ForeignKey("access.user.id", ondelete="CASCADE"), index=True, info=NOT_PERSONAL
    )


class UserLink(Base):
    """A link or step of one person, good once and for a short time."""

    __tablename__ = "user_link"
    __table_args__ = (sa.UniqueConstraint("token_hash"), {"schema": "access"})

    id: Mapped[UUID] = uuid_key()
    user_id: Mapped[UUID] = _user_id()
    purpose: Mapped[LinkPurpose] = mapped_column(
        native_enum(LinkPurpose, "user_link_purpose", "access"), info=NOT_PERSONAL
    )
    token_hash: Mapped[bytes] = mapped_column(sa.LargeBinary, info=CREDENTIAL)
    # Codes tried against this step: after a few it is used up.
    attempts: Mapped[int] = mapped_column(sa.SmallInteger, server_default="0", info=NOT_PERSONAL)
    expires_at: Mapped[datetime] = mapped_column(index=True, info=NOT_PERSONAL)
    used_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    created_at: Mapped[datetime] = created_at()


class RecoveryCode(Base):
    """A code on paper that stands in once for the authenticator."""

    __tablename__ = "recovery_code"
    __table_args__ = ({"schema": "access"},)

    id: Mapped[UUID] = uuid_key()
    user_id: Mapped[UUID] = _user_id()
    code_hash: Mapped[bytes] = mapped_column(sa.LargeBinary, info=CREDENTIAL)
    used_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    created_at: Mapped[datetime] = created_at()


class KnownDevice(Base):
    """A browser in which a person has signed in: nobody else's guesses delay it."""

    __tablename__ = "known_device"
    __table_args__ = (sa.UniqueConstraint("token_hash"), {"schema": "access"})

    id: Mapped[UUID] = uuid_key()
    user_id: Mapped[UUID] = _user_id()
    token_hash: Mapped[bytes] = mapped_column(sa.LargeBinary, info=CREDENTIAL)
    expires_at: Mapped[datetime] = mapped_column(index=True, info=NOT_PERSONAL)
    created_at: Mapped[datetime] = created_at()


class OidcIdentity(Base):
    """Who a user is at an identity provider. gov.br's subject is a CPF: only its HMAC is kept."""

    __tablename__ = "oidc_identity"
    __table_args__ = (sa.UniqueConstraint("issuer", "subject_hash"), {"schema": "access"})

    id: Mapped[UUID] = uuid_key()
    user_id: Mapped[UUID] = _user_id()
    issuer: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    subject_hash: Mapped[bytes] = mapped_column(sa.LargeBinary, info=CREDENTIAL)
    created_at: Mapped[datetime] = created_at()


class OidcAttempt(Base):
    """A sign-in that is under way at an identity provider; its secrets are sealed."""

    __tablename__ = "oidc_attempt"
    __table_args__ = ({"schema": "access"},)

    state_hash: Mapped[bytes] = mapped_column(sa.LargeBinary, primary_key=True, info=CREDENTIAL)
    issuer: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    sealed: Mapped[bytes] = mapped_column(sa.LargeBinary, info=CREDENTIAL)
    expires_at: Mapped[datetime] = mapped_column(index=True, info=NOT_PERSONAL)


class SignInDelay(Base):
    """How long guesses must wait. A bucket is the HMAC of an account, an address, or both."""

    __tablename__ = "sign_in_delay"
    __table_args__ = ({"schema": "access"},)

    bucket: Mapped[bytes] = mapped_column(sa.LargeBinary, primary_key=True, info=CREDENTIAL)
    failures: Mapped[int] = mapped_column(sa.Integer, info=NOT_PERSONAL)
    closed_until: Mapped[datetime] = mapped_column(info=NOT_PERSONAL)
    updated_at: Mapped[datetime] = mapped_column(index=True, info=NOT_PERSONAL)
