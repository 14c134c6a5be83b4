"""A person at a browser without scripts: signs in by a link, follows links, sends forms."""

import html
import re

import httpx2
from api import Api

from cogep_assist.core.access import create_sign_in_link
from cogep_assist.core.models import Role

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
_CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')
_TAG = re.compile(r"<[^>]*>")


class Person:
    """One browser with its cookies."""

    def __init__(self, client: httpx2.AsyncClient) -> None:
        self.client = client

    async def get(self, address: str) -> httpx2.Response:
        return await self.client.get(address)

    async def csrf(self) -> str:
        found = _CSRF.search((await self.get("/perguntar")).text)
        assert found is not None
        return found.group(1)

    async def ask(self, question: str, **fields: str) -> httpx2.Response:
        data = {"csrf_token": await self.csrf(), "pergunta": question, **fields}
        return await self.client.post("/perguntar", data=data)


async def stranger(api: Api) -> Person:
    """Somebody without a session."""
    return Person(api.anonymous(headers=HTML))


async def signed_in(api: Api, role: Role = Role.AGENT) -> Person:
    """Somebody who opened a sign-in link and confirmed."""
    async with api.database.begin() as session:
        token = await create_sign_in_link(session, role)
    person = await stranger(api)
    reply = await person.client.post("/entrar", data={"token": token})
    assert (reply.status_code, reply.headers["location"]) == (303, "/perguntar")
    return person


def words(page: str) -> str:
    """What a person reads of a page."""
    return " ".join(html.unescape(_TAG.sub(" ", page)).split())
