"""A session for somebody, as a browser carries it."""

import hashlib
import secrets
from datetime import UTC, datetime, timedelta

from cogep_assist.core.db import Database
from cogep_assist.core.models import Session
from cogep_assist.core.principal import Principal


async def session_of(database: Database, who: Principal) -> str:
    """Open a session for an hour and return the cookie's value."""
    token = secrets.token_urlsafe(32)
    async with database.begin() as session:
        session.add(
            Session(
                token_hash=hashlib.sha256(token.encode()).digest(),
                csrf_token=secrets.token_urlsafe(32),
                role=who.role,
                user_id=who.user_id,
                expires_at=datetime.now(UTC) + timedelta(hours=1),
            )
        )
    return token
