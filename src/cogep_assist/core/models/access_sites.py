"""Sites of the organisation that embed the question box, and the visits that began there."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from cogep_assist.core.models.base import (
    ACTOR,
    CREDENTIAL,
    NOT_PERSONAL,
    Base,
    created_at,
    uuid_key,
)


class Site(Base):
    """A site that may show the question box: where it may stand, and what it says first."""

    __tablename__ = "site"
    __table_args__ = (
        sa.UniqueConstraint("name"),
        sa.CheckConstraint("asks_per_minute BETWEEN 1 AND 6000", name="asks_per_minute"),
        {"schema": "access"},
    )

    id: Mapped[UUID] = uuid_key()
    name: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    # As browsers write them ("https://www.orgao.gov.br"), or with "*." before the host.
    origins: Mapped[list[str]] = mapped_column(ARRAY(sa.Text), info=NOT_PERSONAL)
    greeting: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    # The present wording of ``SiteConsent``.
    consent_version: Mapped[int] = mapped_column(sa.Integer, server_default="1", info=NOT_PERSONAL)
    opens_tickets: Mapped[bool] = mapped_column(
        sa.Boolean, server_default=sa.true(), info=NOT_PERSONAL
    )
    asks_per_minute: Mapped[int] = mapped_column(sa.Integer, server_default="60", info=NOT_PERSONAL)
    enabled: Mapped[bool] = mapped_column(sa.Boolean, server_default=sa.true(), info=NOT_PERSONAL)
    revision: Mapped[int] = mapped_column(sa.Integer, server_default="1", info=NOT_PERSONAL)
    created_by: Mapped[str] = mapped_column(sa.Text, info=ACTOR)
    created_at: Mapped[datetime] = created_at()
    updated_at: Mapped[datetime] = mapped_column(
        server_default=sa.text("clock_timestamp()"), info=NOT_PERSONAL
    )


class SiteConsent(Base):
    """A wording that visitors agreed to; it stays as it was when they read it (art. 8, par. 2)."""

    __tablename__ = "site_consent"
    __table_args__ = ({"schema": "access"},)

    site_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("access.site.id", ondelete="CASCADE"), primary_key=True, info=NOT_PERSONAL
    )
    version: Mapped[int] = mapped_column(sa.Integer, primary_key=True, info=NOT_PERSONAL)
    text: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    created_at: Mapped[datetime] = created_at()


class SiteVisit(Base):
    """Somebody without an account who agreed and may ask for some hours; nothing tells who."""

    __tablename__ = "site_visit"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["site_id", "consent_version"],
            ["access.site_consent.site_id", "access.site_consent.version"],
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint("token_hash"),
        sa.Index("ix_site_visit_created_at", "created_at"),
        {"schema": "access"},
    )

    id: Mapped[UUID] = uuid_key()
    site_id: Mapped[UUID] = mapped_column(sa.Uuid(), info=NOT_PERSONAL)
    consent_version: Mapped[int] = mapped_column(sa.Integer, info=NOT_PERSONAL)
    token_hash: Mapped[bytes] = mapped_column(sa.LargeBinary, info=CREDENTIAL)
    created_at: Mapped[datetime] = created_at()
    expires_at: Mapped[datetime] = mapped_column(info=NOT_PERSONAL)
