"""The calendar feeds of a person: made, listed, given up, and read by the address alone.

The address is a credential: 256 random bits, shown once, of which a digest is kept. It opens what
its person may see at the moment of reading, as deadlines without names or words of anybody.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.access_tokens import MAX_CREDENTIAL_CHARS, new_token, token_hash
from cogep_assist.core.access_users import own_account
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import CalendarFeed, FeedKind, Team, TeamMember, User
from cogep_assist.core.principal import Act, Principal, PrincipalKind

MOST_FEEDS = 20
NOW = sa.func.clock_timestamp()
ACTS = {
    FeedKind.MY_TICKETS: Act.WORK_TICKETS,
    FeedKind.TEAM_TICKETS: Act.WORK_TICKETS,
    FeedKind.LEGAL_CLOCKS: Act.MANAGE_SUBJECT_REQUESTS,
}
# Which service reads a kind out, by the beginning of its address.
PLACES = {
    FeedKind.MY_TICKETS: "/crm/calendar",
    FeedKind.TEAM_TICKETS: "/crm/calendar",
    FeedKind.LEGAL_CLOCKS: "/lgpd/calendar",
}


async def make_feed(
    session: AsyncSession,
    principal: Principal,
    kind: FeedKind,
    team_id: UUID | None = None,
    *,
    by: Principal | None = None,
) -> tuple[CalendarFeed, str]:
    """Make a feed of one's own; return it with the path of its address, which is shown once.

    ``by``: who makes it in the name of its owner. Raises AppError("account_needed"|
    "role_not_allowed"|"team_not_found"|"calendar_feeds_full").
    """
    user = await own_account(session, principal)
    principal.require(ACTS[kind])
    followed = await teams_to_follow(session, principal)
    if kind is FeedKind.TEAM_TICKETS and team_id not in {team.id for team in followed}:
        raise AppError("team_not_found")
    counted = sa.select(sa.func.count()).where(CalendarFeed.user_id == user.id)
    if (await session.scalar(counted) or 0) >= MOST_FEEDS:
        raise AppError("calendar_feeds_full", most=MOST_FEEDS)
    token = new_token()
    feed = CalendarFeed(
        user_id=user.id,
        kind=kind,
        team_id=team_id if kind is FeedKind.TEAM_TICKETS else None,
        token_hash=token_hash(token),
    )
    session.add(feed)
    await session.flush()
    await session.refresh(feed)
    details = {"kind": kind.value}
    await audit.record(
        session, by or principal, "calendar_feed_created", "calendar_feed", feed.id, details
    )
    return feed, f"{PLACES[kind]}/{token}.ics"


async def list_feeds(
    session: AsyncSession, principal: Principal
) -> Sequence[tuple[CalendarFeed, str | None]]:
    """Return one's own feeds, the oldest first, each with its team's name."""
    user = await own_account(session, principal)
    rows = await session.execute(
        sa.select(CalendarFeed, Team.name)
        .outerjoin(Team, Team.id == CalendarFeed.team_id)
        .where(CalendarFeed.user_id == user.id)
        .order_by(CalendarFeed.id)
    )
    return [(row[0], row[1]) for row in rows]


async def teams_to_follow(session: AsyncSession, principal: Principal) -> Sequence[Team]:
    """Return the teams whose tickets somebody may follow: their own; all, for who administers."""
    statement = sa.select(Team).order_by(Team.name_key)
    if not principal.may(Act.MANAGE_TEAMS):
        mine = sa.select(TeamMember.team_id).where(TeamMember.user_id == principal.user_id)
        statement = statement.where(Team.id.in_(mine))
    return (await session.scalars(statement)).all()


async def revoke_feed(
    session: AsyncSession, principal: Principal, feed_id: UUID, *, by: Principal | None = None
) -> None:
    """Give up one of one's own feeds, at once. Raises AppError("calendar_feed_not_found")."""
    user = await own_account(session, principal)
    gone = await session.scalar(
        sa.delete(CalendarFeed)
        .where(CalendarFeed.id == feed_id, CalendarFeed.user_id == user.id)
        .returning(CalendarFeed.id)
    )
    if gone is None:
        raise AppError("calendar_feed_not_found")
    await audit.record(session, by or principal, "calendar_feed_revoked", "calendar_feed", feed_id)


async def open_feed(
    session: AsyncSession, token: str, kinds: Collection[FeedKind]
) -> tuple[CalendarFeed, Principal]:
    """Return a feed by the token of its address, with the person who reads by it.

    Raises AppError("calendar_feed_not_found") too where the account is closed, or its role no
    longer allows what the feed holds.
    """
    if len(token) > MAX_CREDENTIAL_CHARS:
        raise AppError("calendar_feed_not_found")
    row = (
        await session.execute(
            sa.select(CalendarFeed, User.role, User.customer_id)
            .join(User, User.id == CalendarFeed.user_id)
            .where(
                CalendarFeed.token_hash == token_hash(token),
                CalendarFeed.kind.in_(kinds),
                User.disabled_at.is_(None),
            )
        )
    ).first()
    if row is None:
        raise AppError("calendar_feed_not_found")
    feed: CalendarFeed = row[0]
    reader = Principal(PrincipalKind.USER, row.role, feed.user_id, customer_id=row.customer_id)
    if not reader.may(ACTS[feed.kind]):
        raise AppError("calendar_feed_not_found")
    await _note_use(session, feed.id)
    return feed, reader


async def _note_use(session: AsyncSession, feed_id: UUID) -> None:
    """Write when a feed was read last, at most once an hour."""
    long_ago = CalendarFeed.last_used_at < NOW - sa.text("interval '1 hour'")
    await session.execute(
        sa.update(CalendarFeed)
        .where(CalendarFeed.id == feed_id, sa.or_(CalendarFeed.last_used_at.is_(None), long_ago))
        .values(last_used_at=NOW)
    )
