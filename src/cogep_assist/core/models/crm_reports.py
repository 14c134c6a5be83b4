"""What reports read: tickets column by column, and which of them have changed since."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from cogep_assist.core.models.base import ACTOR, NOT_PERSONAL, Base
from cogep_assist.core.models.crm_tickets import TICKET_CONTENT

# Tickets that are no longer as their columns say. Triggers on tickets, targets and ratings write
# it, whoever changes those; what is to be read anew is taken away. A queue: no key, no index.
REPORT_CHANGE = sa.Table(
    "report_change",
    Base.metadata,
    sa.Column("ticket_id", sa.Uuid(), nullable=False, info=NOT_PERSONAL),
    # Where it stood, or stands now; NULL: wherever it stands.
    sa.Column("queue_id", sa.Uuid(), nullable=True, info=NOT_PERSONAL),
    schema="crm",
)


class ReportStretch(Base):
    """A queue's tickets of some 25 days, packed as ``crm_service.reports.report_columns`` says.

    ``stretch`` is what the keys of its tickets begin with. Made of the tickets, and made anew
    when they change: nothing here is known nowhere else.
    """

    __tablename__ = "report_stretch"
    __table_args__ = ({"schema": "crm"},)

    queue_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("crm.queue.id", ondelete="CASCADE"), primary_key=True, info=NOT_PERSONAL
    )
    stretch: Mapped[int] = mapped_column(
        sa.Integer, primary_key=True, autoincrement=False, info=NOT_PERSONAL
    )
    ids: Mapped[bytes] = mapped_column(sa.LargeBinary, info=NOT_PERSONAL)
    heads: Mapped[bytes] = mapped_column(sa.LargeBinary, info=NOT_PERSONAL)
    spans: Mapped[bytes] = mapped_column(sa.LargeBinary, info=NOT_PERSONAL)
    # Digests that tell one person from another, and lead back to nobody by themselves.
    people: Mapped[bytes] = mapped_column(sa.LargeBinary, info=TICKET_CONTENT)
    agents: Mapped[bytes] = mapped_column(sa.LargeBinary, info=ACTOR)
    agent_ids: Mapped[list[UUID | None]] = mapped_column(ARRAY(sa.Uuid()), info=ACTOR)
    tags: Mapped[bytes] = mapped_column(sa.LargeBinary, info=NOT_PERSONAL)
    tag_names: Mapped[list[str]] = mapped_column(ARRAY(sa.Text), info=TICKET_CONTENT)
    # What waits to be solved, by queue, person, priority and tag: how much, since when.
    backlog: Mapped[dict[str, Any]] = mapped_column(JSONB, info=TICKET_CONTENT)
