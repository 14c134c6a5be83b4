"""Users: added, listed, changed, disabled; their own password."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from email_validator import EmailNotValidError, validate_email
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import advisory_locks, audit
from cogep_assist.core.access_passwords import check_strength, hash_password
from cogep_assist.core.access_sessions import end_sessions_of
from cogep_assist.core.brazil.typed_text import mixes_scripts
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import LinkPurpose, OidcIdentity, Role, User, UserLink
from cogep_assist.core.principal import Act, Principal

MAX_NAME_CHARS = 200
MAX_EMAIL_CHARS = 254
# Two administrators that disable each other at once must not both succeed.
NOW = sa.func.clock_timestamp()


@dataclass(frozen=True, slots=True)
class UserChange:
    """What is to become of a user; None leaves a thing as it is."""

    name: str | None = None
    role: Role | None = None
    disabled: bool | None = None
    reads_sensitive: bool | None = None


async def still_here(session: AsyncSession, principal: Principal) -> bool:
    """Tell whether a user who came in some while ago still has an account that is open."""
    if principal.user_id is None:
        return True
    found = await session.scalar(
        sa.select(User.id).where(User.id == principal.user_id, User.disabled_at.is_(None))
    )
    return found is not None


async def add_user(
    session: AsyncSession,
    email: str,
    role: Role,
    *,
    name: str | None = None,
    reads_sensitive: bool = False,
    by: Principal,
) -> User:
    """Create a user, who has no password yet and comes in by an invitation.

    Raises AppError("role_not_allowed"|"email_invalid"|"person_name_invalid"|"user_exists").
    """
    by.require(Act.MANAGE_USERS)
    address = check_email(email)
    shown = check_person_name(name or address.partition("@")[0])
    user = User(
        email=address,
        email_key=email_key(address),
        name=shown,
        sort_key=sort_key(shown),
        role=role,
        reads_sensitive=reads_sensitive,
        created_by=by.label,
    )
    try:
        async with session.begin_nested():
            session.add(user)
    except IntegrityError:
        raise AppError("user_exists") from None
    details = {"role": role.value, "reads_sensitive": reads_sensitive}
    await audit.record(session, by, "user_created", "user", user.id, details)
    await session.refresh(user)
    return user


async def list_users(
    session: AsyncSession,
    principal: Principal,
    *,
    limit: int = 100,
    after: UUID | None = None,
    disabled: bool | None = None,
) -> tuple[Sequence[User], UUID | None]:
    """Return users, the newest first, and the id after which the list goes on."""
    principal.require(Act.READ_PEOPLE)
    statement = sa.select(User).order_by(User.id.desc()).limit(limit + 1)
    if after is not None:
        statement = statement.where(User.id < after)
    if disabled is not None:
        statement = statement.where(User.disabled_at.is_not(None) == disabled)
    rows = (await session.scalars(statement)).all()
    return rows[:limit], rows[limit - 1].id if len(rows) > limit else None


async def find_user(session: AsyncSession, principal: Principal, user_id: UUID) -> User:
    """Return a user: anybody for staff, else oneself. Raises AppError("user_not_found")."""
    user = None
    if principal.may(Act.READ_PEOPLE) or user_id == principal.user_id:
        user = await session.get(User, user_id, populate_existing=True)
    if user is None:
        raise AppError("user_not_found")
    return user


async def find_by_email(session: AsyncSession, email: str) -> User | None:
    """Return the user of an address, however it is written."""
    if len(email) > MAX_EMAIL_CHARS:
        return None
    return await session.scalar(sa.select(User).where(User.email_key == email_key(email)))


async def change_user(
    session: AsyncSession, principal: Principal, user_id: UUID, change: UserChange
) -> User:
    """Change a user; one who is disabled or gets another role has their sessions ended.

    Raises AppError("role_not_allowed"|"user_not_found"|"person_name_invalid"|"last_admin").
    """
    principal.require(Act.MANAGE_USERS)
    await session.execute(sa.select(sa.func.pg_advisory_xact_lock(advisory_locks.ADMINISTRATORS)))
    user = await session.get(User, user_id, with_for_update=True, populate_existing=True)
    if user is None:
        raise AppError("user_not_found")
    loses = change.disabled or (change.role is not None and change.role is not Role.ADMIN)
    if loses and await _is_last_admin(session, user):
        raise AppError("last_admin")
    what = _apply(user, change)
    if not what:
        return user
    user.revision += 1
    await session.flush()
    await session.refresh(user)
    details = {"changed": what, "role": user.role.value}
    await audit.record(session, principal, "user_changed", "user", user_id, details)
    if {"role", "disabled"} & set(what):
        await end_sessions_of(session, user_id, principal, keep=principal.session_id)
    if change.disabled:
        await void_links(session, user_id)
        # Whoever comes when it is opened again is proved anew.
        await session.execute(sa.delete(OidcIdentity).where(OidcIdentity.user_id == user_id))
    return user


async def set_password(
    session: AsyncSession,
    user: User,
    password: str,
    principal: Principal,
    *,
    organization: str | None = None,
) -> None:
    """Give a user a password and end the other sessions. Raises those of ``check_strength``."""
    check_strength(password, known=[user.email, user.name, organization or ""])
    hashed = await hash_password(password)
    await session.execute(
        sa.update(User)
        .where(User.id == user.id)
        .values(password_hash=hashed, password_changed_at=NOW, revision=User.revision + 1)
    )
    await void_links(session, user.id)
    await end_sessions_of(session, user.id, principal, keep=principal.session_id)
    await audit.record(session, principal, "password_changed", "user", user.id)


async def own_account(session: AsyncSession, principal: Principal) -> User:
    """Return the user who acts. Raises AppError("account_needed") for keys and nameless links."""
    user = None
    if principal.user_id is not None:
        user = await session.get(User, principal.user_id, populate_existing=True)
    if user is None:
        raise AppError("account_needed")
    return user


async def has_admin(session: AsyncSession) -> bool:
    """Tell whether somebody administers by an account of their own."""
    statement = sa.select(User.id).where(User.role == Role.ADMIN, User.disabled_at.is_(None))
    return await session.scalar(statement.limit(1)) is not None


async def void_links(session: AsyncSession, user_id: UUID, *purposes: LinkPurpose) -> None:
    """Make a user's open links worthless, all or those of some purposes."""
    statement = sa.update(UserLink).where(UserLink.user_id == user_id, UserLink.used_at.is_(None))
    if purposes:
        statement = statement.where(UserLink.purpose.in_(purposes))
    await session.execute(statement.values(used_at=NOW))


def check_email(text: str) -> str:
    """Return an address in its normal form, of one script in each word.

    Raises AppError("email_invalid").
    """
    try:
        found = validate_email(text.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise AppError("email_invalid") from None
    # A Cyrillic letter among Latin ones is there to be taken for somebody else.
    if len(found.normalized) > MAX_EMAIL_CHARS or mixes_scripts(found.normalized):
        raise AppError("email_invalid")
    return found.normalized


def email_key(address: str) -> str:
    """Return the form by which an address is found: one for all its spellings in letters."""
    return unicodedata.normalize("NFKC", address.strip()).casefold()


def check_person_name(text: str) -> str:
    """Return a person's name on one line. Raises AppError("person_name_invalid")."""
    name = unicodedata.normalize("NFC", " ".join(text.split()))
    if not 0 < len(name) <= MAX_NAME_CHARS or not name.isprintable():
        raise AppError("person_name_invalid")
    return name


def sort_key(text: str) -> str:
    """Return a text as it is sorted: without case and accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


async def _is_last_admin(session: AsyncSession, user: User) -> bool:
    if user.role is not Role.ADMIN or user.disabled_at is not None:
        return False
    others = sa.select(User.id).where(
        User.role == Role.ADMIN, User.disabled_at.is_(None), User.id != user.id
    )
    return await session.scalar(others.limit(1)) is None


def _apply(user: User, change: UserChange) -> list[str]:
    """Write the changes into the row; return their names, never their values."""
    what = []
    if change.name is not None and check_person_name(change.name) != user.name:
        user.name = check_person_name(change.name)
        user.sort_key = sort_key(user.name)
        what.append("name")
    if change.role is not None and change.role is not user.role:
        user.role = change.role
        what.append("role")
    if change.disabled is not None and change.disabled != (user.disabled_at is not None):
        if change.disabled:
            user.disabled_at = NOW
        else:
            user.disabled_at = None
        what.append("disabled")
    if change.reads_sensitive is not None and change.reads_sensitive != user.reads_sensitive:
        user.reads_sensitive = change.reads_sensitive
        what.append("reads_sensitive")
    return what
