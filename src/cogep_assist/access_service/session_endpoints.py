"""Who I am, my sessions, my password."""

from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Request, Response

from cogep_assist.access_service.schemas import (
    AbsenceBody,
    DeadlineMailBody,
    MeReply,
    PasswordBody,
    SessionList,
    SessionReply,
    UserReply,
)
from cogep_assist.core.access_absence import set_absence
from cogep_assist.core.access_links import tell_of_change
from cogep_assist.core.access_sessions import end_session, list_sessions
from cogep_assist.core.access_users import find_user, own_account, set_password
from cogep_assist.core.access_wishes import wish_deadline_mail
from cogep_assist.core.errors import AppError
from cogep_assist.core.principal import Act
from cogep_assist.core.public_address import link_base
from cogep_assist.edge.once_door import Door
from cogep_assist.edge.own_password import require_own_password
from cogep_assist.edge.rate_limits import Rate
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep

router = guarded_router(tags=["access"])
OWN = rule(Login.SESSION, Act.MANAGE_OWN_ACCOUNT)


@router.get(
    "/access/me",
    response_model=MeReply,
    summary="Diz quem faz o pedido e o que pode fazer",
    dependencies=[rule(Login.KEY_OR_SESSION, Act.MANAGE_OWN_ACCOUNT)],
)
async def me(session: SessionDep, principal: PrincipalDep) -> MeReply:
    """Tell who makes the request."""
    assert principal.role is not None
    user = None
    if principal.user_id is not None:
        user = UserReply.of(await find_user(session, principal, principal.user_id), principal)
    return MeReply(
        kind=principal.kind.value,
        role=principal.role,
        acts=sorted(act.value for act in Act if principal.may(act)),
        user=user,
    )


@router.get(
    "/access/sessions",
    response_model=SessionList,
    summary="Lista as minhas sessões abertas",
    dependencies=[OWN],
)
async def sessions(session: SessionDep, principal: PrincipalDep) -> SessionList:
    """List one's own sessions."""
    found = await list_sessions(session, principal)
    return SessionList(items=[SessionReply.of(one, principal.session_id) for one in found])


@router.delete(
    "/access/sessions/{session_id}",
    status_code=204,
    summary="Encerra uma das minhas sessões",
    dependencies=[OWN],
)
async def end(session_id: UUID, session: SessionDep, principal: PrincipalDep) -> None:
    """End one of one's own sessions."""
    if session_id not in {one.id for one in await list_sessions(session, principal)}:
        raise AppError("session_not_found")
    await end_session(session, principal, session_id)


@router.put(
    "/access/me/deadline-mail",
    status_code=204,
    summary="Diz se quer e-mail quando o prazo de um chamado está no fim ou venceu",
    dependencies=[rule(Login.KEY_OR_SESSION, Act.WORK_TICKETS, idempotent=True)],
)
async def deadline_mail(door: Door, body: DeadlineMailBody) -> Response:
    """Keep whether a letter is wanted."""

    async def work() -> None:
        await wish_deadline_mail(door.session, door.principal, wanted=body.wanted)

    await door.do(work, body)
    return Response(status_code=204)


@router.put(
    "/access/me/absence",
    status_code=204,
    summary="Diz em que dias não estou: as filas não me passam chamados",
    dependencies=[rule(Login.KEY_OR_SESSION, Act.WORK_TICKETS, idempotent=True)],
)
async def absence(request: Request, door: Door, body: AbsenceBody) -> Response:
    """Keep when one is away."""
    zone = ZoneInfo(edge_state(request).settings.timezone)

    async def work() -> None:
        await set_absence(
            door.session, door.principal, door.principal.user_id, body.absence(), zone
        )

    await door.do(work, body)
    return Response(status_code=204)


@router.put(
    "/access/me/password",
    status_code=204,
    summary="Troca a minha senha e encerra as outras sessões",
    dependencies=[rule(Login.SESSION, Act.MANAGE_OWN_ACCOUNT, rate=Rate.SIGN_IN)],
)
async def password(request: Request, body: PasswordBody, principal: PrincipalDep) -> Response:
    """Change one's own password."""
    edge = edge_state(request)
    await require_own_password(request, principal, body.current)
    async with edge.database.begin() as session:
        user = await own_account(session, principal)
        await set_password(
            session, user, body.new, principal, organization=edge.settings.organization
        )
        what = "A senha da sua conta foi trocada."
        await tell_of_change(session, user, what, link_base(edge.settings))
    return Response(status_code=204)
