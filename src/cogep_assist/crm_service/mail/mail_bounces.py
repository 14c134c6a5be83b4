"""What mail servers report of letters that could not be delivered."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.models import TicketLetter
from cogep_assist.crm_service.tickets.ticket_letter_courier import note_bounce
from cogep_assist.pipeline.parse.mail_reply import ParsedMail


async def take_report(session: AsyncSession, mail: ParsedMail) -> int:
    """Mark the recipients that a report says failed for good; return how many.

    A report is believed where it names a letter that we did send, to that very recipient:
    otherwise anybody could silence anybody.
    """
    if mail.report is None or mail.report_about is None:
        return 0
    try:
        letter_id = UUID(mail.report_about.partition("@")[0])
    except ValueError:
        return 0
    letter = await session.get(TicketLetter, letter_id)
    if letter is None:
        return 0
    marked = 0
    for failed in mail.report:
        same = failed.address.lower() == letter.recipient.lower()
        if same and failed.action == "failed" and failed.status.startswith("5"):
            marked += await note_bounce(session, letter.id, failed.status)
    return marked
