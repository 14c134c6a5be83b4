"""Invitations and new passwords: links of one person, good once, hashed, sent by the outbox."""

import json
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.access_letters import account_changed, invitation, password_reset
from cogep_assist.core.access_tokens import MAX_CREDENTIAL_CHARS, new_token, token_hash
from cogep_assist.core.access_users import (
    MAX_EMAIL_CHARS,
    find_by_email,
    set_password,
    void_links,
)
from cogep_assist.core.background_work import enqueue_background
from cogep_assist.core.errors import AppError
from cogep_assist.core.letter import Letter, mail_payload
from cogep_assist.core.models import KnownDevice, LinkPurpose, User, UserLink
from cogep_assist.core.outbox import MAIL, post
from cogep_assist.core.principal import ANONYMOUS, SYSTEM, Act, Principal, PrincipalKind
from cogep_assist.core.sealing import seal, unseal

INVITATION_DAYS = 7
RESET_MINUTES = 30
# Letters that a stranger's requests can make fill somebody's mailbox.
RESETS_AN_HOUR = 3
RESET = "password_reset"
NOW = sa.func.clock_timestamp()


async def make_link(
    session: AsyncSession, user: User, purpose: LinkPurpose, lifetime: timedelta
) -> str:
    """Make a link's token; an older one of the same purpose is worth nothing from now on."""
    await void_links(session, user.id, purpose)
    token = new_token()
    session.add(
        UserLink(
            user_id=user.id,
            purpose=purpose,
            token_hash=token_hash(token),
            expires_at=NOW + sa.literal(lifetime),
        )
    )
    await session.flush()
    return token


async def invite(
    session: AsyncSession, user: User, base: str, *, by: Principal, organization: str | None = None
) -> str:
    """Post an invitation to choose a password, and return its address for who administers."""
    by.require(Act.MANAGE_USERS)
    token = await make_link(session, user, LinkPurpose.INVITATION, timedelta(days=INVITATION_DAYS))
    address = f"{base}/convite?token={token}"
    await _post(session, user, invitation(user.name, address, INVITATION_DAYS, organization))
    await audit.record(session, by, "user_invited", "user", user.id)
    return address


async def reset(session: AsyncSession, user: User, base: str, *, by: Principal) -> str:
    """Post a link to choose another password, and return its address for who administers."""
    by.require(Act.MANAGE_USERS)
    address = await _make_reset(session, user, base)
    await audit.record(session, by, "password_reset_sent", "user", user.id)
    return address


async def ask_for_reset(session: AsyncSession, email: str, base: str) -> None:
    """Take a request for another password, of whoever: the same work for every address.

    Whether there is such a user is found out later and elsewhere, so that neither the reply
    nor its time tells.
    """
    asked = json.dumps({"email": email[:MAX_EMAIL_CHARS], "base": base}).encode()
    await enqueue_background(session, RESET, seal(RESET, asked).hex())


async def send_reset(session: AsyncSession, subject: str) -> None:
    """Answer a request for another password, where there is such a user; no flood of letters."""
    asked = json.loads(unseal(RESET, bytes.fromhex(subject)))
    user = await find_by_email(session, asked["email"])
    if user is None or user.disabled_at is not None:
        return
    hour: sa.ColumnClause[timedelta] = sa.literal_column("interval '1 hour'")
    recent = await session.scalar(
        sa.select(sa.func.count())
        .select_from(UserLink)
        .where(
            UserLink.user_id == user.id,
            UserLink.purpose == LinkPurpose.RESET,
            UserLink.created_at > NOW - hour,
        )
    )
    if (recent or 0) >= RESETS_AN_HOUR:
        return
    await _make_reset(session, user, asked["base"])
    await audit.record(session, SYSTEM, "password_reset_sent", "user", user.id)


async def link_user(session: AsyncSession, token: str, purpose: LinkPurpose) -> User | None:
    """Return whose link this is, without using it up; None for one that is no good."""
    if not 0 < len(token) <= MAX_CREDENTIAL_CHARS:
        return None
    return await session.scalar(
        sa.select(User).join(UserLink, UserLink.user_id == User.id).where(*_good(token, purpose))
    )


async def use_link(session: AsyncSession, token: str, purpose: LinkPurpose) -> User:
    """Use up a link and return whose it is. Two at once: the second finds it used.

    Raises AppError("user_link_invalid").
    """
    user_id: UUID | None = None
    if 0 < len(token) <= MAX_CREDENTIAL_CHARS:
        user_id = await session.scalar(
            sa.update(UserLink)
            .where(*_good(token, purpose), User.id == UserLink.user_id)
            .values(used_at=NOW)
            .returning(UserLink.user_id)
        )
    if user_id is None:
        raise AppError("user_link_invalid")
    return await session.get_one(User, user_id, populate_existing=True)


async def choose_password(
    session: AsyncSession,
    token: str,
    purpose: LinkPurpose,
    password: str,
    base: str,
    *,
    organization: str | None = None,
) -> User:
    """Use up an invitation or reset link and give its user a password.

    Whoever has the link reads the mailbox, so the address counts as verified. The second step,
    where it is on, stays on. Raises AppError("user_link_invalid") and those of the password.
    """
    user = await use_link(session, token, purpose)
    had_password = user.password_hash is not None
    principal = Principal(PrincipalKind.USER, user.role, user.id)
    await set_password(session, user, password, principal, organization=organization)
    await session.execute(
        sa.update(User)
        .where(User.id == user.id, User.email_verified_at.is_(None))
        .values(email_verified_at=NOW)
    )
    # A browser in which somebody else may have signed in has no patience of its own left.
    await session.execute(sa.delete(KnownDevice).where(KnownDevice.user_id == user.id))
    if had_password:
        await tell_of_change(session, user, "A senha da sua conta foi trocada.", base)
    return await session.get_one(User, user.id, populate_existing=True)


async def tell_of_change(session: AsyncSession, user: User, what: str, base: str) -> None:
    """Write to somebody that something of their account was changed."""
    await _post(session, user, account_changed(user.name, what, base))


async def refuse_link(session: AsyncSession) -> None:
    """Audit a link that was no good."""
    await audit.record(session, ANONYMOUS, "user_link_refused", "user_link", "-")


async def _make_reset(session: AsyncSession, user: User, base: str) -> str:
    token = await make_link(session, user, LinkPurpose.RESET, timedelta(minutes=RESET_MINUTES))
    address = f"{base}/redefinir?token={token}"
    await _post(session, user, password_reset(user.name, address, RESET_MINUTES))
    return address


async def _post(session: AsyncSession, user: User, letter: Letter) -> None:
    await post(session, MAIL, f"user:{user.id}", mail_payload(letter, user.email))


def _good(token: str, purpose: LinkPurpose) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        UserLink.token_hash == token_hash(token),
        UserLink.purpose == purpose,
        UserLink.used_at.is_(None),
        UserLink.expires_at > NOW,
        User.disabled_at.is_(None),
    )
