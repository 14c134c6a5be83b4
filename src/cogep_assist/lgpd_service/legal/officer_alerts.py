"""Warn each week of an encarregado's place that is vacant, or is about to be (art. 41)."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.config import Settings
from cogep_assist.core.letter import mail_payload
from cogep_assist.core.models import Role, User
from cogep_assist.core.outbox import MAIL, post
from cogep_assist.lgpd_service.legal.legal_clocks import local_today
from cogep_assist.lgpd_service.legal.officers import current_officers
from cogep_assist.lgpd_service.requests.request_letters import officer_vacant

OFFICER_ALERTS = "officer_alerts"
SOON = timedelta(days=30)


async def warn_of_vacancy(session: AsyncSession, _subject: str, settings: Settings) -> int:
    """Write to those who account for the data that the place is vacant, and return to how many.

    It is vacant in time where the holder's last day comes within a month and nobody follows.
    """
    zone = ZoneInfo(settings.timezone)
    today = await local_today(session, zone)
    holder = (await current_officers(session, zone)).holder
    follower = (await current_officers(session, zone, today + SOON)).holder
    if follower is not None:
        return 0
    people = await session.execute(
        sa.select(User.id, User.name, User.email).where(
            User.role.in_([Role.DPO, Role.ADMIN]), User.disabled_at.is_(None)
        )
    )
    told = 0
    for row in people:
        letter = officer_vacant(row.name, holder.ends_on if holder else None)
        await post(session, MAIL, f"officer:{row.id}", mail_payload(letter, row.email))
        told += 1
    return told
