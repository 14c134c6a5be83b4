"""What lies in the outbox, read as its recipients would."""

import re
from typing import Any

import sqlalchemy as sa
from api import Api

from cogep_assist.core.models import OutboxMessage
from cogep_assist.core.outbox import MAIL, open_payload


async def letters(api: Api, to: str | None = None) -> list[dict[str, Any]]:
    """The letters of the outbox, in order; those to one address alone where it is given."""
    async with api.database.begin() as session:
        rows = await session.scalars(
            sa.select(OutboxMessage)
            .where(OutboxMessage.topic == MAIL, OutboxMessage.payload.is_not(None))
            .order_by(OutboxMessage.sequence)
        )
        found = [open_payload(row) or {} for row in rows]
    return [one for one in found if to is None or one["to"] == to]


def found_in(letter: dict[str, Any], pattern: str) -> str:
    """The first group of a pattern in a letter's text."""
    found = re.search(pattern, letter["text"])
    assert found is not None, letter["text"]
    return found[1]
