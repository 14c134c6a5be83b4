"""The duty that writes to who wished to hear of deadlines by mail."""

from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.config import Settings
from cogep_assist.core.letter import Letter, mail_payload
from cogep_assist.core.models import SlaNotice, SlaStage, Ticket, User
from cogep_assist.core.outbox import MAIL, post
from cogep_assist.core.public_address import link_base
from cogep_assist.crm_service.sla.sla_words import deadline_words

SLA_LETTERS = "sla_letters"


async def send_sla_letters(session: AsyncSession, subject: str, settings: Settings) -> None:
    """Write what was told of a ticket to those who wished a letter, each once.

    ``subject``: the ticket's id.
    """
    rows = await session.execute(
        sa.select(SlaNotice, Ticket.protocol, Ticket.assignee_id, User.name, User.email)
        .join(Ticket, Ticket.id == SlaNotice.ticket_id)
        .join(User, User.id == SlaNotice.user_id)
        .where(
            SlaNotice.ticket_id == UUID(subject),
            SlaNotice.by_mail,
            SlaNotice.mailed_at.is_(None),
            User.disabled_at.is_(None),
        )
        .with_for_update(of=SlaNotice, skip_locked=True)
    )
    address = f"{link_base(settings)}/chamados/{subject}"
    for notice, protocol, assignee_id, name, email in rows.all():
        why = _why(assignee_id, notice.user_id)
        letter = _letter(notice, protocol, name, why, address, ZoneInfo(settings.timezone))
        await post(session, MAIL, f"user:{notice.user_id}", mail_payload(letter, email))
        notice.mailed_at = sa.func.clock_timestamp()


def _why(assignee_id: UUID | None, reader: UUID) -> str:
    if assignee_id is None:
        return "Ninguém assumiu o chamado ainda."
    if assignee_id == reader:
        return "O chamado está com você."
    return "O chamado está com outra pessoa; você recebe este aviso por cuidar do atendimento."


def _letter(
    notice: SlaNotice, protocol: str, name: str, why: str, address: str, zone: ZoneInfo
) -> Letter:
    """Write without the subject: it may say what a mailbox should not."""
    missed = notice.stage is SlaStage.MISSED
    left = timedelta(minutes=notice.minutes_left)
    return Letter(
        subject=f"Prazo {'perdido' if missed else 'perto do fim'}: chamado {protocol}",
        name=name,
        paragraphs=(
            f"Chamado {protocol}.",
            deadline_words(notice.target, notice.stage, left, notice.due_at, zone),
            why,
            "Para não receber estes avisos por e-mail, desligue-os em Minha conta.",
        ),
        action=("Abrir o chamado", address),
    )
