"""``cogep collections``: which collections there are, and who may read them."""

from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from cogep_assist.cli.console import one_line, out, print_json, table
from cogep_assist.cli.context import on_database, settings_for
from cogep_assist.cli.moments import moment
from cogep_assist.cli.options import AsJson, DataDir
from cogep_assist.core.access import SYSTEM
from cogep_assist.core.db import Database
from cogep_assist.core.models import PersonalDataPolicy, Visibility
from cogep_assist.ingestion_service.collections import list_collections, set_visibility
from cogep_assist.ingestion_service.schemas import CollectionReply

app = typer.Typer(help="Lista coleções e define quem pode lê-las.", no_args_is_help=True)

READERS = {
    Visibility.PUBLIC: "qualquer pessoa com acesso",
    Visibility.INTERNAL: "só a equipe da organização",
    Visibility.TEAMS: "só as equipes nomeadas",
}

PERSONAL_DATA = {
    PersonalDataPolicy.ALLOW: "aceitos",
    PersonalDataPolicy.WARN: "aceitos com aviso",
    PersonalDataPolicy.REDACT: "ocultados",
    PersonalDataPolicy.REFUSE: "recusados",
}


@app.command("list")
def list_(json_: AsJson = False, data_dir: DataDir = None) -> None:
    """Lista as coleções."""
    settings = settings_for(data_dir)

    async def work(database: Database) -> list[CollectionReply]:
        async with database.begin() as session:
            return await list_collections(session, SYSTEM)

    found = on_database(settings, work)
    if json_:
        print_json({"items": [collection.model_dump(mode="json") for collection in found]})
        return
    if not found:
        out().print("Nenhuma coleção. A primeira nasce com “cogep ingest ALVO --wait”.")
        return
    zone = ZoneInfo(settings.timezone)
    shown = table(
        "Coleção", "Quem lê", "Dados pessoais", "Documentos", "Criada em", "Validade", whole=1
    )
    for collection in found:
        shown.add_row(
            collection.name,
            _who_reads(collection),
            PERSONAL_DATA[collection.personal_data],
            str(collection.documents),
            moment(collection.created_at, zone),
            moment(collection.expires_at, zone),
        )
    out().print(shown)


@app.command("set")
def set_(
    name: Annotated[str, typer.Argument(metavar="NOME", help="Nome da coleção.")],
    visibility: Annotated[
        Visibility,
        typer.Option(
            "--visibility",
            "-v",
            help="public: todos; internal: só a organização; teams: só as equipes nomeadas.",
        ),
    ],
    readers: Annotated[
        list[str] | None,
        typer.Option("--reader", metavar="EQUIPE", help="Equipe que lê a coleção (repetível)."),
    ] = None,
    curators: Annotated[
        list[str] | None,
        typer.Option(
            "--curator", metavar="EQUIPE", help="Equipe que cuida do conteúdo (repetível)."
        ),
    ] = None,
    personal_data: Annotated[
        PersonalDataPolicy | None,
        typer.Option(
            "--personal-data",
            help="Dados pessoais nos documentos: allow aceita; warn avisa; redact oculta; refuse "
            "recusa o documento.",
        ),
    ] = None,
    json_: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Define quem pode ler uma coleção; cria a que não existe."""

    async def work(database: Database) -> tuple[CollectionReply, bool]:
        async with database.begin() as session:
            return await set_visibility(
                session,
                SYSTEM,
                name,
                visibility,
                readers=readers or None,
                curators=curators or None,
                personal_data=personal_data,
            )

    collection, created = on_database(settings_for(data_dir), work)
    if json_:
        print_json({**collection.model_dump(mode="json"), "created": created})
        return
    who = _who_reads(collection)
    made = " foi criada" if created else " mudou"
    out().print(
        f"A coleção “{collection.name}”{made}; quem lê: {who}; dados pessoais: "
        f"{PERSONAL_DATA[collection.personal_data]}.",
        markup=False,
    )


def _who_reads(collection: CollectionReply) -> str:
    words = READERS[collection.visibility]
    if collection.visibility is Visibility.TEAMS:
        words = f"equipes: {', '.join(collection.readers)}"
    if collection.curators:
        words += f"; cuidam: {', '.join(collection.curators)}"
    return one_line(words)
