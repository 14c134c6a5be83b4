"""The forms of the encarregado's desk, sent as a browser sends them."""

from typing import Any

import httpx2
import sqlalchemy as sa
from api import Api
from signed_in import Person

DESK = "/protecao-de-dados"


async def post(who: Person, href: str, **fields: Any) -> httpx2.Response:
    token = who.client.headers["X-CSRF-Token"]
    return await who.client.post(f"{DESK}/{href}", data={"csrf_token": token, **fields})


async def sent(who: Person, href: str, **fields: Any) -> str:
    reply = await post(who, href, **fields)
    assert reply.status_code == 303, reply.text[-1500:]
    return reply.headers["location"]


async def only(api: Api, model: Any) -> Any:
    async with api.database.begin() as session:
        return (await session.scalars(sa.select(model))).one()
