"""A sample of every page: what the accessibility test opens and ``make screenshots`` pictures.

An area is a module with ``PAGES`` and ``prepare(database, people)``, which puts rows there and
returns the names that addresses use: Sample("/chamados/{ticket_id}", "/chamados/{ticket}"). Add
it to AREAS. ``people`` are those who open the pages, one of each role.
"""

import secrets
from dataclasses import dataclass
from importlib import import_module

from signed_in import add_user, open_session

from cogep_assist.core.db import Database
from cogep_assist.core.models import Role
from cogep_assist.core.principal import Principal, PrincipalKind

AREAS = ("entry", "ask", "knowledge", "desk", "privacy", "settings")
# GET routes of the pages that are no pages themselves.
NOT_PAGES = {
    "/": "leads to the questions",
    "/estatico/{name}": "is a file",
    "/widget.js": "is the script that pages of other sites load",
    "/ao-vivo": "is a stream of events",
    "/documentos/{document_id}": "leads to the version that stands",
    "/conhecimento/avaliacao/{set_id}/exportar": "is a file",
    "/protecao-de-dados/temporalidade/listagem": "is a file",
    "/avisos/sino": "is the count in the bell of every page",
    "/ajustes/copias/andamento": "is a part of the page of backups",
    "/ajustes/modelos/vetores": "is a part of the page of models",
    "/ajustes/saude/exame": "is a part of the page of health",
    "/chamados/contagens": "is a part of the list of tickets",
    "/chamados/lateral": "is a part of a ticket's page",
    "/chamados/{ticket_id}/textos/{name}": "is a text for the composer",
    "/chamados/{ticket_id}/trechos": "are passages for the composer",
    "/documentos/{document_id}/versoes/{number}/original": "is a file",
    "/documentos/{document_id}/versoes/{number}/paginas/{page}": "is a picture",
    "/protecao-de-dados/auditoria/fim": "is a file",
    "/protecao-de-dados/auditoria/planilha": "is a file",
    "/protecao-de-dados/auditoria/exportar": "is a file",
    "/protecao-de-dados/incidentes/{incident_id}/comunicacao": "is a file",
    "/protecao-de-dados/registro/arquivo": "is a file",
    "/protecao-de-dados/registro/relatorios/{report_id}/arquivo": "is a file",
    "/protecao-de-dados/eliminacoes/{erasure_id}/certificado": "is a file",
    "/entrar/provedor": "leads to the identity provider",
    "/entrar/retorno": "takes the identity provider's answer",
}
NAMES = {
    Role.ADMIN: "Ana Conceição",
    Role.AGENT: "Bruno Araújo",
    Role.CURATOR: "Carla Guimarães",
    Role.DPO: "Davi Magalhães",
    Role.REQUESTER: "Eunice Brandão",
}


@dataclass(frozen=True, slots=True)
class Sample:
    """A page to open: the route's pattern, an address, and who opens it (None: nobody)."""

    route: str
    address: str
    role: Role | None = Role.ADMIN
    name: str = ""

    @property
    def file(self) -> str:
        """The name of its picture."""
        plain = self.route.strip("/").replace("{", "").replace("}", "")
        return self.name or plain.replace("/", "-")


@dataclass(frozen=True, slots=True)
class Prepared:
    """Every page, the names that addresses use, and each role's session cookie."""

    pages: list[Sample]
    names: dict[str, str]
    cookies: dict[Role, str]


async def prepare_samples(database: Database) -> Prepared:
    """Put the people and every area's rows there."""
    cookies = {role: secrets.token_urlsafe(32) for role in Role}
    people = {role: await _person(database, role, token) for role, token in cookies.items()}
    found = Prepared([], {}, cookies)
    for area in AREAS:
        module = import_module(f"page_samples.{area}")
        found.pages.extend(module.PAGES)
        found.names.update(await module.prepare(database, people))
    return found


async def _person(database: Database, role: Role, token: str) -> Principal:
    async with database.begin() as session:
        user_id = await add_user(session, NAMES[role], role, f"{role.value}@exemplo.gov.br")
        signed_in = open_session(user_id, role, token, secrets.token_urlsafe(32))
        session.add(signed_in)
    return Principal(PrincipalKind.USER, role, id=user_id, session_id=signed_in.id)
