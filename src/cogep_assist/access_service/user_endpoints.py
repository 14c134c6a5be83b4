"""Users, for who administers: made, listed, changed, sent links, signed out."""

from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Query, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.access_service.schemas import (
    AbsenceBody,
    SessionList,
    SessionReply,
    UserBody,
    UserChangeBody,
    UserPage,
    UserReply,
)
from cogep_assist.core.access_absence import set_absence
from cogep_assist.core.access_links import invite, reset
from cogep_assist.core.access_sessions import end_sessions_of, list_sessions
from cogep_assist.core.access_totp import remove_second_step
from cogep_assist.core.access_users import (
    UserChange,
    add_user,
    change_user,
    find_user,
    list_users,
)
from cogep_assist.core.idempotency import StoredReply
from cogep_assist.core.models import User
from cogep_assist.core.principal import Act, Principal
from cogep_assist.core.public_address import link_base
from cogep_assist.edge.cursors import IdCursor, decode_id_cursor, encode_cursor
from cogep_assist.edge.entity_tags import (
    IfMatchHeader,
    check_revision,
    expected_revision,
    set_entity_tag,
)
from cogep_assist.edge.idempotent import IdempotencyKeyHeader, once
from cogep_assist.edge.once_door import Door
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep

router = guarded_router(tags=["access"])
READ = rule(Login.KEY_OR_SESSION, Act.READ_PEOPLE)
MANAGE = rule(Login.KEY_OR_SESSION, Act.MANAGE_USERS, idempotent=True)


@router.get(
    "/access/users",
    response_model=UserPage,
    summary="Lista os usuários, do mais novo ao mais antigo",
    dependencies=[READ],
)
async def users(
    session: SessionDep,
    principal: PrincipalDep,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: IdCursor = None,
    disabled: bool | None = None,
) -> UserPage:
    """List users."""
    found, more = await list_users(
        session, principal, limit=limit, after=decode_id_cursor(cursor), disabled=disabled
    )
    items = [UserReply.of(user, principal) for user in found]
    return UserPage(items=items, next_cursor=encode_cursor(more))


@router.post(
    "/access/users",
    status_code=201,
    response_model=UserReply,
    summary="Cria um usuário e envia o convite",
    dependencies=[MANAGE],
)
async def create(
    request: Request,
    body: UserBody,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> Response:
    """Create a user."""

    async def work() -> StoredReply:
        user = await add_user(
            session,
            body.email,
            body.role,
            name=body.name,
            reads_sensitive=body.reads_sensitive,
            by=principal,
        )
        if body.invite:
            await _invite(request, session, principal, user)
        return StoredReply(201, {"id": str(user.id)})

    asked = body.model_dump_json().encode()
    stored = await once(request, session, principal, idempotency_key, asked, work)
    user = await find_user(session, principal, UUID(stored.reply["id"]))
    reply = UserReply.of(user, principal)
    response = JSONResponse(reply.model_dump(mode="json"), status_code=201)
    response.headers["Location"] = reply.links["self"]
    set_entity_tag(response, user.revision)
    return response


@router.get(
    "/access/users/{user_id}",
    response_model=UserReply,
    summary="Mostra um usuário",
    dependencies=[READ],
)
async def show(
    user_id: UUID, response: Response, session: SessionDep, principal: PrincipalDep
) -> UserReply:
    """Show a user."""
    user = await find_user(session, principal, user_id)
    set_entity_tag(response, user.revision)
    return UserReply.of(user, principal)


@router.patch(
    "/access/users/{user_id}",
    response_model=UserReply,
    summary="Altera nome, papel ou situação de um usuário",
    dependencies=[MANAGE],
)
async def change(
    request: Request,
    user_id: UUID,
    body: UserChangeBody,
    response: Response,
    session: SessionDep,
    principal: PrincipalDep,
    if_match: IfMatchHeader = None,
    idempotency_key: IdempotencyKeyHeader = None,
) -> UserReply:
    """Change a user."""
    expected = expected_revision(if_match)

    async def work() -> StoredReply:
        user = await find_user(session, principal, user_id)
        check_revision(expected, user.revision)
        await change_user(session, principal, user_id, UserChange(**body.model_dump()))
        return StoredReply(200, {"id": str(user_id)})

    asked = body.model_dump_json(exclude_unset=True).encode()
    await once(request, session, principal, idempotency_key, asked, work)
    return await show(user_id, response, session, principal)


@router.put(
    "/access/users/{user_id}/absence",
    status_code=204,
    summary="Diz em que dias uma pessoa não está: as filas não lhe passam chamados",
    dependencies=[MANAGE],
)
async def absence(request: Request, user_id: UUID, door: Door, body: AbsenceBody) -> Response:
    """Keep when somebody is away."""
    zone = ZoneInfo(edge_state(request).settings.timezone)

    async def work() -> None:
        await set_absence(door.session, door.principal, user_id, body.absence(), zone)

    await door.do(work, body)
    return Response(status_code=204)


@router.post(
    "/access/users/{user_id}/invitation",
    status_code=202,
    response_model=UserReply,
    summary="Envia de novo o convite",
    dependencies=[MANAGE],
)
async def send_invitation(
    request: Request,
    user_id: UUID,
    response: Response,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> UserReply:
    """Send the invitation again; the older link is worth nothing from then on."""

    async def work() -> StoredReply:
        user = await find_user(session, principal, user_id)
        await _invite(request, session, principal, user)
        return StoredReply(202, {"id": str(user_id)})

    await once(request, session, principal, idempotency_key, b"", work)
    return await show(user_id, response, session, principal)


@router.post(
    "/access/users/{user_id}/password-reset",
    status_code=202,
    response_model=UserReply,
    summary="Envia um link para o usuário criar outra senha",
    dependencies=[MANAGE],
)
async def send_reset(
    request: Request,
    user_id: UUID,
    response: Response,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> UserReply:
    """Send a link to choose another password."""

    async def work() -> StoredReply:
        user = await find_user(session, principal, user_id)
        await reset(session, user, link_base(edge_state(request).settings), by=principal)
        return StoredReply(202, {"id": str(user_id)})

    await once(request, session, principal, idempotency_key, b"", work)
    return await show(user_id, response, session, principal)


@router.delete(
    "/access/users/{user_id}/second-step",
    status_code=204,
    summary="Desliga a verificação em duas etapas de um usuário",
    dependencies=[MANAGE],
)
async def drop_second_step(
    request: Request,
    user_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> None:
    """Turn off a user's second step, for one who lost both telephone and codes."""

    async def work() -> StoredReply:
        await remove_second_step(session, principal, user_id)
        return StoredReply(204, {})

    await once(request, session, principal, idempotency_key, b"", work)


@router.get(
    "/access/users/{user_id}/sessions",
    response_model=SessionList,
    summary="Lista as sessões abertas de um usuário",
    dependencies=[rule(Login.KEY_OR_SESSION, Act.MANAGE_USERS)],
)
async def user_sessions(user_id: UUID, session: SessionDep, principal: PrincipalDep) -> SessionList:
    """List a user's sessions."""
    await find_user(session, principal, user_id)
    found = await list_sessions(session, principal, user_id)
    return SessionList(items=[SessionReply.of(one, principal.session_id) for one in found])


@router.delete(
    "/access/users/{user_id}/sessions",
    status_code=204,
    summary="Encerra todas as sessões de um usuário",
    dependencies=[MANAGE],
)
async def end_user_sessions(
    request: Request,
    user_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> None:
    """End a user's sessions."""

    async def work() -> StoredReply:
        await find_user(session, principal, user_id)
        await end_sessions_of(session, user_id, principal)
        return StoredReply(204, {})

    await once(request, session, principal, idempotency_key, b"", work)


async def _invite(
    request: Request, session: AsyncSession, principal: Principal, user: User
) -> None:
    settings = edge_state(request).settings
    await invite(
        session, user, link_base(settings), by=principal, organization=settings.organization
    )
