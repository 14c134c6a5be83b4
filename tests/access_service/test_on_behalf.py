"""A key that acts for a named person: as the person, within the key, audited as both."""

from urllib.parse import quote

import httpx2
import sqlalchemy as sa
from accounts import make_user, session_of
from api import Api

from cogep_assist.core import audit, audit_commit
from cogep_assist.core.access import create_key
from cogep_assist.core.models import AccessRecord, ApiKey, AuditEvent, Role, TicketEvent
from cogep_assist.core.principal import SYSTEM
from cogep_assist.lgpd_service.audit.audit_acts import ActFilter, list_acts

SCOPES = ["act_for_others", "open_tickets", "read_tickets", "manage_own_account"]
TICKET = {"subject": "Crachá perdido", "body": "Preciso de outro crachá."}


async def keyed(api: Api, role: Role, scopes: list[str] | None) -> httpx2.AsyncClient:
    async with api.database.begin() as session:
        name = f"portal {role.value} {len(scopes or [])}"
        key = await create_key(session, name, role, scopes=scopes)
    return api.anonymous(headers={"Authorization": f"Bearer {key}"})


async def test_a_key_opens_a_ticket_in_a_persons_name(api: Api) -> None:
    maria = await make_user(api, "maria@órgão.gov.br", Role.REQUESTER)
    await make_user(api, "carla@orgao.gov.br", Role.REQUESTER)
    portal = await keyed(api, Role.REQUESTER, SCOPES)
    named = {"On-Behalf-Of": quote("Maria@Órgão.gov.br")}
    made = await portal.post("/crm/tickets", json=TICKET, headers=named)
    assert made.status_code == 201, made.text
    # It is Maria's, in her browser too; the key by itself and Carla do not see it.
    browser, _ = await session_of(api, maria)
    address = made.headers["location"]
    assert (await browser.client.get(address)).json()["id"] == made.json()["id"]
    by_id = await portal.get(address, headers={"On-Behalf-Of": str(maria.id)})
    assert by_id.status_code == 200
    assert (await portal.get(address)).status_code == 404
    stranger = await portal.get(address, headers={"On-Behalf-Of": "carla@orgao.gov.br"})
    assert stranger.status_code == 404
    # Both stand in the audit, sealed, and either finds the act.
    async with api.database.begin() as session:
        key_id = await session.scalar(sa.select(ApiKey.id))
        acts = [
            (await list_acts(session, SYSTEM, ActFilter(actor=who, act="ticket_opened")))[0]
            for who in (f"user:{maria.id}", f"key:{key_id}")
        ]
        assert acts[0] is acts[1]
        assert acts[0].actor == audit.pseudonym(f"user:{maria.id}")
        assert acts[0].details["by_key"] == audit.pseudonym(f"key:{key_id}")
        row = {name: getattr(acts[0], name) for name in audit_commit.COLUMNS}
        assert audit.is_unaltered(row, acts[0].mac)
        event = (await session.scalars(sa.select(TicketEvent))).one()
        assert (event.actor, event.details["by_key"]) == (f"user:{maria.id}", f"key:{key_id}")


async def test_what_a_key_may_not_do_in_anybodys_name(api: Api) -> None:
    ana = await make_user(api, "ana@orgao.gov.br", Role.ADMIN)
    lia = await make_user(api, "lia@orgao.gov.br", Role.AGENT)
    rui = await make_user(api, "rui@orgao.gov.br", Role.REQUESTER)
    portal = await keyed(api, Role.AGENT, SCOPES)
    plain = await keyed(api, Role.ADMIN, None)

    async def code(client: httpx2.AsyncClient, who: str, path: str = "/crm/tickets") -> object:
        reply = await client.get(path, headers={"On-Behalf-Of": who})
        return reply.status_code if reply.is_success else reply.json()["error"]["code"]

    # No role acts for others by itself, and no browser does.
    assert await code(plain, str(rui.id)) == "on_behalf_not_allowed"
    browser, _ = await session_of(api, ana)
    seen = await browser.client.get("/crm/tickets", headers={"On-Behalf-Of": str(rui.id)})
    assert seen.status_code == 403
    # An agent's key acts for agents and requesters, for nobody above.
    assert [await code(portal, str(one.id)) for one in (lia, rui)] == [200, 200]
    unknown = "on_behalf_person_unknown"
    for who in (str(ana.id), "ana@orgao.gov.br", "ninguem@orgao.gov.br", "", "x" * 400, "%00@%ff"):
        assert await code(portal, who) == unknown, who
    # Not beyond the key's own acts, and never to somebody's own account, keys or people.
    assert await code(portal, str(lia.id), "/crm/customers") == "role_not_allowed"
    assert await code(portal, str(lia.id), "/access/me") != 200
    every = await keyed(api, Role.ADMIN, [*SCOPES, "manage_users", "manage_keys"])
    for path in ("/access/users", "/access/keys"):
        assert await code(every, str(ana.id), path) == "role_not_allowed", path
    # No key opens what is a browser's.
    assert await code(every, str(ana.id), "/access/sessions") == "on_behalf_not_allowed"
    off = await plain.patch(f"/access/users/{rui.id}", json={"disabled": True})
    assert off.is_success
    assert await code(portal, str(rui.id)) == unknown
    # What is written is written once more by name: a person's label keeps the key's revocation.
    await (await api.client(Role.ADMIN, "revoga")).delete(f"/access/keys/{await _id(api)}")
    assert await code(portal, str(lia.id)) == "key_invalid"


async def test_the_record_of_accesses_names_the_key_that_knocked(api: Api) -> None:
    rui = await make_user(api, "rui@orgao.gov.br", Role.REQUESTER)
    portal = await keyed(api, Role.REQUESTER, SCOPES)
    await portal.get("/crm/tickets", headers={"On-Behalf-Of": str(rui.id)})
    await portal.get("/crm/tickets")
    await api.app.state.access_notes.flush()
    async with api.database.begin() as session:
        tokens = (await session.scalars(sa.select(AccessRecord.user_token))).all()
        acts = await session.scalar(sa.select(sa.func.count()).select_from(AuditEvent))
    assert len(set(tokens)) == 1
    assert acts


async def _id(api: Api) -> object:
    async with api.database.begin() as session:
        return await session.scalar(sa.select(ApiKey.id).where(ApiKey.role == Role.AGENT))
