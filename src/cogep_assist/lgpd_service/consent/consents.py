"""The ledger of consent: granted, refused, revoked; each with its words, its proof, a receipt.

Revoking takes as much as granting: a customer, a purpose, and no reason.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.access_customers import sees_customer
from cogep_assist.core.consent import consent_stands, same_person
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import (
    ConsentAct,
    ConsentChannel,
    ConsentEvent,
    ConsentPurpose,
    Customer,
    Guardian,
    PurposeVersion,
    ReceiptKind,
)
from cogep_assist.core.principal import Act, Principal
from cogep_assist.lgpd_service.consent.consent_purposes import Purpose, find_purpose
from cogep_assist.lgpd_service.consent.minors import GUARDED, guardians_of, minority_of
from cogep_assist.lgpd_service.requests.receipts import NewReceipt, issue_receipt
from cogep_assist.lgpd_service.requests.request_words import clean_text

ACTS = {
    ConsentAct.GRANTED: "consentimento dado",
    ConsentAct.REFUSED: "consentimento recusado",
    ConsentAct.REVOKED: "consentimento revogado",
}
RECEIPTS = {
    ConsentAct.GRANTED: ReceiptKind.CONSENT_GRANTED,
    ConsentAct.REFUSED: ReceiptKind.CONSENT_REFUSED,
    ConsentAct.REVOKED: ReceiptKind.CONSENT_REVOKED,
}


@dataclass(frozen=True, slots=True)
class Consent:
    """What somebody says of a purpose, where, and what shows it."""

    customer_id: UUID
    purpose: str
    channel: ConsentChannel
    address: str | None = None
    proof: str = ""
    guardian_id: UUID | None = None
    best_interest: str | None = None
    # The version whose words were shown; None: the one that holds now.
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What holds of one purpose for one person, and their last word on it."""

    purpose: str
    title: str
    stands: bool
    last: ConsentEvent
    version: int


async def grant_consent(
    session: AsyncSession, principal: Principal, consent: Consent, timezone: str
) -> ConsentEvent:
    """Write down that somebody consents, and sign their receipt.

    For a child one of the parents or the guardian consents (art. 14, par. 1); for an adolescent it
    is told why it is in their best interest. Raises AppError("role_not_allowed"|
    "customer_not_found"|"purpose_not_found"|"words_changed"|"guardian_missing"|
    "best_interest_missing"|"proof_missing").
    """
    principal.require(Act.GIVE_CONSENTS)
    customer = await _customer(session, principal, consent.customer_id)
    purpose = await find_purpose(session, consent.purpose)
    if consent.version is not None and consent.version != purpose.version.version:
        raise AppError("words_changed", version=purpose.version.version)
    await _check_proof(session, principal, consent)
    await _check_minor(session, customer, consent, timezone)
    return await _write(session, principal, consent, purpose, ConsentAct.GRANTED, timezone)


async def refuse_consent(
    session: AsyncSession, principal: Principal, consent: Consent, timezone: str
) -> ConsentEvent:
    """Write down that somebody does not consent, and sign the receipt that shows it.

    Raises AppError("role_not_allowed"|"customer_not_found"|"purpose_not_found").
    """
    principal.require(Act.GIVE_CONSENTS)
    await _customer(session, principal, consent.customer_id)
    purpose = await find_purpose(session, consent.purpose)
    return await _write(session, principal, consent, purpose, ConsentAct.REFUSED, timezone)


async def revoke_consent(
    session: AsyncSession, principal: Principal, consent: Consent, timezone: str
) -> ConsentEvent:
    """Write down that somebody takes their consent back: it holds no longer from the commit on.

    Raises AppError("role_not_allowed"|"customer_not_found"|"purpose_not_found"|
    "consent_not_standing").
    """
    principal.require(Act.GIVE_CONSENTS)
    await _customer(session, principal, consent.customer_id)
    return await revoke_for(session, principal, consent, timezone)


async def revoke_for(
    session: AsyncSession, principal: Principal, consent: Consent, timezone: str
) -> ConsentEvent:
    """Revoke for a customer who is known to ask for it. As ``revoke_consent``."""
    purpose = await find_purpose(session, consent.purpose)
    if not await consent_stands(session, consent.customer_id, consent.purpose):
        raise AppError("consent_not_standing")
    return await _write(session, principal, consent, purpose, ConsentAct.REVOKED, timezone)


async def consents_of(
    session: AsyncSession, principal: Principal, customer_id: UUID
) -> list[Standing]:
    """Return what holds of every purpose that a person ever said something of.

    Raises AppError("role_not_allowed"|"customer_not_found").
    """
    principal.require(Act.READ_CONSENTS)
    await _customer(session, principal, customer_id)
    rows = await session.execute(
        sa.select(ConsentEvent, ConsentPurpose.key, PurposeVersion)
        .ext(distinct_on(ConsentEvent.purpose_id))
        .join(ConsentPurpose, ConsentPurpose.id == ConsentEvent.purpose_id)
        .join(PurposeVersion, PurposeVersion.id == ConsentEvent.version_id)
        .where(ConsentEvent.customer_id.in_(same_person(customer_id)))
        .order_by(ConsentEvent.purpose_id, ConsentEvent.sequence.desc())
    )
    return [
        Standing(
            row[1],
            row[2].title,
            await consent_stands(session, customer_id, row[1]),
            row[0],
            row[2].version,
        )
        for row in rows.all()
    ]


async def ledger_of(
    session: AsyncSession, principal: Principal, customer_id: UUID, *, after: int | None, limit: int
) -> tuple[Sequence[tuple[ConsentEvent, str]], int | None]:
    """Return a page of everything a person said, the newest first, and where it goes on.

    Raises AppError("role_not_allowed"|"customer_not_found").
    """
    principal.require(Act.READ_CONSENTS)
    await _customer(session, principal, customer_id)
    statement = (
        sa.select(ConsentEvent, ConsentPurpose.key)
        .join(ConsentPurpose, ConsentPurpose.id == ConsentEvent.purpose_id)
        .where(ConsentEvent.customer_id.in_(same_person(customer_id)))
        .order_by(ConsentEvent.sequence.desc())
        .limit(limit + 1)
    )
    if after is not None:
        statement = statement.where(ConsentEvent.sequence < after)
    rows = [(row[0], row[1]) for row in await session.execute(statement)]
    more = rows[limit - 1][0].sequence if len(rows) > limit else None
    return rows[:limit], more


async def record_guardian(
    session: AsyncSession,
    principal: Principal,
    customer_id: UUID,
    name: str,
    relation: str,
    verification: str,
) -> Guardian:
    """Write down who answers for a minor, and how that was made sure (art. 14, par. 5).

    Raises AppError("role_not_allowed"|"customer_not_found"|"text_missing").
    """
    principal.require(Act.SEE_EVERY_CUSTOMER)
    # By it consents are given: a key that only reads writes none.
    principal.require(Act.GIVE_CONSENTS)
    await _customer(session, principal, customer_id)
    guardian = Guardian(
        customer_id=customer_id,
        name=clean_text(name, "name"),
        relation=clean_text(relation, "relation"),
        verification=clean_text(verification, "verification"),
        recorded_by=principal.label,
    )
    session.add(guardian)
    await session.flush()
    await audit.record(session, principal, "guardian_recorded", "customer", customer_id)
    return guardian


async def list_guardians(
    session: AsyncSession, principal: Principal, customer_id: UUID
) -> Sequence[Guardian]:
    """Return who answers for a customer.

    Raises AppError("role_not_allowed"|"customer_not_found").
    """
    principal.require(Act.SEE_EVERY_CUSTOMER)
    await _customer(session, principal, customer_id)
    return await guardians_of(session, customer_id)


async def _customer(session: AsyncSession, principal: Principal, customer_id: UUID) -> Customer:
    found = await session.scalar(
        sa.select(Customer).where(Customer.id == customer_id, sees_customer(principal))
    )
    if found is None:
        raise AppError("customer_not_found")
    return found


async def _check_proof(session: AsyncSession, principal: Principal, consent: Consent) -> None:
    """What somebody else writes down needs something that shows it (art. 8, par. 2)."""
    if principal.customer_id != consent.customer_id and not consent.proof.strip():
        raise AppError("proof_missing")
    if consent.guardian_id is None:
        return
    known = await session.scalar(
        sa.select(Guardian.id).where(
            Guardian.id == consent.guardian_id,
            Guardian.customer_id.in_(same_person(consent.customer_id)),
        )
    )
    if known is None:
        raise AppError("guardian_missing")


async def _check_minor(
    session: AsyncSession, customer: Customer, consent: Consent, timezone: str
) -> None:
    minority = await minority_of(session, customer, timezone)
    if minority in GUARDED and consent.guardian_id is None:
        raise AppError("guardian_missing")
    if minority is not None and not (consent.best_interest or "").strip():
        raise AppError("best_interest_missing")


async def _write(
    session: AsyncSession,
    principal: Principal,
    consent: Consent,
    purpose: Purpose,
    act: ConsentAct,
    timezone: str,
) -> ConsentEvent:
    # The receipt comes first: nobody may write a number into the ledger's row afterwards.
    number = await _receipt(session, principal, consent, purpose, act, timezone)
    event = ConsentEvent(
        customer_id=consent.customer_id,
        purpose_id=purpose.purpose.id,
        version_id=purpose.version.id,
        act=act,
        channel=consent.channel,
        address=consent.address,
        proof=clean_text(consent.proof, "proof", obligatory=False),
        guardian_id=consent.guardian_id,
        best_interest=consent.best_interest and clean_text(consent.best_interest, "best_interest"),
        receipt_number=number,
        actor=principal.label,
    )
    session.add(event)
    await session.flush()
    details = {
        "purpose": purpose.purpose.key,
        "version": purpose.version.version,
        "text_sha256": purpose.version.sha256.hex(),
        "channel": consent.channel.value,
    }
    await audit.record(
        session, principal, f"consent_{act.value}", "customer", consent.customer_id, details
    )
    return event


async def _receipt(
    session: AsyncSession,
    principal: Principal,
    consent: Consent,
    purpose: Purpose,
    act: ConsentAct,
    timezone: str,
) -> str:
    words = purpose.version
    new = NewReceipt(
        kind=RECEIPTS[act],
        object_type="purpose",
        object_id=purpose.purpose.id,
        legal_basis=_basis(act, consent, words),
        facts={
            "act": ACTS[act],
            "purpose": words.title,
            "version": words.version,
            "text_sha256": words.sha256.hex(),
            "text": words.text,
            "consequences": words.consequences,
            "channel": consent.channel.value,
            **await _guardian_facts(session, consent),
        },
        customer_id=consent.customer_id,
    )
    return (await issue_receipt(session, principal, new, timezone)).number


def _basis(act: ConsentAct, consent: Consent, words: PurposeVersion) -> str:
    """Return the articles that an act stands on: sensitive data and children have their own."""
    if act is ConsentAct.REVOKED:
        return "LGPD, art. 8º, § 5º"
    if act is ConsentAct.REFUSED:
        return "LGPD, art. 18, VIII"
    first = "LGPD, art. 11, I, e art. 8º" if words.sensitive else "LGPD, art. 7º, I, e art. 8º"
    return f"{first}; art. 14, § 1º" if consent.guardian_id else first


async def _guardian_facts(session: AsyncSession, consent: Consent) -> dict[str, str]:
    """Return who consented for a minor, and why it is in their best interest (art. 14)."""
    facts: dict[str, str] = {}
    if consent.guardian_id is not None:
        guardian = await session.get_one(Guardian, consent.guardian_id)
        facts["guardian"] = f"{guardian.name} ({guardian.relation})"
    if (consent.best_interest or "").strip():
        facts["best_interest"] = (consent.best_interest or "").strip()
    return facts
