"""The public notice (art. 9): made of the record of processing, published in versions."""

import hashlib
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import advisory_locks, audit, signing
from cogep_assist.core.models import (
    ModelProvider,
    OfficerAppointment,
    OfficerKind,
    PrivacyNotice,
)
from cogep_assist.core.principal import Act, Principal
from cogep_assist.lgpd_service.record.ropa import record_now
from cogep_assist.lgpd_service.record.ropa_files import ROLES

RIGHTS = (
    "confirmação de que tratamos seus dados",
    "acesso aos dados",
    "correção de dados incompletos, inexatos ou desatualizados",
    "anonimização, bloqueio ou eliminação do que for desnecessário, excessivo ou ilícito",
    "portabilidade a outro fornecedor",
    "eliminação dos dados tratados com consentimento",
    "informação sobre com quem compartilhamos",
    "informação sobre não consentir e suas consequências",
    "revogação do consentimento",
    "revisão de decisões tomadas só por tratamento automatizado",
    "petição à Agência Nacional de Proteção de Dados (ANPD)",
)
TRANSFERS = (
    "Dados podem ir a um modelo de linguagem externo; antes disso, nomes e identificadores são "
    "trocados por marcadores (pseudonimização)."
)
CLAUSES = (
    "A íntegra das cláusulas que amparam cada transferência é enviada a quem a pedir, em 15 dias "
    "(Res. CD/ANPD 19/2024). Quem recebe os dados só os usa para responder, não os guarda além do "
    "que o contrato diz e responde, com a organização, pelos direitos do titular."
)


async def publish_notice(session: AsyncSession, principal: Principal) -> tuple[PrivacyNotice, bool]:
    """Publish the notice as the record makes it now; where nothing changed, return the last.

    Raises AppError("role_not_allowed").
    """
    principal.require(Act.MANAGE_ROPA)
    await session.execute(sa.select(sa.func.pg_advisory_xact_lock(advisory_locks.ROPA_VERSIONS)))
    content = _content(await record_now(session))
    digest = hashlib.sha256(signing.canonical(content)).digest()
    newest = await newest_notice(session)
    if newest is not None and bytes(newest.sha256) == digest:
        return newest, False
    number = newest.number + 1 if newest else 1
    notice = PrivacyNotice(
        number=number, content=content, sha256=digest, published_by=principal.label
    )
    session.add(notice)
    await session.flush()
    await session.refresh(notice)
    await audit.record(
        session, principal, "notice_published", "privacy_notice", str(number),
        {"sha256": digest.hex()},
    )  # fmt: skip
    return notice, True


async def newest_notice(session: AsyncSession) -> PrivacyNotice | None:
    """Return what is published now."""
    newest = sa.select(PrivacyNotice).order_by(PrivacyNotice.number.desc()).limit(1)
    return (await session.scalars(newest)).first()


async def list_notices(session: AsyncSession) -> Sequence[PrivacyNotice]:
    """Return the log of publication, newest first: open to everybody."""
    found = await session.scalars(sa.select(PrivacyNotice).order_by(PrivacyNotice.number.desc()))
    return found.all()


async def draft_notice(session: AsyncSession) -> dict[str, Any]:
    """Return the notice as it would be published now."""
    return _content(await record_now(session))


async def current_officers(session: AsyncSession) -> list[dict[str, str | None]]:
    """Return who answers for data protection today (art. 41, par. 1), the holder first."""
    today = sa.func.current_date()
    found = await session.scalars(
        sa.select(OfficerAppointment)
        .where(
            OfficerAppointment.starts_on <= today,
            sa.or_(OfficerAppointment.ends_on.is_(None), OfficerAppointment.ends_on >= today),
        )
        .order_by(OfficerAppointment.kind, OfficerAppointment.starts_on.desc())
    )
    return [
        {
            "kind": officer.kind.value,
            "role": "encarregado" if officer.kind is OfficerKind.HOLDER else "substituto",
            "name": officer.name,
            "email": officer.email,
            "phone": officer.phone,
        }
        for officer in found
    ]


def _is_external(processor: dict[str, Any]) -> bool:
    registered = processor["registered"]
    return "external" in processor["providers"] or (
        registered is not None and registered["ownership"] == ModelProvider.EXTERNAL.value
    )


def _transfer(processor: dict[str, Any]) -> dict[str, Any]:
    """Return what is published of a transfer (Res. CD/ANPD 19/2024): who, where, by what, how."""
    kept = processor["registered"] or {}
    names = ("legal_entity", "region", "contract", "retention_terms", "training_terms")
    return {
        **{key: processor[key] for key in ("host", "countries", "mechanisms", "kinds")},
        **{name: kept.get(name) or "" for name in names},
        "valid_until": kept.get("valid_until"),
    }


def _content(record: dict[str, Any]) -> dict[str, Any]:
    outside = [p for p in record["processors"] if _is_external(p)]
    return {
        "title": "Aviso de privacidade",
        "law": "Lei 13.709/2018, art. 9º",
        "organization": record["organization"]["name"],
        "activities": [
            {
                "title": activity["title"],
                "role": ROLES[activity["role"]],
                "legal_basis": activity["legal_basis_text"],
                "subjects": activity["subjects"],
                "data": activity["data"],
                "retention": activity["retention"],
                "sharing": activity["sharing"],
            }
            for activity in record["activities"]
        ],
        "transfers": {
            "text": TRANSFERS if outside else "",
            "providers": [_transfer(p) for p in outside],
            "clauses": CLAUSES if outside else "",
        },
        "rights": list(RIGHTS),
    }
