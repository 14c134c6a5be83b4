"""Opaque cursors: where a list goes on, newest first."""

import base64
import binascii
from uuid import UUID

from cogep_assist.core.errors import AppError

MAX_CURSOR_CHARS = 64
BIGINT_MAX = 2**63 - 1


def encode_cursor(last: UUID | int) -> str:
    """Return the cursor that goes on after an id or a sequence number."""
    return base64.urlsafe_b64encode(str(last).encode()).rstrip(b"=").decode()


def decode_id_cursor(cursor: str | None) -> UUID | None:
    """Return the id to go on after. Raises AppError("cursor_invalid")."""
    if cursor is None:
        return None
    try:
        return UUID(_decode(cursor))
    except ValueError:
        raise AppError("cursor_invalid") from None


def decode_number_cursor(cursor: str | None) -> int | None:
    """Return the sequence number to go on after. Raises AppError("cursor_invalid")."""
    if cursor is None:
        return None
    text = _decode(cursor)
    if not (text.isascii() and text.isdigit() and int(text) <= BIGINT_MAX):
        raise AppError("cursor_invalid")
    return int(text)


def _decode(cursor: str) -> str:
    try:
        if len(cursor) > MAX_CURSOR_CHARS:
            raise ValueError(cursor)
        return base64.b64decode(
            cursor.encode("ascii") + b"==", altchars=b"-_", validate=True
        ).decode()
    except (binascii.Error, ValueError):
        raise AppError("cursor_invalid") from None
