"""People with accounts of their own, for tests: made by a use-case, signed in by the pages."""

import re
from uuid import UUID

from api import Api
from browser_session import HTML, Person
from sqlalchemy import update

from cogep_assist.core.access_passwords import hash_password
from cogep_assist.core.access_sessions import OpenedSession, open_user_session
from cogep_assist.core.access_users import add_user
from cogep_assist.core.models import Role, User
from cogep_assist.core.principal import SYSTEM
from cogep_assist.edge.cookies import COOKIE

PASSWORD = "cavalo bateria grampo açaí"
_HASHES: dict[str, str] = {}


async def make_user(
    api: Api,
    email: str = "mariana.conceição@órgão.gov.br",
    role: Role = Role.AGENT,
    *,
    name: str = "Mariana Conceição",
    password: str | None = PASSWORD,
) -> User:
    """A user who has chosen a password already (hashed once per run: it takes its time)."""
    if password is not None and password not in _HASHES:
        _HASHES[password] = await hash_password(password)
    async with api.database.begin() as session:
        user = await add_user(session, email, role, name=name, by=SYSTEM)
        if password is not None:
            await session.execute(
                update(User).where(User.id == user.id).values(password_hash=_HASHES[password])
            )
        await session.refresh(user)
        return user


async def session_of(api: Api, user: User) -> tuple[Person, OpenedSession]:
    """A browser in which a user is signed in, without the slow check of the password."""
    async with api.database.begin() as session:
        opened = await open_user_session(session, user, "password", device="Firefox no Linux")
    client = api.anonymous(headers=HTML, cookies={COOKIE: opened.token})
    return Person(client), opened


async def enter(person: Person, email: str, password: str, *, address: str = "/entrar") -> int:
    """Send the sign-in form; return the status."""
    reply = await person.client.post(address, data={"email": email, "senha": password})
    return reply.status_code


def link_in(text: str, path: str) -> str:
    """The address of a one-time link in a letter, from its path on."""
    found = re.search(rf"({re.escape(path)}\?token=[\w-]+)", text)
    assert found is not None, text
    return found.group(1)


def token_in(link: str) -> str:
    """The token of a link."""
    return link.partition("token=")[2]


def as_uuid(text: str) -> UUID:
    """An id out of a reply."""
    return UUID(text)
