"""What has just changed, told to the open pages: a topic and an id, never what it says.

A page that hears of a change asks for it anew, as the person who looks at it: access is decided
there. NOTIFY is sent by the transaction that makes the change, so that nobody hears of what was
rolled back.
"""

import re
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

CHANNEL = "cogep_live"
_TOPIC = re.compile(r"[a-z_]{1,40}")


async def announce(session: AsyncSession, topic: str, subject: UUID | None = None) -> None:
    """Tell open pages, once this transaction commits, that something of a topic changed.

    Acts of people, not the intake's rows: a NOTIFY makes commits of all transactions that send one
    wait for each other. Raises ValueError for a topic that is not a plain word.
    """
    if not _TOPIC.fullmatch(topic):
        raise ValueError(f"no topic: {topic!r}")
    payload = topic if subject is None else f"{topic}:{subject}"
    await session.execute(sa.select(sa.func.pg_notify(CHANNEL, payload)))
