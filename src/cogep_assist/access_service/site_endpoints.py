"""Sites that embed the question box over HTTP, for who administers."""

from uuid import UUID

from fastapi import Request, Response

from cogep_assist.access_service import sites
from cogep_assist.access_service.site_schemas import SiteBody, SiteChange, SiteList, SiteReply
from cogep_assist.core.idempotency import StoredReply
from cogep_assist.core.principal import Act
from cogep_assist.core.public_address import public_address
from cogep_assist.edge.entity_tags import IfMatchHeader, expected_revision, set_entity_tag
from cogep_assist.edge.once_door import Door, raw
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep

router = guarded_router(tags=["sites"])
READ = rule(Login.KEY_OR_SESSION, Act.MANAGE_SITES)
MANAGE = rule(Login.KEY_OR_SESSION, Act.MANAGE_SITES, idempotent=True)


@router.get(
    "/sites",
    response_model=SiteList,
    summary="Lista os sites que mostram a caixa de perguntas",
    dependencies=[READ],
)
async def list_(request: Request, session: SessionDep, principal: PrincipalDep) -> SiteList:
    """List sites."""
    found = await sites.list_sites(session, principal)
    address = _address(request)
    return SiteList(items=[SiteReply.of(site, consent, address) for site, consent in found])


@router.post(
    "/sites",
    status_code=201,
    response_model=SiteReply,
    summary="Autoriza um site a mostrar a caixa de perguntas",
    dependencies=[MANAGE],
)
async def add(door: Door, body: SiteBody) -> SiteReply:
    """Add a site."""

    async def work() -> StoredReply:
        made = await sites.add_site(door.session, door.principal, body)
        return StoredReply(201, {"id": str(made)})

    stored = await door.once(work, raw(body))
    return await _shown(door, UUID(stored.reply["id"]))


@router.get(
    "/sites/{site_id}",
    response_model=SiteReply,
    summary="Mostra um site e a linha que vai nas páginas dele",
    dependencies=[READ],
)
async def show(
    request: Request,
    response: Response,
    session: SessionDep,
    principal: PrincipalDep,
    site_id: UUID,
) -> SiteReply:
    """Show a site."""
    site, consent = await sites.find_site(session, principal, site_id)
    set_entity_tag(response, site.revision)
    return SiteReply.of(site, consent, _address(request))


@router.patch(
    "/sites/{site_id}",
    response_model=SiteReply,
    summary="Muda um site, ou o desliga e religa",
    dependencies=[MANAGE],
)
async def change(
    door: Door, site_id: UUID, body: SiteChange, if_match: IfMatchHeader = None
) -> SiteReply:
    """Change a site."""
    expected = expected_revision(if_match)
    await door.do(
        lambda: sites.change_site(door.session, door.principal, site_id, body, expected), body
    )
    return await _shown(door, site_id)


@router.delete(
    "/sites/{site_id}",
    status_code=204,
    summary="Remove um site; as conversas começadas nele terminam",
    dependencies=[MANAGE],
)
async def remove(door: Door, site_id: UUID) -> Response:
    """Remove a site."""
    return await door.remove(lambda: sites.remove_site(door.session, door.principal, site_id))


async def _shown(door: Door, site_id: UUID) -> SiteReply:
    site, consent = await sites.find_site(door.session, door.principal, site_id)
    set_entity_tag(door.response, site.revision)
    return SiteReply.of(site, consent, _address(door.request))


def _address(request: Request) -> str:
    return public_address(edge_state(request).settings) or str(request.base_url)
