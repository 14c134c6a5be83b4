"""How often the language model failed of late, as the answers remember it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from cogep_assist.core.db import Database
from cogep_assist.core.diagnosis.finding import Finding, warn
from cogep_assist.core.models import Answer

LOOKED_BACK = timedelta(hours=24)
_NOW = sa.func.clock_timestamp()


@dataclass(frozen=True, slots=True)
class ModelFailures:
    """One way to fail: its code, how many answers went without the model, and the last of them."""

    code: str
    answers: int
    last_at: datetime


async def recent_failures(database: Database) -> list[ModelFailures]:
    """Return what failed in the last day, the most frequent first."""
    # Ids begin with their millisecond: the primary key finds a day's answers.
    began = sa.func.lpad(
        sa.func.to_hex(
            sa.cast(sa.extract("epoch", _NOW - sa.literal(LOOKED_BACK)) * 1000, sa.BigInteger)
        ),
        12,
        "0",
    )
    count = sa.func.count().label("answers")
    statement = (
        sa.select(
            Answer.notice_code.label("code"), count, sa.func.max(Answer.created_at).label("last_at")
        )
        .where(
            Answer.id >= sa.cast(began + "0" * 20, sa.Uuid()),
            Answer.notice_code.startswith("llm_"),
            # It answered; what it wrote had no source.
            Answer.notice_code != "llm_nothing_supported",
        )
        .group_by(Answer.notice_code)
        .order_by(count.desc(), Answer.notice_code)
    )
    async with database.begin() as session:
        rows = await session.execute(statement)
        return [ModelFailures(str(row.code), row.answers, row.last_at) for row in rows]


async def check_failures(database: Database) -> list[Finding]:
    """Say what the model failed at in the last day: one that answers now may have failed before."""
    try:
        found = await recent_failures(database)
    except (DBAPIError, OSError):
        # Whoever examines the database says what is wrong with it.
        return []
    return [
        warn(
            "llm",
            "doctor_llm_failed",
            answers=one.answers,
            cause=one.code,
            last=one.last_at.strftime("%d/%m %H:%M UTC"),
        )
        for one in found
    ]
