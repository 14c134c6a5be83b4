"""Mail that came in, as it is shown."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel

from cogep_assist.core.models import InboundMail, MailStatus


class MailReply(BaseModel):
    """A mail that came in and what became of it. ``authentication`` is what servers say of it."""

    id: UUID
    status: MailStatus
    reason: str | None
    sender: str | None
    authentication: dict[str, str]
    ticket_id: UUID | None
    received_at: datetime
    processed_at: datetime | None
    links: dict[str, str]

    @classmethod
    def of(cls, mail: InboundMail) -> Self:
        """Describe a mail."""
        kept = set(cls.model_fields) - {"links"}
        links = {"self": f"/crm/mail/{mail.id}", "raw": f"/crm/mail/{mail.id}/raw"}
        return cls(**{name: getattr(mail, name) for name in kept}, links=links)


class MailList(BaseModel):
    """Mails, the newest first."""

    items: list[MailReply]
    next_cursor: str | None = None


class MailKept(BaseModel):
    """A mail that was handed in; ``id`` is null where it was kept before."""

    id: UUID | None
