"""The way in, and one's own account."""

from cogep_assist.core.access import create_sign_in_link
from cogep_assist.core.db import Database
from cogep_assist.core.models import Role
from cogep_assist.core.principal import Principal
from page_samples import Sample

PAGES = [
    Sample("/entrar", "/entrar", None, "entrar"),
    Sample("/entrar", "/entrar?token={link}", None, "entrar-por-link"),
    Sample("/esqueci-a-senha", "/esqueci-a-senha", None),
    Sample("/convite", "/convite?token=vencido", None, "convite-vencido"),
    Sample("/redefinir", "/redefinir?token=vencido", None, "redefinir-vencido"),
    Sample("/conta", "/conta"),
    Sample("/comandos", "/comandos"),
]


async def prepare(database: Database, people: dict[Role, Principal]) -> dict[str, str]:
    async with database.begin() as session:
        return {"link": await create_sign_in_link(session, Role.AGENT)}
