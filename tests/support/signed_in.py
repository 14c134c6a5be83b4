"""People who are signed in, for tests: Ana owns, Bruno is of the team, Carla is a stranger."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx2
import sqlalchemy as sa
from api import Api
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from cogep_assist.core.access_users import sort_key
from cogep_assist.core.models import Role, Session, Team, TeamMember, User


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an open session."""

    id: UUID
    client: httpx2.AsyncClient


async def sign_in(
    api: Api, name: str, role: Role, *, team: str | None = None, reads_sensitive: bool = False
) -> Person:
    """Make a user with a session of theirs, in a team that is made when there is none."""
    token, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    async with api.database.begin() as session:
        user_id = await add_user(session, name, role)
        session.add(open_session(user_id, role, token, csrf))
        if reads_sensitive:
            await session.execute(
                sa.update(User).where(User.id == user_id).values(reads_sensitive=True)
            )
        if team is not None:
            await _join(session, user_id, team)
    client = api.anonymous(
        headers={"X-CSRF-Token": csrf, "Cookie": f"cogep_session={token}"},
    )
    return Person(user_id, client)


async def add_user(session: AsyncSession, name: str, role: Role, email: str | None = None) -> UUID:
    """Make a user; without an address they have one of their id."""
    user_id = uuid7()
    address = email or f"{user_id}@exemplo.gov.br"
    session.add(
        User(
            id=user_id,
            email=address,
            email_key=address,
            name=name,
            sort_key=sort_key(name),
            role=role,
            created_by="system",
        )
    )
    await session.flush()
    return user_id


def open_session(user_id: UUID, role: Role, token: str, csrf: str) -> Session:
    """Return a session of a user that lasts an hour, to be added."""
    return Session(
        id=uuid7(),
        token_hash=hashlib.sha256(token.encode()).digest(),
        csrf_token=csrf,
        role=role,
        user_id=user_id,
        expires_at=datetime.now(UTC) + timedelta(hours=1),
    )


async def _join(session: AsyncSession, user_id: UUID, name: str) -> None:
    team_id = await session.scalar(sa.select(Team.id).where(Team.name == name))
    if team_id is None:
        team_id = uuid7()
        session.add(Team(id=team_id, name=name, name_key=name.lower()))
        await session.flush()
    session.add(TeamMember(team_id=team_id, user_id=user_id))
