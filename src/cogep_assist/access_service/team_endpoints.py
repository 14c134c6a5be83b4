"""Teams: made and changed by who administers, filled by their leaders."""

from uuid import UUID

from fastapi import Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.access_service.schemas import (
    MemberBody,
    MemberList,
    MemberReply,
    TeamBody,
    TeamChangeBody,
    TeamList,
    TeamReply,
)
from cogep_assist.core import access_teams as teams
from cogep_assist.core.idempotency import StoredReply
from cogep_assist.core.principal import Act, Principal
from cogep_assist.edge.entity_tags import (
    IfMatchHeader,
    check_revision,
    expected_revision,
    set_entity_tag,
)
from cogep_assist.edge.idempotent import IdempotencyKeyHeader, once
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.transactions import SessionDep

router = guarded_router(tags=["access"])
READ = rule(Login.KEY_OR_SESSION, Act.READ_PEOPLE)
MANAGE = rule(Login.KEY_OR_SESSION, Act.MANAGE_TEAMS, idempotent=True)
LEAD = rule(Login.KEY_OR_SESSION, Act.LEAD_TEAMS, idempotent=True)


@router.get(
    "/access/teams",
    response_model=TeamList,
    summary="Lista as equipes",
    dependencies=[READ],
)
async def list_(session: SessionDep, principal: PrincipalDep) -> TeamList:
    """List the teams."""
    found = await teams.list_teams(session, principal)
    return TeamList(items=[TeamReply.of(team, members) for team, members in found])


@router.post(
    "/access/teams",
    status_code=201,
    response_model=TeamReply,
    summary="Cria uma equipe",
    dependencies=[MANAGE],
)
async def create(
    request: Request,
    body: TeamBody,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> Response:
    """Create a team."""

    async def work() -> StoredReply:
        team = await teams.create_team(session, principal, body.name, body.description)
        return StoredReply(201, {"id": str(team.id)})

    asked = body.model_dump_json().encode()
    stored = await once(request, session, principal, idempotency_key, asked, work)
    reply = await _reply(session, principal, UUID(stored.reply["id"]))
    response = JSONResponse(reply.model_dump(mode="json"), status_code=201)
    response.headers["Location"] = reply.links["self"]
    set_entity_tag(response, reply.revision)
    return response


@router.get(
    "/access/teams/{team_id}",
    response_model=TeamReply,
    summary="Mostra uma equipe",
    dependencies=[READ],
)
async def show(
    team_id: UUID, response: Response, session: SessionDep, principal: PrincipalDep
) -> TeamReply:
    """Show a team."""
    reply = await _reply(session, principal, team_id)
    set_entity_tag(response, reply.revision)
    return reply


@router.patch(
    "/access/teams/{team_id}",
    response_model=TeamReply,
    summary="Altera nome ou descrição de uma equipe",
    dependencies=[MANAGE],
)
async def change(
    request: Request,
    team_id: UUID,
    body: TeamChangeBody,
    response: Response,
    session: SessionDep,
    principal: PrincipalDep,
    if_match: IfMatchHeader = None,
    idempotency_key: IdempotencyKeyHeader = None,
) -> TeamReply:
    """Change a team."""
    expected = expected_revision(if_match)

    async def work() -> StoredReply:
        team = await teams.find_team(session, principal, team_id)
        check_revision(expected, team.revision)
        await teams.change_team(session, principal, team_id, **body.model_dump())
        return StoredReply(200, {"id": str(team_id)})

    asked = body.model_dump_json(exclude_unset=True).encode()
    await once(request, session, principal, idempotency_key, asked, work)
    return await show(team_id, response, session, principal)


@router.delete(
    "/access/teams/{team_id}",
    status_code=204,
    summary="Apaga uma equipe que nada mais usa",
    dependencies=[MANAGE],
)
async def remove(
    request: Request,
    team_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> None:
    """Remove a team."""

    async def work() -> StoredReply:
        await teams.remove_team(session, principal, team_id)
        return StoredReply(204, {})

    await once(request, session, principal, idempotency_key, b"", work)


@router.get(
    "/access/teams/{team_id}/members",
    response_model=MemberList,
    summary="Lista quem está em uma equipe",
    dependencies=[READ],
)
async def members(team_id: UUID, session: SessionDep, principal: PrincipalDep) -> MemberList:
    """List who is in a team."""
    await teams.find_team(session, principal, team_id)
    found = await teams.members_of(session, principal, team_id)
    return MemberList(items=[MemberReply.of(member, principal) for member in found])


@router.put(
    "/access/teams/{team_id}/members/{user_id}",
    status_code=204,
    summary="Põe alguém em uma equipe, ou diz se a lidera",
    dependencies=[LEAD],
)
async def put_member(
    request: Request,
    team_id: UUID,
    user_id: UUID,
    body: MemberBody,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> None:
    """Put somebody into a team."""

    async def work() -> StoredReply:
        await teams.set_member(session, principal, team_id, user_id, leader=body.leader)
        return StoredReply(204, {})

    asked = body.model_dump_json().encode()
    await once(request, session, principal, idempotency_key, asked, work)


@router.delete(
    "/access/teams/{team_id}/members/{user_id}",
    status_code=204,
    summary="Tira alguém de uma equipe",
    dependencies=[LEAD],
)
async def take_member(
    request: Request,
    team_id: UUID,
    user_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> None:
    """Take somebody out of a team."""

    async def work() -> StoredReply:
        await teams.remove_member(session, principal, team_id, user_id)
        return StoredReply(204, {})

    await once(request, session, principal, idempotency_key, b"", work)


async def _reply(session: AsyncSession, principal: Principal, team_id: UUID) -> TeamReply:
    team = await teams.find_team(session, principal, team_id)
    return TeamReply.of(team, len(await teams.members_of(session, principal, team_id)))
