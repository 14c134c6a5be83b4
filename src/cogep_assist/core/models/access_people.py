"""People who sign in, the teams they work in, and how they prove who they are."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from cogep_assist.core.models.access import ROLE, Role
from cogep_assist.core.models.base import (
    ACTOR,
    CREDENTIAL,
    NOT_PERSONAL,
    Base,
    created_at,
    personal,
    uuid_key,
)

PERSON_DATA = personal(
    "know who signs in and who attends whom",
    legal_basis="art. 7, V",
    retention="until the user is erased",
)


class User(Base):
    """A person who signs in. One who may no longer has ``disabled_at``, and stays as an author."""

    __tablename__ = "user"
    __table_args__ = (
        sa.UniqueConstraint("email_key"),
        sa.Index("ix_user_list", "sort_key", "id"),
        sa.Index(
            "ix_user_customer_id",
            "customer_id",
            postgresql_where=sa.text("customer_id IS NOT NULL"),
        ),
        {"schema": "access"},
    )

    id: Mapped[UUID] = uuid_key()
    email: Mapped[str] = mapped_column(sa.Text, info=PERSON_DATA)
    # The address folded: two spellings of one mailbox are one person.
    email_key: Mapped[str] = mapped_column(sa.Text, info=PERSON_DATA)
    email_verified_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    name: Mapped[str] = mapped_column(sa.Text, info=PERSON_DATA)
    sort_key: Mapped[str] = mapped_column(sa.Text, info=PERSON_DATA)
    role: Mapped[Role] = mapped_column(ROLE, info=NOT_PERSONAL)
    # Argon2id in PHC form; empty for one who has not accepted the invitation, or enters by OIDC.
    password_hash: Mapped[str | None] = mapped_column(sa.Text, info=CREDENTIAL)
    password_changed_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    # Encrypted by the application under a key outside the database.
    totp_secret: Mapped[bytes | None] = mapped_column(sa.LargeBinary, info=CREDENTIAL)
    totp_confirmed_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    # The last time step whose code was used: a code works once (RFC 6238, 5.2).
    totp_last_step: Mapped[int | None] = mapped_column(sa.BigInteger, info=CREDENTIAL)
    # The LGPD's data subject that this user is.
    customer_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("crm.customer.id", ondelete="SET NULL"), info=PERSON_DATA
    )
    revision: Mapped[int] = mapped_column(sa.Integer, server_default="1", info=NOT_PERSONAL)
    disabled_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    # When somebody went through the tour of the first minutes, or put it aside.
    tour_ended_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
    # Whether a letter is wanted when a ticket's deadline is near or was missed.
    deadline_mail: Mapped[bool] = mapped_column(
        sa.Boolean, server_default=sa.false(), info=NOT_PERSONAL
    )
    # From when and until when nothing is handed to them.
    leaves_at: Mapped[datetime | None] = mapped_column(info=PERSON_DATA)
    away_until: Mapped[datetime | None] = mapped_column(info=PERSON_DATA)
    # Whether an agent was given sight of what tickets say of health, faith and the like.
    reads_sensitive: Mapped[bool] = mapped_column(
        sa.Boolean, server_default=sa.false(), info=NOT_PERSONAL
    )
    last_sign_in_at: Mapped[datetime | None] = mapped_column(info=ACTOR)
    created_by: Mapped[str] = mapped_column(sa.Text, info=ACTOR)
    created_at: Mapped[datetime] = created_at()


class Team(Base):
    """A team: who attends a queue's tickets and reads a collection together."""

    __tablename__ = "team"
    __table_args__ = (sa.UniqueConstraint("name_key"), {"schema": "access"})

    id: Mapped[UUID] = uuid_key()
    name: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    name_key: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    description: Mapped[str] = mapped_column(sa.Text, server_default="", info=NOT_PERSONAL)
    revision: Mapped[int] = mapped_column(sa.Integer, server_default="1", info=NOT_PERSONAL)
    created_at: Mapped[datetime] = created_at()


class TeamMember(Base):
    """Somebody in a team; a leader may say who else is in it."""

    __tablename__ = "team_member"
    __table_args__ = ({"schema": "access"},)

    team_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("access.team.id", ondelete="CASCADE"), primary_key=True, info=NOT_PERSONAL
    )
    user_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("access.user.id", ondelete="CASCADE"),
        primary_key=True,
        index=True,
        info=ACTOR,
    )
    leader: Mapped[bool] = mapped_column(
        sa.Boolean, server_default=sa.text("false"), info=NOT_PERSONAL
    )
    created_at: Mapped[datetime] = created_at()


class CollectionTeam(Base):
    """A team that reads a collection; one that ``curates`` may change what is in it."""

    __tablename__ = "collection_team"
    __table_args__ = ({"schema": "access"},)

    collection_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("ai.collection.id", ondelete="CASCADE"), primary_key=True, info=NOT_PERSONAL
    )
    team_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("access.team.id", ondelete="CASCADE"),
        primary_key=True,
        index=True,
        info=NOT_PERSONAL,
    )
    curates: Mapped[bool] = mapped_column(
        sa.Boolean, server_default=sa.text("false"), info=NOT_PERSONAL
    )
    created_at: Mapped[datetime] = created_at()
