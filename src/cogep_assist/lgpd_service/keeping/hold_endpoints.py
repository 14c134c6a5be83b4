"""Legal holds over HTTP."""

from uuid import UUID

from cogep_assist.core.principal import Act
from cogep_assist.edge.linked_page import Paged
from cogep_assist.edge.once_door import Door
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.lgpd_service.erasure.erasure_schemas import (
    HoldBody,
    HoldMade,
    HoldReply,
    ReleaseBody,
)
from cogep_assist.lgpd_service.keeping.legal_holds import (
    ask_release,
    list_holds,
    place_hold,
    release_hold,
)

router = guarded_router(tags=["lgpd"])
HOLD = rule(Login.KEY_OR_SESSION, Act.MANAGE_HOLDS, idempotent=True)


@router.post(
    "/lgpd/holds",
    response_model=HoldMade,
    status_code=201,
    summary="Põe dados sob guarda legal: nada os muda nem apaga",
    dependencies=[HOLD],
)
async def place(door: Door, body: HoldBody) -> HoldMade:
    """Place a hold."""

    async def work() -> tuple[HoldMade, bool]:
        made = await place_hold(door.session, door.principal, **body.model_dump())
        return HoldMade.of(made), True

    return await door.put(HoldMade, work, body)


@router.get(
    "/lgpd/holds",
    response_model=list[HoldReply],
    summary="Lista as guardas legais",
    dependencies=[rule(Login.KEY_OR_SESSION, Act.MANAGE_HOLDS)],
)
async def holds(
    session: SessionDep, principal: PrincipalDep, page: Paged, released: bool = False
) -> list[HoldReply]:
    """List holds."""
    found = page.cut(await list_holds(session, principal, released=released), lambda one: one.id)
    return [HoldReply.model_validate(one) for one in found]


@router.post(
    "/lgpd/holds/{hold_id}/release-request",
    response_model=HoldMade,
    summary="Pede a liberação de uma guarda",
    dependencies=[HOLD],
)
async def ask(door: Door, hold_id: UUID, body: ReleaseBody) -> HoldMade:
    """Ask for a release."""

    async def work() -> HoldMade:
        return HoldMade.of(await ask_release(door.session, door.principal, hold_id, body.reason))

    return await door.reply(HoldMade, work, body)


@router.post(
    "/lgpd/holds/{hold_id}/release",
    response_model=HoldMade,
    summary="Concede a liberação que outra pessoa pediu",
    dependencies=[HOLD],
)
async def release(door: Door, hold_id: UUID) -> HoldMade:
    """Release a hold."""

    async def work() -> HoldMade:
        return HoldMade.of(await release_hold(door.session, door.principal, hold_id))

    return await door.reply(HoldMade, work)
