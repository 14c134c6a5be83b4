"""People whom a file brings in and who were erased before: left out, unless an exception is given.

An export or a spreadsheet may be older than an erasure (Lei 13.709/2018, arts. 16 and 18, VI). The
exception is for who manages erasures, with a reason: a duty by law, or the person's own return.
"""

import hashlib
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.config import Settings
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import ContactKind
from cogep_assist.core.principal import Act, Principal
from cogep_assist.core.tombstones import Arriving, ErasedBefore, who_was_erased
from cogep_assist.crm_service.customers.customer_values import Cleaned

ERASED, PERHAPS_ERASED, READMITTED = "erased", "perhaps_erased", "readmitted"
ERASED_CODES = frozenset({ERASED, PERHAPS_ERASED, READMITTED})
MAX_REASON_CHARS = 500
_COLUMNS = {"cpf": "cpf", "cnpj": "cnpj", "external_id": "code"}


async def erased_among(
    session: AsyncSession, settings: Settings, people: Sequence[Cleaned]
) -> list[ErasedBefore | None]:
    """Tell, for each person of a file, whether they were erased before."""
    return await who_was_erased(session, settings, [_arriving(one) for one in people])


def erased_code(told: ErasedBefore, *, readmits: bool) -> str:
    """Return the code of what is said of such a person, with the day of the erasure."""
    name = PERHAPS_ERASED if not told.sure else READMITTED if readmits else ERASED
    return f"{name}:{told.on.isoformat()}"


def checked_reason(principal: Principal, reason: str | None) -> str | None:
    """Return the reason of an exception, or None without one.

    Raises AppError("role_not_allowed"|"readmission_without_reason").
    """
    if reason is None:
        return None
    principal.require(Act.MANAGE_ERASURES)
    words = " ".join(reason.split())[:MAX_REASON_CHARS]
    if not words:
        raise AppError("readmission_without_reason")
    return words


def reason_details(reason: str | None) -> dict[str, object]:
    """Return what the audit holds of an exception.

    A reason may name somebody: its words stay with the import, the audit has their hash.
    """
    if reason is None:
        return {}
    return {"readmits_erased": True, "reason_sha256": hashlib.sha256(reason.encode()).hexdigest()}


def _arriving(cleaned: Cleaned) -> Arriving:
    columns = cleaned.columns
    names = [columns.get("name"), columns.get("social_name")]
    values = [(kind, columns.get(name)) for name, kind in _COLUMNS.items()]
    values += [
        ("email" if contact.kind is ContactKind.EMAIL else "phone", contact.canonical)
        for contact in cleaned.contacts or []
    ]
    return Arriving(
        tuple(str(name) for name in names if name),
        tuple((kind, str(text)) for kind, text in values if text),
    )
