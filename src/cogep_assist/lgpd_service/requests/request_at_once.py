"""What the law wants at once is answered at once, by itself, when it is known who asks."""

from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.config import Settings
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import (
    AccessForm,
    ConsentChannel,
    RequestOutcome,
    RequestRegime,
    SubjectRequest,
    SubjectRight,
)
from cogep_assist.core.principal import SYSTEM, Principal
from cogep_assist.lgpd_service.consent.consent_purposes import current_purposes
from cogep_assist.lgpd_service.consent.consents import Consent, revoke_for
from cogep_assist.lgpd_service.legal.officers import current_officers
from cogep_assist.lgpd_service.requests.request_ends import close_answered
from cogep_assist.lgpd_service.subject_index import stores_of

# In ``wanted``: the keys of purposes whose consent is taken back, with commas.
PURPOSES = "purposes"


async def answer_at_once(
    session: AsyncSession, principal: Principal, request: SubjectRequest, settings: Settings
) -> None:
    """Answer a locked, proven request where no person has to weigh anything.

    Confirmation and access in the simplified form, where it is known whose data they are; what
    refusing consent brings; a revocation that names its purposes. Everything else waits for the
    encarregado.
    """
    if request.regime is not RequestRegime.LGPD or request.representative_kind is not None:
        return
    answer = None
    if request.right is SubjectRight.CONSENT_INFORMATION:
        answer = await _consequences(session)
    elif request.customer_id is None:
        return
    elif request.form is AccessForm.SIMPLIFIED:
        answer = await _simplified(session, request, settings)
    elif request.right is SubjectRight.CONSENT_REVOCATION:
        answer = await _revoked(session, principal, request, settings)
    if answer is not None:
        await close_answered(session, SYSTEM, request, RequestOutcome.GRANTED, answer, settings)


async def _simplified(
    session: AsyncSession, request: SubjectRequest, settings: Settings
) -> str | None:
    assert request.customer_id is not None
    stores = await stores_of(session, request.customer_id)
    lines = "\n".join(f"- {store.title}: {store.count}" for store in stores)
    officers = await current_officers(session, ZoneInfo(settings.timezone))
    contact = f" ({officers.acting.email})" if officers.acting else ""
    return (
        "Sim, a organização trata dados pessoais seus. Eles estão nestes registros:\n"
        f"{lines}\n\n"
        "Esta é a declaração simplificada (LGPD, art. 19, I). A declaração clara e completa, com a "
        "origem dos dados, os critérios e a finalidade, e a cópia dos dados podem ser pedidas a "
        f"qualquer momento, também ao encarregado{contact}."
    )


async def _consequences(session: AsyncSession) -> str | None:
    purposes = await current_purposes(session)
    if not purposes:
        return (
            "Você pode não consentir. Hoje a organização não trata dados com base em "
            "consentimento; nada muda para você."
        )
    told = "\n\n".join(f"{one.version.title}: {one.version.consequences}" for one in purposes)
    return (
        "Você pode não consentir e pode revogar a qualquer momento. É isto que muda, finalidade "
        f"por finalidade:\n\n{told}"
    )


async def _revoked(
    session: AsyncSession, principal: Principal, request: SubjectRequest, settings: Settings
) -> str | None:
    assert request.customer_id is not None
    keys = [key.strip() for key in str(request.wanted.get(PURPOSES, "")).split(",") if key.strip()]
    if not keys:
        return None
    numbers = []
    for key in keys:
        consent = Consent(request.customer_id, key, ConsentChannel.PORTAL, proof=request.protocol)
        try:
            event = await revoke_for(session, principal, consent, settings.timezone)
        except AppError as error:
            if error.code not in {"purpose_not_found", "consent_not_standing"}:
                raise
            # What does not stand cannot be revoked: a person looks at it.
            return None
        numbers.append(f"{key}: {event.receipt_number}")
    return "Consentimento revogado, com efeito imediato. Comprovantes: " + "; ".join(numbers) + "."
