"""Addresses that take one consent back: whoever was written to needs no account (art. 8, par. 5).

An address is drawn by a key outside the database, is stored nowhere, and can only revoke.
"""

import base64
import binascii
import hmac
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import secret_key
from cogep_assist.core.consent import consent_stands
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import ConsentChannel, ConsentEvent
from cogep_assist.core.principal import ANONYMOUS
from cogep_assist.lgpd_service.consent.consent_purposes import Purpose, find_purpose
from cogep_assist.lgpd_service.consent.consents import Consent, revoke_for

PAGE = "/privacidade/revogar"
_ID_BYTES = 16
_MAC_BYTES = 16


@dataclass(frozen=True, slots=True)
class OpenedLink:
    """What an address is about, and whether that consent stands."""

    customer_id: UUID
    purpose: Purpose
    stands: bool


def revocation_address(base: str, customer_id: UUID, purpose: str) -> str:
    """Return the address at which one customer takes back one consent."""
    signed = customer_id.bytes + _mac(customer_id, purpose)
    return f"{base}{PAGE}?c={purpose}.{base64.urlsafe_b64encode(signed).decode().rstrip('=')}"


async def open_link(session: AsyncSession, token: str) -> OpenedLink:
    """Return what an address is about. Raises AppError("consent_link_invalid").

    A purpose that was archived is told as one that no longer stands is: not at all.
    """
    customer_id, key = _read(token)
    try:
        purpose = await find_purpose(session, key)
    except AppError:
        raise AppError("consent_link_invalid") from None
    return OpenedLink(customer_id, purpose, await consent_stands(session, customer_id, key))


async def revoke_by_link(
    session: AsyncSession, token: str, timezone: str, address: str | None
) -> ConsentEvent:
    """Take the consent of an address back, at once and with a receipt.

    Raises AppError("consent_link_invalid"|"consent_not_standing").
    """
    link = await open_link(session, token)
    consent = Consent(
        link.customer_id,
        link.purpose.purpose.key,
        ConsentChannel.PORTAL,
        address=address,
        proof="endereço de revogação enviado ao titular",
    )
    return await revoke_for(session, ANONYMOUS, consent, timezone)


def _read(token: str) -> tuple[UUID, str]:
    key, _, written = token.strip().partition(".")
    try:
        signed = base64.b64decode(written + "=" * (-len(written) % 4), altchars=b"-_")
        customer_id = UUID(bytes=signed[:_ID_BYTES])
    except (ValueError, binascii.Error):
        raise AppError("consent_link_invalid") from None
    if not hmac.compare_digest(signed[_ID_BYTES:], _mac(customer_id, key)):
        raise AppError("consent_link_invalid")
    return customer_id, key


def _mac(customer_id: UUID, purpose: str) -> bytes:
    key = secret_key.derive("consent-revocation-link")
    return hmac.digest(key, customer_id.bytes + purpose.encode(), "sha256")[:_MAC_BYTES]
