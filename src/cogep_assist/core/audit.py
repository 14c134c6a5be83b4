"""The audit of every act: one sealed row, written in the act's own transaction.

Rows carry pseudonyms and ids, never personal data in clear. The seal is an HMAC-SHA256
over the whole row, keyed from outside the database; its first bytes name the key, so
that a row sealed under another key is told apart from a row that was altered.
"""

import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Any
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils import uuid7

from cogep_assist.core import secret_key
from cogep_assist.core.audit_commit import COLUMNS, write_with_commit
from cogep_assist.core.clock_text import utc_now_text
from cogep_assist.core.logging import REQUEST_ID
from cogep_assist.core.principal import Principal

KEY_NAME_BYTES = 4
SUBJECT = "subject"
BY_KEY = "by_key"
_DETAILS = COLUMNS.index("details")
_WHOLE = frozenset({int, str, bool, type(None)})


async def record(
    session: AsyncSession,
    principal: Principal,
    act: str,
    object_type: str,
    object_id: str | UUID,
    details: Mapping[str, Any] | None = None,
    *,
    subject: UUID | None = None,
) -> None:
    """Write one act into the audit, together with the commit of the act's transaction.

    Details are JSON of texts, whole numbers, truth values, lists and objects, free of
    personal data; fractions are refused, because the database may write them otherwise.
    ``subject`` is the customer whose data the act touched: they appear under a pseudonym too, by
    which their acts are found even after an erasure.
    """
    if subject is not None:
        details = {**(details or {}), SUBJECT: subject_pseudonym(subject)}
    texts = _texts(_row(principal, act, object_type, object_id, details))
    write_with_commit(session, [*texts, f"\\x{(key_name() + _seal(texts)).hex()}"])


def sealed_row(
    principal: Principal,
    act: str,
    object_type: str,
    object_id: str | UUID,
    details: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Build the row of an act, for callers that insert many: texts, and the seal's bytes."""
    row = _row(principal, act, object_type, object_id, details)
    # It is made of texts in the order of the columns, but for its details.
    texts = list(row.values())
    texts[_DETAILS] = _details_text(row["details"])
    row["mac"] = key_name() + _seal(texts)
    return row


def _row(
    principal: Principal,
    act: str,
    object_type: str,
    object_id: str | UUID,
    details: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """Build an act's row without its seal.

    Where a key acts for a person, the person is the actor and the key stands in the details.
    """
    if principal.by_key is not None:
        details = {**(details or {}), BY_KEY: pseudonym(principal.came_in_as)}
    return {
        "id": str(uuid7()),
        "occurred_at": f"{utc_now_text()}+00:00",
        "actor_kind": str(principal.kind),
        "actor": pseudonym(principal.label),
        "act": act,
        "object_type": object_type,
        "object_id": str(object_id),
        "details": dict(details) if details else {},
        "request_id": REQUEST_ID.get(),
    }


def pseudonym(label: str) -> str:
    """Return the name under which an actor appears, which only the key's holder can link."""
    return _pseudonym(secret_key.derive("audit-actor"), label)


def subject_pseudonym(customer_id: UUID) -> str:
    """Return the name under which a data subject appears in the details of acts."""
    return pseudonym(f"customer:{customer_id}")


def is_unaltered(row: Mapping[str, Any], mac: bytes) -> bool | None:
    """Recompute a row's seal: as it was written, changed, or None where another key sealed it."""
    if mac[:KEY_NAME_BYTES] != key_name():
        return None
    return hmac.compare_digest(mac[KEY_NAME_BYTES:], _seal(_texts(row)))


def key_name() -> bytes:
    """Return the first bytes of every seal by this installation's key."""
    return secret_key.derive("audit-key-name")[:KEY_NAME_BYTES]


# Whoever acts once acts often.
@lru_cache(maxsize=1024)
def _pseudonym(key: bytes, label: str) -> str:
    return hmac.digest(key, label.encode(), "sha256").hex()[:32]


def _seal(texts: Sequence[str | None]) -> bytes:
    return secret_key.mac("audit-row", _canonical(texts))


def _canonical(texts: Sequence[str | None]) -> bytes:
    """Return a row as one line of JSON, in which its details stand as they are."""
    # A text by itself is encoded in a tenth of the time that a list of it takes.
    quoted = ["null" if text is None else encode_basestring(text) for text in texts]
    quoted[_DETAILS] = texts[_DETAILS] or "null"
    return f"[{','.join(quoted)}]".encode()


def _texts(row: Mapping[Any, Any]) -> list[str | None]:
    """Return a row's values as texts, in the order of ``COLUMNS``."""
    texts = [_text(row[name]) for name in COLUMNS]
    texts[_DETAILS] = _details_text(row["details"])
    return texts


def _details_text(details: Mapping[str, Any]) -> str:
    return to_json(_without_fractions(details)).decode()


def _text(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return str(value) if isinstance(value, UUID) else value


def _without_fractions(value: Any) -> Any:
    if type(value) in _WHOLE:
        return value
    if isinstance(value, float):
        raise TypeError("audit details hold no fractions")
    if isinstance(value, dict):
        return {key: _without_fractions(value[key]) for key in sorted(value)}
    if isinstance(value, list | tuple):
        return [_without_fractions(inner) for inner in value]
    return value
