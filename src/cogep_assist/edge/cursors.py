"""Opaque cursors: where a list goes on, newest first, by time-ordered ids."""

import base64
import binascii
from uuid import UUID

from cogep_assist.core.errors import AppError


def encode_cursor(last: UUID) -> str:
    """Return the cursor that goes on after an id."""
    return base64.urlsafe_b64encode(last.bytes).rstrip(b"=").decode()


def decode_cursor(cursor: str | None) -> UUID | None:
    """Return the id to go on after. Raises AppError("cursor_invalid")."""
    if cursor is None:
        return None
    try:
        raw = base64.b64decode(cursor + "==", altchars=b"-_", validate=True)
        return UUID(bytes=raw)
    except (binascii.Error, ValueError):
        raise AppError("cursor_invalid") from None
