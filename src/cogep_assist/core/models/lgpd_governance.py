"""The programme of governance (art. 50) and what a controller instructs (art. 39), in records."""

import enum
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from cogep_assist.core.models.base import (
    ACTOR,
    NOT_PERSONAL,
    Base,
    created_at,
    native_enum,
    uuid_key,
)


class GovernanceKind(enum.Enum):
    """What is on record: a controller's instruction, a policy, or people who were trained."""

    INSTRUCTION = "instruction"
    POLICY = "policy"
    TRAINING = "training"


class GovernanceRecord(Base):
    """One instruction, policy or training. It is withdrawn, never changed nor deleted.

    ``activity`` is the key of the processing that an instruction is about, ``people`` how many a
    training reached, ``review_on`` when a policy or an instruction is to be looked at again.
    """

    __tablename__ = "governance_record"
    __table_args__ = (
        sa.CheckConstraint(
            "kind <> 'instruction' OR activity IS NOT NULL", name="an_instruction_has_its_activity"
        ),
        sa.CheckConstraint(
            "(kind = 'training') = (people IS NOT NULL)", name="people_were_trained"
        ),
        {"schema": "lgpd"},
    )

    id: Mapped[UUID] = uuid_key()
    kind: Mapped[GovernanceKind] = mapped_column(
        native_enum(GovernanceKind, "governance_kind", "lgpd"), info=NOT_PERSONAL
    )
    title: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    # Who instructs and by which instrument, where the policy lies, who taught.
    reference: Mapped[str] = mapped_column(sa.Text, info=NOT_PERSONAL)
    body: Mapped[str] = mapped_column(sa.Text, server_default="", info=NOT_PERSONAL)
    activity: Mapped[str | None] = mapped_column(sa.Text, info=NOT_PERSONAL)
    people: Mapped[int | None] = mapped_column(sa.Integer, info=NOT_PERSONAL)
    held_on: Mapped[date] = mapped_column(sa.Date, info=NOT_PERSONAL)
    review_on: Mapped[date | None] = mapped_column(sa.Date, info=NOT_PERSONAL)
    recorded_by: Mapped[str] = mapped_column(sa.Text, info=ACTOR)
    created_at: Mapped[datetime] = created_at()
    withdrawn_by: Mapped[str | None] = mapped_column(sa.Text, info=ACTOR)
    withdrawn_at: Mapped[datetime | None] = mapped_column(info=NOT_PERSONAL)
