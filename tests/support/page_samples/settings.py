"""The settings, as an administrator sees them."""

from cogep_assist.access_service.site_schemas import SiteBody
from cogep_assist.access_service.sites import add_site
from cogep_assist.core.db import Database
from cogep_assist.core.models import Role, Team
from cogep_assist.core.outbox import MAIL, post
from cogep_assist.core.principal import Principal
from page_samples import Sample

SECTIONS = (
    *("campos", "chaves", "colecoes", "copias", "envios", "equipes", "expediente"),
    *("filas", "modelos", "pessoas", "prazos", "saude", "sites", "textos"),
)
PAGES = [
    Sample("/ajustes", "/ajustes"),
    *(Sample(f"/ajustes/{name}", f"/ajustes/{name}") for name in SECTIONS),
    Sample("/ajustes/equipes/{team_id}", "/ajustes/equipes/{team}"),
    Sample("/ajustes/pessoas/{user_id}", "/ajustes/pessoas/{user}"),
    Sample("/widget/{site_id}", "/widget/{site}", None),
    Sample("/ajustes/envios/{message_id}", "/ajustes/envios/{message}"),
]


async def prepare(database: Database, people: dict[Role, Principal]) -> dict[str, str]:
    async with database.begin() as session:
        team = Team(name="Gestão de Pessoas", name_key="gestao de pessoas")
        session.add(team)
        await session.flush()
        message = await post(session, MAIL, "amostra", {"subject": "Convite"})
        site = await add_site(
            session,
            people[Role.ADMIN],
            SiteBody(name="Portal do órgão", origins=["https://www.exemplo.gov.br"]),
        )
    user = people[Role.AGENT].user_id
    return {"team": str(team.id), "user": str(user), "message": str(message), "site": str(site)}
