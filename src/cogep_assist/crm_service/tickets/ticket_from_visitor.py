"""A ticket by a visitor of a site, who has no account: after an answer, or without one."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.models import TicketChannel
from cogep_assist.core.principal import Principal
from cogep_assist.crm_service.tickets.ticket_from_answer import open_from_answer
from cogep_assist.crm_service.tickets.ticket_open import NewTicket, Opened, open_ticket
from cogep_assist.crm_service.tickets.ticket_schemas import FromAnswerBody
from cogep_assist.crm_service.tickets.ticket_words import subject_of
from cogep_assist.edge.validation_words import invalid_field

UNPROVEN = "Contato informado por quem escreveu (não verificado)"


@dataclass(frozen=True, slots=True)
class VisitorWords:
    """What a visitor writes, and who they say they are, if they do."""

    text: str
    name: str = ""
    email: str = ""
    answer_id: UUID | None = None

    @property
    def body(self) -> str:
        """The text, and below it how they say that they are reached.

        Nobody has checked it. It makes the ticket no customer's: else whoever knows somebody's
        address could have the desk answer about them.
        """
        said = [" ".join(part.split()) for part in (self.name, self.email)]
        known = " · ".join(part for part in said if part)
        return self.text.strip() + (f"\n\n{UNPROVEN}: {known}" if known else "")


async def open_for_visitor(
    session: AsyncSession, principal: Principal, words: VisitorWords, timezone: str
) -> Opened:
    """Open a ticket with what a visitor wrote, and with the answer that did not help, if any.

    Raises as ``open_from_answer`` and ``open_ticket``.
    """
    if not words.text.strip():
        raise invalid_field("text", "não pode ficar em branco")
    if words.answer_id is not None:
        wanted = FromAnswerBody(answer_id=words.answer_id, body=words.body)
        return await open_from_answer(session, principal, wanted, timezone)
    new = NewTicket(subject_of(words.text), words.body, channel=TicketChannel.WEB)
    return await open_ticket(session, principal, new, timezone)
