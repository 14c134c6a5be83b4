"""Purposes and consents: publish, grant, refuse, revoke, look at what holds."""

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID

from fastapi import Path, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.idempotency import StoredReply
from cogep_assist.core.models import ConsentEvent, ConsentPurpose, PurposeVersion
from cogep_assist.core.principal import Act, Principal
from cogep_assist.edge.cursors import NumberCursor, decode_number_cursor, encode_cursor
from cogep_assist.edge.once_door import Door, raw
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.sign_in import address_of
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.lgpd_service.consent.consent_purposes import (
    PurposeWords,
    archive_purpose,
    current_purposes,
    publish_purpose,
    versions_of,
)
from cogep_assist.lgpd_service.consent.consent_schemas import (
    ConsentReply,
    GrantBody,
    GuardianBody,
    GuardianReply,
    GuardiansReply,
    LedgerReply,
    PurposeBody,
    PurposeKey,
    PurposeMessageBody,
    PurposeMessageReply,
    PurposeReply,
    PurposesReply,
    RefuseBody,
    StandingReply,
    StandingsReply,
)
from cogep_assist.lgpd_service.consent.consents import (
    Consent,
    consents_of,
    grant_consent,
    ledger_of,
    list_guardians,
    record_guardian,
    refuse_consent,
    revoke_consent,
)
from cogep_assist.lgpd_service.consent.purpose_mailing import mail_consenting

router = guarded_router(tags=["lgpd-consents"])
READ = rule(Login.KEY_OR_SESSION, Act.READ_CONSENTS)
SAY = rule(Login.KEY_OR_SESSION, Act.GIVE_CONSENTS, idempotent=True)
SEE_WORDS = rule(Login.KEY_OR_SESSION, Act.MANAGE_PURPOSES)
MANAGE = rule(Login.KEY_OR_SESSION, Act.MANAGE_PURPOSES, idempotent=True)
SERVE = rule(Login.KEY_OR_SESSION, Act.SEE_EVERY_CUSTOMER, idempotent=True)
Say = Callable[[AsyncSession, Principal, Consent, str], Awaitable[ConsentEvent]]
Key = Annotated[PurposeKey, Path(alias="name")]
Limit = Annotated[int, Query(ge=1, le=200)]


@router.get(
    "/lgpd/purposes",
    response_model=PurposesReply,
    summary="Lista as finalidades que dependem de consentimento, com os textos que valem",
    dependencies=[rule(Login.OPEN)],
)
async def purposes(session: SessionDep) -> PurposesReply:
    """Show what is asked for, to everybody."""
    found = await current_purposes(session)
    return PurposesReply(items=[_purpose(one.purpose, one.version) for one in found])


@router.put(
    "/lgpd/purposes/{name}",
    response_model=PurposeReply,
    responses={201: {"model": PurposeReply, "description": "Finalidade criada"}},
    summary="Publica uma finalidade, ou um texto novo dela",
    dependencies=[MANAGE],
)
async def put_purpose(door: Door, key: Key, body: PurposeBody) -> PurposeReply:
    """Publish words."""

    async def work() -> tuple[PurposeReply, bool]:
        words = PurposeWords(**body.model_dump())
        made, new = await publish_purpose(door.session, door.principal, key, words)
        return _purpose(made.purpose, made.version), new

    return await door.put(PurposeReply, work, body)


@router.get(
    "/lgpd/purposes/{name}/versions",
    response_model=PurposesReply,
    summary="Lista todas as versões do texto de uma finalidade",
    dependencies=[SEE_WORDS],
)
async def versions(key: Key, session: SessionDep, principal: PrincipalDep) -> PurposesReply:
    """Show every version."""
    found = await versions_of(session, principal, key)
    return PurposesReply(items=[_version(key, one) for one in found])


@router.delete(
    "/lgpd/purposes/{name}",
    status_code=204,
    summary="Arquiva uma finalidade: não se pede mais, e o consentido deixa de valer",
    dependencies=[MANAGE],
)
async def delete_purpose(door: Door, key: Key) -> Response:
    """Archive a purpose."""
    return await door.remove(lambda: archive_purpose(door.session, door.principal, key))


@router.post(
    "/lgpd/purposes/{name}/messages",
    response_model=PurposeMessageReply,
    summary="Escreve a quem consentiu; quem revogar antes do envio não recebe",
    dependencies=[MANAGE],
)
async def message(
    request: Request, door: Door, key: Key, body: PurposeMessageBody
) -> PurposeMessageReply:
    """Write to those who consented."""
    settings = edge_state(request).settings

    async def work() -> PurposeMessageReply:
        posted, more = await mail_consenting(
            door.session, door.principal, key, body.subject, body.body, settings, body.after
        )
        return PurposeMessageReply(posted=posted, next_after=more)

    return await door.reply(PurposeMessageReply, work, body)


@router.post(
    "/lgpd/consents",
    status_code=201,
    response_model=ConsentReply,
    summary="Registra um consentimento, com comprovante assinado",
    dependencies=[SAY],
)
async def grant(request: Request, door: Door, body: GrantBody) -> ConsentReply:
    """Write down a yes."""
    return await _said(request, door, body, grant_consent)


@router.post(
    "/lgpd/consents/refuse",
    status_code=201,
    response_model=ConsentReply,
    summary="Registra que a pessoa não consente",
    dependencies=[SAY],
)
async def refuse(request: Request, door: Door, body: RefuseBody) -> ConsentReply:
    """Write down a no."""
    return await _said(request, door, body, refuse_consent)


@router.post(
    "/lgpd/consents/revoke",
    status_code=201,
    response_model=ConsentReply,
    summary="Revoga um consentimento, com efeito imediato e comprovante assinado",
    dependencies=[SAY],
)
async def revoke(request: Request, door: Door, body: RefuseBody) -> ConsentReply:
    """Take a yes back."""
    return await _said(request, door, body, revoke_consent)


@router.get(
    "/lgpd/consents",
    response_model=StandingsReply,
    summary="Mostra o que vale de cada finalidade para uma pessoa",
    dependencies=[READ],
)
async def consents(
    session: SessionDep, principal: PrincipalDep, customer_id: UUID | None = None
) -> StandingsReply:
    """Show what holds; one's own where nobody is named."""
    found = await consents_of(session, principal, _whose(principal.customer_id, customer_id))
    return StandingsReply(
        items=[
            StandingReply(
                purpose=one.purpose,
                title=one.title,
                stands=one.stands,
                last_act=one.last.act,
                last_at=one.last.occurred_at,
                version=one.version,
                receipt_number=one.last.receipt_number,
            )
            for one in found
        ]
    )


@router.get(
    "/lgpd/consents/ledger",
    response_model=LedgerReply,
    summary="Mostra tudo o que uma pessoa disse, do mais novo ao mais antigo",
    dependencies=[READ],
)
async def ledger(
    session: SessionDep,
    principal: PrincipalDep,
    customer_id: UUID | None = None,
    limit: Limit = 50,
    cursor: NumberCursor = None,
) -> LedgerReply:
    """Show the ledger."""
    rows, more = await ledger_of(
        session,
        principal,
        _whose(principal.customer_id, customer_id),
        after=decode_number_cursor(cursor),
        limit=limit,
    )
    return LedgerReply(
        items=[_consent(event, purpose) for event, purpose in rows],
        next_cursor=encode_cursor(more),
    )


@router.get(
    "/lgpd/guardians",
    response_model=GuardiansReply,
    summary="Lista quem responde por uma criança ou adolescente",
    dependencies=[rule(Login.KEY_OR_SESSION, Act.SEE_EVERY_CUSTOMER)],
)
async def guardians(
    session: SessionDep, principal: PrincipalDep, customer_id: UUID
) -> GuardiansReply:
    """List a customer's guardians."""
    found = await list_guardians(session, principal, customer_id)
    return GuardiansReply(
        items=[GuardianReply.model_validate(one, from_attributes=True) for one in found]
    )


@router.post(
    "/lgpd/guardians",
    status_code=201,
    response_model=GuardianReply,
    summary="Registra o responsável por uma criança ou adolescente (art. 14)",
    dependencies=[SERVE],
)
async def guardian(door: Door, body: GuardianBody) -> GuardianReply:
    """Record a guardian."""

    async def work() -> StoredReply:
        made = await record_guardian(
            door.session,
            door.principal,
            body.customer_id,
            body.name,
            body.relation,
            body.verification,
        )
        told = {"id": str(made.id), "recorded_at": made.recorded_at.isoformat()}
        return StoredReply(201, told)

    told = (await door.once(work, raw(body))).reply
    return GuardianReply(**body.model_dump(), **told)


def _whose(own: UUID | None, asked: UUID | None) -> UUID:
    whose = asked or own
    if whose is None:
        raise AppError("customer_not_found")
    return whose


async def _said(
    request: Request, door: Door, body: GrantBody | RefuseBody, say: Say
) -> ConsentReply:
    """Write down what somebody said of a consent, once."""
    # Where somebody else writes it down, the network address is theirs and shows nothing.
    own = door.principal.customer_id == body.customer_id
    consent = Consent(**body.model_dump(), address=address_of(request) if own else None)
    timezone = edge_state(request).settings.timezone

    async def work() -> StoredReply:
        made = await say(door.session, door.principal, consent, timezone)
        return StoredReply(201, {"id": str(made.id)})

    return await _told(door.session, await door.once(work, raw(body)))


async def _told(session: AsyncSession, stored: StoredReply) -> ConsentReply:
    event = await session.get_one(ConsentEvent, UUID(stored.reply["id"]))
    purpose = await session.get_one(ConsentPurpose, event.purpose_id)
    return _consent(event, purpose.key)


def _consent(event: ConsentEvent, purpose: str) -> ConsentReply:
    return ConsentReply(
        id=event.id,
        customer_id=event.customer_id,
        purpose=purpose,
        act=event.act,
        channel=event.channel,
        proof=event.proof,
        receipt_number=event.receipt_number,
        occurred_at=event.occurred_at,
    )


def _purpose(purpose: ConsentPurpose, version: PurposeVersion) -> PurposeReply:
    return _version(purpose.key, version)


def _version(key: str, version: PurposeVersion) -> PurposeReply:
    return PurposeReply(
        key=key,
        version=version.version,
        title=version.title,
        text=version.text,
        consequences=version.consequences,
        changes=version.changes,
        renewal=version.renewal,
        sensitive=version.sensitive,
        sha256=version.sha256.hex(),
        published_at=version.published_at,
    )
