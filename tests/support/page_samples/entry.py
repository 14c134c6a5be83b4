"""The way in, and one's own account."""

from cogep_assist.core.access import create_sign_in_link
from cogep_assist.core.calendar_feeds import make_feed
from cogep_assist.core.db import Database
from cogep_assist.core.models import FeedKind, Role
from cogep_assist.core.principal import Principal
from page_samples import Sample

PAGES = [
    Sample("/entrar", "/entrar", None, "entrar"),
    Sample("/entrar", "/entrar?token={link}", None, "entrar-por-link"),
    Sample("/esqueci-a-senha", "/esqueci-a-senha", None),
    Sample("/convite", "/convite?token=vencido", None, "convite-vencido"),
    Sample("/redefinir", "/redefinir?token=vencido", None, "redefinir-vencido"),
    Sample("/conta", "/conta"),
    Sample("/conta/agendas", "/conta/agendas"),
    Sample("/comandos", "/comandos"),
]


async def prepare(database: Database, people: dict[Role, Principal]) -> dict[str, str]:
    async with database.begin() as session:
        await make_feed(session, people[Role.ADMIN], FeedKind.MY_TICKETS)
        return {"link": await create_sign_in_link(session, Role.AGENT)}
