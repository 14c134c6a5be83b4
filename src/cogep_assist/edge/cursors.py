"""Cursors: where a list goes on, newest first. Clients hand them back as they got them."""

import re
from typing import Annotated
from uuid import UUID

from fastapi import Query

from cogep_assist.core.errors import AppError

_NUMBER = re.compile(r"[0-9]{1,18}")
_DESCRIPTION = "O next_cursor da página anterior, tal como veio."

IdCursor = Annotated[
    str | None, Query(description=_DESCRIPTION, json_schema_extra={"format": "uuid"})
]
NumberCursor = Annotated[
    str | None, Query(description=_DESCRIPTION, json_schema_extra={"pattern": "^[0-9]{1,18}$"})
]


def encode_cursor(last: UUID | int | None) -> str | None:
    """Return the cursor that goes on after an id or a sequence number; None at the end."""
    return None if last is None else str(last)


def decode_id_cursor(cursor: str | None) -> UUID | None:
    """Return the id to go on after; none begins anew. Raises AppError("cursor_invalid")."""
    if not cursor:
        return None
    try:
        return UUID(cursor)
    except ValueError:
        raise AppError("cursor_invalid") from None


def decode_number_cursor(cursor: str | None) -> int | None:
    """Return the sequence number to go on after. Raises AppError("cursor_invalid")."""
    if not cursor:
        return None
    if not _NUMBER.fullmatch(cursor):
        raise AppError("cursor_invalid")
    return int(cursor)
