"""The desk as a batch finds it: which queues and colleagues the other system's names lead to."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.access_users import email_key
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import TicketQueue, User
from cogep_assist.core.principal import PrincipalKind
from cogep_assist.crm_service.actor_names import PAST
from cogep_assist.crm_service.desk.queues import default_queue
from cogep_assist.crm_service.importers.mapping import WordMap
from cogep_assist.crm_service.importers.records import PastAuthor

MAX_NAME_CHARS = 120
ERASED_NAME = "pessoa eliminada"


@dataclass(slots=True)
class Desk:
    """Where tickets go and who wrote them, looked up once for a batch."""

    default_queue_id: UUID
    mapping: WordMap
    queues: dict[str, UUID] = field(default_factory=dict)
    users: dict[str, UUID] = field(default_factory=dict)
    # Customers over there who were erased here: nothing remembers their names.
    erased: Collection[str] = ()

    def queue(self, name: str) -> UUID:
        """Return the queue of a name: the mapped one, the one of that name, or the first."""
        led = self.mapping.queues.get(name) or name
        return self.queues.get(led, self.default_queue_id)

    def user(self, author: PastAuthor | None) -> UUID | None:
        """Return the colleague that an author is."""
        if author is None:
            return None
        agents = self.mapping.agents
        led = agents.get(author.email) or agents.get(author.name) or author.email
        return self.users.get(email_key(led)) if led else None

    def label(self, author: PastAuthor, customers: Mapping[str, UUID]) -> str:
        """Return what rows remember of an author."""
        if author.customer_key is not None and author.customer_key in customers:
            return f"{PrincipalKind.MAIL.value}:{customers[author.customer_key]}"
        if author.customer_key in self.erased:
            return f"{PAST}:{ERASED_NAME}"
        user = self.user(author)
        if user is not None:
            return f"{PrincipalKind.USER.value}:{user}"
        name = (author.name or author.email)[:MAX_NAME_CHARS]
        return f"{PAST}:{name}" if name else PrincipalKind.SYSTEM.value


async def desk_for(session: AsyncSession, mapping: WordMap, *, writes: bool) -> Desk:
    """Look the desk up. Raises AppError("import_map_invalid") for a queue or a user that is not.

    ``writes`` False makes no first queue where there is none.
    """
    rows = await session.execute(
        sa.select(TicketQueue.name, TicketQueue.id, TicketQueue.is_default).where(
            TicketQueue.archived_at.is_(None)
        )
    )
    found = {row.name: row for row in rows}
    first = next((row.id for row in found.values() if row.is_default), None)
    if first is None:
        first = (await default_queue(session)).id if writes else UUID(int=0)
    desk = Desk(first, mapping, {name: row.id for name, row in found.items()})
    users = await session.execute(
        sa.select(User.email_key, User.id).where(User.disabled_at.is_(None))
    )
    desk.users = {row.email_key: row.id for row in users}
    for led in mapping.queues.values():
        if led is not None and led not in desk.queues:
            raise AppError("import_map_invalid", reason=f"não há fila “{led[:60]}”")
    for led in mapping.agents.values():
        if led is not None and email_key(led) not in desk.users:
            raise AppError("import_map_invalid", reason=f"não há usuário “{led[:60]}”")
    return desk
