"""Teams: who is in them, who leads them, what they read and look after."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from cogep_assist.core import audit
from cogep_assist.core.access_users import sort_key
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import (
    Collection,
    CollectionTeam,
    Team,
    TeamMember,
    User,
    Visibility,
)
from cogep_assist.core.principal import Act, Principal

MAX_TEAM_NAME_CHARS = 100


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a team."""

    user_id: UUID
    name: str
    email: str
    leader: bool


async def create_team(
    session: AsyncSession, principal: Principal, name: str, description: str = ""
) -> Team:
    """Create a team. Raises AppError("role_not_allowed"|"team_name_invalid"|"team_exists")."""
    principal.require(Act.MANAGE_TEAMS)
    shown = _checked_name(name)
    team = Team(name=shown, name_key=sort_key(shown), description=description.strip())
    try:
        async with session.begin_nested():
            session.add(team)
    except IntegrityError:
        raise AppError("team_exists") from None
    await audit.record(session, principal, "team_created", "team", team.id)
    await session.refresh(team)
    return team


async def change_team(
    session: AsyncSession,
    principal: Principal,
    team_id: UUID,
    *,
    name: str | None = None,
    description: str | None = None,
) -> Team:
    """Rename or describe a team. Raises those of ``create_team`` and AppError("team_not_found")."""
    principal.require(Act.MANAGE_TEAMS)
    team = await session.get(Team, team_id, with_for_update=True, populate_existing=True)
    if team is None:
        raise AppError("team_not_found")
    try:
        async with session.begin_nested():
            if name is not None:
                team.name = _checked_name(name)
                team.name_key = sort_key(team.name)
            if description is not None:
                team.description = description.strip()
            team.revision += 1
            await session.flush()
    except IntegrityError:
        raise AppError("team_exists") from None
    await audit.record(session, principal, "team_changed", "team", team_id)
    return team


async def remove_team(session: AsyncSession, principal: Principal, team_id: UUID) -> None:
    """Remove a team that nothing depends on.

    Raises AppError("role_not_allowed"|"team_not_found"|"team_in_use").
    """
    principal.require(Act.MANAGE_TEAMS)
    if await session.get(Team, team_id, with_for_update=True) is None:
        raise AppError("team_not_found")
    others = aliased(CollectionTeam)
    only_reader = (
        sa.select(CollectionTeam.collection_id)
        .join(Collection, Collection.id == CollectionTeam.collection_id)
        .where(
            CollectionTeam.team_id == team_id,
            Collection.visibility == Visibility.TEAMS,
            ~sa.exists().where(
                others.collection_id == CollectionTeam.collection_id, others.team_id != team_id
            ),
        )
    )
    if await session.scalar(only_reader.limit(1)) is not None:
        raise AppError("team_in_use")
    try:
        async with session.begin_nested():
            await session.execute(sa.delete(Team).where(Team.id == team_id))
    except IntegrityError:
        raise AppError("team_in_use") from None
    await audit.record(session, principal, "team_removed", "team", team_id)


async def list_teams(session: AsyncSession, principal: Principal) -> Sequence[tuple[Team, int]]:
    """Return the teams by name, each with how many are in it."""
    principal.require(Act.READ_PEOPLE)
    count = (
        sa.select(sa.func.count())
        .select_from(TeamMember)
        .where(TeamMember.team_id == Team.id)
        .correlate(Team)
        .scalar_subquery()
    )
    rows = await session.execute(sa.select(Team, count).order_by(Team.name_key))
    return [(team, members) for team, members in rows]


async def find_team(session: AsyncSession, principal: Principal, team_id: UUID) -> Team:
    """Return one team. Raises AppError("role_not_allowed"|"team_not_found")."""
    principal.require(Act.READ_PEOPLE)
    team = await session.get(Team, team_id, populate_existing=True)
    if team is None:
        raise AppError("team_not_found")
    return team


async def team_by_name(session: AsyncSession, name: str) -> Team:
    """Return a team by its name, however it is written. Raises AppError("team_not_found")."""
    team = await session.scalar(sa.select(Team).where(Team.name_key == sort_key(name.strip())))
    if team is None:
        raise AppError("team_not_found")
    return team


async def members_of(
    session: AsyncSession, principal: Principal, team_id: UUID
) -> Sequence[Member]:
    """Return who is in a team, by name."""
    principal.require(Act.READ_PEOPLE)
    rows = await session.execute(
        sa.select(User.id, User.name, User.email, TeamMember.leader)
        .join(TeamMember, TeamMember.user_id == User.id)
        .where(TeamMember.team_id == team_id)
        .order_by(User.sort_key, User.id)
    )
    return [Member(*row) for row in rows]


async def set_member(
    session: AsyncSession, principal: Principal, team_id: UUID, user_id: UUID, *, leader: bool
) -> None:
    """Put somebody into a team, or say whether they lead it.

    Leaders bring in members; only who manages teams makes leaders.
    Raises AppError("role_not_allowed"|"team_not_found"|"user_not_found").
    """
    await _require_lead(session, principal, team_id, making_leader=leader)
    if await session.get(User, user_id) is None:
        raise AppError("user_not_found")
    put = insert(TeamMember).values(team_id=team_id, user_id=user_id, leader=leader)
    if principal.may(Act.MANAGE_TEAMS):
        put = put.on_conflict_do_update(
            index_elements=["team_id", "user_id"], set_={"leader": leader}
        )
    else:
        put = put.on_conflict_do_nothing()
    await session.execute(put)
    details = {"user": str(user_id), "leader": leader}
    await audit.record(session, principal, "team_member_set", "team", team_id, details)


async def remove_member(
    session: AsyncSession, principal: Principal, team_id: UUID, user_id: UUID
) -> None:
    """Take somebody out of a team. Raises those of ``set_member`` and "member_not_found"."""
    await _require_lead(session, principal, team_id)
    removing = sa.delete(TeamMember).where(
        TeamMember.team_id == team_id, TeamMember.user_id == user_id
    )
    if not principal.may(Act.MANAGE_TEAMS):
        removing = removing.where(~TeamMember.leader)
    removed = await session.scalar(removing.returning(TeamMember.user_id))
    if removed is None:
        raise AppError("member_not_found")
    details = {"user": str(user_id)}
    await audit.record(session, principal, "team_member_removed", "team", team_id, details)


async def name_collection_teams(
    session: AsyncSession,
    principal: Principal,
    collection_id: UUID,
    *,
    readers: Sequence[str],
    curators: Sequence[str],
) -> None:
    """Say by name which teams read a collection, and which look after it; a curator reads too.

    Raises AppError("team_not_found").
    """
    curating = {(await team_by_name(session, name)).id for name in curators}
    reading = {(await team_by_name(session, name)).id for name in readers} | curating
    await session.execute(
        sa.delete(CollectionTeam).where(CollectionTeam.collection_id == collection_id)
    )
    session.add_all(
        CollectionTeam(collection_id=collection_id, team_id=team, curates=team in curating)
        for team in reading
    )
    await session.flush()
    details = {"teams": sorted(str(team) for team in reading), "curators": len(curating)}
    await audit.record(
        session, principal, "collection_teams_named", "collection", collection_id, details
    )


async def teams_of_collections(
    session: AsyncSession, collection_ids: Sequence[UUID]
) -> dict[UUID, list[tuple[str, bool]]]:
    """Return, per collection, the names of its teams and whether each looks after it."""
    rows = await session.execute(
        sa.select(CollectionTeam.collection_id, Team.name, CollectionTeam.curates)
        .join(Team, Team.id == CollectionTeam.team_id)
        .where(CollectionTeam.collection_id.in_(collection_ids))
        .order_by(Team.name_key)
    )
    found: dict[UUID, list[tuple[str, bool]]] = {}
    for collection_id, name, curates in rows:
        found.setdefault(collection_id, []).append((name, curates))
    return found


async def _require_lead(
    session: AsyncSession, principal: Principal, team_id: UUID, *, making_leader: bool = False
) -> None:
    principal.require(Act.LEAD_TEAMS)
    if await session.get(Team, team_id) is None:
        raise AppError("team_not_found")
    if principal.may(Act.MANAGE_TEAMS):
        return
    leads = await session.scalar(
        sa.select(TeamMember.leader).where(
            TeamMember.team_id == team_id, TeamMember.user_id == principal.user_id
        )
    )
    if not leads or making_leader:
        raise AppError("role_not_allowed")


def _checked_name(text: str) -> str:
    name = " ".join(text.split())
    if not 0 < len(name) <= MAX_TEAM_NAME_CHARS or not name.isprintable():
        raise AppError("team_name_invalid")
    return name
