"""My calendar feeds over HTTP."""

from uuid import UUID

from fastapi import Response

from cogep_assist.access_service.calendar_schemas import FeedBody, FeedList, FeedReply
from cogep_assist.core.calendar_feeds import list_feeds, make_feed, revoke_feed
from cogep_assist.core.idempotency import StoredReply
from cogep_assist.core.principal import Act
from cogep_assist.core.public_address import link_base
from cogep_assist.edge.once_door import Door, raw
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep

router = guarded_router(tags=["calendar"])
READ = rule(Login.SESSION, Act.MANAGE_OWN_ACCOUNT)
MANAGE = rule(Login.SESSION, Act.MANAGE_OWN_ACCOUNT, idempotent=True)


@router.get(
    "/access/calendar-feeds",
    response_model=FeedList,
    summary="Lista as minhas agendas de prazos",
    dependencies=[READ],
)
async def list_(session: SessionDep, principal: PrincipalDep) -> FeedList:
    """List one's own feeds."""
    found = await list_feeds(session, principal)
    return FeedList(items=[FeedReply.of(feed, team) for feed, team in found])


@router.post(
    "/access/calendar-feeds",
    status_code=201,
    response_model=FeedReply,
    summary="Cria uma agenda de prazos; o endereço é mostrado só desta vez",
    dependencies=[MANAGE],
)
async def create(door: Door, body: FeedBody) -> FeedReply:
    """Make a feed. A repeated request is told of the same one, without its address."""
    shown: list[str] = []

    async def work() -> StoredReply:
        feed, path = await make_feed(door.session, door.principal, body.kind, body.team_id)
        shown.append(link_base(edge_state(door.request).settings) + path)
        return StoredReply(201, {"id": str(feed.id)})

    stored = await door.once(work, raw(body))
    found = await list_feeds(door.session, door.principal)
    feed, team = next(one for one in found if str(one[0].id) == stored.reply["id"])
    return FeedReply.of(feed, team, shown[0] if shown else None)


@router.delete(
    "/access/calendar-feeds/{feed_id}",
    status_code=204,
    summary="Revoga o endereço de uma agenda, na hora",
    dependencies=[MANAGE],
)
async def revoke(door: Door, feed_id: UUID) -> Response:
    """Give a feed up."""
    return await door.remove(lambda: revoke_feed(door.session, door.principal, feed_id))
