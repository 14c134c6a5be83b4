"""Write to the person of a ticket: the letter is posted in the act's transaction, by ids alone."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.models import Ticket, TicketChannel, TicketLetter
from cogep_assist.core.outbox import MAIL, post
from cogep_assist.crm_service.mail.mail_people import reach

TICKET_MAIL = "ticket_mail"
OPENED, REPLIED, RESOLVED = "opened", "replied", "resolved"
# What nobody wrote and nobody has to read: whoever asks gets no more of them.
NOTICES = frozenset({OPENED, RESOLVED})


async def write_to_person(
    session: AsyncSession,
    ticket: Ticket,
    kind: str,
    *,
    by: str,
    entry_id: UUID | None = None,
    to: str | None = None,
) -> UUID | None:
    """Post a letter to the person of a ticket; None where there is nobody to write to.

    ``by``: who acts; nobody is told of what they did themselves, but that it has arrived.
    ``to``: the address, where it is known already that it may be written to.
    """
    own = kind != OPENED and by == ticket.opened_by
    # What came over was confirmed long ago, where it was opened.
    past = kind == OPENED and ticket.channel is TicketChannel.IMPORT
    if own or past or ticket.merged_into_id is not None:
        return None
    found = (to, True) if to is not None else await reach(session, ticket)
    if found is None:
        return None
    address, wants_notices = found
    if kind in NOTICES and not wants_notices:
        return None
    told = {"ticket_id": str(ticket.id), "kind": kind, "entry_id": entry_id and str(entry_id)}
    letter_id = await post(session, TICKET_MAIL, f"ticket:{ticket.id}", told, lane=MAIL)
    session.add(
        TicketLetter(
            id=letter_id, ticket_id=ticket.id, entry_id=entry_id, kind=kind, recipient=address
        )
    )
    await session.flush()
    return letter_id
