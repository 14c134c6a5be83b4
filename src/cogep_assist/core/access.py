"""What a person may see, and the keys, links and sessions by which they come in: one door."""

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.access_keys import (
    authenticate_key,
    authenticate_keys,
    create_key,
    find_keys,
    list_keys,
    note_key_use,
    revoke_key,
)
from cogep_assist.core.access_sessions import (
    OpenedSession,
    authenticate_session,
    create_sign_in_link,
    open_session,
    sign_out,
)
from cogep_assist.core.access_visibility import (
    curated_collections,
    visible_collections,
    visible_gaps,
    visible_jobs,
)
from cogep_assist.core.models import (
    ApiKey,
    IdempotencyKey,
    KnownDevice,
    OidcAttempt,
    Session,
    SignInDelay,
    SignInLink,
    UserLink,
)
from cogep_assist.core.principal import ANONYMOUS, SYSTEM, Act, Principal, PrincipalKind

__all__ = [
    "ANONYMOUS",
    "SYSTEM",
    "Act",
    "ApiKey",
    "OpenedSession",
    "Principal",
    "PrincipalKind",
    "authenticate_key",
    "authenticate_keys",
    "authenticate_session",
    "create_key",
    "create_sign_in_link",
    "curated_collections",
    "find_keys",
    "list_keys",
    "note_key_use",
    "open_session",
    "revoke_key",
    "sign_out",
    "sweep_expired",
    "visible_collections",
    "visible_gaps",
    "visible_jobs",
]

NOW = sa.func.clock_timestamp()


async def sweep_expired(session: AsyncSession) -> int:
    """Delete links, sessions, delays and idempotency keys whose time has passed; return how many.

    What was used or has ended is kept a day longer, to tell the person what happened.
    """
    day: sa.ColumnClause[timedelta] = sa.literal_column("interval '24 hours'")
    swept = 0
    for statement in (
        sa.delete(SignInLink).where(SignInLink.expires_at < NOW - day),
        sa.delete(UserLink).where(UserLink.expires_at < NOW - day),
        sa.delete(OidcAttempt).where(OidcAttempt.expires_at < NOW),
        sa.delete(KnownDevice).where(KnownDevice.expires_at < NOW),
        sa.delete(SignInDelay).where(SignInDelay.updated_at < NOW - day),
        sa.delete(Session).where(Session.expires_at < NOW - day),
        sa.delete(IdempotencyKey).where(IdempotencyKey.created_at < NOW - day),
    ):
        result = await session.execute(statement)
        swept += getattr(result, "rowcount", 0)
    return swept
