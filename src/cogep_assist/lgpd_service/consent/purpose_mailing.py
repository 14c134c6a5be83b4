"""Write to everybody who consented to a purpose; whoever revokes before it leaves gets nothing."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.config import Settings
from cogep_assist.core.consent import consent_stands
from cogep_assist.core.legal_hold import fenced_customers
from cogep_assist.core.letter import Letter, mail_payload
from cogep_assist.core.models import (
    ConsentAct,
    ConsentEvent,
    ContactKind,
    Customer,
    CustomerContact,
)
from cogep_assist.core.outbox import MAIL, post
from cogep_assist.core.principal import ANONYMOUS, Act, Principal
from cogep_assist.core.public_address import link_base
from cogep_assist.lgpd_service.consent.consent_links import revocation_address
from cogep_assist.lgpd_service.consent.consent_purposes import find_purpose
from cogep_assist.lgpd_service.requests.request_words import clean_name, clean_text

PAGE = 500


async def mail_consenting(
    session: AsyncSession,
    principal: Principal,
    purpose: str,
    subject: str,
    body: str,
    settings: Settings,
    after: UUID | None = None,
) -> tuple[int, UUID | None]:
    """Post a letter to each customer of a page whose consent stands; return how many, and the next.

    Each letter is bound to the consent: the outbox asks again in the moment of delivery. Raises
    AppError("role_not_allowed"|"purpose_not_found"|"text_missing").
    """
    principal.require(Act.MANAGE_PURPOSES)
    found = await find_purpose(session, purpose)
    subject, body = clean_name(subject, "subject"), clean_text(body, "body")
    rows = await _granting(session, found.purpose.id, after)
    posted = 0
    for customer_id, name, address in rows[:PAGE]:
        if not await consent_stands(session, customer_id, purpose):
            continue
        page = revocation_address(link_base(settings), customer_id, purpose)
        letter = _letter(subject, body, name, found.version.title, page)
        await post(
            session,
            MAIL,
            f"customer:{customer_id}",
            mail_payload(letter, address),
            consent=(customer_id, purpose),
        )
        posted += 1
    details = {"purpose": purpose, "posted": posted}
    await audit.record(session, principal, "purpose_mailed", "purpose", found.purpose.id, details)
    return posted, rows[PAGE - 1][0] if len(rows) > PAGE else None


async def _granting(
    session: AsyncSession, purpose_id: UUID, after: UUID | None
) -> list[tuple[UUID, str, str]]:
    """Return a page of living customers who ever said yes and have an address, and one more."""
    said_yes = sa.exists().where(
        ConsentEvent.purpose_id == purpose_id,
        ConsentEvent.act == ConsentAct.GRANTED,
        ConsentEvent.customer_id == Customer.id,
    )
    statement = (
        sa.select(
            Customer.id,
            sa.func.coalesce(Customer.social_name, Customer.name),
            CustomerContact.typed,
        )
        .ext(distinct_on(Customer.id))
        .join(CustomerContact, CustomerContact.customer_id == Customer.id)
        .where(
            Customer.removed_at.is_(None),
            CustomerContact.kind == ContactKind.EMAIL,
            said_yes,
            # Whose data are blocked is not written to, whoever asks (art. 5, XIII).
            Customer.id.not_in(fenced_customers(ANONYMOUS)),
        )
        .order_by(Customer.id, CustomerContact.is_primary.desc(), CustomerContact.id)
        .limit(PAGE + 1)
    )
    if after is not None:
        statement = statement.where(Customer.id > after)
    return [(row[0], row[1], row[2]) for row in await session.execute(statement)]


def _letter(subject: str, body: str, name: str, title: str, page: str) -> Letter:
    return Letter(
        subject=subject,
        name=name,
        paragraphs=(
            *body.split("\n\n"),
            (
                f"Você recebe esta mensagem porque consentiu em “{title}”. Para revogar, com "
                "efeito imediato e sem dizer o motivo, use o endereço abaixo."
            ),
        ),
        action=("Revogar este consentimento", page),
    )
