"""Sessions of browsers: opened by a proof of who it is, listed, ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.access_tokens import MAX_CREDENTIAL_CHARS, new_token, token_hash
from cogep_assist.core.errors import AppError
from cogep_assist.core.live_events import announce
from cogep_assist.core.models import Role, Session, SignInLink, User
from cogep_assist.core.principal import ANONYMOUS, SYSTEM, Act, Principal, PrincipalKind

NOW = sa.func.clock_timestamp()
SEEN_EVERY: sa.ColumnClause[timedelta] = sa.literal_column("interval '5 minutes'")
MAX_DEVICE_CHARS = 80
# What open pages of a session hear of when it ends: their streams end with it.
ENDED = "session_ended"


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """A session that was just opened; the token goes into the cookie and nowhere else."""

    token: str
    csrf_token: str
    principal: Principal
    expires_at: datetime


async def create_sign_in_link(
    session: AsyncSession, role: Role = Role.ADMIN, minutes: int = 15, *, by: Principal = SYSTEM
) -> str:
    """Return the token of a link that opens one session, once, within some minutes."""
    token = new_token()
    link = SignInLink(
        token_hash=token_hash(token),
        role=role,
        expires_at=NOW + sa.literal(timedelta(minutes=minutes)),
    )
    session.add(link)
    await session.flush()
    await audit.record(session, by, "sign_in_link_created", "sign_in_link", link.id)
    return token


async def open_session(
    session: AsyncSession, token: str, *, hours: int = 12, device: str = ""
) -> OpenedSession | None:
    """Use up a sign-in link and open a session, or return None for a link that is no good.

    A refusal is audited in the caller's transaction, which must therefore commit either way.
    """
    used = await use_sign_in_link(session, token)
    if used is None:
        await audit.record(session, ANONYMOUS, "sign_in_refused", "sign_in_link", "-")
        return None
    link_id, role = used
    return await _open(session, role, None, {"link": str(link_id)}, hours, device)


async def use_sign_in_link(session: AsyncSession, token: str) -> tuple[UUID, Role] | None:
    """Use up a link; return its id and role. Two at once: the second finds it used."""
    row = (
        await session.execute(
            sa.update(SignInLink)
            .where(*_good_link(token))
            .values(used_at=NOW)
            .returning(SignInLink.id, SignInLink.role)
        )
    ).first()
    return None if row is None else (row.id, row.role)


async def peek_sign_in_link(session: AsyncSession, token: str) -> Role | None:
    """Return the role that a link would give, without using it up."""
    return await session.scalar(sa.select(SignInLink.role).where(*_good_link(token)))


async def open_user_session(
    session: AsyncSession, user: User, how: str, *, hours: int = 12, device: str = ""
) -> OpenedSession:
    """Open a session of a user who has proved who they are; ``how`` goes into the audit.

    ``user``: as it was when it was proved. Raises AppError("sign_in_failed") where the account
    was changed meanwhile: the old password, checked while the new one was being set, opens nothing.
    """
    as_proved = sa.update(User).where(User.id == user.id, User.revision == user.revision)
    found = await session.scalar(as_proved.values(last_sign_in_at=NOW).returning(User.id))
    if found is None:
        raise AppError("sign_in_failed")
    return await _open(session, user.role, user, {"how": how}, hours, device)


async def authenticate_session(session: AsyncSession, token: str) -> tuple[Principal, str] | None:
    """Return whose session this is and its CSRF token, or None once it has ended."""
    if not 0 < len(token) <= MAX_CREDENTIAL_CHARS:
        return None
    row = (
        await session.execute(
            sa.select(Session.id, Session.role, Session.csrf_token, Session.user_id)
            .add_columns(
                User.role.label("user_role"),
                User.customer_id,
                User.reads_sensitive,
                (Session.seen_at < NOW - SEEN_EVERY).label("long_ago"),
            )
            .outerjoin(User, User.id == Session.user_id)
            .where(Session.token_hash == token_hash(token), *_living(), User.disabled_at.is_(None))
        )
    ).first()
    if row is None:
        return None
    if row.long_ago:
        await session.execute(sa.update(Session).where(Session.id == row.id).values(seen_at=NOW))
    if row.user_id is None:
        return Principal(PrincipalKind.SESSION, row.role, row.id, row.id), row.csrf_token
    # The role as it is now, not as it was when the session was opened.
    user = Principal(
        PrincipalKind.USER,
        row.user_role,
        row.user_id,
        row.id,
        None,
        row.customer_id,
        reads_sensitive=row.reads_sensitive,
    )
    return user, row.csrf_token


async def session_lives(session: AsyncSession, session_id: UUID) -> bool:
    """Return whether a session has neither ended nor run out."""
    living = sa.select(Session.id).where(Session.id == session_id, *_living())
    return await session.scalar(living) is not None


async def list_sessions(
    session: AsyncSession, principal: Principal, user_id: UUID | None = None
) -> Sequence[Session]:
    """Return the living sessions of a user (oneself by default), the newest first.

    Raises AppError("role_not_allowed"|"account_needed").
    """
    whose = user_id or principal.user_id
    if whose is None:
        raise AppError("account_needed")
    if whose != principal.user_id:
        principal.require(Act.MANAGE_USERS)
    statement = sa.select(Session).where(Session.user_id == whose, *_living())
    return (await session.scalars(statement.order_by(Session.id.desc()))).all()


async def end_session(session: AsyncSession, principal: Principal, session_id: UUID) -> None:
    """End a session of one's own, or anybody's for who manages users.

    Raises AppError("session_not_found").
    """
    statement = sa.update(Session).where(Session.id == session_id, *_living())
    if not principal.may(Act.MANAGE_USERS):
        own = Session.id == principal.session_id
        if principal.user_id is not None:
            own = Session.user_id == principal.user_id
        statement = statement.where(own)
    ended = await session.scalar(statement.values(revoked_at=NOW).returning(Session.id))
    if ended is None:
        raise AppError("session_not_found")
    await audit.record(session, principal, "session_ended", "session", ended)
    await announce(session, ENDED, ended)


async def end_sessions_of(
    session: AsyncSession, user_id: UUID, by: Principal, *, keep: UUID | None = None
) -> int:
    """End a user's sessions, all or all but one; return how many."""
    statement = sa.update(Session).where(Session.user_id == user_id, *_living())
    if keep is not None:
        statement = statement.where(Session.id != keep)
    ended = (await session.scalars(statement.values(revoked_at=NOW).returning(Session.id))).all()
    if ended:
        await audit.record(session, by, "sessions_ended", "user", user_id, {"sessions": len(ended)})
    for one in ended:
        await announce(session, ENDED, one)
    return len(ended)


async def sign_out(session: AsyncSession, principal: Principal) -> None:
    """End a principal's session; nothing happens for one who came in by a key."""
    if principal.session_id is None:
        return
    ended = await session.scalar(
        sa.update(Session)
        .where(Session.id == principal.session_id, Session.revoked_at.is_(None))
        .values(revoked_at=NOW)
        .returning(Session.id)
    )
    if ended is not None:
        await audit.record(session, principal, "sign_out", "session", ended)
        await announce(session, ENDED, ended)


async def end_replaced(session: AsyncSession, token: str | None) -> None:
    """End the session that a browser brought along when it was given another."""
    found = await authenticate_session(session, token or "")
    if found is not None:
        await sign_out(session, found[0])


async def _open(
    session: AsyncSession,
    role: Role,
    user: User | None,
    details: dict[str, str],
    hours: int,
    device: str,
) -> OpenedSession:
    secret = new_token()
    opened = Session(
        token_hash=token_hash(secret),
        csrf_token=new_token(),
        role=role,
        user_id=user.id if user else None,
        device=device[:MAX_DEVICE_CHARS],
        expires_at=NOW + sa.literal(timedelta(hours=hours)),
    )
    session.add(opened)
    await session.flush()
    await session.refresh(opened, ["expires_at"])
    if user is None:
        principal = Principal(PrincipalKind.SESSION, role, opened.id, opened.id)
    else:
        principal = Principal(
            PrincipalKind.USER,
            role,
            user.id,
            opened.id,
            None,
            user.customer_id,
            reads_sensitive=user.reads_sensitive,
        )
    await audit.record(session, principal, "sign_in", "session", opened.id, details)
    return OpenedSession(secret, opened.csrf_token, principal, opened.expires_at)


def _good_link(token: str) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        SignInLink.token_hash == token_hash(token),
        SignInLink.used_at.is_(None),
        SignInLink.expires_at > NOW,
    )


def _living() -> tuple[sa.ColumnElement[bool], ...]:
    return (Session.revoked_at.is_(None), Session.expires_at > NOW)
