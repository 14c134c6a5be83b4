"""The registry of providers of models: who they are, where, under what, until when.

Mechanisms are those of LGPD, art. 33; standard clauses those of Res. CD/ANPD 19/2024; adequacy that
of Res. CD/ANPD 32/2026. Whether a contract meets them is for counsel to say, not for software.
"""

from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import ModelProvider, RegisteredProvider, TransferMechanism
from cogep_assist.core.principal import Act, Principal
from cogep_assist.edge.validation_words import invalid_field
from cogep_assist.lgpd_service.providers.provider_schemas import NewProvider, ProviderReply

BRAZIL = "BR"
# The European Union, Iceland, Liechtenstein and Norway (Res. CD/ANPD 32/2026).
ADEQUATE = frozenset(
    [
        *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU"),
        *("IE", "IS", "IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE"),
        *("SI", "SK"),
    ]
)

# Whether a provider may be sent to at this moment.
_VALID = sa.and_(
    RegisteredProvider.withdrawn_at.is_(None),
    sa.func.coalesce(RegisteredProvider.expires_at > sa.func.clock_timestamp(), True),
)


async def register_provider(
    session: AsyncSession, principal: Principal, new: NewProvider, zone: ZoneInfo
) -> ProviderReply:
    """Register a provider; until the day it names, the gateway sends to its host.

    Raises AppError("role_not_allowed"|"provider_exists"|"request_invalid").
    """
    principal.require(Act.MANAGE_PROVIDERS)
    now = (await session.execute(sa.select(sa.func.clock_timestamp()))).scalar_one()
    _check(new, now.astimezone(zone).date())
    in_use = sa.select(RegisteredProvider.id).where(
        RegisteredProvider.host == new.host, RegisteredProvider.withdrawn_at.is_(None)
    )
    if await session.scalar(in_use) is not None:
        raise AppError("provider_exists", host=new.host)
    row = RegisteredProvider(
        **new.model_dump(exclude={"valid_until"}),
        expires_at=_end_of(new.valid_until, zone) if new.valid_until else None,
        registered_by=principal.label,
    )
    session.add(row)
    await session.flush()
    await session.refresh(row)
    details = {"host": row.host, "country": row.country, "ownership": row.ownership.value}
    await audit.record(session, principal, "provider_registered", "model_provider", row.id, details)
    return await _reply(session, row)


async def list_providers(
    session: AsyncSession, principal: Principal, *, withdrawn: bool = False
) -> list[ProviderReply]:
    """Return the providers in use, by host; with ``withdrawn`` those that were, too."""
    principal.require(Act.READ_PROVIDERS)
    found = sa.select(RegisteredProvider, _VALID).order_by(
        RegisteredProvider.host, RegisteredProvider.id
    )
    if not withdrawn:
        found = found.where(RegisteredProvider.withdrawn_at.is_(None))
    return [_said(row, bool(valid)) for row, valid in await session.execute(found)]


async def withdraw_provider(
    session: AsyncSession, principal: Principal, provider_id: UUID
) -> ProviderReply:
    """Send nothing to a provider from now on. Raises AppError("provider_not_found")."""
    principal.require(Act.MANAGE_PROVIDERS)
    row = await session.get(RegisteredProvider, provider_id, with_for_update=True)
    if row is None or row.withdrawn_at is not None:
        raise AppError("provider_not_found")
    row.withdrawn_at = await session.scalar(sa.select(sa.func.clock_timestamp()))
    await audit.record(
        session, principal, "provider_withdrawn", "model_provider", row.id, {"host": row.host}
    )
    await session.flush()
    return await _reply(session, row)


def _check(new: NewProvider, today: date) -> None:
    """Refuse what says in itself that it is no ground for sending (LGPD, art. 33)."""
    if new.ownership is ModelProvider.OWN:
        return
    if new.mechanism is None:
        raise invalid_field("mechanism", "é preciso dizer o mecanismo do art. 33 da LGPD")
    if new.valid_until is None:
        raise invalid_field("valid_until", "é preciso dizer até quando o amparo vale")
    if new.valid_until < today:
        raise invalid_field("valid_until", "o amparo já acabou: nada seria enviado")
    if not new.contract:
        raise invalid_field("contract", "é preciso dizer o contrato ou as cláusulas assinadas")
    if not new.masked:
        raise invalid_field("masked", "dados pessoais só vão a terceiros ocultados")
    domestic = new.mechanism is TransferMechanism.DOMESTIC
    if domestic != (new.country == BRAZIL):
        raise invalid_field("mechanism", "“domestic” vale para o Brasil, e só para ele")
    if new.mechanism is TransferMechanism.ADEQUACY and new.country not in ADEQUATE:
        raise invalid_field("country", "não está entre os países adequados (Res. CD/ANPD 32/2026)")


def _end_of(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), zone)


async def _reply(session: AsyncSession, row: RegisteredProvider) -> ProviderReply:
    valid = await session.scalar(sa.select(_VALID).where(RegisteredProvider.id == row.id))
    return _said(row, bool(valid))


def _said(row: RegisteredProvider, valid: bool) -> ProviderReply:
    return ProviderReply(
        **{
            name: getattr(row, name)
            for name in ProviderReply.model_fields
            if name not in {"valid", "exempt"}
        },
        valid=valid,
        exempt=row.ownership is ModelProvider.OWN and not row.masked,
    )
