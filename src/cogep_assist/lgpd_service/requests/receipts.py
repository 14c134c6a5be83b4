"""Receipts: numbered, signed, found again by whom they were given to.

The signed document is the one of ``core.signing.sign_document`` of the kind ``lgpd-receipt``; its
fields are in ``receipt_document``.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from cogep_assist.core import audit, signing
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Receipt, ReceiptKind
from cogep_assist.core.principal import Act, Principal
from cogep_assist.lgpd_service.legal.officers import current_officers
from cogep_assist.lgpd_service.legal.organization_profile import find_profile
from cogep_assist.lgpd_service.requests.numbering import next_number

SIGNED_KIND = "lgpd-receipt"
FORMAT = "cogep-lgpd-receipt/1"
SERIES = "LGPD"
NOW = sa.func.clock_timestamp()


@dataclass(frozen=True, slots=True)
class NewReceipt:
    """What a receipt proves. ``facts`` are JSON without fractions, with English keys.

    ``number``: the protocol of a request, for the receipt of its arrival; else the next one.
    """

    kind: ReceiptKind
    object_type: str
    object_id: UUID
    legal_basis: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    customer_id: UUID | None = None
    number: str | None = None


async def issue_receipt(
    session: AsyncSession, principal: Principal, new: NewReceipt, timezone: str
) -> Receipt:
    """Write and sign a receipt in the transaction of the act that it proves."""
    number = new.number or await next_number(session, SERIES, timezone)
    document = await _document(session, new, number, ZoneInfo(timezone))
    signed = signing.sign_document(SIGNED_KIND, document)
    digest = hashlib.sha256(signing.canonical(document)).digest()
    receipt = Receipt(
        number=number,
        kind=new.kind,
        object_type=new.object_type,
        object_id=new.object_id,
        customer_id=new.customer_id,
        content=json.dumps(signed, ensure_ascii=False),
        sha256=digest,
        key_id=signing.key_id(),
    )
    session.add(receipt)
    await session.flush()
    await audit.record(
        session,
        principal,
        "receipt_issued",
        new.object_type,
        new.object_id,
        {"number": number, "kind": new.kind.value, "sha256": digest.hex()},
    )
    return receipt


async def receipts_of(
    session: AsyncSession, object_type: str, object_id: UUID
) -> Sequence[Receipt]:
    """Return the receipts of an object that the caller may see, the first first."""
    statement = (
        sa.select(Receipt)
        .where(Receipt.object_type == object_type, Receipt.object_id == object_id)
        .order_by(Receipt.id)
    )
    return (await session.scalars(statement)).all()


async def read_receipt(session: AsyncSession, principal: Principal, number: str) -> dict[str, Any]:
    """Return a signed receipt: anybody's for the encarregado, one's own for everybody else.

    Raises AppError("receipt_not_found"|"receipt_erased").
    """
    statement = sa.select(Receipt).where(Receipt.number == number.strip().upper())
    if not principal.may(Act.MANAGE_SUBJECT_REQUESTS):
        statement = statement.where(
            Receipt.customer_id == principal.customer_id, Receipt.customer_id.is_not(None)
        )
    receipt = await session.scalar(statement.options(undefer(Receipt.content)))
    if receipt is None:
        raise AppError("receipt_not_found")
    return content_of(receipt)


async def consent_receipt(
    session: AsyncSession, number: str, customer_id: UUID, purpose_id: UUID
) -> dict[str, Any]:
    """Return a signed receipt of what one customer said of one purpose.

    The caller has made sure that both are theirs. Raises AppError("receipt_not_found"|
    "receipt_erased").
    """
    receipt = await session.scalar(
        sa.select(Receipt)
        .where(
            Receipt.number == number.strip().upper(),
            Receipt.customer_id == customer_id,
            Receipt.object_type == "purpose",
            Receipt.object_id == purpose_id,
        )
        .options(undefer(Receipt.content))
    )
    if receipt is None:
        raise AppError("receipt_not_found")
    return content_of(receipt)


def content_of(receipt: Receipt) -> dict[str, Any]:
    """Return a receipt's signed document. Raises AppError("receipt_erased")."""
    if receipt.content is None:
        raise AppError("receipt_erased", sha256=receipt.sha256.hex())
    signed: dict[str, Any] = json.loads(receipt.content)
    return signed


async def _document(
    session: AsyncSession, new: NewReceipt, number: str, zone: ZoneInfo
) -> dict[str, Any]:
    now = await session.scalar(sa.select(NOW))
    assert now is not None
    officer = (await current_officers(session, zone)).acting
    profile = await find_profile(session)
    return {
        "format": FORMAT,
        "number": number,
        "kind": new.kind.value,
        "issued_at": now.astimezone(ZoneInfo("UTC")).isoformat(timespec="seconds"),
        "issued_at_local": now.astimezone(zone).isoformat(timespec="seconds"),
        "time_zone": zone.key,
        "organization": profile.name,
        "officer": officer
        and {"name": officer.name, "email": officer.email, "phone": officer.phone},
        "legal_basis": new.legal_basis,
        "object": {"type": new.object_type, "id": str(new.object_id)},
        "facts": dict(new.facts),
    }
