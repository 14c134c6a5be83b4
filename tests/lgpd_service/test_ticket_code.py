"""The code of a ticket proves who asks for their data: whom the house knew as it gave it out."""

from typing import Any

import httpx2
import pytest
import sqlalchemy as sa
from api import Api
from letters import found_in, letters
from signed_in import sign_in

from cogep_assist.core.models import Role, SubjectRequest, User

OTHER = "outro@exemplo.com"


@pytest.fixture
async def desk(api: Api) -> httpx2.AsyncClient:
    return await api.client(Role.AGENT)


@pytest.fixture
async def ana(desk: httpx2.AsyncClient) -> str:
    made = await desk.post("/crm/customers", json={"kind": "person", "name": "Ana Conceição"})
    return str(made.json()["id"])


async def asked(api: Api, ticket: dict[str, Any]) -> dict[str, str]:
    """Ask for somebody's data, and return what the ticket's code is tried with."""
    wanted = {"right": "portability", "name": "Ana Conceição", "email": OTHER}
    made = await api.anonymous().post("/lgpd/public/requests", json=wanted)
    code = found_in((await letters(api, OTHER))[-1], r"acompanhamento: (\w+)")
    request = {"protocol": made.json()["protocol"], "code": code}
    return request | {"ticket_protocol": ticket["protocol"], "ticket_code": ticket["proof"]}


async def tried(api: Api, body: dict[str, str]) -> Any:
    reply = await api.anonymous().post("/lgpd/public/requests/ticket", json=body)
    return reply.json().get("status") or reply.json()["error"]["code"]


async def whose(api: Api, protocol: str) -> Any:
    async with api.database.begin() as session:
        statement = sa.select(SubjectRequest.customer_id)
        return await session.scalar(statement.where(SubjectRequest.protocol == protocol))


async def test_the_code_of_a_customer_s_ticket_proves_who_asks(
    api: Api, desk: httpx2.AsyncClient, ana: str
) -> None:
    words = {"subject": "Senha", "body": "Esqueci.", "customer_id": ana}
    body = await asked(api, (await desk.post("/crm/tickets", json=words)).json())
    assert await tried(api, body | {"ticket_code": "ERRADO"}) == "ticket_code_wrong"
    lower = body["ticket_code"].lower()
    assert await tried(api, body | {"ticket_code": lower}) == "received"
    assert str(await whose(api, body["protocol"])) == ana


async def test_the_code_of_a_ticket_that_a_stranger_opened_proves_nobody(
    api: Api, desk: httpx2.AsyncClient, ana: str
) -> None:
    carla = await sign_in(api, "Carla Estranha", Role.REQUESTER)
    words = {"subject": "Meu cadastro", "body": "Sou Ana Conceição, anexem ao meu cadastro."}
    opened = (await carla.client.post("/crm/tickets", json=words)).json()
    body = await asked(api, opened)
    # As nobody's, and as Ana's, to whom the desk puts it down for the name that it gives.
    for customer in (None, ana):
        change = {"customer_id": customer}
        assert (await desk.patch(opened["links"]["self"], json=change)).status_code == 200
        assert await tried(api, body) == "ticket_code_wrong"
        assert await whose(api, body["protocol"]) is None
    # An account that is Ana's own is known to be hers.
    async with api.database.begin() as session:
        await session.execute(sa.update(User).where(User.id == carla.id).values(customer_id=ana))
    assert await tried(api, body) == "received"
